//! Whom to ask what exists. The API lists grants by member (usually one page) or by identity (pages that
//! answer for every member), so the cheaper side is chosen as far as it can be known: page one of an
//! identity tells how many pages there are, and costs one call to find out.

use std::collections::{BTreeMap, BTreeSet};

use super::Pair;

/// One list to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// All grants of a member.
    Member(u64),
    /// All grants of an identity.
    Identity(u64),
}

/// Where to start, to learn about every one of `pairs`.
///
/// By identity where that are fewer lists; the caller then reads page one of each, and asks [`finish`] how to go on.
pub fn start(pairs: &BTreeSet<Pair>) -> BTreeSet<Question> {
    let members: BTreeSet<u64> = pairs.iter().map(|pair| pair.member_uin).collect();
    let identities: BTreeSet<u64> = pairs.iter().map(|pair| pair.identity_id).collect();
    if identities.len() < members.len() {
        identities.into_iter().map(Question::Identity).collect()
    } else {
        members.into_iter().map(Question::Member).collect()
    }
}

/// How to learn about the pairs that page one of their identities did not show.
///
/// `open` are those pairs; `pages` says for each of their identities how many more pages it has (`None`: its
/// list cannot be used). Reads on where that costs no more calls than asking the members.
pub fn finish(open: &BTreeSet<Pair>, pages: &BTreeMap<u64, Option<u64>>) -> BTreeSet<Question> {
    let identities: BTreeSet<u64> = open.iter().map(|pair| pair.identity_id).collect();
    let sweep = identities
        .iter()
        .try_fold(0_u64, |sum, identity| Some(sum.saturating_add(pages.get(identity).copied().flatten()?)));
    let members: BTreeSet<u64> = open.iter().map(|pair| pair.member_uin).collect();
    match sweep {
        Some(calls) if calls <= members.len() as u64 => {
            identities.into_iter().map(Question::Identity).collect()
        }
        _ => members.into_iter().map(Question::Member).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(
        members: std::ops::RangeInclusive<u64>,
        identities: std::ops::RangeInclusive<u64>,
    ) -> BTreeSet<Pair> {
        members
            .flat_map(|member_uin| {
                identities.clone().map(move |identity_id| Pair { member_uin, identity_id })
            })
            .collect()
    }

    #[test]
    fn the_shorter_side_is_asked() {
        assert_eq!(start(&pairs(1..=12, 1..=2)), [Question::Identity(1), Question::Identity(2)].into());
        assert_eq!(start(&pairs(1..=2, 1..=2)), [Question::Member(1), Question::Member(2)].into());
        assert_eq!(start(&BTreeSet::new()), BTreeSet::new());
    }

    #[test]
    fn a_long_list_is_left_for_the_members() {
        let open = pairs(1..=3, 7..=7);
        assert_eq!(finish(&open, &[(7, Some(3))].into()), [Question::Identity(7)].into());
        let members: BTreeSet<_> = (1..=3).map(Question::Member).collect();
        assert_eq!(finish(&open, &[(7, Some(19))].into()), members);
        assert_eq!(finish(&open, &[(7, None)].into()), members);
    }
}
