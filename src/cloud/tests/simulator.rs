//! The whole floor, network included, against the simulator: it was rebuilt from the same documentation
//! without a line of this code, so that what both agree on is likely right.

use ::simulator::{
    Behaviour, Cloud, Effect, Fault, SECRET_ID, SECRET_KEY, Server, TEMPORARY_SECRET_ID,
    TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN,
};

use super::*;
use crate::ambient::SystemClock;

const GRANT: &str = "CreateOrganizationMemberAuthIdentity";
const UIN: u64 = 100_000_000_002;

fn serve(behaviour: Behaviour) -> Server {
    let cloud = Cloud::new().with_member(UIN, "dev").with_identity(13, "auditor").with_behaviour(behaviour);
    Server::start(cloud).unwrap()
}

fn client_of(server: &Server, credentials: Credentials) -> Client {
    let endpoints = [(Product::Organization, Endpoint::parse(&server.url()).unwrap())].into();
    let settings = Settings { credentials: credentials.into(), endpoints, ..settings() };
    Client::new(settings, Arc::new(SystemClock), &FixedEnv::default()).unwrap()
}

fn permanent() -> Credentials {
    Credentials::new(SECRET_ID, SECRET_KEY.into(), None).unwrap()
}

fn grant() -> CreateOrganizationMemberAuthIdentity {
    CreateOrganizationMemberAuthIdentity { member_uins: vec![UIN], identity_ids: vec![13] }
}

fn codes(server: &Server) -> Vec<String> {
    server.cloud().journal().iter().map(|call| call.code.clone()).collect()
}

#[tokio::test]
async fn both_read_the_documentation_alike() {
    let temporary =
        Credentials::new(TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY.into(), Some(TEMPORARY_TOKEN.into()));
    for credentials in [permanent(), temporary.unwrap()] {
        let server = serve(Behaviour::default());
        let client = client_of(&server, credentials);
        client.call(&grant(), &minutes(1)).await.unwrap();
        let page = client.call(&READ, &minutes(1)).await.unwrap();
        assert_eq!(page.items[0].identity_id, Some(13));
        client.call(&WRITE, &minutes(1)).await.unwrap();
        let error = client.call(&WRITE, &minutes(1)).await.unwrap_err();
        assert_eq!(error.code(), Some("ResourceNotFound.MemberIdentityNotExist"));
        assert_eq!(server.cloud().journal()[3].request_id, error.request_id().unwrap());
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_burst_at_the_documented_rate_is_not_refused_once() {
    let server = serve(Behaviour { latency: Duration::from_millis(20), ..Behaviour::default() });
    let client = client_of(&server, permanent());
    let calls = (0..45).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.call(&READ, &minutes(1)).await.map(|_| ()) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(codes(&server), vec![""; 45]);
}

#[tokio::test]
async fn a_clock_ten_minutes_off_is_corrected_at_the_first_refusal() {
    let server = serve(Behaviour { clock_offset: TimeDelta::minutes(10), ..Behaviour::default() });
    let client = client_of(&server, permanent());
    for _ in 0..2 {
        client.call(&grant(), &minutes(1)).await.unwrap();
    }
    assert_eq!(codes(&server), ["AuthFailure.SignatureExpire", "", ""]);
}

#[tokio::test]
async fn a_write_is_never_repeated_over_a_lost_answer() {
    for effect in [
        Effect::CodeAfterApply("InternalError".to_owned()),
        Effect::Html(502),
        Effect::HtmlAfterApply(504),
        Effect::ResetBefore,
        Effect::ResetAfterApply,
        Effect::Truncate,
        Effect::Garbage,
    ] {
        let server = serve(Behaviour::default());
        server.cloud().fault(Fault::on(GRANT, effect.clone()));
        let client = client_of(&server, permanent());
        let error = client.call(&grant(), &minutes(1)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Uncertain, 1), "{effect:?}: {}", chain(&error));
        assert_eq!(server.cloud().calls(GRANT), 1, "{effect:?}");
    }
}
