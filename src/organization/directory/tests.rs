//! What of a list is believed, and how often it is read. The lists of a whole organization are tried against
//! the simulator by those who use them.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Directory, HolderKind, MemberFilter, NodeScope};
use crate::ambient::Clock;
use crate::cloud::{
    Agent, Client, Credentials, Deadline, Endpoint, HttpRequest, HttpResponse, Product, Settings, Transport,
    TransportError,
};
use crate::organization::Halt;
use crate::reconcile::Pair;

type Answer = dyn Fn(usize, &str, &Value) -> Value + Send + Sync;

/// Answers the `n`th call, counted from 0, of an action with some arguments.
struct Scripted {
    answer: Box<Answer>,
    calls: AtomicUsize,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let action = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-tc-action"));
        let action = action.map(|(_, value)| value.to_string()).unwrap();
        let arguments: Value = serde_json::from_slice(&request.body).unwrap();
        let number = self.calls.fetch_add(1, Relaxed);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let body = json!({ "Response": (self.answer)(number, &action, &arguments) }).to_string();
        Ok(HttpResponse { status: 200, date: None, body: body.into() })
    }
}

#[derive(Debug)]
struct Epoch;

impl Clock for Epoch {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

fn directory(
    answer: impl Fn(usize, &str, &Value) -> Value + Send + Sync + 'static,
) -> (Directory, Arc<Scripted>) {
    let scripted = Arc::new(Scripted { answer: Box::new(answer), calls: AtomicUsize::new(0) });
    let settings = Settings {
        credentials: Credentials::new("AKIDtest", SecretString::from("test"), None).unwrap().into(),
        endpoints: [(Product::Organization, Endpoint::parse("https://organization.example.com").unwrap())]
            .into(),
        region: None,
        agent: Agent::new("tests", "tests"),
        requests_per_second: None,
        max_retries: 0,
        ca_bundle: None,
    };
    let client = Client::with_transport(settings, Arc::new(Epoch), Arc::clone(&scripted) as _);
    (Directory::new(client), scripted)
}

fn until() -> Deadline {
    Deadline::after(Duration::from_mins(1), CancellationToken::new())
}

/// A page of members with these UINs, each in the unit after its number.
fn members(total: u64, uins: impl IntoIterator<Item = u64>) -> Value {
    let items: Vec<Value> =
        uins.into_iter().map(|uin| json!({ "MemberUin": uin, "Name": "m", "NodeId": uin % 10 })).collect();
    json!({ "Total": total, "Items": items })
}

#[tokio::test(start_paused = true)]
async fn a_list_that_loses_an_item_between_two_pages_is_read_again() {
    // 60 goes after the first page, and 10 slips to it: the second page does not show it.
    let (directory, cloud) = directory(|number, _, arguments| match (number, arguments["Offset"].as_u64()) {
        (0, _) => members(60, 11..=60),
        (1, _) => members(59, 1..=9),
        (_, Some(0)) => members(59, 10..=59),
        _ => members(59, 1..=9),
    });
    let found = directory.members(&MemberFilter::default(), &until()).await.unwrap();
    assert_eq!(found.iter().map(|member| member.uin).collect::<Vec<_>>(), (1..=59).collect::<Vec<_>>());
    assert_eq!(cloud.calls.load(Relaxed), 4);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_adds_up_is_an_error_and_no_short_list() {
    let (short, cloud) = directory(|_, _, _| members(40, 1..=30));
    let halt = short.members(&MemberFilter::default(), &until()).await.unwrap_err();
    assert!(matches!(halt, Halt::Incomplete { action: "DescribeOrganizationMembers" }), "{halt:?}");
    assert_eq!(cloud.calls.load(Relaxed), 3);

    let (nameless, _) = directory(|_, _, _| json!({ "Total": 1, "Items": [{ "Name": "nobody" }] }));
    assert!(matches!(nameless.nodes(&until()).await, Err(Halt::Incomplete { .. })));
}

#[tokio::test(start_paused = true)]
async fn who_asks_the_same_within_a_minute_shares_one_reading_also_of_an_error() {
    let (known, cloud) = directory(|_, _, _| members(2, 1..=2));
    let (filter, until) = (MemberFilter::default(), until());
    let all = std::iter::repeat_with(|| known.members(&filter, &until)).take(20);
    for found in futures_util::future::join_all(all).await {
        assert_eq!(found.unwrap().len(), 2);
    }
    assert_eq!(cloud.calls.load(Relaxed), 1);
    tokio::time::advance(Duration::from_secs(61)).await;
    let fresh = Deadline::after(Duration::from_mins(1), CancellationToken::new());
    known.members(&filter, &fresh).await.unwrap();
    assert_eq!(cloud.calls.load(Relaxed), 2);

    let denied = json!({ "Error": { "Code": "UnauthorizedOperation", "Message": "no" }, "RequestId": "1" });
    let (denying, cloud) = directory(move |_, _, _| denied.clone());
    for _ in 0..5 {
        assert!(matches!(denying.members(&filter, &fresh).await, Err(Halt::Error(_))));
    }
    assert_eq!(cloud.calls.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_unit_with_many_below_it_is_found_in_the_list_of_everybody() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let journal = Arc::clone(&asked);
    let (directory, _) = directory(move |_, action, arguments| {
        journal.lock().unwrap().push((action.to_owned(), arguments["NodeId"].as_u64()));
        match (action, arguments["NodeId"].as_u64()) {
            ("DescribeOrganizationNodes", _) => {
                let node = |id: u64| json!({ "NodeId": id, "Name": "n", "ParentNodeId": if id > 4 { 4 } else { id - 1 } });
                json!({ "Total": 9, "Items": (1..=9).map(node).collect::<Vec<_>>() })
            }
            // It counts members of units below too.
            (_, Some(9)) => members(2, [19, 18]),
            (_, Some(_)) => {
                json!({ "Error": { "Code": "ResourceNotFound.OrganizationNodeNotExist", "Message": "" } })
            }
            (_, None) => members(20, 11..=30),
        }
    });
    let within =
        |id, recursive| MemberFilter { node: Some(NodeScope { id, recursive }), ..Default::default() };
    let uins = async |filter| {
        let found = directory.members(&filter, &until()).await.unwrap();
        found.iter().map(|member| member.uin).collect::<Vec<_>>()
    };
    assert_eq!(uins(within(3, true)).await, [13, 14, 15, 16, 17, 18, 19, 23, 24, 25, 26, 27, 28, 29]);
    assert_eq!(uins(within(9, true)).await, [19]);
    assert_eq!(uins(within(9, false)).await, [19]);
    let actions: Vec<Option<u64>> = asked.lock().unwrap().drain(..).map(|(_, node)| node).collect();
    assert_eq!(actions, [None, None, Some(9), Some(9)], "units, everybody, and twice the one unit");
    let missing = directory.members(&within(77, true), &until()).await;
    assert!(matches!(missing, Err(Halt::Error(_))), "{missing:?}");
}

#[tokio::test(start_paused = true)]
async fn a_policy_for_several_members_binds_to_each_however_it_is_listed() {
    let (directory, _) = directory(|_, _, _| {
        json!({ "Total": 4, "Items": [
            { "IdentityId": 13, "PolicyId": 1, "PolicyName": "p", "MemberUin": 101, "OrgSubAccountUin": 7,
              "OrgSubAccountName": "ops", "BindType": 1 },
            { "IdentityId": 13, "PolicyId": 1, "PolicyName": "p", "MemberUin": 102, "OrgSubAccountUin": 7,
              "OrgSubAccountName": "ops", "BindType": 1 },
            { "IdentityId": 27, "PolicyId": 2, "PolicyName": "q", "Members": [{ "MemberUin": 101 }, { "MemberUin": 103 }],
              "OrgSubAccountUin": 8, "OrgSubAccountName": "group", "BindType": 2 },
            { "IdentityId": 27, "PolicyId": 3, "PolicyName": "unbound", "MemberUin": 101 },
        ] })
    });
    let found = directory.bindings(&until()).await.unwrap();
    let told: Vec<_> =
        found.iter().map(|binding| (binding.pair, binding.holder.kind, binding.holder.id)).collect();
    let pair = |member_uin, identity_id| Pair { member_uin, identity_id };
    assert_eq!(
        told,
        [
            (pair(101, 13), HolderKind::SubUser, 7),
            (pair(101, 27), HolderKind::UserGroup, 8),
            (pair(102, 13), HolderKind::SubUser, 7),
            (pair(103, 27), HolderKind::UserGroup, 8),
        ]
    );
}
