//! What there is to say about grants that exist, beside those that are declared.

use std::collections::BTreeSet;

use super::Pair;

/// Every finding about some grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Granted, and declared by nobody.
    pub undeclared: BTreeSet<Pair>,
    /// Declared, and not granted.
    pub missing: BTreeSet<Pair>,
    /// Granted, and usable by nobody; `None` if it was not asked who may use what.
    pub unusable: Option<BTreeSet<Pair>>,
}

/// Which grants are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only those of these members; `None` stands for all.
    pub members: Option<BTreeSet<u64>>,
    /// Only those of these identities; `None` stands for all, but for preset ones.
    pub identities: Option<BTreeSet<u64>>,
    /// Whether preset identities count that nobody named.
    pub preset: bool,
}

impl Scope {
    /// Whether `pair` is looked at, if somebody declares it.
    pub fn has(&self, pair: Pair) -> bool {
        let within = |ids: &Option<BTreeSet<u64>>, id| ids.as_ref().is_none_or(|ids| ids.contains(&id));
        within(&self.members, pair.member_uin) && within(&self.identities, pair.identity_id)
    }

    /// Whether the grant `pair`, of an identity that Tencent Cloud made if `is_preset`, is looked at. A
    /// preset identity must be named, by the scope or by a declaration: whoever declares a grant wants to
    /// know of it.
    pub fn counts(&self, pair: Pair, is_preset: bool, declared: &BTreeSet<Pair>) -> bool {
        let named = self.preset || self.identities.is_some() || declared.contains(&pair);
        self.has(pair) && (!is_preset || named)
    }
}

/// Compares `granted` with `declared`, both as far as they are looked at, and with what is `usable`.
pub fn review(
    granted: &BTreeSet<Pair>,
    declared: &BTreeSet<Pair>,
    usable: Option<&BTreeSet<Pair>>,
) -> Review {
    Review {
        undeclared: granted - declared,
        missing: declared - granted,
        unusable: usable.map(|usable| granted - usable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(u64, u64)]) -> BTreeSet<Pair> {
        of.iter().map(|&(member_uin, identity_id)| Pair { member_uin, identity_id }).collect()
    }

    /// One pair in each of the eight states that it can be in.
    #[test]
    fn every_state_of_a_grant_has_its_findings() {
        for state in 0..8 {
            let put = |bit: u8| if state >> bit & 1 == 1 { pairs(&[(1, 13)]) } else { pairs(&[]) };
            let (granted, declared, usable) = (put(0), put(1), put(2));
            let found = review(&granted, &declared, Some(&usable));
            let is = |condition: bool| if condition { pairs(&[(1, 13)]) } else { pairs(&[]) };
            let (granted_is, declared_is) = (!granted.is_empty(), !declared.is_empty());
            assert_eq!(found.undeclared, is(granted_is && !declared_is), "{state:b}");
            assert_eq!(found.missing, is(!granted_is && declared_is), "{state:b}");
            assert_eq!(found.unusable, Some(is(granted_is && usable.is_empty())), "{state:b}");
            assert_eq!(review(&granted, &declared, None).unusable, None);
        }
    }

    #[test]
    fn a_preset_identity_counts_where_somebody_names_it() {
        let (pair, declared) = (Pair { member_uin: 1, identity_id: 1 }, pairs(&[(2, 1)]));
        let all = Scope::default();
        assert!(!all.counts(pair, true, &declared) && all.counts(pair, false, &declared));
        assert!(all.counts(Pair { member_uin: 2, identity_id: 1 }, true, &declared), "declared");
        assert!(Scope { preset: true, ..all.clone() }.counts(pair, true, &declared));
        let of = |members: &[u64], identities: &[u64]| Scope {
            members: Some(members.iter().copied().collect()),
            identities: Some(identities.iter().copied().collect()),
            preset: false,
        };
        assert!(of(&[1], &[1]).counts(pair, true, &declared), "named");
        assert!(!of(&[2], &[1]).counts(pair, true, &declared) && !of(&[1], &[2]).has(pair));
        assert!(!of(&[], &[]).has(pair));
    }
}
