//! A client of a simulated cloud in memory: no socket, and on tokio's time, which a test can pause.
//!
//! The tests inside of the library have their own (`resources/testing.rs`): to them, the types of the library
//! that this crate links are others.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use simulator::{Cloud, Delivery, SECRET_ID, SECRET_KEY};
use terraform_provider_tencentcloud::ambient::Clock;
use terraform_provider_tencentcloud::cloud::{
    Agent, Client, Credentials, Endpoint, HttpRequest, HttpResponse, Product, Settings, Transport,
    TransportError,
};
use tokio::time::Instant;

/// A wall clock that begins on a certain day and follows tokio's time.
#[derive(Clone, Copy, Debug)]
pub struct TokioClock(Instant);

impl Default for TokioClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + self.0.elapsed()
    }
}

/// Takes requests to a simulated cloud, and waits as long as that would.
#[derive(Debug)]
pub struct InMemory {
    cloud: Mutex<Cloud>,
    clock: TokioClock,
}

impl InMemory {
    /// The way to `cloud`, whose clock is `clock`.
    pub fn new(cloud: Cloud, clock: TokioClock) -> Self {
        Self { cloud: Mutex::new(cloud), clock }
    }
}

#[async_trait]
impl Transport for InMemory {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let headers =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        let (method, path) = ("POST".to_owned(), "/".to_owned());
        let request = simulator::Request { method, path, headers, body: request.body.to_vec() };
        let response = self.cloud.lock().unwrap().handle(self.clock.now(), &request);
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

/// The settings of a client that has the simulator's key, and says nothing of its own.
pub fn settings() -> Settings {
    Settings {
        credentials: Credentials::new(SECRET_ID, SECRET_KEY.into(), None).unwrap().into(),
        endpoints: [(Product::Organization, Endpoint::parse("https://organization.example.com").unwrap())]
            .into(),
        region: None,
        agent: Agent::new("tests", "tests"),
        requests_per_second: None,
        max_retries: 0,
        ca_bundle: None,
    }
}

/// A client of `cloud`.
pub fn client(cloud: Cloud, settings: Settings) -> Client {
    let clock = TokioClock::default();
    Client::with_transport(settings, Arc::new(clock), Arc::new(InMemory::new(cloud, clock)))
}
