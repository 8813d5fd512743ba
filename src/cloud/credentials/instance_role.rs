//! The credentials of the role that is bound to the machine: its metadata service gives them, over plain HTTP
//! inside of the machine's own network, and never through a proxy.
//!
//! Follows <https://www.tencentcloud.com/document/product/213/4934>.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use tokio::time::timeout;

use super::error::CredentialsError;
use super::key_pair::{Credentials, Found};
use super::provide::ProvideCredentials;
use super::session::from_seconds;
use crate::cloud::api::lenient::{Object, name, number, secret};
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;
use crate::cloud::endpoint::Endpoint;
use crate::cloud::printable::printable;
use crate::cloud::transport::{HttpRequest, HttpResponse, Method, TransportError};

/// Where the metadata service of a machine answers.
pub const METADATA_URL: &str = "http://metadata.tencentyun.com/";

const PLACE: &str = "the role of this machine";
const PATH: &str = "latest/meta-data/cam/security-credentials/";
/// The service is one hop away: whoever does not answer at once is not there.
const LIMIT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);
/// The longest name that CAM allows, and what it may be made of.
const NAME_LENGTH_MAX: usize = 128;

/// Asks the metadata service each time that it is asked itself.
#[derive(Debug)]
pub struct InstanceRoleSource {
    client: Client,
    metadata: Endpoint,
    role: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("no answer from the metadata service at {url} within {} s", LIMIT.as_secs())]
    Stalled { url: String },
    #[error("no answer from the metadata service at {url}")]
    Unanswered { url: String, source: TransportError },
    #[error("the metadata service knows no role of this machine: bind one to it")]
    NoRole,
    #[error(
        "the metadata service does not know the role `{0}`: it is not the one that is bound to this machine"
    )]
    OtherRole(String),
    #[error("`{0}` is not the name of a role")]
    NotAName(String),
    #[error("the metadata service answered with HTTP status {0}")]
    Status(u16),
    #[error("the metadata service has no keys for the role: {0}")]
    Code(String),
    #[error("what the metadata service answered is not what is documented")]
    Shape,
}

/// What the service tells of a role.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Keys {
    #[serde(deserialize_with = "name")]
    code: Option<String>,
    tmp_secret_id: Option<String>,
    #[serde(deserialize_with = "secret")]
    tmp_secret_key: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    token: Option<SecretString>,
    #[serde(deserialize_with = "number")]
    expired_time: Option<u64>,
}

impl InstanceRoleSource {
    /// Asks `metadata`, by the direct way of `client`, for the keys of `role`; of whichever role is bound to
    /// the machine, if none is named.
    pub fn new(client: Client, metadata: Endpoint, role: Option<String>) -> Self {
        Self { client, metadata, role }
    }

    async fn keys(&self) -> Result<Credentials, CredentialsError> {
        let broken = |fault| CredentialsError::failed(PLACE, fault);
        let role = match &self.role {
            Some(role) => role.clone(),
            None => self.bound_role().await.map_err(broken)?,
        };
        let answer = self.ask(&role).await.map_err(broken)?;
        if answer.status == 404 {
            return Err(broken(Fault::OtherRole(role)));
        }
        let answer = expect_success(answer).map_err(broken)?;
        let read: Result<Object<Keys>, _> = serde_json::from_slice(&answer.body);
        let Object(keys) = read.map_err(|_| broken(Fault::Shape))?;
        let code = keys.code.unwrap_or_default();
        if code != "Success" {
            return Err(broken(Fault::Code(printable(&code))));
        }
        let expiry = keys.expired_time.and_then(from_seconds).ok_or_else(|| broken(Fault::Shape))?;
        let found =
            Found { secret_id: keys.tmp_secret_id, secret_key: keys.tmp_secret_key, token: keys.token };
        Ok(found.check(PLACE, ["TmpSecretId", "TmpSecretKey", "Token"])?.expiring(expiry))
    }

    async fn bound_role(&self) -> Result<String, Fault> {
        let answer = self.ask("").await?;
        if answer.status == 404 {
            return Err(Fault::NoRole);
        }
        let answer = expect_success(answer)?;
        let role = String::from_utf8_lossy(&answer.body).trim().to_owned();
        if role.is_empty() { Err(Fault::NoRole) } else { Ok(role) }
    }

    /// Asks for what is said of `role`, or for the role's name if that is empty; again if nobody answers.
    async fn ask(&self, role: &str) -> Result<HttpResponse, Fault> {
        if !is_name(role) {
            return Err(Fault::NotAName(printable(role)));
        }
        let url = format!("{}/{PATH}{role}", self.metadata.url().trim_end_matches('/'));
        let endpoint = Endpoint::parse(&url).map_err(|_| Fault::NotAName(printable(role)))?;
        let mut left = ATTEMPTS;
        loop {
            left = left.saturating_sub(1);
            let own = |text: &str| Zeroizing::new(text.to_owned());
            let request = HttpRequest {
                method: Method::Get,
                headers: vec![
                    ("Host", own(endpoint.host())),
                    ("User-Agent", own(self.client.agent().user_agent())),
                ],
                endpoint: endpoint.clone(),
                body: Bytes::new(),
            };
            let url = || endpoint.url().to_owned();
            let fault = match timeout(LIMIT, self.client.direct().send(request)).await {
                Ok(Ok(answer)) if answer.status < 500 || left == 0 => return Ok(answer),
                Ok(Ok(answer)) => Fault::Status(answer.status),
                Ok(Err(source)) => Fault::Unanswered { url: url(), source },
                Err(_) => Fault::Stalled { url: url() },
            };
            if left == 0 {
                return Err(fault);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[async_trait]
impl ProvideCredentials for InstanceRoleSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        until.race(self.keys()).await.map_err(CredentialsError::Ended)?
    }
}

fn expect_success(answer: HttpResponse) -> Result<HttpResponse, Fault> {
    if answer.status == 200 { Ok(answer) } else { Err(Fault::Status(answer.status)) }
}

/// Whether `text` can stand at the end of the path, and nowhere else.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    text.len() <= NAME_LENGTH_MAX && text.bytes().all(plain) && !text.starts_with('.')
}
