//! For tests: data sources and the organization that they ask. The simulator answers in memory, on time that
//! only moves when everybody waits, and every answer is held to what a host holds it to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use simulator::{Behaviour, Cloud, Delivery, Request};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ambient::Clock;
use crate::cloud::{
    Agent, Client, Credentials, Endpoint, HttpRequest, HttpResponse, Product, Settings, Transport,
    TransportError,
};
use crate::framework::configured::Configured;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::framework::model::Model;
use crate::framework::registry::Registry;
use crate::organization::Organization;

/// An organization, and a provider process that asks about it.
#[derive(Debug)]
pub(crate) struct World {
    line: Arc<Line>,
    data: Configured<Organization>,
    pub(crate) stop: CancellationToken,
}

#[derive(Debug)]
struct Line {
    cloud: Mutex<Cloud>,
    started: Instant,
}

impl World {
    pub(crate) fn of(cloud: Cloud) -> Self {
        let line = Arc::new(Line { cloud: Mutex::new(cloud), started: Instant::now() });
        let credentials =
            Credentials::new(simulator::SECRET_ID, SecretString::from(simulator::SECRET_KEY), None).unwrap();
        let endpoint = Endpoint::parse("https://organization.example.com").unwrap();
        let settings = Settings {
            credentials: credentials.into(),
            endpoints: [(Product::Organization, endpoint)].into(),
            region: None,
            agent: Agent::new("tests", "tests"),
            requests_per_second: None,
            max_retries: 3,
            ca_bundle: None,
        };
        let clock = Arc::clone(&line) as Arc<dyn Clock>;
        let client = Client::with_transport(settings, clock, Arc::clone(&line) as Arc<dyn Transport>);
        Self { line, data: Configured::Ready(Organization::new(client)), stop: CancellationToken::new() }
    }

    pub(crate) fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.line.cloud()
    }

    /// How many calls of each action there were, in the order of the actions' names.
    pub(crate) fn calls(&self) -> Vec<(String, usize)> {
        let mut calls = std::collections::BTreeMap::new();
        for call in self.cloud().journal() {
            *calls.entry(call.action.clone()).or_insert(0) += 1;
        }
        calls.into_iter().collect()
    }

    /// The answer to `config` with what was told besides, or all that was told if there is none.
    pub(crate) async fn ask<S: DataSource<Data = Organization>>(
        &self,
        source: S,
        config: S::Model,
    ) -> Result<(S::Model, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut registry = Registry::new();
        registry.data_source(source);
        let source = registry.data_sources().next().unwrap();
        let judged: Vec<Diagnostic> = source.validate(&config.write()).into_iter().collect();
        if !judged.is_empty() {
            return Err(judged);
        }
        match source.read(&self.data, &self.stop, Some(config.write())).await {
            Ok(answer) => {
                Ok((S::Model::read(&answer.value).unwrap(), told(answer.report, Severity::Warning)))
            }
            Err(report) => Err(told(report, Severity::Error)),
        }
    }

    /// The answer, where nothing is to be told.
    #[track_caller]
    pub(crate) fn plain<M: std::fmt::Debug>(asked: Result<(M, Vec<Diagnostic>), Vec<Diagnostic>>) -> M {
        let (answer, told) = asked.unwrap();
        assert_eq!(told, []);
        answer
    }
}

/// An organization in which everything goes at once, to ask much of it.
pub(crate) fn fast() -> Cloud {
    Cloud::new().with_behaviour(Behaviour { rate: simulator::Rate::Off, ..Behaviour::default() })
}

fn told(report: Diagnostics, severity: Severity) -> Vec<Diagnostic> {
    assert!(report.iter().all(|told| told.severity == severity), "{report:?}");
    report.into_iter().collect()
}

impl Line {
    fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Line {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + self.started.elapsed()
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let headers =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        let request =
            Request { method: "POST".to_owned(), path: "/".to_owned(), headers, body: request.body.to_vec() };
        let response = self.cloud().handle(self.now(), &request);
        tokio::time::sleep(response.delay).await;
        match response.delivery {
            Delivery::Whole => {
                Ok(HttpResponse { status: response.status, date: None, body: response.body.into() })
            }
            Delivery::Reset | Delivery::Truncated => {
                Err(TransportError::MaybeSent("connection reset".into()))
            }
        }
    }
}
