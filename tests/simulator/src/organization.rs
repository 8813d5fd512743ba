//! The organization itself: members in their units, identities, grants, access policies, and what a reader
//! sees of a grant at which moment. Knows nothing of requests or codes.

mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::people::Holder;
pub(crate) use self::people::{HolderKind, Identity, IdentityPolicy, Member, Node, Policy, Tags};

/// A grant: member UIN and identity id.
pub(crate) type Pair = (u64, u64);

/// The identity that every organization has from the start.
pub(crate) const PRESET: u64 = 1;
/// The unit at the top.
pub(crate) const ROOT_NODE: u64 = 1001;

#[derive(Debug, Default)]
pub(crate) struct Organization {
    pub(crate) dissolved: bool,
    pub(crate) members: BTreeMap<u64, Member>,
    pub(crate) identities: BTreeMap<u64, Identity>,
    pub(crate) nodes: BTreeMap<u64, Node>,
    pub(crate) policies: BTreeMap<u64, Policy>,
    /// Grants that some access policy uses which is not in `policies`: they cannot be revoked.
    pub(crate) in_use: BTreeSet<Pair>,
    /// Pairs whose role cannot be made in the member account.
    pub(crate) roleless: BTreeSet<Pair>,
    grants: BTreeMap<Pair, Vec<Version>>,
    sequence: u64,
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
        let member = Member::new(self.next(), name, now);
        self.members.insert(uin, member);
    }

    pub(crate) fn add_identity(&mut self, id: u64, alias: &str, now: DateTime<Utc>) {
        let identity = Identity::new(self.next(), id, alias, now);
        self.identities.insert(id, identity);
    }

    pub(crate) fn add_node(&mut self, id: u64, name: &str, parent: u64, now: DateTime<Utc>) {
        let sequence = self.next();
        let node = Node { sequence, name: name.to_owned(), parent, tags: Tags::new(), created: now };
        self.nodes.insert(id, node);
    }

    pub(crate) fn add_policy(&mut self, id: u64, name: &str, identity: u64, now: DateTime<Utc>) {
        let sequence = self.next();
        let (members, holders) = (BTreeSet::new(), Vec::new());
        let policy = Policy { sequence, name: name.to_owned(), identity, members, holders, created: now };
        self.policies.insert(id, policy);
    }

    pub(crate) fn node_name(&self, id: u64) -> &str {
        self.nodes.get(&id).map_or("", |node| &node.name)
    }

    /// The units above `node`, nearest first. Ends also where units are each other's parents.
    pub(crate) fn ancestors(&self, node: u64) -> Vec<u64> {
        let mut found = Vec::new();
        let mut at = node;
        while let Some(Node { parent, .. }) = self.nodes.get(&at)
            && !found.contains(parent)
        {
            found.push(*parent);
            at = *parent;
        }
        found
    }

    /// Whether an access policy uses the grant, so that it cannot be revoked.
    pub(crate) fn is_in_use(&self, pair: Pair) -> bool {
        let used = |policy: &Policy| policy.identity == pair.1 && policy.members.contains(&pair.0);
        self.in_use.contains(&pair) || self.policies.values().any(used)
    }

    /// Its grants vanish with it, and no access policy is about it any more.
    pub(crate) fn remove_member(&mut self, uin: u64) {
        self.members.remove(&uin);
        self.grants.retain(|pair, _| pair.0 != uin);
        self.in_use.retain(|pair| pair.0 != uin);
        for policy in self.policies.values_mut() {
            policy.members.remove(&uin);
        }
    }

    /// Its grants vanish with it, and its access policies.
    pub(crate) fn remove_identity(&mut self, id: u64) {
        self.identities.remove(&id);
        self.grants.retain(|pair, _| pair.1 != id);
        self.in_use.retain(|pair| pair.1 != id);
        self.policies.retain(|_, policy| policy.identity != id);
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
