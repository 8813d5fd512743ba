use chrono::TimeDelta;

use super::*;
use crate::behaviour::Behaviour;
use crate::caller::*;
use crate::cloud::{SECRET_ID, SECRET_KEY, TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN};
use crate::fault::Fault;

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

fn rescope(request: &mut Request, from: &str, to: &str) {
    let changed = request.header("Authorization").unwrap().replacen(from, to, 1);
    set(request, "Authorization", &changed);
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
    check_gateway(|request| set(request, "X-TC-Action", ""), "MissingParameter");
    check_gateway(|request| set(request, "X-TC-Token", "x"), "AuthFailure.TokenFailure");
    check_gateway(|request| set(request, "X-TC-Token", ""), "");
    check_gateway(|request| rescope(request, "/2027-01-15/", "/2027-01-16/"), "AuthFailure.SignatureFailure");
    check_gateway(|request| rescope(request, "/organization/", "/sts/"), "AuthFailure.SignatureFailure");
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
