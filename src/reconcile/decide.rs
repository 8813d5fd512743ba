//! What must happen to make the wanted grants exist, and no others of ours.

use std::collections::{BTreeMap, BTreeSet};

use super::{GrantStatus, Pair};

/// What to do, in this order: grants come before revokes, so that access never drops below what both the
/// old and the new configuration allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Pairs to grant: wanted ones that do not exist, and stale ones.
    pub grant: BTreeSet<Pair>,
    /// Wanted pairs that exist though we did not grant them: from now on ours, and revoked with the rest.
    pub adopt: BTreeSet<Pair>,
    /// Pairs to revoke: ours, and no longer wanted.
    pub revoke: BTreeSet<Pair>,
}

/// Compares what is `desired` with what is ours (`owned`) and what of it was `observed`.
///
/// A pair that is neither desired nor owned is in none of the answers, whatever was observed. An owned pair
/// that is no longer desired is revoked without being looked at: revoking what is gone counts as done.
pub fn decide(
    desired: &BTreeSet<Pair>,
    owned: &BTreeSet<Pair>,
    observed: &BTreeMap<Pair, GrantStatus>,
) -> Decision {
    let works = |pair: &Pair| observed.get(pair) == Some(&GrantStatus::Configured);
    Decision {
        grant: desired.iter().filter(|pair| !works(pair)).copied().collect(),
        adopt: desired
            .iter()
            .filter(|pair| observed.contains_key(pair) && !owned.contains(pair))
            .copied()
            .collect(),
        revoke: owned.difference(desired).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::Product;

    /// What a world says of one pair besides whether it is desired.
    type Lot = (bool, Option<GrantStatus>);

    const ALL: [Lot; 6] = [
        (false, None),
        (false, Some(GrantStatus::Configured)),
        (false, Some(GrantStatus::Stale)),
        (true, None),
        (true, Some(GrantStatus::Configured)),
        (true, Some(GrantStatus::Stale)),
    ];

    /// Tries every world of `members` × `identities` in which each pair has one of `lots`, for every product
    /// that may be desired in it. Who is called member 1 does not matter, so products that differ only in
    /// that count as one, as do worlds that do.
    fn check(members: u64, identities: u64, lots: &[Lot]) {
        let board = Product { members: (1..=members).collect(), identities: (1..=identities).collect() };
        let pairs: Vec<Pair> = board.pairs().collect();
        let (width, base) = (usize::try_from(identities).unwrap(), lots.len());
        for (wanted_members, wanted_identities) in
            (0..=members).flat_map(|some| (0..=identities).map(move |others| (some, others)))
        {
            if (wanted_members == 0) != (wanted_identities == 0) {
                continue;
            }
            let desired: BTreeSet<Pair> = Product {
                members: (1..=wanted_members).collect(),
                identities: (1..=wanted_identities).collect(),
            }
            .pairs()
            .collect();
            let boundary = usize::try_from(wanted_members).unwrap();
            let mut world = vec![0; pairs.len()];
            loop {
                let rows: Vec<&[usize]> = world.chunks(width).collect();
                let (wanted, others) = rows.split_at(boundary);
                if wanted.is_sorted() && others.is_sorted() {
                    let lots: Vec<Lot> = world.iter().map(|&lot| lots[lot]).collect();
                    check_world(&pairs, &desired, &lots);
                }
                // The next world: counts up, the last pair fastest.
                let Some(position) = world.iter().rposition(|&lot| lot + 1 < base) else { break };
                world[position] += 1;
                world[position + 1..].fill(0);
            }
        }
    }

    fn check_world(pairs: &[Pair], desired: &BTreeSet<Pair>, lots: &[Lot]) {
        let lot = || pairs.iter().copied().zip(lots.iter().copied());
        let owned: BTreeSet<Pair> = lot().filter(|(_, (owned, _))| *owned).map(|(pair, _)| pair).collect();
        let before: BTreeMap<Pair, GrantStatus> =
            lot().filter_map(|(pair, (_, status))| Some((pair, status?))).collect();
        let decision = decide(desired, &owned, &before);

        let mut after = before.clone();
        after.extend(decision.grant.iter().map(|pair| (*pair, GrantStatus::Configured)));
        after.retain(|pair, _| !decision.revoke.contains(pair));
        let context = || format!("desired {desired:?}, owned {owned:?}, before {before:?}: {decision:?}");
        for pair in pairs {
            let wanted = if desired.contains(pair) {
                Some(&GrantStatus::Configured)
            } else if owned.contains(pair) {
                None
            } else {
                before.get(pair)
            };
            assert_eq!(after.get(pair), wanted, "{pair}: {}", context());
        }
        let needless = |pair: &Pair| before.get(pair) == Some(&GrantStatus::Configured);
        assert!(!decision.grant.iter().any(needless), "{}", context());
        assert!(decision.grant.is_subset(desired), "granted, though nobody declared it: {}", context());
        assert!(decision.revoke.is_subset(&owned), "revoked, though it is not ours: {}", context());
        assert!(decision.revoke.is_disjoint(desired), "{}", context());
        let foreign = |pair: &&Pair| before.contains_key(pair) && !owned.contains(pair);
        assert!(decision.adopt.iter().eq(desired.iter().filter(foreign)), "{}", context());
        assert_eq!(decide(desired, desired, &after), Decision::default(), "again: {}", context());
    }

    #[test]
    fn every_world_of_two_by_two_ends_as_desired_and_loses_nothing_of_others() {
        check(2, 2, &ALL);
    }

    #[test]
    fn every_world_of_two_by_three_does_too() {
        check(2, 3, &ALL);
    }

    /// Three by three with six lots would be hundreds of millions of worlds. Ours and gone is left out, and
    /// so is others' and stale: [`decide`] tells neither from its neighbour but in `adopt`, which two by
    /// three covers.
    #[test]
    fn every_world_of_three_by_three_does_too() {
        check(3, 3, &[ALL[0], ALL[1], ALL[4], ALL[5]]);
    }
}
