//! Why there are no credentials.

use std::error::Error;
use std::sync::Arc;

use crate::cloud::deadline::DeadlineError;

/// Why there are no credentials, or none that can be used. Never holds any part of them, and is shared by all
/// who waited for them.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// There is nothing in this source; another one may have some.
    #[error("{place}: there are no credentials")]
    Missing {
        /// The source.
        place: &'static str,
    },
    /// A key pair without one of its halves.
    #[error("{place}: `{missing}` is missing, though `{present}` is set")]
    Incomplete {
        /// The source.
        place: &'static str,
        /// The half that is not there.
        missing: &'static str,
        /// What was found.
        present: &'static str,
    },
    /// Something that cannot be part of a key.
    #[error("{place}: `{part}` contains blanks, control characters or characters outside ASCII")]
    Unprintable {
        /// The source.
        place: &'static str,
        /// The part that cannot be sent.
        part: &'static str,
    },
    /// The source is there, and did not give any.
    #[error("{place}: it gave no credentials")]
    Failed {
        /// The source.
        place: &'static str,
        /// What came in the way.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// Nobody waits any longer.
    #[error("the wait for credentials ended")]
    Ended(DeadlineError),
    /// The task that asked the source panicked; the log says where.
    #[error("the task that fetched the credentials panicked")]
    Broken,
}
