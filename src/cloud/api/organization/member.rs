//! Member accounts.

use serde::{Deserialize, Serialize};

use crate::cloud::api::lenient::{list, name, number, page};

/// Lists the member accounts of the organization.
///
/// Not documented: whether a unit stands for those below it too.
/// <https://www.tencentcloud.com/document/product/1031/52062>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganizationMembers {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`](super::PAGE_LIMIT).
    pub limit: u64,
    /// Only members found by this name or UIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_key: Option<String>,
    /// Only members of the verified legal entity of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_name: Option<String>,
    /// The short name of the trusted service whose delegate administrator calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Only members with these tags; at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Only members in this unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_id: Option<u64>,
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
    #[serde(deserialize_with = "name")]
    pub name: Option<String>,
    /// Its account name.
    #[serde(deserialize_with = "name")]
    pub nick_name: Option<String>,
    /// `Invite` or `Create`.
    #[serde(deserialize_with = "name")]
    pub member_type: Option<String>,
    /// The organizational unit it is in.
    #[serde(deserialize_with = "number")]
    pub node_id: Option<u64>,
    /// The unit's name.
    #[serde(deserialize_with = "name")]
    pub node_name: Option<String>,
    /// A remark.
    #[serde(deserialize_with = "name")]
    pub remark: Option<String>,
    /// `Allow` or `Denied`: whether it may leave by itself.
    #[serde(deserialize_with = "name")]
    pub is_allow_quit: Option<String>,
    /// `Unbound`, `Valid`, `Success` or `Failed`.
    #[serde(deserialize_with = "name")]
    pub bind_status: Option<String>,
    /// `Confirmed` or `UnConfirmed`.
    #[serde(deserialize_with = "name")]
    pub permission_status: Option<String>,
    /// Its tags.
    #[serde(deserialize_with = "list")]
    pub tags: Vec<Tag>,
    /// When it joined.
    #[serde(deserialize_with = "name")]
    pub create_time: Option<String>,
    /// When it last changed.
    #[serde(deserialize_with = "name")]
    pub update_time: Option<String>,
}

/// A tag, of a member or to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    /// Its key.
    #[serde(deserialize_with = "name")]
    pub tag_key: Option<String>,
    /// Its value.
    #[serde(deserialize_with = "name")]
    pub tag_value: Option<String>,
}
