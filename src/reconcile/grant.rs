//! A grant, and what it is about: one member account and one access identity.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// One access identity in one member account: the smallest thing that can be granted or revoked.
/// Ordered by member first. Written `<uin>#<identity id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The member account.
    pub member_uin: u64,
    /// The access identity.
    pub identity_id: u64,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.member_uin, self.identity_id)
    }
}

/// How an existing grant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantStatus {
    /// It works.
    Configured,
    /// It exists but must be granted again to work: its identity changed since (API `Status` 2).
    Stale,
}

impl GrantStatus {
    /// What states and answers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Stale => "stale",
        }
    }
}

/// An existing grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The CAM role in the member account; empty if the API does not say.
    pub role_name: String,
    /// How it stands.
    pub status: GrantStatus,
}

impl Grant {
    /// Whether it works.
    pub fn is_configured(&self) -> bool {
        self.status == GrantStatus::Configured
    }
}

/// The text is not a [`Pair`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pair of the form MEMBER_UIN#IDENTITY_ID")]
pub struct PairError;

impl FromStr for Pair {
    type Err = PairError;

    fn from_str(text: &str) -> Result<Self, PairError> {
        let (member, identity) = text.split_once('#').ok_or(PairError)?;
        let number = |text: &str| text.parse().map_err(|_| PairError);
        Ok(Self { member_uin: number(member)?, identity_id: number(identity)? })
    }
}

/// Every one of some members with every one of some identities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// The member accounts.
    pub members: BTreeSet<u64>,
    /// The access identities.
    pub identities: BTreeSet<u64>,
}

impl Product {
    /// All its pairs, in order.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.members.iter().flat_map(|&member_uin| {
            self.identities.iter().map(move |&identity_id| Pair { member_uin, identity_id })
        })
    }

    /// How many pairs it has.
    pub fn len(&self) -> usize {
        self.members.len() * self.identities.len()
    }

    /// Whether it has no pairs.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() || self.identities.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_reads_back_as_it_is_written() {
        let pair = Pair { member_uin: 100_000_000_001, identity_id: 13 };
        assert_eq!(pair.to_string(), "100000000001#13");
        assert_eq!(pair.to_string().parse(), Ok(pair));
        for text in ["", "1", "#", "1#", "#1", "1#2#3", "a#1", "-1#2", "1.0#2"] {
            assert_eq!(text.parse::<Pair>(), Err(PairError), "{text}");
        }
    }
}
