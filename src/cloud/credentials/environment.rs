//! Credentials from environment variables, under the public provider's names.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::{Credentials, CredentialsError, Found, Source};
use crate::ambient::Env;

const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const SECURITY_TOKEN: &str = "TENCENTCLOUD_SECURITY_TOKEN";

/// Credentials from `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and `TENCENTCLOUD_SECURITY_TOKEN`.
#[derive(Debug)]
pub struct EnvironmentSource(Arc<dyn Env>);

impl EnvironmentSource {
    /// Looks in `env`, at the time of `load`.
    pub fn new(env: Arc<dyn Env>) -> Self {
        Self(env)
    }
}

#[async_trait]
impl Source for EnvironmentSource {
    fn name(&self) -> &'static str {
        "the environment"
    }

    async fn load(&self) -> Result<Option<Credentials>, CredentialsError> {
        let found = Found {
            secret_id: self.0.var(SECRET_ID),
            secret_key: self.0.var(SECRET_KEY).map(SecretString::from),
            token: self.0.var(SECURITY_TOKEN).map(SecretString::from),
        };
        found.check("the environment", [SECRET_ID, SECRET_KEY, SECURITY_TOKEN])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    #[tokio::test]
    async fn the_variables_make_credentials_or_an_error_that_names_them() {
        let load = async |env: &[(&str, &str)]| {
            let env: FixedEnv = env.iter().copied().collect();
            EnvironmentSource::new(Arc::new(env)).load().await
        };
        assert!(load(&[]).await.unwrap().is_none());
        let full = load(&[(SECRET_ID, "id"), (SECRET_KEY, "key"), (SECURITY_TOKEN, "token")]).await;
        assert!(full.unwrap().is_some_and(|credentials| credentials.token().is_some()));
        let half = load(&[(SECRET_ID, "id")]).await.unwrap_err().to_string();
        assert_eq!(
            half,
            "the environment: `TENCENTCLOUD_SECRET_KEY` is missing, though `TENCENTCLOUD_SECRET_ID` is set"
        );
    }
}
