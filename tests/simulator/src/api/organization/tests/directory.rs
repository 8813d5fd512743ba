//! Units, tags, what identities allow, and access policies.

use serde_json::{Value, json};

use crate::behaviour::{Behaviour, PolicyRows};
use crate::caller::*;
use crate::cloud::Cloud;
use crate::fault::{Effect, Fault};
use crate::organization::Holder;

const ALL: [(&str, u64); 2] = [("Offset", 0), ("Limit", 50)];

/// `fields` of a whole list.
fn all(fields: &Value) -> Value {
    let mut body = fields.clone();
    for (name, value) in ALL {
        body[name] = value.into();
    }
    body
}

fn items(cloud: &mut Cloud, action: &str, fields: &Value) -> Vec<Value> {
    send(cloud, 0, action, &all(fields)).envelope()["Items"].as_array().unwrap().clone()
}

fn uins(cloud: &mut Cloud, fields: &Value) -> Vec<u64> {
    column(cloud, MEMBERS, &all(fields), "MemberUin")
}

/// Two units, one below the other, with a member in each, and one at the top.
fn units() -> Cloud {
    cloud()
        .with_node(2001, "Research", 1001)
        .with_node(2002, "Lab \"X\"\n\u{202e}", 2001)
        .with_member_in(2001, 3, "three")
        .with_member_in(2002, 4, "four")
}

#[test]
fn units_are_listed_with_their_parents_and_every_documented_field() {
    let mut cloud = units();
    assert_eq!(column(&mut cloud, NODES, &all(&json!({})), "ParentNodeId"), [2001, 1001, 0]);
    let lab = items(&mut cloud, NODES, &json!({})).remove(0);
    let expected = json!({
        "NodeId": 2002,
        "Name": "Lab \"X\"\n\u{202e}",
        "ParentNodeId": 2001,
        "Remark": "",
        "CreateTime": "2026-01-05 10:00:00",
        "UpdateTime": "2026-01-05 10:00:00",
        "Tags": [],
    });
    assert_eq!(lab, expected);
    check(&mut cloud, NODES, &json!({ "Offset": 0, "Limit": 51 }), "InvalidParameter");
}

#[test]
fn members_are_found_by_unit_and_a_unit_may_or_may_not_reach_down() {
    let mut cloud = units();
    assert_eq!(uins(&mut cloud, &json!({ "NodeId": 2001 })), [3]);
    assert_eq!(uins(&mut cloud, &json!({ "NodeId": 1001 })), [OPS, DEV]);
    assert_eq!(uins(&mut cloud, &json!({ "NodeName": "Research" })), [3]);
    check(&mut cloud, MEMBERS, &json!({ "NodeId": 9 }), "ResourceNotFound.OrganizationNodeNotExist");
    cloud.behaviour.units_reach_down = true;
    assert_eq!(uins(&mut cloud, &json!({ "NodeId": 2001 })), [4, 3]);
    cloud.move_member(4, 1001);
    assert_eq!(uins(&mut cloud, &json!({ "NodeId": 2001 })), [3]);
    cloud.add_node(2002, "its own child", 2002);
    assert_eq!(uins(&mut cloud, &json!({ "NodeId": 2002 })), Vec::<u64>::new());
}

#[test]
fn members_are_found_by_all_their_tags_and_by_their_entity() {
    let mut cloud = units()
        .with_tag(3, "team", "x")
        .with_tag(3, "env", "prod")
        .with_tag(4, "team", "x")
        .with_entity(4, "Shell Ltd");
    let tag = |key: &str, value: &str| json!({ "TagKey": key, "TagValue": value });
    assert_eq!(uins(&mut cloud, &json!({ "Tags": [tag("team", "x")] })), [4, 3]);
    assert_eq!(uins(&mut cloud, &json!({ "Tags": [tag("team", "x"), tag("env", "prod")] })), [3]);
    assert_eq!(uins(&mut cloud, &json!({ "Tags": [tag("team", "y")] })), Vec::<u64>::new());
    assert_eq!(uins(&mut cloud, &json!({ "AuthName": "Shell Ltd" })), [4]);
    check(&mut cloud, MEMBERS, &json!({ "Tags": [{ "TagKey": "team" }] }), "InvalidParameter");
    check(&mut cloud, MEMBERS, &json!({ "Tags": vec![tag("a", "b"); 11] }), "InvalidParameter");
    let tags = items(&mut cloud, MEMBERS, &json!({ "SearchKey": "three" }))[0]["Tags"].clone();
    assert_eq!(tags, json!([tag("env", "prod"), tag("team", "x")]));
    cloud.behaviour.omit_optional_fields = true;
    assert!(items(&mut cloud, MEMBERS, &json!({}))[0].get("Tags").is_none());
}

#[test]
fn an_identity_tells_what_it_allows() {
    let mut cloud = cloud().with_description(13, "for auditors").with_document(13, "{}");
    let of = |cloud: &mut Cloud| items(cloud, IDENTITIES, &json!({ "IdentityId": 13 })).remove(0);
    let identity = of(&mut cloud);
    assert_eq!(identity["Description"], "for auditors");
    let preset = json!({ "PolicyId": 13, "PolicyName": "ReadOnlyAccess", "PolicyType": 2 });
    let own = json!({ "PolicyId": 0, "PolicyName": "", "PolicyType": 1, "PolicyDocument": "{}" });
    assert_eq!(identity["IdentityPolicy"], json!([preset, own]));
    cloud.behaviour.omit_optional_fields = true;
    assert!(of(&mut cloud)["IdentityPolicy"][0].get("PolicyType").is_none());
}

fn bound(behaviour: Behaviour) -> Cloud {
    with(behaviour)
        .with_grant(DEV, 13)
        .with_grant(OPS, 13)
        .with_policy(700, "auditors", 13, &[DEV, OPS])
        .with_binding(700, Holder::sub_account(88, "alice"))
        .with_binding(700, Holder::group(5, "audit team"))
        .with_policy(701, "nobody", 27, &[DEV])
}

#[test]
fn bindings_are_listed_one_row_for_each_member_or_one_for_all() {
    let mut cloud = bound(Behaviour::default());
    let rows = items(&mut cloud, BINDINGS, &json!({}));
    assert_eq!(rows.len(), 4);
    let expected = json!({
        "IdentityId": 13,
        "IdentityRoleName": "role-of-13",
        "IdentityRoleAliasName": "auditor",
        "CreateTime": "2026-01-05 10:00:00",
        "PolicyId": 700,
        "PolicyName": "auditors",
        "OrgSubAccountUin": 5,
        "OrgSubAccountName": "audit team",
        "BindType": 2,
        "MemberUin": OPS,
        "MemberName": "ops",
    });
    assert_eq!(rows[0], expected);
    let mut of = |fields: Value| items(&mut cloud, BINDINGS, &fields).len();
    assert_eq!(of(json!({ "MemberUin": DEV })), 2);
    assert_eq!(of(json!({ "OrgSubAccountUin": 88 })), 2);
    assert_eq!(of(json!({ "OrgSubAccountUin": 88, "MemberUin": NOBODY })), 0);
    assert_eq!(of(json!({ "PolicyId": 701 })), 0);

    let behaviour = Behaviour {
        policy_rows: PolicyRows::AllMembersInOne,
        unbound_policies: true,
        ..Behaviour::default()
    };
    let mut cloud = bound(behaviour);
    let rows = items(&mut cloud, BINDINGS, &json!({ "MemberUin": DEV }));
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0]["PolicyId"], &rows[0]["OrgSubAccountUin"]), (&json!(701), &Value::Null));
    let both = json!([{ "MemberUin": DEV, "MemberName": "dev" }, { "MemberUin": OPS, "MemberName": "ops" }]);
    assert_eq!((&rows[2]["MemberUin"], &rows[2]["Members"]), (&Value::Null, &both));
}

#[test]
fn a_grant_is_in_use_while_an_access_policy_is_about_it() {
    let mut cloud = bound(Behaviour::default());
    assert!(cloud.is_in_use(DEV, 13));
    check(&mut cloud, DELETE, &pair(DEV, 13), "FailedOperation.MemberIdentityAuthUsed");
    cloud.remove_policy(700);
    check(&mut cloud, DELETE, &pair(DEV, 13), "");
    let mut cloud = bound(Behaviour::default());
    cloud.remove_member(OPS);
    assert_eq!(column(&mut cloud, BINDINGS, &all(&json!({})), "MemberUin"), [DEV, DEV]);
    cloud.remove_identity(13);
    assert!(items(&mut cloud, BINDINGS, &json!({})).is_empty());
}

#[test]
fn a_member_can_leave_between_two_calls() {
    let mut cloud = cloud();
    cloud.fault(Fault::on(MEMBERS, Effect::MemberLeaves(DEV)));
    assert_eq!(uins(&mut cloud, &json!({})), [OPS, DEV]);
    assert_eq!(uins(&mut cloud, &json!({})), [OPS]);
    cloud.verify();
}
