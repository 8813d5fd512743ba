//! The behaviour of [`Client::call`], with scripted answers and paused time.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::api::organization::{
    AuthIdentityPage, CreateOrganizationMemberAuthIdentity, DeleteOrganizationMemberAuthIdentity,
    DescribeOrganizationMemberAuthIdentities, Done,
};
use super::*;
use crate::ambient::{Clock, FixedEnv};

mod answers;
mod calls;
mod credentials;
mod secrets;
mod settings;
mod simulator;
mod time;

const READ: DescribeOrganizationMemberAuthIdentities = DescribeOrganizationMemberAuthIdentities {
    offset: 0,
    limit: 50,
    member_uin: Some(100_000_000_002),
    identity_id: None,
};
const WRITE: DeleteOrganizationMemberAuthIdentity =
    DeleteOrganizationMemberAuthIdentity { member_uin: 100_000_000_002, identity_id: 13 };
const EMPTY_PAGE: &str = r#"{"Response":{"Total":0,"Items":[],"RequestId":"r"}}"#;
/// When the tests begin, by the clock of this machine.
const BEGIN: i64 = 1_700_000_000;
const MINUTE: Duration = Duration::from_mins(1);

/// What happens to one request.
#[derive(Clone)]
enum Step {
    Answer {
        status: u16,
        date: Option<&'static str>,
        body: String,
    },
    NotSent,
    Unusable,
    MaybeSent,
    /// An answer whose body repeats the headers of the request.
    Echo,
    /// An answer that is made of the request.
    Reflect(fn(&HttpRequest) -> String),
    After(Duration, Box<Step>),
}

/// A transport that follows a script, and fails the test when it is asked for more.
#[derive(Debug, Default)]
struct Script {
    steps: Mutex<VecDeque<Step>>,
    forever: Option<Step>,
    sent: Mutex<Vec<(Instant, HttpRequest)>>,
}

/// A clock that goes with the paused time.
#[derive(Debug)]
struct Ticking(Instant);

fn ok() -> Step {
    body(EMPTY_PAGE)
}

fn body(body: &str) -> Step {
    status(200, body)
}

fn status(status: u16, body: &str) -> Step {
    Step::Answer { status, date: None, body: body.to_owned() }
}

fn refused(code: &str) -> Step {
    body(&refusal(code))
}

fn refusal(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"because"}},"RequestId":"id-{code}"}}}}"#)
}

fn after(delay: Duration, step: Step) -> Step {
    Step::After(delay, Box::new(step))
}

impl Script {
    fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self { steps: Mutex::new(steps.into_iter().collect()), ..Self::default() })
    }

    fn forever(step: Step) -> Arc<Self> {
        Arc::new(Self { forever: Some(step), ..Self::default() })
    }

    fn sent(&self) -> Vec<(Instant, HttpRequest)> {
        self.sent.lock().unwrap().clone()
    }

    /// The header `name` of each request.
    fn headers(&self, name: &str) -> Vec<String> {
        self.sent().iter().map(|(_, request)| request.header(name).unwrap_or_default().to_owned()).collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let echo = format!("<html>{:?}", headers.collect::<Vec<_>>());
        self.sent.lock().unwrap().push((Instant::now(), request.clone()));
        let next = self.steps.lock().unwrap().pop_front();
        let mut step = next.or_else(|| self.forever.clone()).expect("the script has no more steps");
        while let Step::After(delay, then) = step {
            tokio::time::sleep(delay).await;
            step = *then;
        }
        let cause = || std::io::Error::other("the cause").into();
        match step {
            Step::Answer { status, date, body } => {
                Ok(HttpResponse { status, date: date.map(str::to_owned), body: body.into() })
            }
            Step::NotSent => Err(TransportError::NotSent(cause())),
            Step::Unusable => Err(TransportError::Unusable(cause())),
            Step::MaybeSent => Err(TransportError::MaybeSent(cause())),
            Step::Echo => Ok(HttpResponse { status: 418, date: None, body: echo.into() }),
            Step::Reflect(reflect) => {
                Ok(HttpResponse { status: 200, date: None, body: reflect(&request).into() })
            }
            Step::After(..) => unreachable!(),
        }
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Step")
    }
}

impl Clock for Ticking {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(BEGIN, 0).unwrap() + TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}

fn settings() -> Settings {
    Settings {
        credentials: Credentials::new("AKIDtest", "the-secret-key".into(), None).unwrap().into(),
        endpoints: [(Product::Organization, Endpoint::parse("http://127.0.0.1:18080").unwrap())].into(),
        region: None,
        agent: Agent::new("tests", "tests"),
        requests_per_second: None,
        max_retries: 8,
        ca_bundle: None,
    }
}

fn client(script: &Arc<Script>) -> Client {
    client_with(settings(), script)
}

fn client_with(settings: Settings, script: &Arc<Script>) -> Client {
    Client::with_transport(settings, Arc::new(Ticking(Instant::now())), Arc::clone(script) as _)
}

fn minutes(count: u32) -> Deadline {
    Deadline::after(MINUTE * count, CancellationToken::new())
}

async fn read(script: &Arc<Script>) -> Result<AuthIdentityPage, ApiError> {
    client(script).call(&READ, &minutes(20)).await
}

async fn write(script: &Arc<Script>) -> Result<Done, ApiError> {
    client(script).call(&WRITE, &minutes(20)).await
}

/// The error and its sources, as a user would see them.
fn chain(error: &ApiError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}; {source}");
        next = source.source();
    }
    text
}
