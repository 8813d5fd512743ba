//! [`Client::call`], the only way out, and the order of one call:
//!
//! serialise once; then, until the call succeeds or must not be repeated: is there time left? — wait for leave of the
//! limiter (a repetition pays too) — sign with this attempt's clock — send — open the envelope — classify — wait with
//! jitter. Time running out between attempts ends the call; an attempt once begun is seen to its end, so that no
//! outcome is thrown away.
//!
//! Follows <https://www.tencentcloud.com/document/product/1031/32862> for the headers. Knows no action.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Certificate;
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout};
use tracing::{debug, trace};

use super::action::{Action, Effect, Product};
use super::agent::Agent;
use super::classify::classify;
use super::clock_skew::ServiceClock;
use super::credentials::Credentials;
use super::deadline::{Deadline, Ended};
use super::endpoint::Endpoint;
use super::envelope::{self, Success};
use super::error::{ApiError, Failure, Kind};
use super::http::Http;
use super::limiter::{Connections, Limiter};
use super::proxy::{self, ProxyError};
use super::retry::Patience;
use super::sign::Signable;
use super::transport::{HttpAnswer, HttpRequest, KEEP_ALIVE, Transport};
use crate::ambient::{Clock, Env};

/// Calls actions. Clones share connections, limits and what was learnt about the service's clock.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who signs.
    pub credentials: Credentials,
    /// Where the Organization API answers.
    pub organization: Endpoint,
    /// Sent as `X-TC-Region`; the Organization API needs none.
    pub region: Option<String>,
    /// What requests say about their sender.
    pub agent: Agent,
    /// The most calls per second of any one action, where its documented limit is not lower. 0 counts as 1.
    pub requests_per_second: u32,
    /// How often a call is repeated that failed for a passing reason. Refusals for the rate are not counted: they are
    /// repeated until the deadline.
    pub max_retries: u32,
    /// A PEM file of certificates to trust besides the platform's.
    pub ca_bundle: Option<PathBuf>,
}

/// What is wrong with [`Settings`] or with the environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The CA bundle cannot be read.
    #[error("cannot read the CA bundle {}", .path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The CA bundle holds no certificates.
    #[error("the CA bundle {} is not a PEM file of certificates", .0.display())]
    CaBundleContent(PathBuf),
    /// A region no header can carry.
    #[error("the region may only contain letters, digits and hyphens")]
    Region,
    /// A proxy variable that cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}

struct Inner {
    settings: Settings,
    clock: ServiceClock,
    transport: Arc<dyn Transport>,
    connections: Arc<Mutex<Connections>>,
    limiters: Mutex<BTreeMap<(Product, &'static str), Arc<Limiter>>>,
}

/// An action without its types.
struct Call {
    action: &'static str,
    product: Product,
    effect: Effect,
    rate: u32,
    body: Bytes,
}

/// What became of one attempt.
struct Outcome {
    result: Result<Success, Failure>,
    answered: bool,
    elapsed: Duration,
}

const CONTENT_TYPE: &str = "application/json";
const SIGNATURE_EXPIRE: &str = "AuthFailure.SignatureExpire";
const ATTEMPT_TIMEOUT_MIN: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT_MAX: Duration = Duration::from_secs(30);

impl Client {
    /// A client over the network. Reads the CA bundle and the proxy variables of `env`; connects to nothing.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, env: &dyn Env) -> Result<Self, SettingsError> {
        let plain = |region: &String| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !settings.region.iter().all(plain) {
            return Err(SettingsError::Region);
        }
        let certificates =
            settings.ca_bundle.as_ref().map(read_certificates).transpose()?.unwrap_or_default();
        let transport = Http::new(certificates, proxy::from_env(env)?);
        Ok(Self::with_transport(settings, clock, Arc::new(transport)))
    }

    /// A client over `transport`, which takes the place of the network, the CA bundle and the proxies.
    pub fn with_transport(settings: Settings, clock: Arc<dyn Clock>, transport: Arc<dyn Transport>) -> Self {
        Self(Arc::new(Inner {
            settings,
            clock: ServiceClock::new(clock),
            transport,
            connections: Arc::new(Mutex::new(Connections::new(KEEP_ALIVE))),
            limiters: Mutex::default(),
        }))
    }

    /// Calls `action` and gives its answer.
    ///
    /// A read is repeated as long as that can help. A write is repeated only if it certainly did nothing; if its
    /// outcome is unknown the error is [`Kind::Uncertain`], and if it ends for lack of time ([`Kind::TimedOut`],
    /// [`Kind::Stopped`]) it did nothing. An attempt is given 5 to 30 seconds, whatever is left of `until`.
    pub async fn call<A: Action>(&self, action: &A, until: &Deadline) -> Result<A::Answer, ApiError> {
        let started = Instant::now();
        let body = serde_json::to_vec(action).map_err(|error| {
            ApiError::new(Kind::Rejected, A::NAME, 0, Duration::ZERO, Some(Failure::Encode(error)))
        })?;
        let call = Call {
            action: A::NAME,
            product: A::PRODUCT,
            effect: A::EFFECT,
            rate: A::RATE,
            body: body.into(),
        };
        let (success, attempts) = self.0.exchange(&call, until).await?;
        success.read().map_err(|failure| {
            let kind = classify(&failure, A::EFFECT).kind;
            ApiError::new(kind, A::NAME, attempts, started.elapsed(), Some(failure))
        })
    }
}

impl Inner {
    async fn exchange(&self, call: &Call, until: &Deadline) -> Result<(Success, u32), ApiError> {
        let started = Instant::now();
        let limiter = self.limiter(call);
        let mut patience = Patience::new(self.settings.max_retries);
        let mut attempts = 0;
        let mut last = None;
        loop {
            let permit = match until.race(limiter.admit()).await {
                Ok(permit) => permit,
                Err(ended) => return Err(call.ended(ended, attempts, started, last)),
            };
            attempts += 1;
            let outcome = self.attempt(call, until).await;
            if outcome.answered {
                permit.answered();
            } else {
                drop(permit);
            }
            outcome.log(call, attempts);
            let failure = match outcome.result {
                Ok(success) => return Ok((success, attempts)),
                Err(failure) => failure,
            };
            let verdict = classify(&failure, call.effect);
            if verdict.kind == Kind::Throttled {
                limiter.refused();
            }
            let Some(wait) = patience.after(verdict, fastrand::f64()) else {
                return Err(ApiError::new(
                    verdict.kind,
                    call.action,
                    attempts,
                    started.elapsed(),
                    Some(failure),
                ));
            };
            if let Err(ended) = until.sleep(wait).await {
                return Err(call.ended(ended, attempts, started, Some(failure)));
            }
            last = Some(failure);
        }
    }

    async fn attempt(&self, call: &Call, until: &Deadline) -> Outcome {
        let started = Instant::now();
        let limit = until.remaining().clamp(ATTEMPT_TIMEOUT_MIN, ATTEMPT_TIMEOUT_MAX);
        let request = self.request(call);
        trace!(action = call.action, body = %String::from_utf8_lossy(&call.body), "request");
        let answer = match timeout(limit, self.transport.send(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Outcome::unanswered(Failure::Transport(error), started),
            Err(_) => return Outcome::unanswered(Failure::Stalled(limit), started),
        };
        trace!(action = call.action, body = %String::from_utf8_lossy(&answer.body), "answer");
        let result = envelope::open(&answer).map_err(|failure| self.correct_clock(failure, &answer));
        Outcome { result, answered: true, elapsed: started.elapsed() }
    }

    /// A signed request, for this moment only.
    fn request(&self, call: &Call) -> HttpRequest {
        let Settings { credentials, region, agent, .. } = &self.settings;
        let endpoint = self.endpoint(call.product);
        let at = self.clock.now();
        let signable = Signable {
            service: call.product.service(),
            headers: &[("content-type", CONTENT_TYPE), ("host", endpoint.host())],
            body: &call.body,
            at,
        };
        let mut headers = vec![
            ("Authorization", signable.authorization(credentials.secret_id(), credentials.secret_key())),
            ("Content-Type", CONTENT_TYPE.to_owned()),
            ("Host", endpoint.host().to_owned()),
            ("User-Agent", agent.user_agent().to_owned()),
            ("X-TC-Action", call.action.to_owned()),
            ("X-TC-Language", "en-US".to_owned()),
            ("X-TC-RequestClient", agent.request_client().to_owned()),
            ("X-TC-Timestamp", at.timestamp().to_string()),
            ("X-TC-Version", call.product.version().to_owned()),
        ];
        headers.extend(region.as_ref().map(|region| ("X-TC-Region", region.clone())));
        headers.extend(credentials.token().map(|token| ("X-TC-Token", token.expose_secret().to_owned())));
        HttpRequest { endpoint: endpoint.clone(), headers, body: call.body.clone() }
    }

    /// Where a signature was refused for its time, learns the service's and says so in the failure.
    fn correct_clock(&self, failure: Failure, answer: &HttpAnswer) -> Failure {
        match failure {
            Failure::Refused { code, message, request_id, .. } if code == SIGNATURE_EXPIRE => {
                let skew = self.clock.learn(answer.date.as_deref());
                Failure::Refused { code, message, request_id, skew }
            }
            other => other,
        }
    }

    fn endpoint(&self, product: Product) -> &Endpoint {
        match product {
            Product::Organization => &self.settings.organization,
        }
    }

    fn limiter(&self, call: &Call) -> Arc<Limiter> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = call.rate.min(self.settings.requests_per_second);
        let limiter = || Arc::new(Limiter::new(rate, Arc::clone(&self.connections)));
        Arc::clone(limiters.entry((call.product, call.action)).or_insert_with(limiter))
    }
}

impl Call {
    /// The error of a call that ran out of time between attempts.
    fn ended(&self, ended: Ended, attempts: u32, started: Instant, last: Option<Failure>) -> ApiError {
        let kind = match ended {
            Ended::TimedOut => Kind::TimedOut,
            Ended::Stopped => Kind::Stopped,
        };
        ApiError::new(kind, self.action, attempts, started.elapsed(), last)
    }
}

impl Outcome {
    fn unanswered(failure: Failure, started: Instant) -> Self {
        Self { result: Err(failure), answered: false, elapsed: started.elapsed() }
    }

    fn log(&self, call: &Call, attempt: u32) {
        let (request_id, code) = match &self.result {
            Ok(success) => (success.request_id.as_deref(), None),
            Err(failure) => (failure.request_id(), Some(failure.code().unwrap_or("none"))),
        };
        let elapsed_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        debug!(action = call.action, request_id, attempt, elapsed_ms, code, "called");
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

fn read_certificates(path: &PathBuf) -> Result<Vec<Certificate>, SettingsError> {
    let pem = std::fs::read(path).map_err(|source| SettingsError::CaBundle { path: path.clone(), source })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(SettingsError::CaBundleContent(path.clone())),
    }
}
