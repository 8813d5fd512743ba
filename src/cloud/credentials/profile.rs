//! A profile of tccli, the vendor's command line: `<profile>.credential` says who signs,
//! `<profile>.configure` where.
//!
//! Both are JSON files of one directory. Keys are read anew each time: tccli renews those of a login in
//! place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::chain::Chosen;
use super::error::CredentialsError;
use super::instance_role::InstanceRoleSource;
use super::key_pair::{Credentials, Found};
use super::provide::ProvideCredentials;
use super::session::from_seconds;
use super::text_file::TextFile;
use crate::ambient::Clock;
use crate::cloud::api::lenient::{Object, number, secret};
use crate::cloud::api::sts::AssumeRole;
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;
use crate::cloud::endpoint::Endpoint;
use crate::cloud::printable::printable;

const PLACE: &str = "the profile of tccli";

/// A profile: two files.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Where the files are.
    pub directory: PathBuf,
    /// Their names, without the part from the dot on.
    pub name: String,
    /// Whether somebody asked for it by name: that it is not there is an error then.
    pub required: bool,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("`{0}` is not the name of a profile: it is that of a file, without a folder")]
    NotAName(String),
    #[error("there is no profile `{profile}` in {}", directory.display())]
    Unknown { profile: String, directory: PathBuf },
    #[error("the profile `{0}` has no keys; `tccli configure` asks for them")]
    Empty(String),
    #[error("the login of the profile `{profile}` has expired; renew it with `{command}`")]
    Expired { profile: String, command: &'static str },
    #[error("the profile `{profile}` has no keys from its login; log in with `{command}`")]
    NoLogin { profile: String, command: &'static str },
    #[error("the type `{0}` of the profile is none of `default`, `cvm-role`, `oauth` and `sso`")]
    Type(String),
}

/// How a profile comes to its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Keys,
    InstanceRole,
    /// From a login that this command renews.
    Login(&'static str),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CredentialFile {
    #[serde(rename = "type", deserialize_with = "secret")]
    kind: Option<SecretString>,
    #[serde(rename = "secretId", deserialize_with = "secret")]
    secret_id: Option<SecretString>,
    #[serde(rename = "secretKey", deserialize_with = "secret")]
    secret_key: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    token: Option<SecretString>,
    #[serde(rename = "role-arn", deserialize_with = "secret")]
    role_arn: Option<SecretString>,
    #[serde(rename = "role-session-name", deserialize_with = "secret")]
    role_session_name: Option<SecretString>,
    #[serde(rename = "expiresAt", deserialize_with = "number")]
    expires_at: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigureFile {
    #[serde(rename = "_sys_param")]
    parameters: Option<Object<Parameters>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parameters {
    region: Option<String>,
}

impl Profile {
    /// The source that the profile describes, its region and its role; `None` if there is no such profile, or
    /// one without keys. What it needs to call is called through `client`; `metadata` is where a machine
    /// tells its role.
    ///
    /// Fails if the profile cannot be used as it is, also because its login has expired.
    pub async fn open(
        &self,
        client: &Client,
        metadata: &Endpoint,
    ) -> Result<Option<Chosen>, CredentialsError> {
        if !is_name(&self.name) {
            return Err(broken(Fault::NotAName(printable(&self.name))));
        }
        let Some(file) = self.read().await? else {
            let (profile, directory) = (printable(&self.name), self.directory.clone());
            return if self.required { Err(broken(Fault::Unknown { profile, directory })) } else { Ok(None) };
        };
        let kind = file.kind()?;
        let source: Arc<dyn ProvideCredentials> = if kind == Kind::InstanceRole {
            Arc::new(InstanceRoleSource::new(client.clone(), metadata.clone(), None))
        } else {
            let source = ProfileSource { profile: self.clone(), clock: client.clock() };
            match source.keys(&file) {
                Err(CredentialsError::Missing { .. }) if !self.required => return Ok(None),
                Err(CredentialsError::Missing { .. }) => {
                    return Err(broken(Fault::Empty(printable(&self.name))));
                }
                outcome => outcome?,
            };
            Arc::new(source)
        };
        let arn = trimmed(file.role_arn.as_ref());
        let session = trimmed(file.role_session_name.as_ref());
        let role = match (arn, session) {
            (Some(role_arn), Some(role_session_name)) => {
                Some(AssumeRole { role_arn, role_session_name, ..AssumeRole::default() })
            }
            (Some(_), None) => return Err(incomplete("role-session-name", "role-arn")),
            (None, _) => None,
        };
        Ok(Some(Chosen { source, region: self.region().await?, role }))
    }

    async fn read(&self) -> Result<Option<CredentialFile>, CredentialsError> {
        let file = TextFile::read(&self.path("credential")).await.map_err(broken)?;
        file.map(|file| file.json()).transpose().map_err(broken)
    }

    async fn region(&self) -> Result<Option<String>, CredentialsError> {
        let file = TextFile::read(&self.path("configure")).await.map_err(broken)?;
        let file: Option<ConfigureFile> = file.map(|file| file.json()).transpose().map_err(broken)?;
        let region = file.and_then(|file| file.parameters).and_then(|Object(parameters)| parameters.region);
        Ok(region.map(|region| region.trim().to_owned()).filter(|region| !region.is_empty()))
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.directory.join(format!("{}.{extension}", self.name))
    }
}

impl CredentialFile {
    fn kind(&self) -> Result<Kind, CredentialsError> {
        let kind = trimmed(self.kind.as_ref());
        match kind.as_deref() {
            None | Some("default") => Ok(Kind::Keys),
            Some("cvm-role") => Ok(Kind::InstanceRole),
            Some("oauth") => Ok(Kind::Login("tccli auth login")),
            Some("sso") => Ok(Kind::Login("tccli sso login")),
            Some(other) => Err(broken(Fault::Type(printable(other)))),
        }
    }
}

/// Reads the keys of a profile each time that it is asked.
#[derive(Debug)]
struct ProfileSource {
    profile: Profile,
    clock: Arc<dyn Clock>,
}

impl ProfileSource {
    fn keys(&self, file: &CredentialFile) -> Result<Credentials, CredentialsError> {
        let profile = || printable(&self.profile.name);
        let found = Found {
            secret_id: trimmed(file.secret_id.as_ref()),
            secret_key: file.secret_key.clone(),
            token: file.token.clone(),
        };
        let credentials = found.check(PLACE, ["secretId", "secretKey", "token"]);
        let Kind::Login(command) = file.kind()? else { return credentials };
        let credentials = match credentials {
            Err(CredentialsError::Missing { .. }) => {
                return Err(broken(Fault::NoLogin { profile: profile(), command }));
            }
            outcome => outcome?,
        };
        let Some(expiry) = file.expires_at.and_then(from_seconds) else { return Ok(credentials) };
        if self.has_passed(expiry) {
            return Err(broken(Fault::Expired { profile: profile(), command }));
        }
        Ok(credentials.expiring(expiry))
    }

    fn has_passed(&self, moment: DateTime<Utc>) -> bool {
        self.clock.now() >= moment
    }
}

#[async_trait]
impl ProvideCredentials for ProfileSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        let file = until.race(self.profile.read()).await.map_err(CredentialsError::Ended)??;
        self.keys(&file.ok_or(CredentialsError::Missing { place: PLACE })?)
    }
}

fn broken(cause: impl std::error::Error + Send + Sync + 'static) -> CredentialsError {
    CredentialsError::failed(PLACE, cause)
}

fn incomplete(missing: &'static str, present: &'static str) -> CredentialsError {
    CredentialsError::Incomplete { place: PLACE, missing, present }
}

/// Whether `name` names a file of the directory itself.
fn is_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let first = parts.next();
    matches!(first, Some(std::path::Component::Normal(part)) if part == name) && parts.next().is_none()
}

fn trimmed(text: Option<&SecretString>) -> Option<String> {
    let text = text?.expose_secret().trim();
    (!text.is_empty()).then(|| text.to_owned())
}
