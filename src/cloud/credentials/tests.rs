//! Every source against the simulated cloud, in memory and on paused time: whose keys sign, and for how long.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use simulator::{Behaviour, Cloud, Effect, Fault, Request, SECRET_ID, SECRET_KEY};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ambient::{Clock, Env, FixedEnv};
use crate::causes::with_causes;
use crate::cloud::api::organization::DescribeOrganization;
use crate::cloud::api::sts::{AssumeRole, AssumeRoleWithSaml, GetSessionToken};
use crate::cloud::{
    Agent, ApiError, Client, Deadline, Endpoint, HttpRequest, HttpResponse, Kind, Meaning, Method, Product,
    Settings, Transport, TransportError,
};

mod files;
mod machines;
mod sessions;

const ROLE: &str = "qcs::cam::uin/100000000000:roleName/ops";
const DEVICE: &str = "qcs::cam:uin/100000000000::mfa/softToken";
/// When the tests begin.
const BEGIN: i64 = 1_800_000_000;

/// A cloud in memory, and the way to it.
#[derive(Clone, Debug)]
struct World {
    cloud: Arc<Mutex<Cloud>>,
    started: Instant,
    /// How many seconds the clock was put forward.
    ahead: Arc<AtomicI64>,
}

impl World {
    fn of(cloud: Cloud) -> Self {
        Self { cloud: Arc::new(Mutex::new(cloud)), started: Instant::now(), ahead: Arc::default() }
    }

    /// Puts the clock forward.
    fn pass(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap()
    }

    /// A client that signs with the permanent key.
    fn client(&self) -> Client {
        let at = |product, url: &str| (product, Endpoint::parse(url).unwrap());
        let settings = Settings {
            credentials: permanent(),
            endpoints: [
                at(Product::Organization, "https://organization.example.com"),
                at(Product::Sts, "https://sts.example.com"),
            ]
            .into(),
            region: None,
            agent: Agent::new("tests", "tests"),
            requests_per_second: None,
            max_retries: 3,
            ca_bundle: None,
        };
        Client::with_transport(settings, Arc::new(self.clone()), Arc::new(self.clone()))
    }

    /// Calls the organization, signed by `source`, and gives the key that signed.
    async fn call(&self, client: &Client) -> Result<String, ApiError> {
        client.call(&DescribeOrganization {}, &minutes(10)).await?;
        Ok(self.cloud().journal().last().unwrap().secret_id.clone())
    }

    /// The error of a call that `source` was to sign.
    async fn error(&self, source: impl ProvideCredentials + 'static) -> ApiError {
        self.call(&self.client().signing_with(Arc::new(source))).await.unwrap_err()
    }

    /// The key that signs for `source`.
    async fn signer(&self, source: impl ProvideCredentials + 'static) -> String {
        self.call(&self.client().signing_with(Arc::new(source))).await.unwrap()
    }

    /// The key of the `n`th session that was given out.
    fn session(&self, n: usize) -> String {
        self.cloud().sessions()[n].secret_id.clone()
    }

    fn calls(&self) -> Vec<String> {
        self.cloud().journal().iter().map(|call| call.action.clone()).collect()
    }
}

impl Clock for World {
    fn now(&self) -> DateTime<Utc> {
        let begin = DateTime::from_timestamp(BEGIN + self.ahead.load(Ordering::Relaxed), 0).unwrap();
        begin + TimeDelta::from_std(self.started.elapsed()).unwrap()
    }
}

#[async_trait]
impl Transport for World {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let url = request.endpoint.url();
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let headers = request.headers.iter();
        let request = Request {
            method: if request.method == Method::Get { "GET" } else { "POST" }.to_owned(),
            path: format!("/{path}"),
            headers: headers.map(|(name, value)| ((*name).to_owned(), value.to_string())).collect(),
            body: request.body.to_vec(),
        };
        let response = self.cloud().handle(self.now(), &request);
        tokio::time::sleep(response.delay).await;
        Ok(HttpResponse { status: response.status, date: None, body: response.body.into() })
    }
}

fn permanent() -> Arc<dyn ProvideCredentials> {
    Credentials::new(SECRET_ID, SECRET_KEY.into(), None).unwrap().into()
}

fn minutes(count: u64) -> Deadline {
    Deadline::after(Duration::from_mins(count), CancellationToken::new())
}

fn assume(role_arn: &str) -> AssumeRole {
    let (role_arn, role_session_name) = (role_arn.to_owned(), "tests".to_owned());
    AssumeRole { role_arn, role_session_name, ..AssumeRole::default() }
}

fn env(variables: &[(&str, &str)]) -> Arc<dyn Env> {
    Arc::new(variables.iter().copied().collect::<FixedEnv>())
}
