//! Organizational units.

use serde::{Deserialize, Serialize};

use crate::cloud::api::lenient::{name, number, page};

/// Lists the units of the organization, the whole tree: one of the department and member management actions
/// of <https://www.tencentcloud.com/document/product/1031>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganizationNodes {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`](super::PAGE_LIMIT).
    pub limit: u64,
}

/// A page of units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodePage {
    /// The units; empty past the end.
    #[serde(deserialize_with = "page")]
    pub items: Vec<Node>,
    /// How many there are over all pages.
    #[serde(deserialize_with = "number")]
    pub total: Option<u64>,
}

/// A unit (`OrgNode`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Node {
    /// Its id.
    #[serde(deserialize_with = "number")]
    pub node_id: Option<u64>,
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub name: Option<String>,
    /// The unit that it is part of.
    #[serde(deserialize_with = "number")]
    pub parent_node_id: Option<u64>,
}
