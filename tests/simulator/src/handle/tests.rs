use chrono::TimeDelta;

use super::*;
use crate::behaviour::{Behaviour, Order, Poisoned};
use crate::cloud::{SECRET_ID, SECRET_KEY, TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN};
use crate::fault::Fault;

const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
const DELETE: &str = "DeleteOrganizationMemberAuthIdentity";
const DESCRIBE: &str = "DescribeOrganizationMemberAuthIdentities";
const IDENTITIES: &str = "ListOrganizationIdentity";
const MEMBERS: &str = "DescribeOrganizationMembers";

const DEV: u64 = 100_000_000_001;
const OPS: u64 = 100_000_000_002;
const NOBODY: u64 = 100_000_000_099;

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::milliseconds(milliseconds)
}

fn cloud() -> Cloud {
    Cloud::new()
        .with_member(DEV, "dev")
        .with_member(OPS, "ops")
        .with_identity(13, "auditor")
        .with_identity(27, "operator")
}

fn with(behaviour: Behaviour) -> Cloud {
    cloud().with_behaviour(behaviour)
}

/// A request as the vendor's Python client would send it, but for its signature.
fn unsigned(action: &str, body: &str) -> Request {
    let headers = [
        ("Host", "organization.tencentcloudapi.com"),
        ("Content-Type", "application/json"),
        ("User-Agent", "test"),
        ("X-TC-Action", action),
        ("X-TC-Version", "2021-03-31"),
        ("X-TC-Timestamp", "1800000000"),
    ];
    Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: body.as_bytes().to_vec(),
    }
}

fn sign(mut request: Request) -> Request {
    signature::authorize(&mut request, SECRET_ID, SECRET_KEY, "organization", "content-type;host");
    request
}

fn send(cloud: &mut Cloud, milliseconds: i64, action: &str, body: &Value) -> Response {
    cloud.handle(at(milliseconds), &sign(unsigned(action, &body.to_string())))
}

/// The error code, or nothing on success.
fn code(cloud: &mut Cloud, action: &str, body: &Value) -> String {
    send(cloud, 0, action, body).code().unwrap_or_default()
}

fn check(cloud: &mut Cloud, action: &str, body: &Value, expected: &str) {
    assert_eq!(code(cloud, action, body), expected, "{action} {body}");
}

fn set(request: &mut Request, name: &str, value: &str) {
    request.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    request.headers.push((name.to_owned(), value.to_owned()));
}

/// One field of every item of a list.
fn column(cloud: &mut Cloud, action: &str, body: &Value, field: &str) -> Vec<u64> {
    let envelope = send(cloud, 0, action, body).envelope();
    envelope["Items"].as_array().unwrap().iter().map(|item| item[field].as_u64().unwrap()).collect()
}

fn of(uin: u64) -> Value {
    json!({ "MemberUin": uin, "Offset": 0, "Limit": 50 })
}

fn pair(uin: u64, id: u64) -> Value {
    json!({ "MemberUin": uin, "IdentityId": id })
}

fn tile(uins: &[u64], ids: &[u64]) -> Value {
    json!({ "MemberUins": uins, "IdentityIds": ids })
}

// The gateway.

#[test]
fn every_answer_is_http_200_plain_json_with_a_fresh_v4_request_id() {
    let mut cloud = cloud();
    let answers = [send(&mut cloud, 0, DESCRIBE, &of(DEV)), send(&mut cloud, 0, "Nonsense", &json!({}))];
    let ids = answers.map(|response| {
        assert_eq!(response.status, 200);
        assert!(response.headers.contains(&("content-type".to_owned(), "application/json".to_owned())));
        response.envelope()["RequestId"].as_str().unwrap().to_owned()
    });
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"));
        assert!(id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-')));
    }
}

fn check_gateway(change: impl FnOnce(&mut Request), expected: &str) {
    let mut request = sign(unsigned(DESCRIBE, &of(DEV).to_string()));
    change(&mut request);
    assert_eq!(cloud().handle(at(0), &request).code().unwrap_or_default(), expected);
}

#[test]
fn the_gateway_names_what_is_wrong_with_a_request() {
    check_gateway(|_| {}, "");
    check_gateway(|request| request.method = "PUT".to_owned(), "UnsupportedProtocol");
    check_gateway(|request| request.body.resize(11 << 20, b' '), "RequestSizeLimitExceeded");
    for name in ["X-TC-Action", "X-TC-Version", "X-TC-Timestamp"] {
        check_gateway(|request| request.headers.retain(|(key, _)| key != name), "MissingParameter");
    }
    check_gateway(
        |request| request.headers.retain(|(key, _)| key != "Authorization"),
        "AuthFailure.InvalidAuthorization",
    );
    check_gateway(|request| set(request, "Authorization", "Bearer x"), "AuthFailure.InvalidAuthorization");
    check_gateway(|request| set(request, "X-TC-Timestamp", "soon"), "InvalidParameter");
    check_gateway(|request| set(request, "X-TC-Token", "x"), "AuthFailure.TokenFailure");
    check_gateway(|request| request.body.push(b' '), "AuthFailure.SignatureFailure");
    check_gateway(|request| set(request, "Host", "other"), "AuthFailure.SignatureFailure");
    check_gateway(
        |request| set(request, "Content-Type", "application/json; charset=utf-8"),
        "AuthFailure.SignatureFailure",
    );
    check_gateway(|request| set(request, "X-TC-Timestamp", "1800000001"), "AuthFailure.SignatureFailure");
    check_gateway(|request| set(request, "X-TC-Action", "Nonsense"), "InvalidAction");
    check_gateway(|request| set(request, "X-TC-Version", "2018-12-25"), "NoSuchVersion");
    check_gateway(|request| set(request, "X-TC-Region", "ap-guangzhou"), "");
    check_gateway(|request| request.headers.reverse(), "");
}

#[test]
fn the_clock_may_be_five_minutes_off_either_way() {
    for (seconds, expected) in [(300, ""), (-300, ""), (301, "SignatureExpire"), (-301, "SignatureExpire")] {
        let response = cloud().handle(at(seconds * 1000), &sign(unsigned(DESCRIBE, &of(DEV).to_string())));
        let code = response.code().unwrap_or_default();
        assert_eq!(code.trim_start_matches("AuthFailure."), expected, "{seconds}");
    }
}

#[test]
fn a_clock_that_is_ahead_shows_in_the_date_and_expires_signatures() {
    let mut cloud = with(Behaviour { clock_offset: TimeDelta::hours(1), ..Behaviour::default() });
    let response = send(&mut cloud, 0, DESCRIBE, &of(DEV));
    assert_eq!(response.code().as_deref(), Some("AuthFailure.SignatureExpire"));
    assert!(response.headers.contains(&("date".to_owned(), "Fri, 15 Jan 2027 09:00:00 GMT".to_owned())));
}

fn check_signer(id: &str, secret: &str, token: &str, service: &str, names: &str, expected: &str) {
    let mut request = unsigned(DESCRIBE, &of(DEV).to_string());
    if !token.is_empty() {
        set(&mut request, "X-TC-Token", token);
    }
    signature::authorize(&mut request, id, secret, service, names);
    assert_eq!(cloud().handle(at(0), &request).code().unwrap_or_default(), expected, "{names}");
}

#[test]
fn the_signer_is_checked() {
    let names = "content-type;host";
    let temporary = TEMPORARY_SECRET_ID;
    check_signer(SECRET_ID, SECRET_KEY, "", "organization", "content-type;host;x-tc-action", "");
    check_signer(
        SECRET_ID,
        SECRET_KEY,
        "",
        "organization",
        "content-type;host;user-agent;x-tc-timestamp",
        "",
    );
    check_signer(SECRET_ID, "wrong", "", "organization", names, "AuthFailure.SignatureFailure");
    check_signer(SECRET_ID, SECRET_KEY, "", "sts", names, "AuthFailure.SignatureFailure");
    check_signer("AKIDunknown", SECRET_KEY, "", "organization", names, "AuthFailure.SecretIdNotFound");
    check_signer(SECRET_ID, SECRET_KEY, "", "organization", "host", "AuthFailure.InvalidAuthorization");
    check_signer(temporary, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN, "organization", names, "");
    check_signer(temporary, TEMPORARY_SECRET_KEY, "", "organization", names, "AuthFailure.TokenFailure");
    check_signer(temporary, TEMPORARY_SECRET_KEY, "old", "organization", names, "AuthFailure.TokenFailure");
}

#[test]
fn keys_come_and_go() {
    let mut cloud = cloud();
    cloud.remove_key(SECRET_ID);
    check(&mut cloud, DESCRIBE, &of(DEV), "AuthFailure.SecretIdNotFound");
    cloud.add_key(SECRET_ID, SECRET_KEY, None);
    check(&mut cloud, DESCRIBE, &of(DEV), "");
}

#[test]
fn get_carries_its_parameters_in_the_query() {
    let mut cloud = cloud();
    for (action, query) in [
        (CREATE, format!("MemberUins.0={DEV}&MemberUins.1={OPS}&IdentityIds.0=13")),
        (DESCRIBE, format!("MemberUin={DEV}&Offset=0&Limit=50")),
    ] {
        let mut request = unsigned(action, "");
        "GET".clone_into(&mut request.method);
        request.path = format!("/?{query}");
        set(&mut request, "Content-Type", "application/x-www-form-urlencoded");
        assert_eq!(cloud.handle(at(0), &sign(request)).code(), None);
    }
    assert_eq!(cloud.snapshot().len(), 2);
}

#[test]
fn a_denied_action_is_unauthorized_until_allowed() {
    let mut cloud = cloud();
    cloud.deny(DESCRIBE);
    check(&mut cloud, DESCRIBE, &of(DEV), "UnauthorizedOperation");
    check(&mut cloud, CREATE, &tile(&[DEV], &[13]), "");
    cloud.allow(DESCRIBE);
    check(&mut cloud, DESCRIBE, &of(DEV), "");
}

fn check_rate(rate: Rate, action: &str, body: &Value, admitted: usize) {
    let mut cloud = with(Behaviour { rate, ..Behaviour::default() });
    let codes: Vec<String> = (0..50).map(|_| code(&mut cloud, action, body)).collect();
    assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), admitted);
    assert!(codes.iter().skip(admitted).all(|code| code == "RequestLimitExceeded"));
    assert_eq!(send(&mut cloud, 1000, action, body).code(), None);
}

#[test]
fn the_rate_is_the_documented_one_unless_switched() {
    check_rate(Rate::Documented, DESCRIBE, &of(DEV), 20);
    check_rate(Rate::Documented, "DescribeOrganization", &json!({}), 40);
    check_rate(Rate::PerSecond(3), DESCRIBE, &of(DEV), 3);
    check_rate(Rate::Off, DESCRIBE, &of(DEV), 50);
}

// Parameters.

#[test]
fn a_body_has_to_fit_the_documented_fields() {
    let eleven: Vec<u64> = (1..=11).collect();
    for (action, body, expected) in [
        (DELETE, json!({ "MemberUin": DEV, "IdentityId": 13, "Force": true }), "UnknownParameter"),
        (DELETE, json!({ "MemberUin": DEV }), "MissingParameter"),
        (DELETE, json!({ "MemberUin": DEV.to_string(), "IdentityId": 13 }), "InvalidParameter"),
        (DELETE, json!({ "MemberUin": -1, "IdentityId": 13 }), "InvalidParameter"),
        (DELETE, json!({ "MemberUin": 1.5, "IdentityId": 13 }), "InvalidParameter"),
        (DELETE, json!({ "MemberUin": null, "IdentityId": 13 }), "InvalidParameter"),
        (DELETE, json!([]), "InvalidParameter"),
        (CREATE, json!({ "MemberUins": [DEV] }), "MissingParameter"),
        (CREATE, json!({ "MemberUins": DEV, "IdentityIds": [13] }), "InvalidParameter"),
        (CREATE, json!({ "MemberUins": [DEV], "IdentityIds": ["13"] }), "InvalidParameter"),
        (CREATE, tile(&[], &[13]), "InvalidParameter"),
        (CREATE, tile(&[DEV], &[]), "InvalidParameter"),
        (CREATE, tile(&eleven, &[13]), "InvalidParameter"),
        (CREATE, tile(&[DEV], &eleven[..6]), "InvalidParameter"),
        (DESCRIBE, json!({ "Offset": 0, "Limit": 50 }), "InvalidParameter"),
        (DESCRIBE, json!({ "MemberUin": DEV, "Offset": 0, "Limit": 0 }), "InvalidParameter"),
        (DESCRIBE, json!({ "MemberUin": DEV, "Offset": 0, "Limit": 51 }), "InvalidParameter"),
        (DESCRIBE, json!({ "MemberUin": DEV, "Offset": 25, "Limit": 50 }), "InvalidParameter"),
        (IDENTITIES, json!({ "IdentityType": 3 }), "InvalidParameter"),
        (IDENTITIES, json!({ "SearchKey": 3 }), "InvalidParameter"),
        (MEMBERS, json!({ "Lang": "fr" }), "InvalidParameter"),
        (MEMBERS, json!({ "Tags": [1] }), "InvalidParameter"),
        (MEMBERS, json!({ "NodeId": 7 }), "ResourceNotFound.OrganizationNodeNotExist"),
        ("DescribeOrganization", json!({ "Lang": "en", "Product": "" }), ""),
    ] {
        check(&mut with(Behaviour { rate: Rate::Off, ..Behaviour::default() }), action, &body, expected);
    }
}

#[test]
fn a_body_that_is_no_json_is_invalid() {
    let response = cloud().handle(at(0), &sign(unsigned(DELETE, "{")));
    assert_eq!(response.code().as_deref(), Some("InvalidParameter"));
    let mut request = unsigned(DELETE, &pair(DEV, 13).to_string());
    set(&mut request, "Content-Type", "text/plain");
    assert_eq!(cloud().handle(at(0), &sign(request)).code().as_deref(), Some("InvalidParameter"));
}

#[test]
fn pagination_is_defaulted_or_required() {
    check(&mut cloud(), DESCRIBE, &json!({ "MemberUin": DEV }), "");
    let strict = || with(Behaviour { strict_pagination: true, ..Behaviour::default() });
    check(&mut strict(), DESCRIBE, &json!({ "MemberUin": DEV, "Limit": 10 }), "MissingParameter");
    check(&mut strict(), DESCRIBE, &of(DEV), "");
}

#[test]
fn numbers_may_be_strings_where_switched_on() {
    let mut cloud = with(Behaviour { numbers_as_strings: true, ..Behaviour::default() });
    check(&mut cloud, CREATE, &json!({ "MemberUins": [DEV.to_string()], "IdentityIds": ["13"] }), "");
    assert_eq!(cloud.snapshot(), [(DEV, 13)].into());
}

// Grants.

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
fn a_new_member_carries_the_preset_identity_where_switched_on() {
    let cloud = Cloud::new()
        .with_behaviour(Behaviour { preset_grants: true, ..Behaviour::default() })
        .with_member(DEV, "dev");
    assert_eq!(cloud.snapshot(), [(DEV, 1)].into());
}

// Lists.

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

// Faults.

fn check_fault(effect: &Effect, code: &str, granted: usize) -> Response {
    let mut cloud = cloud();
    cloud.fault(Fault::on(CREATE, effect.clone()));
    check(&mut cloud, DESCRIBE, &of(DEV), "");
    let response = send(&mut cloud, 0, CREATE, &tile(&[DEV, OPS], &[13, 27]));
    let call = &cloud.journal()[1];
    assert_eq!((call.code.as_str(), call.applied, call.fault), (code, granted > 0, Some(effect.name())));
    assert_eq!(cloud.snapshot().len(), granted, "{effect:?}");
    cloud.verify();
    response
}

#[test]
fn an_effect_decides_what_is_applied_and_what_is_answered() {
    let second = Duration::from_secs(1);
    let busy = "FailedOperation.CreateRole";
    check_fault(&Effect::Throttle, "RequestLimitExceeded", 0);
    check_fault(&Effect::code(busy), busy, 0);
    check_fault(&Effect::CodeAfterApply(busy.to_owned()), busy, 4);
    let partial = check_fault(&Effect::Partial { pairs: 3, code: busy.to_owned() }, busy, 3);
    assert_eq!(partial.code().as_deref(), Some(busy));
    assert_eq!(check_fault(&Effect::Html(502), "<html 502>", 0).status, 502);
    assert_eq!(check_fault(&Effect::HtmlAfterApply(504), "<html 504>", 4).status, 504);
    assert_eq!(check_fault(&Effect::ResetBefore, "<reset>", 0).delivery, Delivery::Reset);
    assert_eq!(check_fault(&Effect::ResetAfterApply, "<reset>", 4).delivery, Delivery::Reset);
    assert_eq!(check_fault(&Effect::Truncate, "<truncated>", 4).delivery, Delivery::Truncated);
    assert_eq!(check_fault(&Effect::Garbage, "<garbage>", 4).envelope(), Value::Null);
    assert_eq!(check_fault(&Effect::StallBefore(second), "InternalError", 0).delay, second);
    assert_eq!(check_fault(&Effect::StallAfterApply(second), "", 4).delay, second);
    check_fault(&Effect::Lag(second), "", 4);
}

#[test]
fn a_lag_delays_only_the_call_it_fires_on() {
    let mut cloud = cloud();
    cloud.fault(Fault::on(CREATE, Effect::Lag(Duration::from_secs(1))));
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[13]));
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[27]));
    assert_eq!(column(&mut cloud, DESCRIBE, &of(DEV), "IdentityId"), [27]);
}

fn check_script(fault: Fault, expected: &[bool]) {
    let mut cloud = cloud();
    cloud.fault(fault);
    let fired = expected.iter().map(|_| !code(&mut cloud, DESCRIBE, &of(DEV)).is_empty());
    assert_eq!(fired.collect::<Vec<bool>>(), expected);
}

#[test]
fn a_fault_fires_on_the_calls_it_is_scripted_for() {
    let down = || Effect::code("InternalError");
    check_script(Fault::any(down()), &[true, false, false]);
    check_script(Fault::on(DESCRIBE, down()), &[true, false, false]);
    check_script(Fault::on(CREATE, down()), &[false, false, false]);
    check_script(Fault::on(DESCRIBE, down()).nth(2), &[false, true, false]);
    check_script(Fault::on(DESCRIBE, down()).nth(2).times(2), &[false, true, true, false]);
    check_script(Fault::any(down()).always(), &[true, true, true]);
}

#[test]
fn faults_on_one_call_fire_one_after_the_other() {
    let mut cloud = cloud();
    cloud.fault(Fault::on(DESCRIBE, Effect::Throttle));
    cloud.fault(Fault::any(Effect::code("InternalError")));
    check(&mut cloud, DESCRIBE, &of(DEV), "RequestLimitExceeded");
    check(&mut cloud, DESCRIBE, &of(DEV), "InternalError");
    check(&mut cloud, DESCRIBE, &of(DEV), "");
}

// The journal and what a test demands.

#[test]
fn the_journal_tells_what_was_asked_and_answered_without_the_signature() {
    let mut cloud = cloud();
    let response = send(&mut cloud, 0, CREATE, &tile(&[NOBODY], &[13]));
    let [call] = cloud.journal() else { panic!("one call") };
    assert_eq!(call.action, CREATE);
    assert_eq!(call.body.to_string(), json!({ "IdentityIds": [13], "MemberUins": [NOBODY] }).to_string());
    assert_eq!(call.code, "ResourceNotFound.OrganizationMemberNotExist");
    assert!(!call.applied);
    assert_eq!((call.time, call.connection, call.user_agent.as_str()), (at(0), 0, "test"));
    assert_eq!(Some(call.request_id.as_str()), response.envelope()["RequestId"].as_str());
    assert_eq!(call.headers["x-tc-action"], CREATE);
    assert!(!call.headers.contains_key("authorization"));
    assert_eq!((cloud.calls(CREATE), cloud.calls(DELETE)), (1, 0));
    cloud.clear_journal();
    assert!(cloud.journal().is_empty());
}

#[test]
#[should_panic(expected = "call after no_more_calls(): ListOrganizationIdentity")]
fn a_call_after_the_last_is_found_out() {
    let mut cloud = cloud();
    check(&mut cloud, DESCRIBE, &of(DEV), "");
    cloud.no_more_calls();
    cloud.verify();
    check(&mut cloud, IDENTITIES, &json!({}), "");
    cloud.verify();
}

#[test]
#[should_panic(expected = "Throttle on DescribeOrganization still to fire 1 time(s)")]
fn a_fault_that_never_fired_is_found_out() {
    let mut cloud = cloud();
    cloud.fault(Fault::on("DescribeOrganization", Effect::Throttle).times(2));
    check(&mut cloud, "DescribeOrganization", &json!({}), "RequestLimitExceeded");
    cloud.verify();
}

#[test]
fn a_script_that_is_cleared_need_not_fire() {
    let mut cloud = cloud();
    cloud.fault(Fault::any(Effect::Throttle));
    cloud.clear_faults();
    cloud.verify();
}

#[test]
#[should_panic(expected = "is not in the simulated organization")]
fn seeding_a_grant_to_nobody_is_a_slip() {
    cloud().grant(NOBODY, 13);
}
