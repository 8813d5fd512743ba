//! What a client is made of, and what can be wrong with it.
//!
//! Has no defaults: whoever configures the client knows what its user was told.

use std::io;
use std::path::{Path, PathBuf};

use reqwest::Certificate;

use super::agent::Agent;
use super::credentials::Credentials;
use super::endpoint::Endpoint;
use super::proxy::ProxyError;

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who signs.
    pub credentials: Credentials,
    /// Where the Organization API answers.
    pub organization: Endpoint,
    /// Sent as `X-TC-Region`; the Organization API needs none.
    pub region: Option<String>,
    /// What requests say about their sender.
    pub agent: Agent,
    /// The most calls per second of any one action, in place of its documented limit. 0 counts as 1.
    pub requests_per_second: Option<u32>,
    /// How often a call is repeated that failed for a passing reason. Refusals for the rate are not counted:
    /// they are repeated until the deadline.
    pub max_retries: u32,
    /// A PEM file of certificates to trust besides the platform's.
    pub ca_bundle: Option<PathBuf>,
}

/// What is wrong with [`Settings`] or with the environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The CA bundle cannot be read.
    #[error("cannot read the CA bundle {}", .path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The CA bundle holds no certificates.
    #[error("the CA bundle {} is not a PEM file of certificates", .0.display())]
    CaBundleContent(PathBuf),
    /// A region no header can carry.
    #[error("the region may only contain letters, digits and hyphens")]
    Region,
    /// A proxy variable that cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}

impl Settings {
    /// The certificates of the CA bundle; checks the region on the way.
    pub(crate) fn check(&self) -> Result<Vec<Certificate>, SettingsError> {
        let plain = |region: &String| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !self.region.iter().all(plain) {
            return Err(SettingsError::Region);
        }
        Ok(self.ca_bundle.as_deref().map(read_certificates).transpose()?.unwrap_or_default())
    }
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate>, SettingsError> {
    let pem =
        std::fs::read(path).map_err(|source| SettingsError::CaBundle { path: path.to_owned(), source })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(SettingsError::CaBundleContent(path.to_owned())),
    }
}
