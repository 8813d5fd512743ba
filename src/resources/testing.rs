//! For tests: a resource, the organization it keeps, and nothing else of the world. The simulator answers in
//! memory, on time that only moves when everybody waits, and what the host does around an operation is done
//! here.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use simulator::{Cloud, Delivery, Request};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ambient::Clock;
use crate::cloud::api::sts::AssumeRole;
use crate::cloud::credentials::RoleSource;
use crate::cloud::{
    Agent, Client, Credentials, Endpoint, HttpRequest, HttpResponse, Product, Protocol, Settings, Transport,
    TransportError,
};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::model::Model;
use crate::framework::resource::{Change, Cx, Planned, Resource, StateSlot};
use crate::organization::Organization;

/// An organization, and the provider process that looks after it.
#[derive(Debug)]
pub(crate) struct World {
    cloud: Arc<Mutex<Cloud>>,
    time: PausedTime,
    /// The role that every process takes on, if any.
    role: Option<&'static str>,
    process: Mutex<Process>,
}

/// What lives as long as a provider process.
#[derive(Clone, Debug)]
struct Process {
    /// Leaked, so that operations can borrow it: a test's processes are few and small.
    grants: &'static Configured<Organization>,
    stop: &'static CancellationToken,
    line: Arc<Line>,
}

/// The process's way out, and what may come to it from outside on a call.
#[derive(Debug)]
struct Line {
    cloud: Arc<Mutex<Cloud>>,
    time: PausedTime,
    interruption: Mutex<Option<Interruption>>,
    stop: CancellationToken,
    killed: CancellationToken,
}

#[derive(Clone, Copy, Debug)]
struct Interruption {
    end: End,
    calls_left: usize,
}

/// The end of a process, or of its run, at one of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The user asks the run to stop; the call goes on.
    Stop,
    /// The process is killed before the call gets through.
    KillBefore,
    /// The process is killed when the call has taken effect.
    KillAfter,
    /// A bug of ours, met when the call has taken effect.
    Panic,
}

/// What an operation left: the state, if any, and what the practitioner is told.
#[derive(Debug)]
pub(crate) struct Left<M> {
    pub(crate) state: Option<M>,
    pub(crate) report: Diagnostics,
    /// Whether the host heard of the operation's end: not if the process was killed.
    pub(crate) answered: bool,
}

impl World {
    pub(crate) fn of(cloud: Cloud) -> Self {
        Self::with(cloud, None)
    }

    /// One whose processes take on a role that the cloud has.
    pub(crate) fn as_role(cloud: Cloud, arn: &'static str) -> Self {
        Self::with(cloud, Some(arn))
    }

    fn with(cloud: Cloud, role: Option<&'static str>) -> Self {
        let time = PausedTime {
            epoch: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
            started: Instant::now(),
        };
        let cloud = Arc::new(Mutex::new(cloud));
        let process = Mutex::new(Process::start(&cloud, time, role));
        Self { cloud, time, role, process }
    }

    /// Another run of the host, beside this one: a process that knows nothing of this one, on the same
    /// account.
    pub(crate) fn beside(&self) -> Self {
        let (cloud, time, role) = (Arc::clone(&self.cloud), self.time, self.role);
        let process = Mutex::new(Process::start(&cloud, time, role));
        Self { cloud, time, role, process }
    }

    /// From now on it is another run of the host: another process, which knows nothing of what this one read
    /// or declared. This one is killed.
    pub(crate) fn next_run(&self) {
        self.process().line.killed.cancel();
        *lock(&self.process) = Process::start(&self.cloud, self.time, self.role);
    }

    /// Brings about `end` at the `nth` call from now, counted from 1.
    pub(crate) fn interrupt(&self, end: End, nth: usize) {
        *lock(&self.process().line.interruption) = Some(Interruption { end, calls_left: nth });
    }

    /// Whether what [`World::interrupt`] announced to this process has come.
    pub(crate) fn was_interrupted(&self) -> bool {
        lock(&self.process().line.interruption).is_none()
    }

    /// Asks the run to stop, as Ctrl-C does.
    pub(crate) fn stop(&self) {
        self.process().stop.cancel();
    }

    fn process(&self) -> Process {
        lock(&self.process).clone()
    }

    pub(crate) fn cloud(&self) -> MutexGuard<'_, Cloud> {
        lock(&self.cloud)
    }

    /// The actions called since the journal was last cleared, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.cloud().journal().iter().map(|call| call.action.clone()).collect()
    }

    pub(crate) fn cx(&self) -> Cx<'_, Organization> {
        self.cx_of(Vec::new())
    }

    /// What the operations of this process work with.
    pub(crate) fn data(&self) -> &'static Configured<Organization> {
        self.process().grants
    }

    /// Fires when the run is asked to stop.
    pub(crate) fn stop_token(&self) -> &'static CancellationToken {
        self.process().stop
    }

    /// For an operation on an object that has these private bytes.
    pub(crate) fn cx_of(&self, private: Vec<u8>) -> Cx<'_, Organization> {
        let Process { grants, stop, .. } = self.process();
        Cx::new(grants, stop, private)
    }

    /// Plans as the host would, and applies what changes.
    pub(crate) async fn apply<R>(
        &self,
        resource: &R,
        prior: Option<R::Model>,
        config: Option<R::Model>,
    ) -> Left<R::Model>
    where
        R: Resource<Data = Organization>,
    {
        let killed = || Left { state: prior.clone(), report: Diagnostics::new(), answered: false };
        self.unless_killed(self.drive(resource, prior.clone(), config)).await.unwrap_or_else(killed)
    }

    /// What a look at the world leaves: what it found, or `prior` if it failed.
    pub(crate) async fn look<M: Clone>(
        &self,
        prior: Option<M>,
        looking: impl Future<Output = Result<Option<M>, Diagnostics>>,
    ) -> Left<M> {
        match self.unless_killed(looking).await {
            Some(Ok(state)) => Left { state, report: Diagnostics::new(), answered: true },
            Some(Err(report)) => Left { state: prior, report, answered: true },
            None => Left { state: prior, report: Diagnostics::new(), answered: false },
        }
    }

    async fn unless_killed<T>(&self, operation: impl Future<Output = T>) -> Option<T> {
        let killed = self.process().line.killed.clone();
        tokio::select! {
            biased;
            () = killed.cancelled() => None,
            done = operation => Some(done),
        }
    }

    async fn drive<R>(
        &self,
        resource: &R,
        prior: Option<R::Model>,
        config: Option<R::Model>,
    ) -> Left<R::Model>
    where
        R: Resource<Data = Organization>,
    {
        let cx = self.cx();
        let mut slot = StateSlot::empty();
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
        let (mut report, _) = cx.into_parts();
        let failed = outcome.is_err();
        report.extend(outcome.err().into_iter().flatten());
        let state = slot.into_saved().or(if failed { prior } else { None });
        if let Some(state) = &state {
            assert_eq!(R::Model::read(&state.write()).as_ref(), Ok(state));
        }
        Left { state, report, answered: true }
    }
}

impl Process {
    fn start(cloud: &Arc<Mutex<Cloud>>, time: PausedTime, role: Option<&str>) -> Self {
        let stop: &CancellationToken = Box::leak(Box::default());
        let settings = Settings {
            credentials: Credentials::new(
                simulator::SECRET_ID,
                SecretString::from(simulator::SECRET_KEY),
                None,
            )
            .unwrap()
            .into(),
            endpoints: [Product::Organization, Product::Sts]
                .map(|product| (product, Endpoint::under("example.com", product, Protocol::Https).unwrap()))
                .into(),
            region: None,
            agent: Agent::new("tests", "tests"),
            requests_per_second: None,
            max_retries: 3,
            ca_bundle: None,
        };
        let line = Arc::new(Line {
            cloud: Arc::clone(cloud),
            time,
            interruption: Mutex::default(),
            stop: stop.clone(),
            killed: CancellationToken::new(),
        });
        let mut client =
            Client::with_transport(settings, Arc::new(time), Arc::clone(&line) as Arc<dyn Transport>);
        if let Some(arn) = role {
            let (role_arn, role_session_name) = (arn.to_owned(), "tests".to_owned());
            let role = AssumeRole { role_arn, role_session_name, ..AssumeRole::default() };
            client = client.signing_with(Arc::new(RoleSource::new("the role", client.clone(), role)));
        }
        Self { grants: Box::leak(Box::new(Configured::Ready(Organization::new(client)))), stop, line }
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

impl Line {
    /// What ends here and now, if anything does.
    fn end(&self) -> Option<End> {
        let mut interruption = lock(&self.interruption);
        let Interruption { end, calls_left } = interruption.as_mut()?;
        *calls_left = calls_left.saturating_sub(1);
        (*calls_left == 0).then_some(*end).inspect(|_| *interruption = None)
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.killed.is_cancelled() {
            return pending().await;
        }
        let end = self.end();
        match end {
            Some(End::Stop) => self.stop.cancel(),
            Some(End::KillBefore) => {
                self.killed.cancel();
                return pending().await;
            }
            Some(End::KillAfter | End::Panic) | None => {}
        }
        let headers =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        let request =
            Request { method: "POST".to_owned(), path: "/".to_owned(), headers, body: request.body.to_vec() };
        let response = lock(&self.cloud).handle(self.time.now(), &request);
        if end == Some(End::KillAfter) {
            self.killed.cancel();
            return pending().await;
        }
        assert_ne!(end, Some(End::Panic), "announced by the test");
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
