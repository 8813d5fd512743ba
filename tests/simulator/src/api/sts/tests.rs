use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::caller::{DESCRIBE, DEV, at, cloud, of, set, unsigned};
use crate::cloud::{
    Cloud, SECRET_ID, SECRET_KEY, TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN,
};
use crate::message::{Request, Response};
use crate::signature;

const ROLE: &str = "qcs::cam::uin/200000000000:roleName/ops";
const PROVIDER: &str = "qcs::cam::uin/200000000000:saml-provider/corp";

fn sts(action: &str, body: &Value) -> Request {
    let mut request = unsigned(action, &body.to_string());
    set(&mut request, "X-TC-Version", "2018-08-13");
    set(&mut request, "X-TC-Region", "ap-guangzhou");
    request
}

fn signed(
    cloud: &mut Cloud,
    milliseconds: i64,
    key: (&str, &str, &str),
    mut request: Request,
    of: &str,
) -> Response {
    if !key.2.is_empty() {
        set(&mut request, "X-TC-Token", key.2);
    }
    set(&mut request, "X-TC-Timestamp", &at(milliseconds).timestamp().to_string());
    signature::authorize(&mut request, key.0, key.1, of, "content-type;host");
    cloud.handle(at(milliseconds), &request)
}

fn call(cloud: &mut Cloud, action: &str, body: &Value) -> Response {
    signed(cloud, 0, (SECRET_ID, SECRET_KEY, ""), sts(action, body), "sts")
}

fn skipped(cloud: &mut Cloud, action: &str, body: &Value) -> Response {
    let mut request = sts(action, body);
    set(&mut request, "Authorization", "SKIP");
    cloud.handle(at(0), &request)
}

fn assume(more: &Value) -> Value {
    let mut body = json!({ "RoleArn": ROLE, "RoleSessionName": "terraform" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_role_gives_keys_that_work_until_they_expire_or_are_revoked() {
    let mut cloud = cloud().with_role(ROLE);
    let answer = call(&mut cloud, "AssumeRole", &assume(&json!({ "DurationSeconds": 60 }))).envelope();
    let keys = answer["Credentials"].clone();
    let part = |name: &str| keys[name].as_str().unwrap().to_owned();
    let (id, secret, token) = (part("TmpSecretId"), part("TmpSecretKey"), part("Token"));
    assert_eq!(answer["ExpiredTime"], at(60_000).timestamp());
    assert_eq!(answer["Expiration"], "2027-01-15T08:01:00Z");

    let list = || unsigned(DESCRIBE, &of(DEV).to_string());
    let code = |cloud: &mut Cloud, milliseconds, token: &str| {
        signed(cloud, milliseconds, (&id, &secret, token), list(), "organization").code().unwrap_or_default()
    };
    assert_eq!(code(&mut cloud, 59_000, &token), "");
    assert_eq!(code(&mut cloud, 59_000, "another"), "AuthFailure.TokenFailure");
    assert_eq!(code(&mut cloud, 60_000, &token), "AuthFailure.TokenFailure");
    cloud.revoke_sessions();
    assert_eq!(code(&mut cloud, 59_000, &token), "AuthFailure.SecretIdNotFound");
    assert_eq!(cloud.sessions().len(), 1);
}

#[test]
fn what_does_not_fit_is_refused_with_its_own_code() {
    let mut cloud = cloud().with_role(ROLE).with_guarded_role("qcs::cam::uin/1:roleName/guarded", "secret");
    for (body, expected) in [
        (assume(&json!({})), ""),
        (assume(&json!({ "DurationSeconds": 0 })), "InvalidParameter.OverTimeError"),
        (assume(&json!({ "DurationSeconds": 43_201 })), "InvalidParameter.OverTimeError"),
        (assume(&json!({ "RoleSessionName": "a" })), "InvalidParameter.ParamError"),
        (assume(&json!({ "RoleSessionName": "a b" })), "InvalidParameter.ParamError"),
        (assume(&json!({ "RoleArn": "ops" })), "InvalidParameter.ResouceError"),
        (assume(&json!({ "RoleArn": "qcs::cam::uin/1:roleName/other" })), "ResourceNotFound.RoleNotFound"),
        (assume(&json!({ "Policy": "{\"version\":\"2.0\"}" })), "InvalidParameter.StrategyFormatError"),
        (assume(&json!({ "Policy": "%7B%22version%22%3A%222.0%22%7D" })), ""),
        (assume(&json!({ "ExternalId": "unasked" })), "UnauthorizedOperation"),
        (assume(&json!({ "RoleArn": "qcs::cam::uin/1:roleName/guarded" })), "UnauthorizedOperation"),
        (assume(&json!({ "RoleArn": "qcs::cam::uin/1:roleName/guarded", "ExternalId": "secret" })), ""),
        (
            assume(&json!({ "SerialNumber": "device", "TokenCode": "000000" })),
            "FailedOperation.CheckMFAError",
        ),
    ] {
        assert_eq!(call(&mut cloud, "AssumeRole", &body).code().unwrap_or_default(), expected, "{body}");
    }
    let mut elsewhere = sts("AssumeRole", &assume(&json!({})));
    elsewhere.headers.retain(|(name, _)| name != "X-TC-Region");
    let answer = signed(&mut cloud, 0, (SECRET_ID, SECRET_KEY, ""), elsewhere, "sts");
    assert_eq!(answer.code().as_deref(), Some("MissingParameter"));
}

#[test]
fn other_proofs_of_identity_go_unsigned_and_nothing_else_does() {
    let mut cloud = cloud()
        .with_role(ROLE)
        .with_saml_provider(PROVIDER, "PHNhbWw+")
        .with_web_identity_provider("oidc", "jwt");
    let saml = |assertion: &str| assume(&json!({ "SAMLAssertion": assertion, "PrincipalArn": PROVIDER }));
    let web = |token: &str| assume(&json!({ "ProviderId": "oidc", "WebIdentityToken": token }));
    for (action, body, expected) in [
        ("AssumeRoleWithSAML", saml("PHNhbWw+"), ""),
        ("AssumeRoleWithSAML", saml("other"), "InvalidParameter.ParamError"),
        ("AssumeRoleWithWebIdentity", web("jwt"), ""),
        ("AssumeRoleWithWebIdentity", web("old"), "InvalidParameter.WebIdentityTokenError"),
        ("AssumeRole", assume(&json!({})), "AuthFailure.InvalidAuthorization"),
        ("GetCallerIdentity", json!({}), "AuthFailure.InvalidAuthorization"),
    ] {
        let answer = skipped(&mut cloud, action, &body);
        assert_eq!(answer.code().unwrap_or_default(), expected, "{action} {body}");
    }
    cloud.trust_web_token("oidc", "fresh");
    assert_eq!(skipped(&mut cloud, "AssumeRoleWithWebIdentity", &web("fresh")).code(), None);
}

#[test]
fn a_second_factor_makes_a_session_of_a_permanent_key_alone() {
    let mut cloud = cloud().with_second_factor("qcs::cam:uin/1::mfa/softToken", "123456");
    let body = |code: &str| json!({ "SerialNumber": "qcs::cam:uin/1::mfa/softToken", "TokenCode": code });
    assert_eq!(
        call(&mut cloud, "GetSessionToken", &body("654321")).code().as_deref(),
        Some("FailedOperation.CheckMFAError")
    );
    let answer = call(&mut cloud, "GetSessionToken", &body("123456")).envelope();
    assert_eq!(answer["ExpiredTime"], at(1_800_000).timestamp());
    let temporary = (TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN);
    let answer = signed(&mut cloud, 0, temporary, sts("GetSessionToken", &body("123456")), "sts");
    assert_eq!(answer.code().as_deref(), Some("FailedOperation.TempKeyNotAllowed"));
}

#[test]
fn callers_are_told_who_they_are() {
    let mut cloud = cloud().with_role(ROLE);
    cloud.add_key_of(300_000_000_000, "AKIDother", "secret", None);
    let mut who = |id: &str, secret: &str, token: &str| {
        let request = sts("GetCallerIdentity", &json!({}));
        let told = signed(&mut cloud, 0, (id, secret, token), request, "sts").envelope();
        ["AccountId", "Type", "Arn"].map(|field| told[field].as_str().unwrap().to_owned())
    };
    assert_eq!(
        who(SECRET_ID, SECRET_KEY, ""),
        ["100000000000", "CAMUser", "qcs::cam:100000000000:uin/100000000000"]
    );
    assert_eq!(who("AKIDother", "secret", "")[0], "300000000000");
    call(&mut cloud, "AssumeRole", &assume(&json!({})));
    let session = cloud.sessions()[0].clone();
    let request = sts("GetCallerIdentity", &json!({}));
    let key = (session.secret_id.as_str(), session.secret_key.as_str(), session.token.as_str());
    let told = signed(&mut cloud, 0, key, request, "sts").envelope();
    assert_eq!(told["AccountId"], "200000000000");
    assert_eq!(told["Arn"], "qcs::sts:200000000000:assumed-role/ops");
}

#[test]
fn the_metadata_of_a_machine_gives_the_keys_of_its_role() {
    let get = |path: &str| Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: vec![("Host".to_owned(), "metadata.tencentyun.com".to_owned())],
        body: Vec::new(),
    };
    let credentials = "/latest/meta-data/cam/security-credentials/";
    assert_eq!(cloud().handle(at(0), &get(credentials)).status, 404);

    let mut cloud = cloud().with_instance_role("ops");
    assert_eq!(cloud.handle(at(0), &get(credentials)).body, b"ops");
    assert_eq!(cloud.handle(at(0), &get(&format!("{credentials}other"))).status, 404);
    let answer = cloud.handle(at(0), &get(&format!("{credentials}ops")));
    let keys: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&keys["Code"], &keys["ExpiredTime"]), (&json!("Success"), &json!(at(7_200_000).timestamp())));
    assert_eq!(keys["TmpSecretId"], cloud.sessions()[0].secret_id.as_str());
    assert_eq!(cloud.journal()[0].action, format!("GET {credentials}"));

    cloud.behaviour = Behaviour { metadata_code: Some("Failed".to_owned()), ..Behaviour::default() };
    let answer = cloud.handle(at(0), &get(&format!("{credentials}ops")));
    assert_eq!(answer.body, br#"{"Code":"Failed"}"#);
}
