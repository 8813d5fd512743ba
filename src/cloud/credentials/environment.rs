//! Credentials from environment variables, under the public provider's names.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::error::CredentialsError;
use super::key_pair::{Credentials, Found};
use super::provide::ProvideCredentials;
use crate::ambient::Env;
use crate::cloud::deadline::Deadline;

const PLACE: &str = "the environment";
const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const SECURITY_TOKEN: &str = "TENCENTCLOUD_SECURITY_TOKEN";
/// The name of the vendor's command line for the same.
const TOKEN: &str = "TENCENTCLOUD_TOKEN";

/// Credentials from `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and `TENCENTCLOUD_SECURITY_TOKEN`, or
/// else `TENCENTCLOUD_TOKEN`.
#[derive(Debug)]
pub struct EnvironmentSource(Arc<dyn Env>);

/// The session token of the environment `env`, which belongs to the key there.
pub fn security_token(env: &dyn Env) -> Option<String> {
    env.var(SECURITY_TOKEN).or_else(|| env.var(TOKEN))
}

impl EnvironmentSource {
    /// Looks in `env` each time that it is asked.
    pub fn new(env: Arc<dyn Env>) -> Self {
        Self(env)
    }
}

#[async_trait]
impl ProvideCredentials for EnvironmentSource {
    async fn provide(&self, _: &Deadline) -> Result<Credentials, CredentialsError> {
        // The token of the vendor's command line may stand there without keys, which are in its files.
        let token = || security_token(self.0.as_ref());
        let has_keys = [SECRET_ID, SECRET_KEY, SECURITY_TOKEN].iter().any(|name| self.0.var(name).is_some());
        if !has_keys {
            return Err(CredentialsError::Missing { place: PLACE });
        }
        let found = Found {
            secret_id: self.0.var(SECRET_ID),
            secret_key: self.0.var(SECRET_KEY).map(SecretString::from),
            token: token().map(SecretString::from),
        };
        found.check(PLACE, [SECRET_ID, SECRET_KEY, SECURITY_TOKEN])
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::ambient::FixedEnv;

    #[tokio::test]
    async fn the_variables_make_credentials_or_an_error_that_names_them() {
        let provide = async |env: &[(&str, &str)]| {
            let env: FixedEnv = env.iter().copied().collect();
            let until = Deadline::after(Duration::ZERO, CancellationToken::new());
            EnvironmentSource::new(Arc::new(env)).provide(&until).await
        };
        assert!(matches!(provide(&[]).await, Err(CredentialsError::Missing { .. })));
        let full = provide(&[(SECRET_ID, "id"), (SECRET_KEY, "key"), (SECURITY_TOKEN, "token")]).await;
        assert!(full.unwrap().token().is_some());
        let half = provide(&[(SECRET_ID, "id")]).await.unwrap_err().to_string();
        assert_eq!(
            half,
            "the environment: `TENCENTCLOUD_SECRET_KEY` is missing, though `TENCENTCLOUD_SECRET_ID` is set"
        );
    }
}
