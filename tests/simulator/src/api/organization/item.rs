//! The items of the lists, with every documented field. Permissions and remarks are the same for all.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Context;
use super::policies::{Members, Row};
use crate::account::HOST_UIN;
use crate::behaviour::Behaviour;
use crate::organization::{
    Grant, HolderKind, Identity, IdentityPolicy, Member, Node, PRESET, Pair, ROOT_NODE, Tags,
};

pub(super) fn render_grant(cx: &Context<'_>, pair: Pair, grant: &Grant) -> Value {
    let (uin, id) = pair;
    let identity = cx.organization.identities.get(&id);
    let alias = identity.map_or("", |identity| &identity.alias);
    let name = cx.organization.members.get(&uin).map_or("", |member| &member.name);
    let mut item = json!({
        "IdentityId": id,
        "IdentityRoleName": role_name(id),
        "IdentityRoleAliasName": alias,
        "Description": identity.map_or("", |identity| &identity.description),
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

pub(super) fn render_identity(behaviour: &Behaviour, id: u64, identity: &Identity) -> Value {
    let policy = |policy: &IdentityPolicy| match policy {
        IdentityPolicy::Preset { id, name } if behaviour.omit_optional_fields => {
            json!({ "PolicyId": id, "PolicyName": name })
        }
        IdentityPolicy::Preset { id, name } => json!({ "PolicyId": id, "PolicyName": name, "PolicyType": 2 }),
        IdentityPolicy::Custom(document) => {
            json!({ "PolicyId": 0, "PolicyName": "", "PolicyType": 1, "PolicyDocument": document })
        }
    };
    json!({
        "IdentityId": id,
        "IdentityAliasName": identity.alias,
        "Description": identity.description,
        "IdentityPolicy": identity.policies.iter().map(policy).collect::<Vec<_>>(),
        "IdentityType": identity_type(id),
        "UpdateTime": time(identity.updated),
    })
}

pub(super) fn render_member(cx: &Context<'_>, uin: u64, member: &Member) -> Value {
    let mut item = json!({
        "MemberUin": uin,
        "Name": member.name,
        "MemberType": if member.configurable { "Create" } else { "Invite" },
        "OrgPolicyType": "Financial",
        "OrgPolicyName": "Finance",
        "OrgPermission": [{ "Id": 1, "Name": "viewBill" }, { "Id": 2, "Name": "viewBalance" }],
        "NodeId": member.node,
        "NodeName": cx.organization.node_name(member.node),
        "Remark": "",
        "CreateTime": time(member.joined),
        "UpdateTime": time(member.joined),
        "IsAllowQuit": "Denied",
        "PayUin": "",
        "PayName": "",
        "OrgIdentity": [],
        "BindStatus": "Unbound",
        "PermissionStatus": "Confirmed",
        "Tags": render_tags(&member.tags),
        "NickName": member.name,
    });
    if let (true, Some(fields)) = (cx.behaviour.omit_optional_fields, item.as_object_mut()) {
        fields.retain(|name, _| !matches!(name.as_str(), "Tags" | "NickName"));
    }
    item
}

pub(super) fn render_node(id: u64, node: &Node) -> Value {
    json!({
        "NodeId": id,
        "Name": node.name,
        "ParentNodeId": node.parent,
        "Remark": "",
        "CreateTime": time(node.created),
        "UpdateTime": time(node.created),
        "Tags": render_tags(&node.tags),
    })
}

pub(super) fn render_binding(cx: &Context<'_>, row: &Row<'_>) -> Value {
    let name = |uin: u64| cx.organization.members.get(&uin).map_or("", |member| member.name.as_str());
    let id = row.policy.identity;
    let mut item = json!({
        "IdentityId": id,
        "IdentityRoleName": role_name(id),
        "IdentityRoleAliasName": cx.organization.identities.get(&id).map_or("", |identity| &identity.alias),
        "CreateTime": time(row.policy.created),
        "PolicyId": row.id,
        "PolicyName": row.policy.name,
        "OrgSubAccountUin": row.holder.map(|holder| holder.id),
        "OrgSubAccountName": row.holder.map(|holder| &holder.name),
        "BindType": row.holder.map(|holder| match holder.kind {
            HolderKind::SubAccount => 1,
            HolderKind::Group => 2,
        }),
    });
    let (one, all) = match row.members {
        Members::One(uin) => (Some(uin), None),
        Members::All(uins) => (None, Some(uins)),
    };
    let member = |uin: &u64| json!({ "MemberUin": uin, "MemberName": name(*uin) });
    let mut members = json!({ "MemberUin": one, "MemberName": one.map(name) });
    if let Some(uins) = all {
        members = json!({ "MemberUin": null, "MemberName": null, "Members": uins.iter().map(member).collect::<Vec<_>>() });
    }
    if let (Some(item), Value::Object(members)) = (item.as_object_mut(), members) {
        item.extend(members);
    }
    item
}

fn render_tags(tags: &Tags) -> Value {
    tags.iter().map(|(key, value)| json!({ "TagKey": key, "TagValue": value })).collect()
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

/// In Beijing time and without a zone, so that a client which takes it for its own clock's is found out.
fn time(moment: DateTime<Utc>) -> String {
    (moment + TimeDelta::hours(8)).format("%Y-%m-%d %H:%M:%S").to_string()
}
