//! For tests: a resource, the organization it keeps, and nothing else of the world. The simulator answers in memory,
//! on time that only moves when everybody waits, and what the host does around an operation is done here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use simulator::{Cloud, Delivery, Request};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::access::Access;
use super::grants::Grants;
use crate::ambient::{Clock, FixedEnv};
use crate::cloud::{
    Agent, Client, Credentials, Endpoint, HttpAnswer, HttpRequest, Settings, Transport, TransportError,
};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::model::Model;
use crate::framework::resource::{Change, Cx, Planned, Resource, Slot};

/// An organization, and the way to it.
#[derive(Debug)]
pub(crate) struct World {
    cloud: Arc<Mutex<Cloud>>,
    client: Client,
    access: Mutex<&'static Access>,
    pub(crate) stop: CancellationToken,
}

/// What an operation left: the state, if any, and what the practitioner is told.
#[derive(Debug)]
pub(crate) struct Left<M> {
    pub(crate) state: Option<M>,
    pub(crate) report: Diagnostics,
}

impl World {
    pub(crate) fn of(cloud: Cloud) -> Self {
        let cloud = Arc::new(Mutex::new(cloud));
        let time = PausedTime {
            epoch: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
            started: Instant::now(),
        };
        let settings = Settings {
            credentials: Credentials::new(
                simulator::SECRET_ID,
                SecretString::from(simulator::SECRET_KEY),
                None,
            )
            .unwrap(),
            organization: Endpoint::parse("https://organization.example.com").unwrap(),
            region: None,
            agent: Agent::new("1.11.4", &FixedEnv::default()),
            requests_per_second: None,
            max_retries: 3,
            ca_bundle: None,
        };
        let transport = InMemory { cloud: Arc::clone(&cloud), time };
        let client = Client::with_transport(settings, Arc::new(time), Arc::new(transport));
        let access = Mutex::new(Self::access_by(&client));
        Self { cloud, client, access, stop: CancellationToken::new() }
    }

    /// From now on it is another run of the host: another process, which knows nothing of what this one read or declared.
    pub(crate) fn next_run(&self) {
        *self.access.lock().unwrap() = Self::access_by(&self.client);
    }

    /// Leaked, so that a context can outlive the lock; a test is over soon.
    fn access_by(client: &Client) -> &'static Access {
        Box::leak(Box::new(Access::Ready(Grants::new(client.clone()))))
    }

    pub(crate) fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The actions called since the journal was last cleared, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.cloud().journal().iter().map(|call| call.action.clone()).collect()
    }

    pub(crate) fn cx(&self) -> Cx<'_, Access> {
        let access = *self.access.lock().unwrap();
        Cx::new(access, &self.stop)
    }

    /// Plans as the host would, and applies what changes.
    pub(crate) async fn apply<R>(
        &self,
        resource: &R,
        prior: Option<R::Model>,
        config: Option<R::Model>,
    ) -> Left<R::Model>
    where
        R: Resource<Data = Access>,
    {
        let cx = self.cx();
        let mut slot = Slot::empty();
        let outcome = match (prior.clone(), config) {
            (None, None) => Ok(()),
            (Some(prior), None) => resource.delete(&cx, prior, &mut slot).await,
            (prior, Some(config)) => {
                let mut planned =
                    Planned { state: config.clone(), replace: Vec::new(), report: Diagnostics::new() };
                resource.plan(&Change { prior: prior.clone(), config }, &mut planned);
                match prior {
                    None => resource.create(&cx, planned.state, &mut slot).await,
                    Some(prior) if prior == planned.state => {
                        slot.save(prior);
                        Ok(())
                    }
                    Some(prior) => resource.update(&cx, prior, planned.state, &mut slot).await,
                }
            }
        };
        let mut report = cx.into_warnings();
        let failed = outcome.is_err();
        report.extend(outcome.err().into_iter().flatten());
        let state = slot.into_saved().or(if failed { prior } else { None });
        if let Some(state) = &state {
            assert_eq!(R::Model::read(&state.write()).as_ref(), Ok(state));
        }
        Left { state, report }
    }
}

/// A wall clock that follows the paused one.
#[derive(Clone, Copy, Debug)]
struct PausedTime {
    epoch: DateTime<Utc>,
    started: Instant,
}

impl Clock for PausedTime {
    fn now(&self) -> DateTime<Utc> {
        self.epoch + self.started.elapsed()
    }
}

#[derive(Debug)]
struct InMemory {
    cloud: Arc<Mutex<Cloud>>,
    time: PausedTime,
}

#[async_trait]
impl Transport for InMemory {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, TransportError> {
        let headers =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let request =
            Request { method: "POST".to_owned(), path: "/".to_owned(), headers, body: request.body.to_vec() };
        let response =
            self.cloud.lock().unwrap_or_else(PoisonError::into_inner).handle(self.time.now(), &request);
        tokio::time::sleep(response.delay).await;
        match response.delivery {
            Delivery::Whole => {
                Ok(HttpAnswer { status: response.status, date: None, body: response.body.into() })
            }
            Delivery::Reset | Delivery::Truncated => {
                Err(TransportError::MaybeSent("connection reset".into()))
            }
        }
    }
}
