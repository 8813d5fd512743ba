//! Access policies: who may use which grant.

use serde::{Deserialize, Serialize};

use crate::cloud::api::lenient::{list, name, number, page};

/// Lists who is bound to the access policies of the organization; with no filter, all of them.
///
/// Not documented: whether a policy for several members is one row with `Members` or a row for each member.
/// <https://www.tencentcloud.com/document/product/1031/78344>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeOrganizationMembersAuthPolicy {
    /// A whole multiple of `limit`.
    pub offset: u64,
    /// 1 to [`PAGE_LIMIT`](super::PAGE_LIMIT).
    pub limit: u64,
}

/// A page of bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthPolicyPage {
    /// The bindings; empty past the end.
    #[serde(deserialize_with = "page")]
    pub items: Vec<AuthPolicy>,
    /// How many there are over all pages.
    #[serde(deserialize_with = "number")]
    pub total: Option<u64>,
}

/// That somebody is bound to an access policy (`OrgMembersAuthPolicy`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AuthPolicy {
    /// The identity that the policy allows to use.
    #[serde(deserialize_with = "number")]
    pub identity_id: Option<u64>,
    /// The policy.
    #[serde(deserialize_with = "number")]
    pub policy_id: Option<u64>,
    /// The policy's name.
    #[serde(deserialize_with = "name")]
    pub policy_name: Option<String>,
    /// The member that the policy is for.
    #[serde(deserialize_with = "number")]
    pub member_uin: Option<u64>,
    /// The members that the policy is for; may be missing.
    #[serde(deserialize_with = "list")]
    pub members: Vec<PolicyMember>,
    /// The UIN of the sub-account, or the id of the user group.
    #[serde(deserialize_with = "number")]
    pub org_sub_account_uin: Option<u64>,
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub org_sub_account_name: Option<String>,
    /// 1 sub-account, 2 user group.
    #[serde(deserialize_with = "number")]
    pub bind_type: Option<u64>,
}

/// A member that a policy is for (`MemberMainInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyMember {
    /// The member's UIN.
    #[serde(deserialize_with = "number")]
    pub member_uin: Option<u64>,
}
