//! The one error of this floor, cut by what a caller can do about it.
//!
//! [`ApiError`] says which action came to what end; its `source()` says why: what the service answered, or
//! what became of the request on its way. Neither repeats the other and neither can hold a secret.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::action::Product;
use super::clock_skew::is_credible;
use super::codes::{Blame, Meaning};
use super::credentials::CredentialsError;
use super::kind::Kind;
use super::transport::TransportError;

/// A call that did not succeed. Print it with its chain of sources.
#[derive(Debug)]
pub struct ApiError(Box<Report>);

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
    /// There was nothing to sign with.
    #[error("the request could not be signed")]
    Unsigned(#[source] CredentialsError),
    /// Nobody said where the product answers.
    #[error("no endpoint is set for `{service}`")]
    NoEndpoint { service: &'static str },
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

/// All that an [`ApiError`] tells.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) kind: Kind,
    pub(crate) product: Product,
    pub(crate) action: &'static str,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) blame: Blame,
    pub(crate) meaning: Option<Meaning>,
    pub(crate) failure: Option<Failure>,
}

impl ApiError {
    pub(crate) fn new(report: Report) -> Self {
        Self(Box::new(report))
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What of the call it is about: whether one that names something else would fare better.
    pub fn blame(&self) -> Blame {
        self.0.blame
    }

    /// What the code of the last answer means; `None` if the service gave none, or one that nobody documents.
    /// Kept when the time ran out after that answer.
    pub fn meaning(&self) -> Option<Meaning> {
        self.0.meaning
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

    /// The product that the action belongs to.
    pub fn product(&self) -> Product {
        self.0.product
    }

    /// The call that was to give credentials for this one and did not succeed, if that is why this one could
    /// not be signed; the innermost where there are several.
    pub fn for_credentials(&self) -> Option<&Self> {
        let Failure::Unsigned(error) = self.0.failure.as_ref()? else { return None };
        let call = error.call()?;
        Some(call.for_credentials().unwrap_or(call))
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

impl Failure {
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
