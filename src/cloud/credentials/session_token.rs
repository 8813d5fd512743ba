//! The credentials of a session that a permanent key opens with a second factor.

use async_trait::async_trait;

use super::error::CredentialsError;
use super::key_pair::Credentials;
use super::provide::ProvideCredentials;
use super::session::{self, OneTimeCode};
use crate::cloud::api::sts::GetSessionToken;
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;

/// Opens the session when it is asked first. There is no second one: the code is good for one.
#[derive(Debug)]
pub struct SessionTokenSource {
    place: &'static str,
    client: Client,
    factor: GetSessionToken,
    code: OneTimeCode,
}

impl SessionTokenSource {
    /// Opens a session of who signs the calls of `client`, which must be a permanent key. `place` is what its
    /// user calls it.
    pub fn new(place: &'static str, client: Client, factor: GetSessionToken) -> Self {
        Self { place, client, factor, code: OneTimeCode::default() }
    }
}

#[async_trait]
impl ProvideCredentials for SessionTokenSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        self.code.check(self.place)?;
        let session = self.client.call(&self.factor, until).await;
        let session = session.map_err(|error| CredentialsError::refused(self.place, error))?;
        self.code.spend();
        session::credentials(self.place, session)
    }
}
