//! What an organization consists of, and who may use what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{PRESET, ROOT_NODE};

pub(crate) type Tags = BTreeMap<String, String>;

#[derive(Debug)]
pub(crate) struct Member {
    /// Counts up with every creation of anything: what "newest" means.
    pub(crate) sequence: u64,
    pub(crate) name: String,
    pub(crate) joined: DateTime<Utc>,
    /// Members invited before grants existed cannot be configured.
    pub(crate) configurable: bool,
    /// The unit that it is in.
    pub(crate) node: u64,
    pub(crate) tags: Tags,
    /// Its verified legal entity.
    pub(crate) entity: String,
}

impl Member {
    /// In the unit at the top, without tags.
    pub(super) fn new(sequence: u64, name: &str, joined: DateTime<Utc>) -> Self {
        Self {
            sequence,
            name: name.to_owned(),
            joined,
            configurable: true,
            node: ROOT_NODE,
            tags: Tags::new(),
            entity: String::new(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) sequence: u64,
    pub(crate) alias: String,
    pub(crate) description: String,
    pub(crate) policies: Vec<IdentityPolicy>,
    pub(crate) updated: DateTime<Utc>,
    /// An identity whose policies are broken cannot be granted.
    pub(crate) valid: bool,
}

#[derive(Debug)]
pub(crate) enum IdentityPolicy {
    Preset { id: u64, name: String },
    Custom(String),
}

impl Identity {
    /// With one preset policy.
    pub(super) fn new(sequence: u64, id: u64, alias: &str, updated: DateTime<Utc>) -> Self {
        let (description, policy) = if id == PRESET {
            ("AdministratorAccess", "AdministratorAccess")
        } else {
            ("read only", "ReadOnlyAccess")
        };
        Self {
            sequence,
            alias: alias.to_owned(),
            description: description.to_owned(),
            policies: vec![IdentityPolicy::Preset { id, name: policy.to_owned() }],
            updated,
            valid: true,
        }
    }
}

/// A unit.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) sequence: u64,
    pub(crate) name: String,
    /// 0 for the unit at the top.
    pub(crate) parent: u64,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

/// An access policy: whoever is bound to it may use an identity in some members.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) sequence: u64,
    pub(crate) name: String,
    pub(crate) identity: u64,
    pub(crate) members: BTreeSet<u64>,
    pub(crate) holders: Vec<Holder>,
    pub(crate) created: DateTime<Utc>,
}

/// Who may be bound to an access policy, in the administrator's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub(crate) kind: HolderKind,
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HolderKind {
    SubAccount,
    Group,
}

impl Holder {
    /// A sub-account.
    pub fn sub_account(uin: u64, name: &str) -> Self {
        Self { kind: HolderKind::SubAccount, id: uin, name: name.to_owned() }
    }

    /// A user group.
    pub fn group(id: u64, name: &str) -> Self {
        Self { kind: HolderKind::Group, id, name: name.to_owned() }
    }
}
