//! The organization of the caller.

use serde::{Deserialize, Serialize};

use crate::cloud::api::lenient::number;

/// Describes the organization the caller belongs to. At most 40 calls per second.
///
/// <https://www.tencentcloud.com/document/product/1031/52049>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganization {}

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
