//! The credentials of a role that is taken on by the token of an OIDC identity provider: of a pipeline, or of
//! a pod.
//!
//! Such tokens live for minutes, and whoever issues them writes a new one to the same file. So a file is read
//! anew for each session.

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::error::CredentialsError;
use super::key_pair::Credentials;
use super::provide::ProvideCredentials;
use super::session;
use super::text_file::{TextFile, TextFileError};
use crate::cloud::api::lenient::secret;
use crate::cloud::api::sts::AssumeRoleWithWebIdentity;
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;

/// A role, and by which token it is taken on.
#[derive(Clone, Debug)]
pub struct WebIdentity {
    /// The name of the identity provider in CAM.
    pub provider_id: String,
    /// Its token.
    pub token: TextFrom<SecretString>,
    /// The role.
    pub role_arn: TextFrom<String>,
    /// What the session is called.
    pub session_name: String,
    /// How long it lasts.
    pub duration_seconds: Option<u32>,
}

/// A text that was given, or the file that holds it: as it is, or as a string in a JSON object, under the
/// name that the text has there.
#[derive(Clone)]
pub enum TextFrom<T> {
    /// This.
    Given(T),
    /// What this file holds when it is needed.
    File(PathBuf),
}

/// Takes on a role each time that it is asked.
#[derive(Debug)]
pub struct WebIdentitySource {
    place: &'static str,
    client: Client,
    identity: WebIdentity,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    #[serde(deserialize_with = "secret")]
    web_identity_token: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    role_arn: Option<SecretString>,
}

impl WebIdentitySource {
    /// Takes on a role through `client`, whose credentials are not asked for. `place` is what its user calls
    /// it.
    pub fn new(place: &'static str, client: Client, identity: WebIdentity) -> Self {
        Self { place, client, identity }
    }
}

#[async_trait]
impl ProvideCredentials for WebIdentitySource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        let broken = |error: TextFileError| CredentialsError::failed(self.place, error);
        let WebIdentity { provider_id, token, role_arn, session_name, duration_seconds } = &self.identity;
        let reading = async {
            let token = match token {
                TextFrom::Given(token) => token.clone(),
                TextFrom::File(path) => text_of(path, |content| content.web_identity_token).await?,
            };
            let role_arn = match role_arn {
                TextFrom::Given(arn) => arn.clone(),
                TextFrom::File(path) => {
                    text_of(path, |content| content.role_arn).await?.expose_secret().to_owned()
                }
            };
            Ok((token, role_arn))
        };
        let (web_identity_token, role_arn) =
            until.race(reading).await.map_err(CredentialsError::Ended)?.map_err(broken)?;
        let action = AssumeRoleWithWebIdentity {
            provider_id: provider_id.clone(),
            web_identity_token,
            role_arn,
            role_session_name: session_name.clone(),
            duration_seconds: *duration_seconds,
        };
        let session = self.client.call(&action, until).await;
        session::credentials(
            self.place,
            session.map_err(|error| CredentialsError::refused(self.place, error))?,
        )
    }
}

/// The text in the file at `path`. A token and an ARN never begin with a brace.
async fn text_of(
    path: &Path,
    field: impl FnOnce(Content) -> Option<SecretString>,
) -> Result<SecretString, TextFileError> {
    let file = TextFile::require(path).await?;
    let text = if file.text.trim_start().starts_with('{') {
        let field = field(file.json()?);
        field.ok_or_else(|| file.wrong("its JSON has no `web_identity_token`, or no `role_arn`"))?
    } else {
        SecretString::from(file.text.as_str())
    };
    let text = SecretString::from(text.expose_secret().trim());
    if text.expose_secret().is_empty() { Err(file.wrong("it is empty")) } else { Ok(text) }
}

/// Shows no text, which may be a secret.
impl<T> fmt::Debug for TextFrom<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("Given"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}
