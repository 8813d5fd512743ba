use super::*;

const PUBLISHED_BODY: &str =
    r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;

/// A published or cross-checked signature, with the stages that are known.
struct Vector<'a> {
    secret: &'a str,
    service: &'a str,
    host: &'a str,
    content_type: &'a str,
    action: &'a str,
    signed_headers: &'a str,
    timestamp: i64,
    unsigned_payload: bool,
    body: &'a str,
    canonical_hash: &'a str,
    signing_key: Option<&'a str>,
    signature: &'a str,
}

const V1: Vector<'_> = Vector {
    secret: "testSecretKey00000000000000000001",
    service: "organization",
    host: "organization.tencentcloudapi.com",
    content_type: "application/json",
    action: "CreateOrganizationMemberAuthIdentity",
    signed_headers: "content-type;host",
    timestamp: 1_700_000_000,
    unsigned_payload: false,
    body: r#"{"MemberUins": [100000000002], "IdentityIds": [13, 14]}"#,
    canonical_hash: "fbdd28ae5453a1844b908e7353201bdec66eda053b23f71791fb9dffd0e2c239",
    signing_key: Some("f1e1fefb30f01c021447cba107ef060dfa65efd0fb2ee6a9653d5a1f3bf6aa39"),
    signature: "227baf3f67cce5514fc877165976401afab7b2a4a40c5aa0410637ae2e66f0aa",
};

const P1: Vector<'_> = Vector {
    secret: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    service: "cvm",
    host: "cvm.tencentcloudapi.com",
    content_type: "application/json; charset=utf-8",
    action: "DescribeInstances",
    timestamp: 1_551_113_065,
    body: PUBLISHED_BODY,
    canonical_hash: "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
    signing_key: Some("ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1"),
    signature: "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    ..V1
};

fn check(vector: &Vector<'_>) {
    let mut headers =
        vec![("Host", vector.host), ("Content-Type", vector.content_type), ("X-TC-Action", vector.action)];
    if vector.unsigned_payload {
        headers.push(("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD"));
    }
    let request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: vector.body.as_bytes().to_vec(),
    };
    let names: Vec<&str> = vector.signed_headers.split(';').collect();
    let date = DateTime::from_timestamp(vector.timestamp, 0).unwrap().format("%Y-%m-%d").to_string();
    let timestamp = vector.timestamp.to_string();
    let signed = Stages::over(&request, &names, &timestamp, &date, vector.service, vector.secret);
    assert_eq!(signed.canonical_hash, vector.canonical_hash);
    if let Some(signing_key) = vector.signing_key {
        assert_eq!(signed.signing_key, signing_key);
    }
    assert_eq!(signed.signature, vector.signature);
}

#[test]
fn p1_two_signed_headers() {
    check(&P1);
}

#[test]
fn p2_the_action_signed_in_lower_case() {
    check(&Vector {
        secret: "********************************",
        signed_headers: "content-type;host;x-tc-action",
        canonical_hash: "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
        signing_key: Some("b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af"),
        signature: "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
        ..P1
    });
}

#[test]
fn v1_the_blanks_of_a_python_body() {
    check(&V1);
}

#[test]
fn v2_the_last_second_of_a_utc_day() {
    check(&Vector {
        secret: "testSecretKey00000000000000000002",
        host: "organization.intl.tencentcloudapi.com",
        action: "DescribeOrganizationMemberAuthIdentities",
        timestamp: 1_735_689_599,
        body: r#"{"Offset": 0, "Limit": 50, "MemberUin": 100000000002}"#,
        canonical_hash: "88e33b45e2d4231ac709a4f507facdf29b6eb7b2ae7494be94dfcf6aa824ea3f",
        signing_key: Some("cdc9e947a066fc0efe17c540b343b4d396c421c5f7983af6427d07711e7d9d3e"),
        signature: "789cfba4a8975d522f48ea55417a469f747f4b76deccd65409f48ba604886cf4",
        ..V1
    });
}

#[test]
fn v3_a_host_with_a_port() {
    check(&Vector {
        secret: "testSecretKey00000000000000000003",
        host: "127.0.0.1:18080",
        action: "DeleteOrganizationMemberAuthIdentity",
        timestamp: 1_735_689_600,
        body: r#"{"MemberUin": 100000000002, "IdentityId": 13}"#,
        canonical_hash: "c19b31230c55e0741cb6d1e34af3f54d45d92b55373ba7c5f1bc9583fa8b5808",
        signing_key: Some("b81a7ea67dca7e7eb4c79fcc6076d03fce8cd4bb909b8b0d52aa553f9949ccf7"),
        signature: "4a6e6ff120e49327e02574772a84aed11d1f3e5146082e5fabfacbf6037239b2",
        ..V1
    });
}

#[test]
fn v4_escaped_characters_are_signed_as_sent() {
    check(&Vector {
        secret: "testSecretKey00000000000000000004",
        action: "CreateOrganizationIdentity",
        timestamp: 1_772_323_200,
        body: r#"{"IdentityAliasName": "auditor", "IdentityPolicy": [{"PolicyId": 3, "PolicyName": "ReadOnlyAccess", "PolicyType": 2}], "Description": "\u5ba1\u8ba1"}"#,
        canonical_hash: "1e71a15c7b40a4660dcd68acc5f427436cb7574b96a1f4fe1ae0256e8640689a",
        signing_key: None,
        signature: "2b4237ea057444f788924770c732c44420535dfc60aafb10abae71dfdac89dd3",
        ..V1
    });
}

#[test]
fn v5_an_unsigned_payload() {
    check(&Vector {
        unsigned_payload: true,
        canonical_hash: "feb0d67cd9d2d5ab36c6fbb56bd7a9b3ae5eea9ecfab3bba1647349ce505a35a",
        signature: "93d9e4f6b6d407b305edb57e6941ccfd80d8b18da49bc2957085b8b1a03ea0ab",
        ..V1
    });
}

const V6: Vector<'_> = Vector {
    body: r#"{"MemberUins":[100000000002],"IdentityIds":[13,14]}"#,
    canonical_hash: "3b59a0064e59bc578b7e04362f063fe802e6f834f438b09367b4c3d7b9496292",
    signature: "7be3e55d8654dd19be5928d36a7b5b8ac30c388162e27b77beb9c09ca51c332b",
    ..V1
};

#[test]
fn v6_a_compact_body() {
    check(&V6);
}

#[test]
fn v7_a_charset_and_the_action_signed() {
    check(&Vector {
        content_type: "application/json; charset=utf-8",
        signed_headers: "content-type;host;x-tc-action",
        canonical_hash: "cee605eb0bd9b874108f1ee499e85eecf3f3e987212e634af4fa2b64979757ae",
        signature: "ff8ac9d28aef7ce8f2c6e0c0e9e9a2f75acdc2dd6fb7e1e454671db413778492",
        ..V6
    });
}

#[test]
fn only_a_well_formed_header_is_parsed() {
    let hex = "0123456789abcdef".repeat(4);
    let header = |credential: &str, names: &str, signature: &str| {
        format!("TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={names},Signature={signature}")
    };
    let scope = "AKID/2023-11-14/organization/tc3_request";
    let good = header(scope, "content-type;host;x-tc-action", &hex);
    let parsed = Authorization::parse(&good).unwrap();
    assert_eq!((parsed.secret_id, parsed.date, parsed.service), ("AKID", "2023-11-14", "organization"));

    for bad in [
        String::new(),
        "SKIP".to_owned(),
        good.replacen("TC3-HMAC-SHA256", "TC3-HMAC-SHA1", 1),
        good.replacen("TC3-HMAC-SHA256 ", "TC3-HMAC-SHA256  ", 1),
        header("AKID/2023-11-14/organization", "content-type;host", &hex),
        header("AKID/20231114/organization/tc3_request", "content-type;host", &hex),
        header("/2023-11-14/organization/tc3_request", "content-type;host", &hex),
        header(scope, "host", &hex),
        header(scope, "content-type", &hex),
        header(scope, "host;content-type", &hex),
        header(scope, "Content-Type;Host", &hex),
        header(scope, "content-type;;host", &hex),
        header(scope, "content-type;host", &hex.to_uppercase()),
        header(scope, "content-type;host", hex.get(..63).unwrap()),
    ] {
        assert_eq!(Authorization::parse(&bad), None, "{bad}");
    }
}
