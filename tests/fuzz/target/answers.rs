//! Whatever may come back from the service, or from something that stands in its place, to each of its
//! actions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fastrand::Rng;
use serde_json::{Value as Json, json};
use support::transport::settings;
use terraform_provider_tencentcloud::ambient::FixedClock;
use terraform_provider_tencentcloud::cloud::api::organization::{
    CreateOrganizationMemberAuthIdentity, DeleteOrganizationMemberAuthIdentity, DescribeOrganization,
    DescribeOrganizationMemberAuthIdentities, DescribeOrganizationMembers, ListOrganizationIdentity,
};
use terraform_provider_tencentcloud::cloud::{
    Action, Client, Credentials, Deadline, HttpRequest, HttpResponse, Settings, Transport, TransportError,
};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::{Target, coarse, split};

/// An input is the status, a blank, and the `Date` header in the first line, and the body.
pub(crate) struct Answers(Runtime);

impl Default for Answers {
    fn default() -> Self {
        Self(Builder::new_current_thread().enable_time().start_paused(true).build().unwrap())
    }
}

/// Answers the same to everything, and keeps the secrets that it was sent.
#[derive(Debug)]
struct Echo {
    answer: HttpResponse,
    secrets: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Echo {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let signature = request.header("authorization").unwrap().rsplit('=').next().unwrap().to_owned();
        self.secrets.lock().unwrap().push(signature);
        Ok(self.answer.clone())
    }
}

impl Target for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let status = [200, 200, 200, 400, 429, 502][random.usize(..6)];
        let date = if random.bool() { "Tue, 14 Nov 2023 22:23:20 GMT" } else { "" };
        let mut response = json!({ "RequestId": "3c140219-cfe9-470e-b241-907877d6fb03" });
        if random.bool() {
            let codes = [
                "RequestLimitExceeded",
                "InternalError",
                "AuthFailure.SignatureExpire",
                "FailedOperation.CreateRole",
                "ResourceNotFound.OrganizationMemberNotExist",
                "Unheard.Of",
                "",
            ];
            response["Error"] = json!({ "Code": codes[random.usize(..7)], "Message": any_json(random, 1) });
        }
        for name in ["Total", "Items", "HostUin", "OrgPermission", "IsManager", "Error"] {
            if random.u8(..3) == 0 {
                response[name] = any_json(random, 4);
            }
        }
        if random.u8(..8) == 0 {
            let name = ["New", "Items", "Total", "RequestId", "Error"][random.usize(..5)];
            return format!("{status} {date}\n{}", vast(random, name)).into_bytes();
        }
        format!("{status} {date}\n{}", json!({ "Response": response })).into_bytes()
    }

    fn run(&mut self, input: &[u8]) -> String {
        let (head, body) = split(input);
        let head = String::from_utf8_lossy(head);
        let (status, date) = head.split_once(' ').unwrap_or((&head, ""));
        let answer = HttpResponse {
            status: status.parse().unwrap_or(200),
            date: (!date.is_empty()).then(|| date.to_owned()),
            body: body.to_vec().into(),
        };
        let member_uin = 100_000_000_002;
        self.0.block_on(async {
            let outcomes = [
                call(
                    &answer,
                    CreateOrganizationMemberAuthIdentity {
                        member_uins: vec![member_uin],
                        identity_ids: vec![13],
                    },
                )
                .await,
                call(&answer, DeleteOrganizationMemberAuthIdentity { member_uin, identity_id: 13 }).await,
                call(
                    &answer,
                    DescribeOrganizationMemberAuthIdentities {
                        offset: 0,
                        limit: 50,
                        member_uin: Some(member_uin),
                        identity_id: None,
                    },
                )
                .await,
                call(&answer, ListOrganizationIdentity { limit: 50, ..Default::default() }).await,
                call(&answer, DescribeOrganizationMembers { limit: 50, ..Default::default() }).await,
                call(&answer, DescribeOrganization {}).await,
            ];
            outcomes.join(" ")
        })
    }

    /// The characters of the body twice over, where its escapes are taken back, and what an item takes that
    /// is written `{}`.
    fn allocation_max(&self, input: &[u8]) -> usize {
        (512 << 10) + 64 * input.len()
    }

    fn input_bytes_max(&self) -> usize {
        128 << 10
    }
}

async fn call<A: Action>(answer: &HttpResponse, action: A) -> String {
    let settings = Settings {
        credentials: Credentials::new(
            "AKIDlong-identifier",
            "the-secret-key".into(),
            Some("the-token".into()),
        )
        .unwrap()
        .into(),
        max_retries: 1,
        ..settings()
    };
    let transport = Arc::new(Echo { answer: answer.clone(), secrets: Mutex::default() });
    let clock = Arc::new(FixedClock("2026-01-02T03:04:05Z".parse().unwrap()));
    let client = Client::with_transport(settings, clock, Arc::clone(&transport) as _);
    let until = Deadline::after(Duration::from_secs(2), CancellationToken::new());
    let Err(error) = client.call(&action, &until).await else { return "done".to_owned() };
    let mut text = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    assert!(text.len() < 4 << 10, "an error is a text for people, not {} bytes", text.len());
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'), "{text:?}");
    assert!(!text.contains(['\u{200f}', '\u{202e}', '\u{2066}']), "{text:?}");
    for secret in transport.secrets.lock().unwrap().iter() {
        assert!(!text.contains(secret.as_str()), "{text}");
    }
    format!(
        "{:?} {} {}",
        error.kind(),
        error.attempts().min(3),
        coarse(&text).chars().take(100).collect::<String>()
    )
}

/// An answer with a field that is as wide or as deep as an answer can be.
pub(super) fn vast(random: &mut Rng, name: &str) -> String {
    let (piece, end) = [
        ("0,", ""),
        ("{},", ""),
        ("{\"\":0},", ""),
        ("[],", ""),
        ("1e999,", ""),
        ("[", "]"),
        ("{\"\":", "}"),
    ][random.usize(..7)];
    let count = random.usize(..16 << 10);
    let field = format!("[{}0{}]", piece.repeat(count), end.repeat(count));
    format!("{{\"Response\":{{\"{name}\":{field}}}}}")
}

/// JSON by chance, with the names that answers have.
fn any_json(random: &mut Rng, depth: u8) -> Json {
    const NAMES: [&str; 12] = [
        "IdentityId",
        "MemberUin",
        "Status",
        "IdentityRoleName",
        "CreateTime",
        "IdentityType",
        "IdentityPolicy",
        "PolicyId",
        "Name",
        "Total",
        "NodeId",
        "Id",
    ];
    match random.u8(..if depth == 0 { 6 } else { 8 }) {
        0 => Json::Null,
        1 => Json::Bool(random.bool()),
        2 => random.u64(..).into(),
        3 => random.i8(..).into(),
        4 => random.u64(..).to_string().into(),
        5 => ["", "1.5", "2026-02-01 09:30:00", "\u{1b}[31m", "é"][random.usize(..5)].into(),
        6 => (0..random.u8(..4)).map(|_| any_json(random, depth - 1)).collect(),
        _ => (0..random.u8(..6))
            .map(|_| (NAMES[random.usize(..NAMES.len())].to_owned(), any_json(random, depth - 1)))
            .collect(),
    }
}
