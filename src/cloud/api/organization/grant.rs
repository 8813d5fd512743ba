//! Grants: making, revoking and listing them.

use serde::{Deserialize, Serialize};

use crate::cloud::api::lenient::{name, number, page};

/// The most members in one [`CreateOrganizationMemberAuthIdentity`]
/// (<https://www.tencentcloud.com/document/product/1031/66411>, `MemberUins.N`).
pub const MEMBERS_PER_CALL: usize = 10;

/// The most identities in one [`CreateOrganizationMemberAuthIdentity`]
/// (<https://www.tencentcloud.com/document/product/1031/66411>, `IdentityIds.N`).
pub const IDENTITIES_PER_CALL: usize = 5;

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
    /// 1 to [`PAGE_LIMIT`](super::PAGE_LIMIT).
    pub limit: u64,
    /// Only grants of this member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_uin: Option<u64>,
    /// Only grants of this identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<u64>,
}

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
    #[serde(deserialize_with = "name")]
    pub identity_role_alias_name: Option<String>,
    /// The description of the identity.
    #[serde(deserialize_with = "name")]
    pub description: Option<String>,
    /// When it was first configured, `YYYY-MM-DD HH:MM:SS` in a zone that is not documented.
    #[serde(deserialize_with = "name")]
    pub create_time: Option<String>,
    /// When it was last configured, likewise.
    #[serde(deserialize_with = "name")]
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
    #[serde(deserialize_with = "name")]
    pub member_name: Option<String>,
}
