//! A call to make. Does not know why it is made.

use super::Refusal;
use crate::reconcile::Product;
use crate::reconcile::tile::{self, Side};

/// A call to make.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    pub(super) product: Product,
    /// The refusal of the larger call that it was part of.
    pub(super) part_of: Option<Refusal>,
}

impl Tile {
    /// Each member, each identity or each pair of it.
    pub(super) fn apart(self, side: Side, refusal: Option<&Refusal>) -> impl Iterator<Item = Self> {
        let part_of = refusal.cloned().or(self.part_of);
        tile::apart(&self.product, side)
            .into_iter()
            .map(move |product| Self { product, part_of: part_of.clone() })
    }
}
