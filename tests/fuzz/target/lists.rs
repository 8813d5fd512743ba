//! Lists of grants as they may come back, page by page, to whoever looks for pairs in them: huge numbers,
//! lengths that lie, trees that are wide and deep. However long a list claims to be, looking takes little
//! memory and comes to an end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fastrand::Rng;
use serde_json::{Value as Json, json};
use support::transport::settings;
use terraform_provider_tencentcloud::ambient::FixedClock;
use terraform_provider_tencentcloud::cloud::{
    Client, Credentials, Deadline, HttpRequest, HttpResponse, Settings, Transport, TransportError,
};
use terraform_provider_tencentcloud::organization::{Grants, Halt};
use terraform_provider_tencentcloud::reconcile::{Grant, Pair};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::answers::vast;
use super::{Target, coarse};

/// An input is the bodies of the answers, a line each: the first call gets the first, and after the last it
/// begins anew.
pub(crate) struct Lists(Runtime);

/// How long a look may take. The rate of the client makes that a hundred calls.
const LIMIT: Duration = Duration::from_secs(5);
const CALLS_MAX: usize = 200;

impl Default for Lists {
    fn default() -> Self {
        Self(Builder::new_current_thread().enable_time().start_paused(true).build().unwrap())
    }
}

#[derive(Debug)]
struct Pages {
    bodies: Vec<Vec<u8>>,
    calls: Mutex<usize>,
}

#[async_trait]
impl Transport for Pages {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut calls = self.calls.lock().unwrap();
        let body = self.bodies[*calls % self.bodies.len()].clone().into();
        *calls += 1;
        Ok(HttpResponse { status: 200, date: None, body })
    }
}

impl Target for Lists {
    fn name(&self) -> &'static str {
        "lists"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let bodies: Vec<String> = (0..random.u8(1..5)).map(|_| body(random)).collect();
        bodies.join("\n").into_bytes()
    }

    fn run(&mut self, input: &[u8]) -> String {
        let bodies = input.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let pages = Arc::new(Pages { bodies, calls: Mutex::default() });
        let settings = Settings {
            credentials: Credentials::new("AKIDlong-identifier", "the-secret-key".into(), None)
                .unwrap()
                .into(),
            ..settings()
        };
        let clock = Arc::new(FixedClock("2026-01-02T03:04:05Z".parse().unwrap()));
        let grants = Grants::new(Client::with_transport(settings, clock, Arc::clone(&pages) as _));
        let pairs: BTreeSet<Pair> = (1..=4)
            .flat_map(|member_uin| (11..=12).map(move |identity_id| Pair { member_uin, identity_id }))
            .collect();
        let outcomes = self.0.block_on(async {
            let until = Deadline::after(LIMIT, CancellationToken::new());
            let first = grants.observe(&pairs, &until).await;
            let second = grants.observe_missed(&pairs, &until).await;
            let held = grants.held_by(&[1].into(), &until).await;
            [first, second, held].map(told)
        });
        let calls = *pages.calls.lock().unwrap();
        assert!(calls <= CALLS_MAX, "{calls} calls");
        format!("{outcomes:?} {}", calls.min(20))
    }

    /// The bodies, and what waits for the pages of two lists that are as long as lists may be: 2 KB for each
    /// of 4,000 pages.
    fn allocation_max(&self, input: &[u8]) -> usize {
        (12 << 20) + 64 * input.len()
    }

    fn input_bytes_max(&self) -> usize {
        128 << 10
    }
}

fn told(outcome: Result<BTreeMap<Pair, Grant>, Halt>) -> String {
    match outcome {
        Ok(found) => {
            let printable = |grant: &Grant| grant.role_name.chars().all(|character| !character.is_control());
            assert!(found.values().all(printable), "{found:?}");
            found.len().min(9).to_string()
        }
        Err(Halt::Error(error)) => coarse(&error.to_string()),
        Err(halt) => format!("{halt:?}").chars().take(8).collect(),
    }
}

fn body(random: &mut Rng) -> String {
    if random.u8(..6) == 0 {
        let name = ["New", "Items", "Total"][random.usize(..3)];
        return vast(random, name);
    }
    let codes = ["InvalidParameter", "ResourceNotFound.OrganizationMemberNotExist", "InternalError"];
    if random.u8(..6) == 0 {
        let error = json!({ "Code": codes[random.usize(..3)], "Message": "" });
        return json!({ "Response": { "Error": error } }).to_string();
    }
    let number = |random: &mut Rng| -> Json {
        match random.u8(..6) {
            0 => random.u64(..).into(),
            1 => (u64::MAX - random.u64(..3)).into(),
            2 => (i64::MAX.unsigned_abs() + random.u64(..3)).into(),
            3 => random.u64(..200_000).into(),
            _ => random.u64(..60).into(),
        }
    };
    let length = [0, 1, 3, 49, 50, 51][random.usize(..6)];
    let from = random.u64(..100);
    let items: Vec<Json> = (from..from + length)
        .map(|index| match random.u8(..20) {
            0 => json!({}),
            1 => {
                json!({ "IdentityId": number(random), "MemberUin": number(random), "Status": number(random) })
            }
            _ => json!({
                "IdentityId": 11 + index % 2,
                "MemberUin": index,
                "IdentityRoleName": "\u{1b}[31m\u{202e}",
            }),
        })
        .collect();
    let mut response = json!({ "Items": items });
    if random.u8(..5) > 0 {
        response["Total"] = number(random);
    }
    json!({ "Response": response }).to_string()
}
