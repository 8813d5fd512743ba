//! The world as parameters: the process environment and the wall clock. And the way out of it.
//!
//! Nothing else in the crate may read either (a lint and the tidy test see to it), so that every floor can
//! be run in a test with a fixed environment at a fixed time. Monotonic time is not here: it is
//! `tokio::time`, which tests pause.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

/// Answers for environment variables.
pub trait Env: Send + Sync + fmt::Debug {
    /// The value of `name`; `None` when it is unset, empty or not Unicode: to a user, these are one case.
    fn var(&self, name: &str) -> Option<String>;
}

/// Answers what time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The current time.
    fn now(&self) -> DateTime<Utc>;
}

/// Ends this process where returning from `main` is not possible. Nothing is cleaned up.
#[expect(clippy::exit, clippy::disallowed_methods, reason = "the one place that does")]
pub fn exit(status: i32) -> ! {
    std::process::exit(status)
}

/// The environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnv;

impl Env for ProcessEnv {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A fixed environment, for tests and for runs that must not look at the real one.
#[derive(Clone, Debug, Default)]
pub struct FixedEnv(BTreeMap<String, String>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for FixedEnv {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Env for FixedEnv {
    fn var(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub DateTime<Utc>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}
