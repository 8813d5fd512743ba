//! What must happen to make the wanted grants exist, and no others of ours.

use std::collections::{BTreeMap, BTreeSet};

use super::Pair;

/// How an existing grant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Configured,
    /// It exists but must be granted again to work: its identity changed since (API `Status` 2).
    Stale,
}

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
/// A pair that is neither desired nor owned is in none of the answers, whatever was observed. An owned pair that
/// is no longer desired is revoked without being looked at: revoking what is gone counts as done.
pub fn decide(
    desired: &BTreeSet<Pair>,
    owned: &BTreeSet<Pair>,
    observed: &BTreeMap<Pair, Standing>,
) -> Decision {
    let works = |pair: &Pair| observed.get(pair) == Some(&Standing::Configured);
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

    /// Every world of 2 members × 2 identities: each pair is desired or not, owned or not, and absent,
    /// configured or stale. 12^4 worlds.
    #[test]
    fn every_small_world_ends_as_desired_and_loses_nothing_of_others() {
        let pairs: Vec<Pair> = [(1, 1), (1, 2), (2, 1), (2, 2)]
            .map(|(member_uin, identity_id)| Pair { member_uin, identity_id })
            .into();
        for world in 0..12_u32.pow(4) {
            let (mut desired, mut owned, mut before) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
            for (position, &pair) in (0..).zip(&pairs) {
                let digit = world / 12_u32.pow(position) % 12;
                if digit % 2 == 1 {
                    desired.insert(pair);
                }
                if digit / 2 % 2 == 1 {
                    owned.insert(pair);
                }
                match digit / 4 {
                    1 => drop(before.insert(pair, Standing::Configured)),
                    2 => drop(before.insert(pair, Standing::Stale)),
                    _ => {}
                }
            }
            let decision = decide(&desired, &owned, &before);

            let mut after = before.clone();
            after.extend(decision.grant.iter().map(|&pair| (pair, Standing::Configured)));
            after.retain(|pair, _| !decision.revoke.contains(pair));
            for pair in &pairs {
                let standing = after.get(pair);
                if desired.contains(pair) {
                    assert_eq!(standing, Some(&Standing::Configured), "{pair} in world {world}");
                } else if owned.contains(pair) {
                    assert_eq!(standing, None, "{pair} in world {world}");
                } else {
                    assert_eq!(standing, before.get(pair), "{pair} in world {world}");
                }
            }
            assert!(decision.grant.is_disjoint(&decision.revoke), "world {world}");
            let again = decide(&desired, &desired, &after);
            assert_eq!(again, Decision::default(), "deciding again finds work in world {world}");
        }
    }
}
