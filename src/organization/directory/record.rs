//! What the directory tells of each thing that it lists. Whatever the API leaves out is empty.

use std::collections::BTreeMap;

use crate::reconcile::{GrantStatus, Pair};

/// An access identity: what a member can be granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: u64,
    /// Its name, unique among custom ones.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Whether Tencent Cloud made it.
    pub is_preset: bool,
    /// What it allows.
    pub policies: Vec<IdentityPolicy>,
    /// When it was last changed, as the API writes it.
    pub updated: String,
}

/// A CAM policy of an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// Its id; 0 for one that is written into the identity.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether Tencent Cloud made it.
    pub is_preset: bool,
    /// The policy as JSON, for one that is written into the identity.
    pub document: String,
}

/// A member account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Its UIN.
    pub uin: u64,
    /// Its name in the organization.
    pub name: String,
    /// Its account name.
    pub nick_name: String,
    /// `Invite` or `Create`.
    pub kind: String,
    /// The unit that it is in.
    pub node_id: u64,
    /// The unit's name.
    pub node_name: String,
    /// A remark.
    pub remark: String,
    /// `Confirmed` or `UnConfirmed`.
    pub permission_status: String,
    /// `Unbound`, `Valid`, `Success` or `Failed`: the state of its email or phone.
    pub bind_status: String,
    /// Whether it may leave by itself.
    pub may_quit: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When it joined, as the API writes it.
    pub created: String,
    /// When it last changed, likewise.
    pub updated: String,
}

/// An organizational unit: a department.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The unit that it is part of; 0 for the topmost.
    pub parent_id: u64,
}

/// A grant with all that the API says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// Whom, and what.
    pub pair: Pair,
    /// The member's name.
    pub member_name: String,
    /// The identity's name.
    pub identity_name: String,
    /// The identity's description.
    pub description: String,
    /// Whether Tencent Cloud made the identity.
    pub is_preset: bool,
    /// The CAM role in the member account.
    pub role_name: String,
    /// Whether it works.
    pub status: GrantStatus,
    /// When it was first configured, as the API writes it.
    pub created: String,
    /// When it was last configured, likewise.
    pub updated: String,
}

/// That somebody may use a grant: by an access policy that is bound to them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    /// The grant.
    pub pair: Pair,
    /// The access policy.
    pub policy_id: u64,
    /// The policy's name.
    pub policy_name: String,
    /// Who may use it.
    pub holder: Holder,
}

/// Who is bound to an access policy, in the administrator's account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// What it is.
    pub kind: HolderKind,
    /// The UIN of a sub-user, or the id of a user group.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// What can be bound to an access policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolderKind {
    /// A sub-user.
    SubUser,
    /// A user group.
    UserGroup,
}

/// Which identities to list. All of it must hold; the default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityFilter {
    /// Only those that the API finds by this name.
    pub search: Option<String>,
    /// Only the one with this id.
    pub id: Option<u64>,
    /// Only preset ones, or only custom ones.
    pub is_preset: Option<bool>,
}

/// Which members to list. All of it must hold; the default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberFilter {
    /// Only those that the API finds by this name or UIN.
    pub search: Option<String>,
    /// Only those of this verified legal entity.
    pub entity: Option<String>,
    /// Only those in this unit.
    pub node: Option<NodeScope>,
    /// Only those with these tags, ten at most.
    pub tags: BTreeMap<String, String>,
    /// The trusted service whose delegate administrator asks.
    pub product: Option<String>,
}

/// A unit, by itself or with all that is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeScope {
    /// The unit.
    pub id: u64,
    /// Whether members of the units below it count.
    pub recursive: bool,
}
