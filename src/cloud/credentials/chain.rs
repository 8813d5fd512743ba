//! Which of several sources is the one: the first that is there. One that is there and broken ends the
//! search, because whoever set it up did not mean the next one; one that is not there is passed over.
//!
//! The choice is made once and kept: a renewal never makes somebody else of the caller.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::error::{CredentialsError, Looked};
use super::provide::ProvideCredentials;
use crate::cloud::api::sts::AssumeRole;

/// A source that may be there.
pub struct Candidate<'a> {
    place: String,
    missing: String,
    look: BoxFuture<'a, Result<Option<Chosen>, CredentialsError>>,
}

/// The source that is there.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The source.
    pub source: Arc<dyn ProvideCredentials>,
    /// The region that is set where it was found.
    pub region: Option<String>,
    /// The role that is named where it was found, for it to take on.
    pub role: Option<AssumeRole>,
}

impl<'a> Candidate<'a> {
    /// The source that `look` finds at `place`, or `None`, or [`CredentialsError::Missing`]: then `missing`
    /// says what. Nothing is done before it is looked at.
    pub fn new(
        place: impl Into<String>,
        missing: impl Into<String>,
        look: impl Future<Output = Result<Option<Chosen>, CredentialsError>> + Send + 'a,
    ) -> Self {
        Self { place: place.into(), missing: missing.into(), look: Box::pin(look) }
    }
}

impl From<Arc<dyn ProvideCredentials>> for Chosen {
    fn from(source: Arc<dyn ProvideCredentials>) -> Self {
        Self { source, region: None, role: None }
    }
}

/// The first of `candidates` that is there. Fails with what is wrong with it, or with
/// [`CredentialsError::Nowhere`].
pub async fn first(candidates: impl IntoIterator<Item = Candidate<'_>>) -> Result<Chosen, CredentialsError> {
    let mut looked = Vec::new();
    for Candidate { place, missing, look } in candidates {
        match look.await {
            Ok(Some(chosen)) => return Ok(chosen),
            Ok(None) | Err(CredentialsError::Missing { .. }) => looked.push(Looked { place, missing }),
            Err(error) => return Err(error),
        }
    }
    Err(CredentialsError::Nowhere { looked })
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate").field("place", &self.place).finish_non_exhaustive()
    }
}
