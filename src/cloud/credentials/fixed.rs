//! Credentials the caller was handed.

use async_trait::async_trait;
use secrecy::SecretString;

use super::{Credentials, CredentialsError, Found, Source};

/// Credentials given as they are, each part optional.
#[derive(Debug)]
pub struct FixedSource {
    place: &'static str,
    found: Result<Option<Credentials>, CredentialsError>,
}

impl FixedSource {
    /// Takes the parts as they were given at `place`; that one is missing or broken is told by `load`.
    pub fn new(
        place: &'static str,
        secret_id: Option<String>,
        secret_key: Option<SecretString>,
        token: Option<SecretString>,
    ) -> Self {
        let found = Found { secret_id, secret_key, token };
        Self { place, found: found.check(place, ["secret_id", "secret_key", "security_token"]) }
    }
}

#[async_trait]
impl Source for FixedSource {
    fn name(&self) -> &'static str {
        self.place
    }

    async fn load(&self) -> Result<Option<Credentials>, CredentialsError> {
        self.found.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn half_a_key_pair_is_an_error_and_none_is_nothing() {
        let load = async |id: Option<&str>, key: Option<&str>, token: Option<&str>| {
            let source =
                FixedSource::new("here", id.map(Into::into), key.map(Into::into), token.map(Into::into));
            source.load().await.map(|found| found.is_some()).map_err(|error| error.to_string())
        };
        assert_eq!(load(None, None, None).await, Ok(false));
        assert_eq!(load(Some(""), Some(""), Some("")).await, Ok(false));
        assert_eq!(load(Some("id"), Some("key"), None).await, Ok(true));
        for (id, key, token, missing) in [
            (Some("id"), None, None, "`secret_key` is missing, though `secret_id` is set"),
            (None, Some("key"), None, "`secret_id` is missing, though `secret_key` is set"),
            (None, None, Some("token"), "`secret_id` is missing, though `security_token` is set"),
        ] {
            let error = load(id, key, token).await.unwrap_err();
            assert_eq!(error, format!("here: {missing}"));
        }
    }
}
