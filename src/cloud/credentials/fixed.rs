//! Credentials the caller was handed.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::error::CredentialsError;
use super::key_pair::{Credentials, Found};
use super::provide::ProvideCredentials;
use crate::cloud::deadline::Deadline;

/// Always gives the same credentials, or always the same error.
#[derive(Clone, Debug)]
pub struct FixedSource(Result<Credentials, CredentialsError>);

impl FixedSource {
    /// Takes the parts as they were given at `place`, each optional. That one is missing or broken is told
    /// when they are asked for.
    pub fn new(
        place: &'static str,
        secret_id: Option<String>,
        secret_key: Option<SecretString>,
        token: Option<SecretString>,
    ) -> Self {
        let found = Found { secret_id, secret_key, token };
        Self(found.check(place, ["secret_id", "secret_key", "security_token"]))
    }
}

impl From<Credentials> for Arc<dyn ProvideCredentials> {
    /// Credentials that are always the same are their own source.
    fn from(credentials: Credentials) -> Self {
        Arc::new(FixedSource(Ok(credentials)))
    }
}

#[async_trait]
impl ProvideCredentials for FixedSource {
    async fn provide(&self, _: &Deadline) -> Result<Credentials, CredentialsError> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn half_a_key_pair_is_an_error_and_none_is_another() {
        let provide = async |id: Option<&str>, key: Option<&str>, token: Option<&str>| {
            let source =
                FixedSource::new("here", id.map(Into::into), key.map(Into::into), token.map(Into::into));
            let until = Deadline::after(Duration::ZERO, CancellationToken::new());
            source.provide(&until).await.map(drop).map_err(|error| error.to_string())
        };
        let none = Err("here: there are no credentials".to_owned());
        assert_eq!(provide(None, None, None).await, none);
        assert_eq!(provide(Some(""), Some(""), Some("")).await, none);
        assert_eq!(provide(Some("id"), Some("key"), None).await, Ok(()));
        for (id, key, token, missing) in [
            (Some("id"), None, None, "`secret_key` is missing, though `secret_id` is set"),
            (None, Some("key"), None, "`secret_id` is missing, though `secret_key` is set"),
            (None, None, Some("token"), "`secret_id` is missing, though `security_token` is set"),
        ] {
            let error = provide(id, key, token).await.unwrap_err();
            assert_eq!(error, format!("here: {missing}"));
        }
    }
}
