//! Access identities.

use serde::{Deserialize, Serialize};

use crate::cloud::api::lenient::{document, list, name, number, page};

/// Lists the identities of the organization, preset and custom.
///
/// <https://www.tencentcloud.com/document/product/1031/52051>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOrganizationIdentity {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`](super::PAGE_LIMIT).
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
    #[serde(deserialize_with = "name")]
    pub identity_alias_name: Option<String>,
    /// Its description.
    #[serde(deserialize_with = "name")]
    pub description: Option<String>,
    /// Its policies.
    #[serde(deserialize_with = "list")]
    pub identity_policy: Vec<IdentityPolicy>,
    /// 1 preset, 2 custom.
    #[serde(deserialize_with = "number")]
    pub identity_type: Option<u64>,
    /// When it was last changed.
    #[serde(deserialize_with = "name")]
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
    #[serde(deserialize_with = "name")]
    pub policy_name: Option<String>,
    /// 1 custom, 2 preset: the reverse of an identity's type.
    #[serde(deserialize_with = "number")]
    pub policy_type: Option<u64>,
    /// The CAM policy document as JSON, if it is a custom one.
    #[serde(deserialize_with = "document")]
    pub policy_document: Option<String>,
}
