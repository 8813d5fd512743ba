//! What is sent, what is repeated, and what is not.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_request_is_what_the_documentation_asks_for() {
    let script = Script::new([ok(), ok()]);
    let client = client(&script);
    client.call(&READ, &minutes(1)).await.unwrap();
    let grant = CreateOrganizationMemberAuthIdentity { member_uins: vec![1, 2], identity_ids: vec![13] };
    client.call(&grant, &minutes(1)).await.unwrap();

    let [(_, describe), (_, create)] = <[_; 2]>::try_from(script.sent()).unwrap();
    assert_eq!(describe.body, r#"{"Offset":0,"Limit":50,"MemberUin":100000000002}"#);
    assert_eq!(create.body, r#"{"MemberUins":[1,2],"IdentityIds":[13]}"#);
    let authorization = "TC3-HMAC-SHA256 Credential=AKIDtest/2023-11-14/organization/tc3_request, \
                         SignedHeaders=content-type;host, Signature=";
    assert!(describe.header("authorization").unwrap().starts_with(authorization));
    for (name, value) in [
        ("Content-Type", Some("application/json")),
        ("Host", Some("127.0.0.1:18080")),
        ("User-Agent", Some(settings().agent.user_agent())),
        ("X-TC-Action", Some("DescribeOrganizationMemberAuthIdentities")),
        ("X-TC-Language", Some("en-US")),
        ("X-TC-Region", None),
        ("X-TC-RequestClient", Some(settings().agent.request_client())),
        ("X-TC-Timestamp", Some("1700000000")),
        ("X-TC-Token", None),
        ("X-TC-Version", Some("2021-03-31")),
    ] {
        assert_eq!(describe.header(name), value, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_and_a_token_are_sent_where_there_are_any() {
    let script = Script::new([ok()]);
    let credentials = Credentials::new("id", "key".into(), Some("session".into())).unwrap().into();
    let region = Some("ap-singapore".to_owned());
    let client = client_with(Settings { credentials, region, ..settings() }, &script);
    client.call(&READ, &minutes(1)).await.unwrap();
    assert_eq!(script.headers("X-TC-Token"), ["session"]);
    assert_eq!(script.headers("X-TC-Region"), ["ap-singapore"]);
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_every_passing_failure() {
    let script = Script::new([
        refused("InternalError"),
        refused("FailedOperation.OperateBillingPermissionErr"),
        status(502, "<html>Bad Gateway</html>"),
        body(r#"{"Response":{"Total":1,"It"#),
        Step::NotSent,
        Step::MaybeSent,
        after(MINUTE, ok()),
        refused("ServiceUnavailable"),
        ok(),
    ]);
    assert_eq!(read(&script).await.unwrap(), AuthIdentityPage { items: vec![], total: Some(0) });
    assert_eq!(script.sent().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_only_if_it_certainly_did_nothing() {
    let script = Script::new([
        Step::NotSent,
        refused("RequestLimitExceeded"),
        refused("RequestLimitExceeded.UinLimitExceeded"),
        refused("ResourceInUse"),
        refused("ResourceUnavailable.Something"),
        refused("ServiceUnavailable"),
        ok(),
    ]);
    assert_eq!(write(&script).await.unwrap(), Done {});
    assert_eq!(script.sent().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_outcome_is_unknown_is_left_to_the_caller() {
    for step in [
        refused("InternalError"),
        status(502, "<html>Bad Gateway</html>"),
        status(200, r#"{"Response":{"Requ"#),
        status(407, "Proxy Authentication Required"),
        Step::MaybeSent,
        after(MINUTE, ok()),
    ] {
        let script = Script::new([step]);
        let error = write(&script).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Uncertain, 1), "{}", chain(&error));
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_first_throttled_and_then_lost_is_uncertain() {
    let script = Script::new([refused("RequestLimitExceeded"), Step::NotSent, Step::MaybeSent]);
    let error = write(&script).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Uncertain, 3));
}

#[tokio::test(start_paused = true)]
async fn what_will_not_heal_is_sent_once() {
    for (step, kind) in [
        (refused("AuthFailure.SecretIdNotFound"), Kind::Credentials),
        (refused("FailedOperation.CreateRole"), Kind::Failed),
        (refused("FailedOperation.MemberIdentityAuthUsed"), Kind::InUse),
        (refused("InvalidParameter"), Kind::Rejected),
        (refused("ResourceNotFound.MemberIdentityNotExist"), Kind::Absent),
        (refused("ResourceNotFound.OrganizationNotExist"), Kind::Credentials),
        (refused("UnauthorizedOperation"), Kind::Denied),
        (refused("Undocumented"), Kind::Failed),
        (Step::Unusable, Kind::Unavailable),
    ] {
        let error = write(&Script::new([step])).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (kind, 1), "{}", chain(&error));
    }
}

#[tokio::test(start_paused = true)]
async fn retries_are_bounded() {
    for (step, kind) in [
        (refused("InternalError"), Kind::Unavailable),
        (refused("ResourceInUse"), Kind::InUse),
        (status(503, ""), Kind::Unavailable),
        (status(200, "<html>"), Kind::Malformed),
        (Step::NotSent, Kind::Unavailable),
    ] {
        let script = Script::forever(step);
        let client = client_with(Settings { max_retries: 3, ..settings() }, &script);
        let error = client.call(&READ, &minutes(20)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (kind, 4), "{}", chain(&error));
        assert_eq!(script.sent().len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_tells_what_the_service_said_and_says_nothing_twice() {
    let error = write(&Script::new([refused("UnauthorizedOperation.NoAuth")])).await.unwrap_err();
    assert_eq!(error.action(), "DeleteOrganizationMemberAuthIdentity");
    assert_eq!(error.code(), Some("UnauthorizedOperation.NoAuth"));
    assert_eq!(error.message(), Some("because"));
    assert_eq!(error.request_id(), Some("id-UnauthorizedOperation.NoAuth"));
    assert_eq!(
        chain(&error),
        "DeleteOrganizationMemberAuthIdentity is not allowed to these credentials; \
         UnauthorizedOperation.NoAuth: because"
    );

    let error = write(&Script::new([Step::MaybeSent])).await.unwrap_err();
    assert_eq!((error.code(), error.message(), error.request_id()), (None, None, None));
    assert_eq!(
        chain(&error),
        "DeleteOrganizationMemberAuthIdentity has an unknown outcome; \
         no answer from http://127.0.0.1:18080/; the connection broke before the answer was read; the cause"
    );
}
