//! The credentials of a role that is taken on by the assertion of a SAML identity provider.

use async_trait::async_trait;

use super::error::CredentialsError;
use super::key_pair::Credentials;
use super::provide::ProvideCredentials;
use super::session;
use crate::cloud::api::sts::AssumeRoleWithSaml;
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;

/// Takes on a role each time that it is asked, for as long as the assertion is valid.
#[derive(Debug)]
pub struct SamlSource {
    place: &'static str,
    client: Client,
    role: AssumeRoleWithSaml,
}

impl SamlSource {
    /// Takes on `role` through `client`, whose credentials are not asked for. `place` is what its user calls
    /// it.
    pub fn new(place: &'static str, client: Client, role: AssumeRoleWithSaml) -> Self {
        Self { place, client, role }
    }
}

#[async_trait]
impl ProvideCredentials for SamlSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        let session = self.client.call(&self.role, until).await;
        session::credentials(
            self.place,
            session.map_err(|error| CredentialsError::refused(self.place, error))?,
        )
    }
}
