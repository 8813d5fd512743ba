//! Members in whose account the role that carries a grant could not be made (`FailedOperation.CreateRole`),
//! and what waits for them. Makes no call: that is `role_search.rs`.

use std::collections::{BTreeMap, VecDeque};

use super::Refusal;
use super::tile::Tile;
use crate::reconcile::Product;

/// Members that wait to be tried again.
#[derive(Debug, Default)]
pub(super) struct Roles(pub(super) BTreeMap<u64, Role>);

/// One of them.
#[derive(Debug)]
pub(super) struct Role {
    /// What failed; then what is left to ask for.
    pub(super) tiles: VecDeque<Tile>,
    /// How it failed the last time.
    pub(super) said: Refusal,
}

impl Roles {
    /// The role of `member` could not be made for `tile`.
    pub(super) fn failed(&mut self, member: u64, tile: Tile, said: Refusal) {
        let role = Role { tiles: VecDeque::new(), said: said.clone() };
        let part = Tile { part_of: Some(said), ..tile };
        self.0.entry(member).or_insert(role).tiles.push_back(part);
    }

    /// Keeps back what of `tile` is about members that wait; the rest.
    pub(super) fn put_off(&mut self, tile: Tile) -> Option<Tile> {
        let Tile { mut product, part_of } = tile;
        let identities = product.identities.clone();
        product.members.retain(|member| {
            let Some(role) = self.0.get_mut(member) else { return true };
            let product = Product { members: [*member].into(), identities: identities.clone() };
            role.tiles.push_back(Tile { product, part_of: part_of.clone() });
            false
        });
        (!product.is_empty()).then_some(Tile { product, part_of })
    }
}

/// Refused calls about one member that share no pair: at least one pair of each failed.
#[derive(Debug, Default)]
pub(super) struct Strikes(pub(super) Vec<Product>);

impl Strikes {
    /// A part of a refused call says more exactly where that one failed.
    pub(super) fn add(&mut self, refused: Product) {
        self.0.retain(|whole| !refused.identities.is_subset(&whole.identities));
        self.0.push(refused);
    }
}
