//! The organization itself: members, identities, grants, and what a reader sees of a grant at which moment.
//! Knows nothing of requests or codes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

/// A grant: member UIN and identity id.
pub(crate) type Pair = (u64, u64);

/// The identity that every organization has from the start.
pub(crate) const PRESET: u64 = 1;

#[derive(Debug, Default)]
pub(crate) struct Organization {
    pub(crate) dissolved: bool,
    pub(crate) members: BTreeMap<u64, Member>,
    pub(crate) identities: BTreeMap<u64, Identity>,
    /// Grants that an access policy uses: they cannot be revoked.
    pub(crate) in_use: BTreeSet<Pair>,
    /// Pairs whose role cannot be made in the member account.
    pub(crate) roleless: BTreeSet<Pair>,
    grants: BTreeMap<Pair, Vec<Version>>,
    sequence: u64,
}

#[derive(Debug)]
pub(crate) struct Member {
    /// Counts up with every creation of anything: what "newest" means.
    pub(crate) sequence: u64,
    pub(crate) name: String,
    pub(crate) joined: DateTime<Utc>,
    /// Members invited before grants existed cannot be configured.
    pub(crate) configurable: bool,
}

#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) sequence: u64,
    pub(crate) alias: String,
    pub(crate) updated: DateTime<Utc>,
    /// An identity whose policies are broken cannot be granted.
    pub(crate) valid: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) sequence: u64,
    /// The first successful configuration.
    pub(crate) created: DateTime<Utc>,
    /// The latest successful configuration.
    pub(crate) updated: DateTime<Utc>,
    /// Whether it must be configured again.
    pub(crate) stale: bool,
}

/// What a pair became, and from when on readers see it.
#[derive(Debug)]
struct Version {
    visible: DateTime<Utc>,
    grant: Option<Grant>,
}

impl Organization {
    pub(crate) fn add_member(&mut self, uin: u64, name: &str, now: DateTime<Utc>) {
        let member = Member { sequence: self.next(), name: name.to_owned(), joined: now, configurable: true };
        self.members.insert(uin, member);
    }

    pub(crate) fn add_identity(&mut self, id: u64, alias: &str, now: DateTime<Utc>) {
        let identity = Identity { sequence: self.next(), alias: alias.to_owned(), updated: now, valid: true };
        self.identities.insert(id, identity);
    }

    /// Its grants vanish with it.
    pub(crate) fn remove_member(&mut self, uin: u64) {
        self.members.remove(&uin);
        self.grants.retain(|pair, _| pair.0 != uin);
        self.in_use.retain(|pair| pair.0 != uin);
    }

    /// Its grants vanish with it.
    pub(crate) fn remove_identity(&mut self, id: u64) {
        self.identities.remove(&id);
        self.grants.retain(|pair, _| pair.1 != id);
        self.in_use.retain(|pair| pair.1 != id);
    }

    /// Grants, or configures again what was granted before: then its first configuration is kept.
    pub(crate) fn grant(&mut self, pair: Pair, now: DateTime<Utc>, lag: Duration) {
        let grant = match self.granted(pair) {
            Some(grant) => Grant { updated: now, stale: false, ..grant.clone() },
            None => Grant { sequence: self.next(), created: now, updated: now, stale: false },
        };
        self.write(pair, Some(grant), now, lag);
    }

    pub(crate) fn revoke(&mut self, pair: Pair, now: DateTime<Utc>, lag: Duration) {
        self.write(pair, None, now, lag);
    }

    pub(crate) fn make_stale(&mut self, pair: Pair, now: DateTime<Utc>) {
        if let Some(grant) = self.granted(pair).cloned() {
            self.write(pair, Some(Grant { stale: true, ..grant }), now, Duration::ZERO);
        }
    }

    /// The truth, whoever may see it already.
    pub(crate) fn granted(&self, pair: Pair) -> Option<&Grant> {
        self.grants.get(&pair)?.last()?.grant.as_ref()
    }

    /// All that is granted in truth.
    pub(crate) fn pairs(&self) -> BTreeSet<Pair> {
        self.grants.keys().copied().filter(|pair| self.granted(*pair).is_some()).collect()
    }

    /// What a reader sees now.
    pub(crate) fn visible(&self, now: DateTime<Utc>) -> impl Iterator<Item = (Pair, &Grant)> {
        self.grants.iter().filter_map(move |(pair, versions)| {
            let latest = versions.iter().rev().find(|version| version.visible <= now)?;
            Some((*pair, latest.grant.as_ref()?))
        })
    }

    fn write(&mut self, pair: Pair, grant: Option<Grant>, now: DateTime<Utc>, lag: Duration) {
        let versions = self.grants.entry(pair).or_default();
        if lag.is_zero() {
            versions.clear();
            versions.push(Version { visible: DateTime::<Utc>::MIN_UTC, grant });
        } else {
            versions.push(Version { visible: now + lag, grant });
        }
    }

    fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}
