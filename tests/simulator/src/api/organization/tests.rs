mod directory;

use std::time::Duration;

use serde_json::{Value, json};

use crate::behaviour::{Behaviour, Order, Poisoned};
use crate::caller::*;
use crate::cloud::Cloud;

#[test]
fn create_grants_the_product_of_both_lists() {
    let mut cloud = cloud();
    check(&mut cloud, CREATE, &tile(&[DEV, OPS, DEV], &[13, 27, 13]), "");
    assert_eq!(cloud.snapshot(), [(DEV, 13), (DEV, 27), (OPS, 13), (OPS, 27)].into());
}

#[test]
fn create_on_a_grant_configures_it_again_and_keeps_its_first_time() {
    let mut cloud = cloud();
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[13]));
    cloud.make_stale(DEV, 13);
    let status = |cloud: &mut Cloud| column(cloud, DESCRIBE, &of(DEV), "Status");
    assert_eq!(status(&mut cloud), [2]);
    send(&mut cloud, 5000, CREATE, &tile(&[DEV], &[13]));
    assert_eq!(status(&mut cloud), [1]);
    let item = send(&mut cloud, 5000, DESCRIBE, &of(DEV)).envelope()["Items"][0].clone();
    assert_eq!(item["CreateTime"], "2027-01-15 16:00:00");
    assert_eq!(item["UpdateTime"], "2027-01-15 16:00:05");
}

fn check_poisoned(poisoned: Poisoned, granted: &[(u64, u64)]) {
    let mut cloud = with(Behaviour { poisoned, ..Behaviour::default() });
    cloud.add_member(NOBODY + 1, "late");
    let body = tile(&[DEV, NOBODY, OPS], &[13]);
    check(&mut cloud, CREATE, &body, "ResourceNotFound.OrganizationMemberNotExist");
    assert_eq!(cloud.snapshot(), granted.iter().copied().collect());
    assert_eq!(cloud.journal()[0].applied, !granted.is_empty());
}

#[test]
fn a_poisoned_tile_grants_nothing_a_part_or_all_it_can() {
    check_poisoned(Poisoned::Nothing, &[]);
    check_poisoned(Poisoned::UpToTheBad, &[(DEV, 13)]);
    check_poisoned(Poisoned::AllTheGood, &[(DEV, 13), (OPS, 13)]);
}

#[test]
fn create_answers_the_documented_codes() {
    let mut cloud = cloud();
    check(&mut cloud, CREATE, &tile(&[NOBODY], &[99]), "ResourceNotFound.OrganizationMemberNotExist");
    check(&mut cloud, CREATE, &tile(&[DEV], &[99]), "ResourceNotFound.OrganizationIdentityNotExist");
    cloud.behaviour.identities_checked_first = true;
    check(&mut cloud, CREATE, &tile(&[NOBODY], &[99]), "ResourceNotFound.OrganizationIdentityNotExist");
    cloud.make_unconfigurable(OPS);
    check(&mut cloud, CREATE, &tile(&[OPS], &[13]), "UnsupportedOperation");
    cloud.break_identity(27);
    check(&mut cloud, CREATE, &tile(&[DEV], &[27]), "FailedOperation.OrganizationIdentityPolicyError");
    assert!(cloud.snapshot().is_empty());
}

#[test]
fn delete_answers_the_documented_codes() {
    let mut cloud = cloud().with_grant(DEV, 13).with_grant(DEV, 1);
    check(&mut cloud, DELETE, &pair(DEV, 99), "ResourceNotFound.OrganizationIdentityNotExist");
    check(&mut cloud, DELETE, &pair(DEV, 27), "ResourceNotFound.MemberIdentityNotExist");
    check(&mut cloud, DELETE, &pair(NOBODY, 13), "ResourceNotFound.MemberIdentityNotExist");
    cloud.bind_policy(DEV, 13);
    check(&mut cloud, DELETE, &pair(DEV, 13), "FailedOperation.MemberIdentityAuthUsed");
    cloud.unbind_policy(DEV, 13);
    check(&mut cloud, DELETE, &pair(DEV, 13), "");
    check(&mut cloud, DELETE, &pair(DEV, 13), "ResourceNotFound.MemberIdentityNotExist");
    cloud.behaviour.preset_is_permanent = true;
    check(&mut cloud, DELETE, &pair(DEV, 1), "InvalidParameter");
    cloud.behaviour.preset_is_permanent = false;
    check(&mut cloud, DELETE, &pair(DEV, 1), "");
    assert!(cloud.snapshot().is_empty());
}

#[test]
fn without_an_organization_every_action_says_so() {
    let mut cloud = cloud();
    cloud.dissolve();
    for (action, body) in [
        (CREATE, tile(&[DEV], &[13])),
        (DELETE, pair(DEV, 13)),
        (DESCRIBE, of(DEV)),
        (IDENTITIES, json!({})),
        (MEMBERS, json!({})),
        (NODES, json!({ "Limit": 50, "Offset": 0 })),
        (BINDINGS, json!({ "Limit": 50, "Offset": 0 })),
        ("DescribeOrganization", json!({})),
    ] {
        check(&mut cloud, action, &body, "ResourceNotFound.OrganizationNotExist");
    }
}

#[test]
fn whoever_leaves_takes_the_grants_along() {
    let mut cloud = cloud().with_grant(DEV, 13).with_grant(DEV, 27).with_grant(OPS, 13);
    cloud.remove_member(DEV);
    assert_eq!(cloud.snapshot(), [(OPS, 13)].into());
    cloud.remove_identity(13);
    assert!(cloud.snapshot().is_empty());
}

#[test]
fn what_comes_back_is_no_longer_in_use() {
    for leave in [|cloud: &mut Cloud| cloud.remove_member(DEV), |cloud: &mut Cloud| cloud.remove_identity(13)]
    {
        let mut cloud = cloud().with_grant(DEV, 13);
        cloud.bind_policy(DEV, 13);
        leave(&mut cloud);
        let mut cloud = cloud.with_member(DEV, "dev").with_identity(13, "auditor").with_grant(DEV, 13);
        check(&mut cloud, DELETE, &pair(DEV, 13), "");
    }
}

#[test]
fn a_new_member_carries_the_preset_identity_where_switched_on() {
    let cloud = Cloud::new()
        .with_behaviour(Behaviour { preset_grants: true, ..Behaviour::default() })
        .with_member(DEV, "dev");
    assert_eq!(cloud.snapshot(), [(DEV, 1)].into());
}

#[test]
fn a_grant_is_listed_with_every_documented_field() {
    let mut cloud = cloud();
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[13]));
    let mut envelope = send(&mut cloud, 0, DESCRIBE, &of(DEV)).envelope();
    envelope.as_object_mut().unwrap().remove("RequestId");
    let expected = json!({ "Total": 1, "Items": [{
        "IdentityId": 13,
        "IdentityRoleName": "role-of-13",
        "IdentityRoleAliasName": "auditor",
        "Description": "read only",
        "CreateTime": "2027-01-15 16:00:00",
        "UpdateTime": "2027-01-15 16:00:00",
        "IdentityType": 2,
        "Status": 1,
        "MemberUin": DEV,
        "MemberName": "dev",
    }] });
    assert_eq!(envelope.to_string(), expected.to_string());
}

#[test]
fn both_filters_narrow_together() {
    let mut cloud = cloud().with_grant(DEV, 13).with_grant(DEV, 27).with_grant(OPS, 13);
    let mut uins = |body| column(&mut cloud, DESCRIBE, &body, "MemberUin");
    assert_eq!(uins(json!({ "IdentityId": 13 })), [OPS, DEV]);
    assert_eq!(uins(json!({ "MemberUin": DEV })), [DEV, DEV]);
    assert_eq!(uins(json!({ "MemberUin": DEV, "IdentityId": 13 })), [DEV]);
    assert!(uins(json!({ "MemberUin": NOBODY })).is_empty());
    assert!(uins(json!({ "IdentityId": 99 })).is_empty());
}

fn crowd(order: Order) -> Cloud {
    let cloud =
        Cloud::new().with_behaviour(Behaviour { order, ..Behaviour::default() }).with_identity(13, "a");
    (1..=25).fold(cloud, |cloud, uin| cloud.with_member(uin, "m").with_grant(uin, 13))
}

fn pages(cloud: &mut Cloud) -> Vec<u64> {
    [0, 10, 20, 30]
        .iter()
        .flat_map(|offset| {
            let body = json!({ "IdentityId": 13, "Offset": offset, "Limit": 10 });
            column(cloud, DESCRIBE, &body, "MemberUin")
        })
        .collect()
}

#[test]
fn pages_cover_the_list_in_the_order_of_the_cloud() {
    let ascending: Vec<u64> = (1..=25).collect();
    let descending: Vec<u64> = (1..=25).rev().collect();
    assert_eq!(pages(&mut crowd(Order::OldestFirst)), ascending);
    assert_eq!(pages(&mut crowd(Order::NewestFirst)), descending);
    let mut shuffled = pages(&mut crowd(Order::Shuffled(7)));
    assert_ne!(shuffled, pages(&mut crowd(Order::Shuffled(8))));
    assert_ne!(shuffled, ascending);
    shuffled.sort_unstable();
    assert_eq!(shuffled, ascending);
}

#[test]
fn past_the_end_the_total_stays_and_the_page_is_empty_or_null() {
    let mut cloud = crowd(Order::NewestFirst);
    let body = json!({ "IdentityId": 13, "Offset": 100, "Limit": 50 });
    let envelope = send(&mut cloud, 0, DESCRIBE, &body).envelope();
    assert_eq!((&envelope["Total"], &envelope["Items"]), (&json!(25), &json!([])));
    cloud.behaviour.null_items = true;
    let envelope = send(&mut cloud, 0, DESCRIBE, &body).envelope();
    assert_eq!((&envelope["Total"], &envelope["Items"]), (&json!(25), &Value::Null));
}

#[test]
fn optional_fields_can_be_left_out_and_unknown_ones_added() {
    let mut cloud = cloud().with_grant(DEV, 13);
    cloud.behaviour.omit_optional_fields = true;
    cloud.behaviour.extra_fields = true;
    let envelope = send(&mut cloud, 0, DESCRIBE, &of(DEV)).envelope();
    assert!(envelope.get("Undocumented").is_some());
    let item = envelope["Items"][0].as_object().unwrap();
    assert!(item.contains_key("IdentityId"));
    assert!(["Status", "MemberUin", "MemberName"].iter().all(|name| !item.contains_key(*name)));
}

#[test]
fn identities_and_members_are_listed_and_searched() {
    let mut cloud = cloud();
    let mut ids = |body| column(&mut cloud, IDENTITIES, &body, "IdentityId");
    assert_eq!(ids(json!({ "Offset": 0, "Limit": 50 })), [27, 13, 1]);
    assert_eq!(ids(json!({ "IdentityType": 1 })), [1]);
    assert_eq!(ids(json!({ "IdentityType": 2 })), [27, 13]);
    assert_eq!(ids(json!({ "IdentityId": 13 })), [13]);
    assert_eq!(ids(json!({ "SearchKey": "operat" })), [27]);
    assert!(ids(json!({ "IdentityId": 99 })).is_empty());
    let mut uins = |body| column(&mut cloud, MEMBERS, &body, "MemberUin");
    assert_eq!(uins(json!({})), [OPS, DEV]);
    assert_eq!(uins(json!({ "SearchKey": "dev" })), [DEV]);
    assert_eq!(uins(json!({ "SearchKey": "00002" })), [OPS]);
    assert!(uins(json!({ "SearchKey": "nobody" })).is_empty());
}

#[test]
fn writes_show_up_after_the_delay() {
    let mut cloud = with(Behaviour { visibility_delay: Duration::from_secs(2), ..Behaviour::default() });
    let seen = |cloud: &mut Cloud, milliseconds| {
        send(cloud, milliseconds, DESCRIBE, &of(DEV)).envelope()["Total"].as_u64().unwrap()
    };
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[13]));
    assert_eq!(cloud.snapshot().len(), 1);
    assert_eq!(seen(&mut cloud, 1999), 0);
    assert_eq!(seen(&mut cloud, 2000), 1);
    send(&mut cloud, 3000, DELETE, &pair(DEV, 13));
    assert!(cloud.snapshot().is_empty());
    assert_eq!(seen(&mut cloud, 4999), 1);
    assert_eq!(seen(&mut cloud, 5000), 0);
}
