//! What the service refuses, and how far that may be believed. Knows no error: `E` is whatever tells it.

use std::collections::BTreeSet;

use crate::reconcile::Pair;

/// A definite no of the API, or a doubt that could not be cleared up, about some pairs.
#[derive(Clone, Debug)]
pub struct Refusal<E> {
    /// The pairs it is about.
    pub pairs: BTreeSet<Pair>,
    /// The member or identity to blame, where the API's code says which.
    pub culprit: Option<Culprit>,
    /// What the API said, the last time.
    pub error: E,
    /// What that says of the pairs.
    pub says: Says,
    /// How often it was asked.
    pub attempts: u32,
}

/// What a refusal says of its pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// They do not exist: what they are made of is not there.
    Absent,
    /// The call did nothing. What an earlier one did is not told.
    NotDone,
    /// The call failed, and may have done some of its work.
    Perhaps,
}

/// What spoils every pair that it is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// This member.
    Member(u64),
    /// This identity.
    Identity(u64),
}

impl Culprit {
    /// Whether `pair` is one of them.
    pub fn spoils(self, pair: Pair) -> bool {
        match self {
            Self::Member(uin) => pair.member_uin == uin,
            Self::Identity(id) => pair.identity_id == id,
        }
    }
}

/// All pairs of some refusals.
pub(super) fn pairs_of<E>(refusals: &[Refusal<E>]) -> BTreeSet<Pair> {
    refusals.iter().flat_map(|refusal| &refusal.pairs).copied().collect()
}

/// Takes the pairs of `refusals` out of `pairs`.
pub fn remove_refused<E>(pairs: &mut BTreeSet<Pair>, refusals: &[Refusal<E>]) {
    pairs.retain(|pair| !refusals.iter().any(|refusal| refusal.pairs.contains(pair)));
}
