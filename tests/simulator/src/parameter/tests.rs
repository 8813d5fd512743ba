use serde_json::json;

use super::*;
use crate::behaviour::Rate;
use crate::caller::*;

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
        (MEMBERS, json!({ "Tags": vec![json!({}); 11] }), "InvalidParameter"),
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
