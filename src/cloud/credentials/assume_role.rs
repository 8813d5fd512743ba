//! The credentials of a role that others take on, signed with theirs.

use async_trait::async_trait;

use super::error::CredentialsError;
use super::key_pair::Credentials;
use super::provide::ProvideCredentials;
use super::session::{self, OneTimeCode};
use crate::cloud::api::sts::AssumeRole;
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;

/// Takes on a role each time that it is asked.
#[derive(Debug)]
pub struct RoleSource {
    place: &'static str,
    client: Client,
    role: AssumeRole,
    code: OneTimeCode,
}

impl RoleSource {
    /// Takes on `role` as who signs the calls of `client`. `place` is what its user calls it. With the code
    /// of a second factor it gives credentials once.
    pub fn new(place: &'static str, client: Client, role: AssumeRole) -> Self {
        Self { place, client, role, code: OneTimeCode::default() }
    }
}

#[async_trait]
impl ProvideCredentials for RoleSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        self.code.check(self.place)?;
        let session = self.client.call(&self.role, until).await;
        let session = session.map_err(|error| CredentialsError::refused(self.place, error))?;
        if self.role.token_code.is_some() {
            self.code.spend();
        }
        session::credentials(self.place, session)
    }
}
