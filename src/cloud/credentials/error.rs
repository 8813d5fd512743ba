//! Why there are no credentials.

use std::error::Error;
use std::sync::Arc;

use crate::cloud::deadline::DeadlineError;
use crate::cloud::error::ApiError;

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
    /// There is nothing in any source.
    #[error("there are no credentials in any of the places where they may be")]
    Nowhere {
        /// Each place, and what is missing there, in the order in which they were looked at.
        looked: Vec<Looked>,
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
    /// The service did not give any.
    #[error("{place}: the service gave no credentials")]
    Refused {
        /// The source.
        place: &'static str,
        /// The call that did not succeed.
        source: Arc<ApiError>,
    },
    /// They belong to an account that whoever runs this does not want to work in.
    #[error("the credentials belong to account {account}, which {rule}")]
    AccountNotAllowed {
        /// The UIN of the account.
        account: String,
        /// What the lists of accounts say about it.
        rule: &'static str,
    },
    /// Nobody waits any longer.
    #[error("the wait for credentials ended")]
    Ended(DeadlineError),
    /// The task that asked the source panicked; the log says where.
    #[error("the task that fetched the credentials panicked")]
    Broken,
}

/// A place without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The place.
    pub place: String,
    /// What is missing there.
    pub missing: String,
}

impl CredentialsError {
    /// The call that was to give credentials and did not succeed, if that is what came in the way.
    pub(crate) fn call(&self) -> Option<&ApiError> {
        match self {
            Self::Refused { source, .. } => Some(source),
            _ => None,
        }
    }

    /// What is the matter with the source at `place`.
    pub(crate) fn failed(place: &'static str, cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Failed { place, source: Arc::new(cause) }
    }

    /// A call for the source at `place` came to `error`.
    pub(crate) fn refused(place: &'static str, error: ApiError) -> Self {
        Self::Refused { place, source: Arc::new(error) }
    }
}
