//! Which lists to read: what members hold, or who holds identities. A list of a member is one page or so and
//! tells of it alone; one of an identity has a page for fifty of its holders and tells of all.

use std::collections::BTreeSet;

/// So many members are asked one by one without a thought: that is what a page of the other side may cost.
const FEW_MEMBERS: usize = 5;

/// How many grants a page has.
const PAGE: usize = 50;

/// The lists to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// One of each of these members.
    Members(BTreeSet<u64>),
    /// One of each of these identities.
    Identities(BTreeSet<u64>),
}

/// Whether `members` are so few that nothing else need be known to ask them.
pub(super) fn are_few(members: &BTreeSet<u64>) -> bool {
    members.len() <= FEW_MEMBERS
}

/// The side that takes fewer calls, if about as many more hold each identity as are asked about.
pub(super) fn cheaper(members: BTreeSet<u64>, identities: BTreeSet<u64>) -> Side {
    let pages = identities.len().saturating_mul(members.len().div_ceil(PAGE) + 1);
    if members.len() <= pages { Side::Members(members) } else { Side::Identities(identities) }
}

/// Whether `left` results are more than a few members more: then every list of `identities` is worth its
/// calls. Else members are asked until enough was found.
pub(super) fn are_all_wanted(left: usize, identities: &BTreeSet<u64>) -> bool {
    left > identities.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_members_are_asked_and_many_are_found_by_their_identities() {
        for (members, identities, by_members) in [
            (5, 1, false),
            (2, 1, true),
            (10, 5, true),
            (11, 5, false),
            (1_000, 5, false),
            (1_000, 40, false),
            (1_000, 50, true),
            (60, 30, true),
            (0, 0, true),
        ] {
            let side = cheaper((0..members).collect(), (0..identities).collect());
            assert_eq!(matches!(side, Side::Members(_)), by_members, "{members} {identities}");
        }
    }
}
