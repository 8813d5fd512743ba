//! What a client signs with: the credentials of its source, kept for as long as they are valid.
//!
//! One renewal at a time, for all who wait. It runs in a task of its own: a caller whose time is up, or who
//! is asked to stop, goes away alone. Some time before the credentials expire they are renewed while callers
//! go on with them; if that fails, they stay in use until they expire.
//!
//! Failures are not kept: whoever comes after one asks the source again.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, debug};

use super::error::CredentialsError;
use super::key_pair::Credentials;
use super::provide::ProvideCredentials;
use crate::ambient::Clock;
use crate::cloud::deadline::Deadline;

/// Keeps the credentials of one source.
pub(crate) struct CredentialsCache(Arc<Inner>);

struct Inner {
    source: Arc<dyn ProvideCredentials>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// The renewal under way.
    flight: Option<Flight>,
    /// Before then, what is still valid is not renewed: that has just failed.
    not_before: Option<Instant>,
}

type Outcome = Result<Credentials, CredentialsError>;
type Flight = Shared<BoxFuture<'static, Outcome>>;

struct Held {
    credentials: Credentials,
    /// From when on they should be renewed, and when they expire.
    limits: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// How far credentials are in their life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Fresh,
    /// Valid, and due for a renewal.
    Late,
    Expired,
}

/// How long a source is waited for: long enough to ride out a restart of what it calls.
const FLIGHT_MAX: Duration = Duration::from_mins(5);
/// How long before their expiry credentials are renewed, at least; the official SDKs do the same.
const MARGIN_MIN: TimeDelta = TimeDelta::minutes(5);
/// Between a renewal that failed and the next, while the old credentials are valid.
const EARLY_PAUSE: Duration = Duration::from_secs(30);

impl CredentialsCache {
    /// Keeps what `source` gives, by the time of `clock`.
    pub(crate) fn new(source: Arc<dyn ProvideCredentials>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { source, clock, state: Mutex::default() }))
    }

    /// Credentials that are valid now. Waits only if there are none, and not longer than `until`.
    ///
    /// Fails with the source's error, or with [`CredentialsError::Ended`] when `until` ends.
    pub(crate) async fn provide(&self, until: &Deadline) -> Outcome {
        let flight = {
            let mut state = self.0.state();
            let now = self.0.clock.now();
            match state.held.as_ref().map(|held| (held.age(now), held.credentials.clone())) {
                Some((Age::Fresh, credentials)) => return Ok(credentials),
                Some((Age::Late, credentials)) => {
                    if state.not_before.is_none_or(|moment| Instant::now() >= moment) {
                        drop(self.flight(&mut state, None));
                    }
                    return Ok(credentials);
                }
                Some((Age::Expired, _)) | None => self.flight(&mut state, None),
            }
        };
        wait(flight, until).await
    }

    /// Credentials in place of `refused`, which the service does not take: those that others have got
    /// meanwhile, or what the source gives now. They are the same if it has no others.
    ///
    /// Fails as [`CredentialsCache::provide`] does.
    pub(crate) async fn renew(&self, refused: &Credentials, until: &Deadline) -> Outcome {
        let flight = {
            let mut state = self.0.state();
            if let Some(held) = &state.held {
                if !held.credentials.is_same(refused) && held.age(self.0.clock.now()) != Age::Expired {
                    return Ok(held.credentials.clone());
                }
                state.held = None;
            }
            self.flight(&mut state, Some(refused.clone()))
        };
        wait(flight, until).await
    }

    /// The renewal under way, or a new one.
    fn flight(&self, state: &mut State, refused: Option<Credentials>) -> Flight {
        let begin = || {
            let inner = Arc::clone(&self.0);
            let task = tokio::spawn(
                async move { Landing { inner, obtained: false }.fly(refused).await }.in_current_span(),
            );
            task.map(|ended| ended.unwrap_or(Err(CredentialsError::Broken))).boxed().shared()
        };
        state.flight.get_or_insert_with(begin).clone()
    }
}

async fn wait(flight: Flight, until: &Deadline) -> Outcome {
    until.race(flight).await.unwrap_or_else(|ended| Err(CredentialsError::Ended(ended)))
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a renewal, also of one that panics: the next caller may begin another.
struct Landing {
    inner: Arc<Inner>,
    obtained: bool,
}

impl Landing {
    async fn fly(mut self, refused: Option<Credentials>) -> Outcome {
        let Inner { source, clock, .. } = &*self.inner;
        let until = Deadline::after(FLIGHT_MAX, CancellationToken::new());
        let outcome = match &refused {
            Some(refused) => source.renew(refused, &until).await,
            None => source.provide(&until).await,
        };
        match &outcome {
            Ok(credentials) => {
                self.inner.state().held = Some(Held::since(clock.now(), credentials.clone()));
                self.obtained = true;
                if let Some(expiry) = credentials.expiry() {
                    debug!(%expiry, "credentials obtained");
                }
            }
            Err(error) => debug!(error = error as &dyn Error, "credentials not obtained"),
        }
        outcome
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut state = self.inner.state();
        state.flight = None;
        state.not_before = (!self.obtained).then(|| Instant::now() + EARLY_PAUSE);
    }
}

impl Held {
    fn since(now: DateTime<Utc>, credentials: Credentials) -> Self {
        let limits = credentials.expiry().map(|expiry| (expiry - margin(expiry - now), expiry));
        Self { credentials, limits }
    }

    fn age(&self, now: DateTime<Utc>) -> Age {
        match self.limits {
            Some((_, expiry)) if now >= expiry => Age::Expired,
            Some((renewal, _)) if now >= renewal => Age::Late,
            _ => Age::Fresh,
        }
    }
}

/// How long before their expiry credentials with so much life left are renewed: a tenth of it, but not less
/// than five minutes and not more than half of it.
fn margin(life: TimeDelta) -> TimeDelta {
    (life / 10).max(MARGIN_MIN).min(life.max(TimeDelta::zero()) / 2)
}

impl fmt::Debug for CredentialsCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsCache").field("source", &self.0.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
