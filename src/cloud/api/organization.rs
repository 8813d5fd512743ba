//! Tencent Cloud Organization, version 2021-03-31.
//!
//! Follows <https://www.tencentcloud.com/document/product/1031/66411> and the pages named at each action.
//! Fields keep the API's names. All actions are limited to 20 calls per second, counted per action and
//! caller, unless they say otherwise; all need the credentials of the organization's administrator.

use serde::{Deserialize, Serialize};

pub use super::PAGE_LIMIT;
use super::lenient::{list, name, number, page};
use crate::cloud::action::{Action, Effect, Product};

/// The most members in one [`CreateOrganizationMemberAuthIdentity`]
/// (<https://www.tencentcloud.com/document/product/1031/66411>, `MemberUins.N`).
pub const MEMBERS_PER_CALL: usize = 10;

/// The most identities in one [`CreateOrganizationMemberAuthIdentity`]
/// (<https://www.tencentcloud.com/document/product/1031/66411>, `IdentityIds.N`).
pub const IDENTITIES_PER_CALL: usize = 5;

macro_rules! action {
    ($name:ident, $effect:ident, $answer:ty $(, rate $rate:literal)?) => {
        impl Action for $name {
            const NAME: &'static str = stringify!($name);
            const PRODUCT: Product = Product::Organization;
            const EFFECT: Effect = Effect::$effect;
            $(const RATE: u32 = $rate;)?
            type Answer = $answer;
        }
    };
}

action!(CreateOrganizationMemberAuthIdentity, Write, Done);
action!(DeleteOrganizationMemberAuthIdentity, Write, Done);
action!(DescribeOrganizationMemberAuthIdentities, Read, AuthIdentityPage);
action!(ListOrganizationIdentity, Read, IdentityPage);
action!(DescribeOrganizationMembers, Read, MemberPage);
action!(DescribeOrganization, Read, Organization, rate 40);

/// Grants every identity to every member: the product of both lists. A pair that exists already is configured
/// anew.
///
/// Not documented: whether a call of which one pair cannot be granted grants the others.
/// <https://www.tencentcloud.com/document/product/1031/66411>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOrganizationMemberAuthIdentity {
    /// At most [`MEMBERS_PER_CALL`].
    pub member_uins: Vec<u64>,
    /// At most [`IDENTITIES_PER_CALL`].
    pub identity_ids: Vec<u64>,
}

/// Revokes one identity from one member. A pair that is not granted is answered with
/// `ResourceNotFound.MemberIdentityNotExist`, one that is in use with
/// `FailedOperation.MemberIdentityAuthUsed`.
///
/// <https://www.tencentcloud.com/document/product/1031/66408>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteOrganizationMemberAuthIdentity {
    /// The member account.
    pub member_uin: u64,
    /// The identity.
    pub identity_id: u64,
}

/// Lists grants, of a member or of an identity (one of the two must be given). The order is not documented.
///
/// <https://www.tencentcloud.com/document/product/1031/52053>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganizationMemberAuthIdentities {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`].
    pub limit: u64,
    /// Only grants of this member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_uin: Option<u64>,
    /// Only grants of this identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<u64>,
}

/// Lists the identities of the organization, preset and custom.
///
/// <https://www.tencentcloud.com/document/product/1031/52051>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOrganizationIdentity {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`].
    pub limit: u64,
    /// Only identities found by this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_key: Option<String>,
    /// Only this identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<u64>,
    /// Only this type: 1 preset, 2 custom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_type: Option<u64>,
}

/// Lists the member accounts of the organization.
///
/// <https://www.tencentcloud.com/document/product/1031/52062>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganizationMembers {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`].
    pub limit: u64,
    /// Only members found by this name or UIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_key: Option<String>,
}

/// Describes the organization the caller belongs to. At most 40 calls per second.
///
/// <https://www.tencentcloud.com/document/product/1031/52049>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganization {}

/// The answer of a write: that it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Done {}

/// A page of grants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthIdentityPage {
    /// The grants; empty past the end.
    #[serde(deserialize_with = "page")]
    pub items: Vec<AuthIdentity>,
    /// How many there are over all pages.
    #[serde(deserialize_with = "number")]
    pub total: Option<u64>,
}

/// A grant (`OrgMemberAuthIdentity`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthIdentity {
    /// The identity.
    #[serde(deserialize_with = "number")]
    pub identity_id: Option<u64>,
    /// The CAM role in the member account.
    #[serde(deserialize_with = "name")]
    pub identity_role_name: Option<String>,
    /// The display name of the identity.
    pub identity_role_alias_name: Option<String>,
    /// The description of the identity.
    pub description: Option<String>,
    /// When it was first configured, `YYYY-MM-DD HH:MM:SS` in a zone that is not documented.
    pub create_time: Option<String>,
    /// When it was last configured, likewise.
    pub update_time: Option<String>,
    /// 1 preset, 2 custom.
    #[serde(deserialize_with = "number")]
    pub identity_type: Option<u64>,
    /// 1 configured, 2 must be configured again.
    #[serde(deserialize_with = "number")]
    pub status: Option<u64>,
    /// The member account; some samples leave it out.
    #[serde(deserialize_with = "number")]
    pub member_uin: Option<u64>,
    /// The member's name; some samples leave it out.
    pub member_name: Option<String>,
}

/// A page of identities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IdentityPage {
    /// The identities; empty past the end.
    #[serde(deserialize_with = "page")]
    pub items: Vec<Identity>,
    /// How many there are over all pages.
    #[serde(deserialize_with = "number")]
    pub total: Option<u64>,
}

/// An identity (`OrgIdentity`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Identity {
    /// The identity's id.
    #[serde(deserialize_with = "number")]
    pub identity_id: Option<u64>,
    /// Its name.
    pub identity_alias_name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its policies.
    #[serde(deserialize_with = "list")]
    pub identity_policy: Vec<IdentityPolicy>,
    /// 1 preset, 2 custom.
    #[serde(deserialize_with = "number")]
    pub identity_type: Option<u64>,
    /// When it was last changed.
    pub update_time: Option<String>,
}

/// A policy of an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IdentityPolicy {
    /// The CAM policy, if it is a preset one.
    #[serde(deserialize_with = "number")]
    pub policy_id: Option<u64>,
    /// Its name.
    pub policy_name: Option<String>,
    /// 1 custom, 2 preset: the reverse of an identity's type.
    #[serde(deserialize_with = "number")]
    pub policy_type: Option<u64>,
    /// The CAM policy document as JSON, if it is a custom one.
    pub policy_document: Option<String>,
}

/// A page of members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MemberPage {
    /// The members; empty past the end.
    #[serde(deserialize_with = "page")]
    pub items: Vec<Member>,
    /// How many there are over all pages.
    #[serde(deserialize_with = "number")]
    pub total: Option<u64>,
}

/// A member account (`OrgMember`), without its billing details.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Member {
    /// The member's UIN.
    #[serde(deserialize_with = "number")]
    pub member_uin: Option<u64>,
    /// Its name in the organization.
    pub name: Option<String>,
    /// Its account name.
    pub nick_name: Option<String>,
    /// `Invite` or `Create`.
    pub member_type: Option<String>,
    /// The organizational unit it is in.
    #[serde(deserialize_with = "number")]
    pub node_id: Option<u64>,
    /// The unit's name.
    pub node_name: Option<String>,
    /// A remark.
    pub remark: Option<String>,
    /// `Confirmed` or `UnConfirmed`.
    pub permission_status: Option<String>,
    /// When it joined.
    pub create_time: Option<String>,
    /// When it last changed.
    pub update_time: Option<String>,
}

/// The organization of the caller, without its billing details.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Organization {
    /// The organization's id.
    #[serde(deserialize_with = "number")]
    pub org_id: Option<u64>,
    /// The account that made it.
    #[serde(deserialize_with = "number")]
    pub host_uin: Option<u64>,
    /// That account's name.
    pub nick_name: Option<String>,
    /// Whether the caller administers it.
    pub is_manager: Option<bool>,
    /// Its topmost unit.
    #[serde(deserialize_with = "number")]
    pub root_node_id: Option<u64>,
    /// When it was made.
    pub create_time: Option<String>,
    /// When the caller joined it.
    pub join_time: Option<String>,
}
