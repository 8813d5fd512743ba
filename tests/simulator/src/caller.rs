//! A client for this crate's own tests: signs as the vendor's Python client does and calls [`Cloud::handle`].

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::cloud::{Cloud, SECRET_ID, SECRET_KEY};
use crate::message::{Request, Response};
use crate::signature;

pub(crate) const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
pub(crate) const DELETE: &str = "DeleteOrganizationMemberAuthIdentity";
pub(crate) const DESCRIBE: &str = "DescribeOrganizationMemberAuthIdentities";
pub(crate) const IDENTITIES: &str = "ListOrganizationIdentity";
pub(crate) const MEMBERS: &str = "DescribeOrganizationMembers";
pub(crate) const NODES: &str = "DescribeOrganizationNodes";
pub(crate) const BINDINGS: &str = "DescribeOrganizationMembersAuthPolicy";

pub(crate) const DEV: u64 = 100_000_000_001;
pub(crate) const OPS: u64 = 100_000_000_002;
pub(crate) const NOBODY: u64 = 100_000_000_099;

pub(crate) fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::milliseconds(milliseconds)
}

pub(crate) fn cloud() -> Cloud {
    Cloud::new()
        .with_member(DEV, "dev")
        .with_member(OPS, "ops")
        .with_identity(13, "auditor")
        .with_identity(27, "operator")
}

pub(crate) fn with(behaviour: Behaviour) -> Cloud {
    cloud().with_behaviour(behaviour)
}

/// A request as the vendor's Python client would send it, but for its signature.
pub(crate) fn unsigned(action: &str, body: &str) -> Request {
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

pub(crate) fn sign(mut request: Request) -> Request {
    signature::authorize(&mut request, SECRET_ID, SECRET_KEY, "organization", "content-type;host");
    request
}

pub(crate) fn send(cloud: &mut Cloud, milliseconds: i64, action: &str, body: &Value) -> Response {
    cloud.handle(at(milliseconds), &sign(unsigned(action, &body.to_string())))
}

/// The error code, or nothing on success.
pub(crate) fn code(cloud: &mut Cloud, action: &str, body: &Value) -> String {
    send(cloud, 0, action, body).code().unwrap_or_default()
}

pub(crate) fn check(cloud: &mut Cloud, action: &str, body: &Value, expected: &str) {
    assert_eq!(code(cloud, action, body), expected, "{action} {body}");
}

pub(crate) fn set(request: &mut Request, name: &str, value: &str) {
    request.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    request.headers.push((name.to_owned(), value.to_owned()));
}

/// One field of every item of a list.
pub(crate) fn column(cloud: &mut Cloud, action: &str, body: &Value, field: &str) -> Vec<u64> {
    let envelope = send(cloud, 0, action, body).envelope();
    envelope["Items"].as_array().unwrap().iter().map(|item| item[field].as_u64().unwrap()).collect()
}

pub(crate) fn of(uin: u64) -> Value {
    json!({ "MemberUin": uin, "Offset": 0, "Limit": 50 })
}

pub(crate) fn pair(uin: u64, id: u64) -> Value {
    json!({ "MemberUin": uin, "IdentityId": id })
}

pub(crate) fn tile(uins: &[u64], ids: &[u64]) -> Value {
    json!({ "MemberUins": uins, "IdentityIds": ids })
}
