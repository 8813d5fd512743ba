//! The contract of a source of credentials.

use std::fmt;

use async_trait::async_trait;

use super::error::CredentialsError;
use super::key_pair::Credentials;
use crate::cloud::deadline::Deadline;

/// Gives credentials, and others once they are no longer valid.
///
/// A client asks through a cache that keeps what it was given for as long as it is valid, asks once for all
/// who wait, and asks again some time before it expires. So a source keeps nothing and waits for nobody: each
/// method may read a file or make a call. It repeats what can be repeated itself, because nobody else does.
#[async_trait]
pub trait ProvideCredentials: Send + Sync + fmt::Debug {
    /// Credentials that are valid now.
    ///
    /// Fails with [`CredentialsError::Missing`] if the source has none, with [`CredentialsError::Ended`] when
    /// `until` ends, and with another error if what it has cannot be used: then nothing else may silently
    /// take its place.
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError>;

    /// Credentials in place of `refused`, which the service does not take any more. The same again from a
    /// source that has no others. Fails as [`ProvideCredentials::provide`] does.
    async fn renew(&self, refused: &Credentials, until: &Deadline) -> Result<Credentials, CredentialsError> {
        let _ = refused;
        self.provide(until).await
    }
}
