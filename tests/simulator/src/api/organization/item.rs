//! The items of the lists, with every documented field. Policy sets, permissions and remarks are the same for
//! all.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Context, ROOT_NODE, ROOT_NODE_NAME};
use crate::account::HOST_UIN;
use crate::organization::{Grant, Identity, Member, PRESET, Pair};

pub(super) fn render_grant(cx: &Context<'_>, pair: Pair, grant: &Grant) -> Value {
    let (uin, id) = pair;
    let alias = cx.organization.identities.get(&id).map_or("", |identity| &identity.alias);
    let name = cx.organization.members.get(&uin).map_or("", |member| &member.name);
    let mut item = json!({
        "IdentityId": id,
        "IdentityRoleName": role_name(id),
        "IdentityRoleAliasName": alias,
        "Description": description(id),
        "CreateTime": time(grant.created),
        "UpdateTime": time(grant.updated),
        "IdentityType": identity_type(id),
        "Status": if grant.stale { 2 } else { 1 },
        "MemberUin": uin,
        "MemberName": name,
    });
    if let (true, Some(fields)) = (cx.behaviour.omit_optional_fields, item.as_object_mut()) {
        fields.retain(|name, _| !matches!(name.as_str(), "Status" | "MemberUin" | "MemberName"));
    }
    item
}

pub(super) fn render_identity(id: u64, identity: &Identity) -> Value {
    let policy = if id == PRESET { "AdministratorAccess" } else { "ReadOnlyAccess" };
    json!({
        "IdentityId": id,
        "IdentityAliasName": identity.alias,
        "Description": description(id),
        "IdentityPolicy": [{ "PolicyId": id, "PolicyName": policy, "PolicyType": 2 }],
        "IdentityType": identity_type(id),
        "UpdateTime": time(identity.updated),
    })
}

pub(super) fn render_member(uin: u64, member: &Member) -> Value {
    json!({
        "MemberUin": uin,
        "Name": member.name,
        "MemberType": if member.configurable { "Create" } else { "Invite" },
        "OrgPolicyType": "Financial",
        "OrgPolicyName": "Finance",
        "OrgPermission": [{ "Id": 1, "Name": "viewBill" }, { "Id": 2, "Name": "viewBalance" }],
        "NodeId": ROOT_NODE,
        "NodeName": ROOT_NODE_NAME,
        "Remark": "",
        "CreateTime": time(member.joined),
        "UpdateTime": time(member.joined),
        "IsAllowQuit": "Denied",
        "PayUin": "",
        "PayName": "",
        "OrgIdentity": [],
        "BindStatus": "Unbound",
        "PermissionStatus": "Confirmed",
        "Tags": [],
        "NickName": member.name,
    })
}

pub(super) fn render_organization() -> Value {
    json!({
        "OrgId": 101,
        "HostUin": HOST_UIN,
        "NickName": "corp",
        "OrgType": 1,
        "IsManager": true,
        "OrgPolicyType": "Financial",
        "OrgPolicyName": "Finance",
        "OrgPermission": [{ "Id": 1, "Name": "viewBill" }, { "Id": 2, "Name": "viewBalance" }],
        "RootNodeId": ROOT_NODE,
        "CreateTime": "2025-12-01 08:00:00",
        "JoinTime": "2025-12-01 08:00:00",
        "IsAllowQuit": "Allow",
        "PayUin": "",
        "PayName": "",
        "IsAssignManager": false,
        "IsAuthManager": false,
    })
}

pub(super) fn identity_type(id: u64) -> u64 {
    if id == PRESET { 1 } else { 2 }
}

fn role_name(id: u64) -> String {
    if id == PRESET { "OrganizationAccessControlRole".to_owned() } else { format!("role-of-{id}") }
}

fn description(id: u64) -> &'static str {
    if id == PRESET { "AdministratorAccess" } else { "read only" }
}

/// In Beijing time and without a zone, so that a client which takes it for its own clock's is found out.
fn time(moment: DateTime<Utc>) -> String {
    (moment + TimeDelta::hours(8)).format("%Y-%m-%d %H:%M:%S").to_string()
}
