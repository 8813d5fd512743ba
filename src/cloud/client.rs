//! [`Client::call`], the only way out, and the order of one call.
//!
//! Written down once; then, until the call succeeds or must not be repeated: is there time left? Wait for
//! leave of the limiter (a repetition pays too), take the credentials that are valid now, sign with this
//! attempt's clock, send, open the envelope, classify, wait with jitter. Time running out between attempts
//! ends the call; an attempt once begun is seen to its end, so that no outcome is thrown away.
//!
//! Knows no action, no header and no error code.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};
use tracing::{debug, trace};

use super::action::{Action, Authentication, Product};
use super::agent::Agent;
use super::classify::{classify, row};
use super::clock_skew::ServiceClock;
use super::codes::{Blame, Repeat, is_about_time};
use super::credentials::cache::CredentialsCache;
use super::credentials::{Credentials, CredentialsError, ProvideCredentials};
use super::deadline::Deadline;
use super::endpoint::Endpoint;
use super::envelope::{self, Success};
use super::error::{ApiError, Failure, Report};
use super::kind::Kind;
use super::limiter::Limiter;
use super::network::Network;
use super::redact::{Secrets, is_steering};
use super::request::{Call, Sender, request};
use super::retry::RetryBudget;
use super::settings::{Settings, SettingsError};
use super::transport::{HttpResponse, Transport};
use crate::ambient::{Clock, Env};
use crate::causes::with_causes;

/// Calls actions. Clones share connections, limits and what was learnt about the service's clock.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Settings,
    clock: Arc<ServiceClock>,
    credentials: CredentialsCache,
    network: Network,
    limiters: Mutex<BTreeMap<(Product, &'static str), Arc<Limiter>>>,
}

/// How far a call has come.
struct Progress {
    product: Product,
    action: &'static str,
    started: Instant,
    attempts: u32,
}

/// What became of one attempt.
struct Outcome {
    result: Result<Success, Failure>,
    elapsed: Duration,
}

const ATTEMPT_TIMEOUT_MIN: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT_MAX: Duration = Duration::from_secs(30);

impl Client {
    /// A client over the network. Reads the proxy variables of `env`; connects to nothing.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, env: &dyn Env) -> Result<Self, SettingsError> {
        settings.check()?;
        let network = Network::new(settings.ca_bundle.clone(), env)?;
        Ok(Self::over(settings, Arc::new(ServiceClock::new(clock)), network))
    }

    /// A client over `transport`, which takes the place of the network, the CA bundle and the proxies.
    pub fn with_transport(settings: Settings, clock: Arc<dyn Clock>, transport: Arc<dyn Transport>) -> Self {
        Self::over(settings, Arc::new(ServiceClock::new(clock)), Network::over(transport))
    }

    fn over(settings: Settings, clock: Arc<ServiceClock>, network: Network) -> Self {
        let credentials =
            CredentialsCache::new(Arc::clone(&settings.credentials), Arc::clone(&clock) as Arc<dyn Clock>);
        let limiters = Mutex::default();
        Self(Arc::new(Inner { settings, clock, credentials, network, limiters }))
    }

    /// The same client, which signs with what `source` gives. Both share connections and what was learnt
    /// about the service's clock.
    #[must_use]
    pub fn signing_with(&self, source: Arc<dyn ProvideCredentials>) -> Self {
        self.with(Settings { credentials: source, ..self.0.settings.clone() })
    }

    /// The same client, which names `region`. Both share connections and what was learnt about the service's
    /// clock.
    ///
    /// Fails for a region that no header can carry.
    pub fn in_region(&self, region: String) -> Result<Self, SettingsError> {
        let settings = Settings { region: Some(region), ..self.0.settings.clone() };
        settings.check()?;
        Ok(self.with(settings))
    }

    fn with(&self, settings: Settings) -> Self {
        Self::over(settings, Arc::clone(&self.0.clock), self.0.network.clone())
    }

    /// The service's time, as far as it is known.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock) as Arc<dyn Clock>
    }

    /// The way to what is no API, never through a proxy.
    pub(crate) fn direct(&self) -> &dyn Transport {
        self.0.network.direct()
    }

    /// What requests say about their sender.
    pub(crate) fn agent(&self) -> &Agent {
        &self.0.settings.agent
    }

    /// Calls `action` and gives its answer.
    ///
    /// A read is repeated as long as that can help. A write is repeated only if it certainly did nothing; if
    /// its outcome is unknown the error is [`Kind::Uncertain`], and if it ends for lack of time
    /// ([`Kind::TimedOut`], [`Kind::Stopped`]) it did nothing. An attempt is given 5 to 30 seconds, whatever
    /// is left of `until`.
    pub async fn call<A: Action>(&self, action: &A, until: &Deadline) -> Result<A::Answer, ApiError> {
        let mut progress =
            Progress { product: A::PRODUCT, action: A::NAME, started: Instant::now(), attempts: 0 };
        let call =
            Call::of(action).map_err(|error| progress.end(Kind::Rejected, Some(Failure::Encode(error))))?;
        let success = self.0.exchange(&call, until, &mut progress).await?;
        success.read().map_err(|failure| progress.end(classify(&failure, A::EFFECT).kind, Some(failure)))
    }
}

impl Inner {
    async fn exchange(
        &self,
        call: &Call,
        until: &Deadline,
        progress: &mut Progress,
    ) -> Result<Success, ApiError> {
        let Some(endpoint) = self.settings.endpoints.of(call.product) else {
            let service = call.product.service();
            return Err(progress.end(Kind::Rejected, Some(Failure::NoEndpoint { service })));
        };
        let limiter = self.limiter(call);
        let mut budget = RetryBudget::new(self.settings.max_retries);
        let mut last = None;
        loop {
            let permit = match until.race(limiter.admit()).await {
                Ok(permit) => permit,
                Err(ended) => return Err(progress.end(ended.into(), last)),
            };
            let signer = match self.signer(call, until).await {
                Ok(signer) => signer,
                Err(error) => return Err(progress.unsigned(error, last)),
            };
            progress.attempts += 1;
            let outcome = self.attempt(call, endpoint, signer.as_ref(), until).await;
            outcome.log(progress);
            let failure = match outcome.result {
                Ok(success) => return Ok(success),
                Err(failure) => failure,
            };
            let verdict = classify(&failure, call.effect);
            if verdict.kind == Kind::Throttled {
                permit.refused();
            } else {
                drop(permit);
            }
            let Some(wait) = budget.after(verdict, fastrand::f64()) else {
                return Err(progress.end(verdict.kind, Some(failure)));
            };
            if let Err(ended) = until.sleep(wait).await {
                return Err(progress.end(ended.into(), Some(failure)));
            }
            if let (Repeat::OnceRenewed, Some(refused)) = (verdict.repeat, &signer) {
                match self.credentials.renew(refused, until).await {
                    Ok(others) if others.is_same(refused) => {
                        return Err(progress.end(verdict.kind, Some(failure)));
                    }
                    Ok(_) => {}
                    Err(error) => return Err(progress.unsigned(error, Some(failure))),
                }
            }
            last = Some(failure);
        }
    }

    /// What signs an attempt of `call` that is made now; `None` where nothing needs to.
    async fn signer(&self, call: &Call, until: &Deadline) -> Result<Option<Credentials>, CredentialsError> {
        match call.authentication {
            Authentication::Signature => self.credentials.provide(until).await.map(Some),
            Authentication::Content => Ok(None),
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        endpoint: &Endpoint,
        signer: Option<&Credentials>,
        until: &Deadline,
    ) -> Outcome {
        let started = Instant::now();
        let limit = until.remaining().clamp(ATTEMPT_TIMEOUT_MIN, ATTEMPT_TIMEOUT_MAX);
        let Settings { region, agent, .. } = &self.settings;
        let sender = Sender { agent, region: region.as_deref() };
        let request = request(call, signer, endpoint, sender, self.clock.now());
        let secrets = Secrets::of(call, &request, signer, self.network.of_proxies());
        trace!(action = call.action, body = %shown(&call.body, &secrets), "request");
        let answer = match timeout(limit, self.network.to(endpoint).send(request)).await {
            Ok(Ok(answer)) => HttpResponse { body: secrets.strike_body(answer.body), ..answer },
            Ok(Err(source)) => {
                let endpoint = endpoint.url().into();
                return Outcome::unanswered(Failure::Transport { endpoint, source }, started);
            }
            Err(_) => {
                let endpoint = endpoint.url().into();
                return Outcome::unanswered(Failure::Stalled { endpoint, limit }, started);
            }
        };
        trace!(action = call.action, body = %shown(&answer.body, &secrets), "answer");
        let result =
            envelope::open(&answer, &secrets).map_err(|failure| self.correct_clock(failure, &answer));
        Outcome { result, elapsed: started.elapsed() }
    }

    /// Where a signature was refused for its time, learns the service's and says so in the failure.
    fn correct_clock(&self, failure: Failure, answer: &HttpResponse) -> Failure {
        match failure {
            Failure::Refused { code, message, request_id, .. } if is_about_time(&code) => {
                let skew = self.clock.learn(answer.date.as_deref());
                Failure::Refused { code, message, request_id, skew }
            }
            other => other,
        }
    }

    fn limiter(&self, call: &Call) -> Arc<Limiter> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = self.settings.requests_per_second.unwrap_or(call.rate);
        let limiter = || Arc::new(Limiter::new(rate));
        Arc::clone(limiters.entry((call.product, call.action)).or_insert_with(limiter))
    }
}

impl Progress {
    /// The error of a call that ends here.
    fn end(&self, kind: Kind, failure: Option<Failure>) -> ApiError {
        let row = failure.as_ref().map(row);
        ApiError::new(Report {
            kind,
            product: self.product,
            action: self.action,
            attempts: self.attempts,
            elapsed: self.started.elapsed(),
            blame: match (kind, row) {
                (Kind::TimedOut | Kind::Stopped, _) | (_, None) => Blame::Call,
                (_, Some(row)) => row.blame,
            },
            meaning: row.and_then(|row| row.means),
            failure,
        })
    }

    /// The error of a call that found nothing to sign its next attempt with, after `last`.
    fn unsigned(&self, error: CredentialsError, last: Option<Failure>) -> ApiError {
        match error {
            CredentialsError::Ended(ended) => self.end(ended.into(), last),
            error => self.end(Kind::Credentials, Some(Failure::Unsigned(error))),
        }
    }
}

impl Outcome {
    fn unanswered(failure: Failure, started: Instant) -> Self {
        Self { result: Err(failure), elapsed: started.elapsed() }
    }

    fn log(&self, progress: &Progress) {
        let failure = self.result.as_ref().err();
        let request_id = match &self.result {
            Ok(success) => success.request_id.as_deref(),
            Err(failure) => failure.request_id(),
        };
        let code = failure.and_then(Failure::code);
        debug!(
            action = progress.action,
            request_id,
            attempt = progress.attempts,
            elapsed_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            code,
            // A code says it all; its message may be in any words.
            failure = failure
                .filter(|_| code.is_none())
                .map(|failure| tracing::field::display(with_causes(failure))),
            "called"
        );
    }
}

/// A body as a log may hold it.
fn shown(body: &[u8], secrets: &Secrets) -> String {
    if secrets.is_confidential() {
        return "[secret]".to_owned();
    }
    let text = String::from_utf8_lossy(body);
    secrets.strike(&text).replace(|character| is_steering(character) && character != '\n', " ")
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
