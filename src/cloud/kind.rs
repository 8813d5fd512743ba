//! What a caller can do about a failure: the one cut through all errors of this floor.

use super::deadline::DeadlineError;

/// What a caller can do about an [`ApiError`](super::ApiError).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The thing named in the request does not exist. For a removal that is success.
    Absent,
    /// Something else still uses or changes the thing; refused, nothing changed.
    InUse,
    /// The credentials are good, but may not do this, or not from here.
    Denied,
    /// The credentials are unknown, expired or wrongly signed, or their account has no organization (the
    /// usual cause is the wrong account).
    Credentials,
    /// Refused for the rate of calls. A call waits that out; if its time is up first it ends with
    /// [`Kind::TimedOut`].
    Throttled,
    /// Invalid, unsupported or over a quota: the same request will not succeed later.
    Rejected,
    /// The service failed at it, or gave a code that nobody documents. It may be transient and part of it may
    /// be done: look before repeating.
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

impl From<DeadlineError> for Kind {
    fn from(ended: DeadlineError) -> Self {
        match ended {
            DeadlineError::TimedOut => Self::TimedOut,
            DeadlineError::Stopped => Self::Stopped,
        }
    }
}
