//! The one error of this floor, cut by what a caller can do about it.
//!
//! [`ApiError`] says which action came to what end; its `source()` says why: what the service answered, or
//! what became of the request on its way. Neither repeats the other and neither can hold a secret.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::clock_skew::is_credible;
use super::deadline::Ended;
use super::transport::TransportError;

/// A call that did not succeed. Print it with its chain of sources.
#[derive(Debug)]
pub struct ApiError(Box<Report>);

/// What a caller can do about an [`ApiError`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The thing named in the request does not exist. For a removal that is success.
    Absent,
    /// Something else still uses or changes the thing; refused, nothing changed.
    InUse,
    /// The credentials are good, but may not do this, or not from here.
    Denied,
    /// The credentials are unknown, expired or wrongly signed, or their account has no organization
    /// (`ResourceNotFound.OrganizationNotExist`: the usual cause is the wrong account).
    Credentials,
    /// Refused for the rate of calls. A call waits that out; if its time is up first it ends with
    /// [`Kind::TimedOut`].
    Throttled,
    /// Invalid, unsupported or over a quota: the same request will not succeed later.
    Rejected,
    /// `FailedOperation`, or a code nobody documents. It may be transient and part of it may be done: look
    /// before repeating.
    Failed,
    /// A write whose outcome is unknown: look, do not guess.
    Uncertain,
    /// A read that could not be done, or a write that certainly did nothing, after all retries.
    Unavailable,
    /// The answer makes no sense to this client.
    Malformed,
    /// The deadline passed between attempts. A write certainly did nothing.
    TimedOut,
    /// The operation was stopped between attempts. A write certainly did nothing.
    Stopped,
}

/// Why one attempt failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The service answered with an error code.
    #[error("{code}: {message}{}", skew.map(describe_skew).unwrap_or_default())]
    Refused { code: String, message: String, request_id: Option<String>, skew: Option<i64> },
    /// Something that is not the service answered, or the answer broke off.
    #[error("the answer is not one of the Tencent Cloud API (HTTP status {status}): {excerpt}")]
    Foreign { status: u16, excerpt: String },
    /// The service answered success with fields of another shape than documented.
    #[error("the answer does not have the documented shape")]
    Shape { request_id: Option<String>, source: Misshape },
    /// The request body could not be written.
    #[error("the request cannot be written as JSON")]
    Encode(#[source] serde_json::Error),
    /// The exchange broke.
    #[error("no answer from {endpoint}")]
    Transport { endpoint: Box<str>, source: TransportError },
    /// No answer in time.
    #[error("no answer from {endpoint} within {} s", limit.as_secs())]
    Stalled { endpoint: Box<str>, limit: Duration },
}

/// How an answer differs from its documentation, in words that may quote it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misshape(pub(crate) String);

#[derive(Debug)]
struct Report {
    kind: Kind,
    action: &'static str,
    attempts: u32,
    elapsed: Duration,
    failure: Option<Failure>,
}

impl ApiError {
    pub(crate) fn new(
        kind: Kind,
        action: &'static str,
        attempts: u32,
        elapsed: Duration,
        failure: Option<Failure>,
    ) -> Self {
        Self(Box::new(Report { kind, action, attempts, elapsed, failure }))
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The code of the last answer, as in `ResourceNotFound.OrganizationMemberNotExist`; `None` if the
    /// service gave none. Kept when the time ran out after that answer.
    pub fn code(&self) -> Option<&str> {
        self.0.failure.as_ref()?.code()
    }

    /// The message of the last answer, in English; its text is not stable.
    pub fn message(&self) -> Option<&str> {
        match self.0.failure.as_ref()? {
            Failure::Refused { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The `RequestId` of the last answer, which the vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.failure.as_ref()?.request_id()
    }

    /// The name of the action.
    pub fn action(&self) -> &'static str {
        self.0.action
    }

    /// How many requests were sent, or tried to be.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Time spent on the call, waits included.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }
}

impl From<Ended> for Kind {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::TimedOut => Self::TimedOut,
            Ended::Stopped => Self::Stopped,
        }
    }
}

impl Failure {
    /// This failure and its causes, each once.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }

    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { request_id, .. } | Self::Shape { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.0.kind {
            Kind::Absent => "names something that does not exist",
            Kind::InUse => "was refused because something is in use",
            Kind::Denied => "is not allowed to these credentials",
            Kind::Credentials => "was refused for its credentials",
            Kind::Throttled => "was refused for the rate of calls",
            Kind::Rejected => "was rejected",
            Kind::Failed => "failed",
            Kind::Uncertain => "has an unknown outcome",
            Kind::Unavailable => "could not be done",
            Kind::Malformed => "got an answer that makes no sense",
            Kind::TimedOut => "ran out of time",
            Kind::Stopped => "was stopped",
        };
        write!(f, "{} {end}", self.0.action)
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.failure.as_ref().map(|failure| failure as _)
    }
}

fn describe_skew(seconds: i64) -> String {
    if !is_credible(seconds) {
        let direction = if seconds > 0 { "ahead of" } else { "behind" };
        return format!(
            " (its Date is {} days {direction} the clock of this machine, which is too far to follow)",
            seconds.unsigned_abs() / (24 * 60 * 60)
        );
    }
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    format!(" (the clock of this machine is {} s {direction} the service's)", seconds.unsigned_abs())
}
