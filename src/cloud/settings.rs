//! What a client is made of, and what can be wrong with it.
//!
//! Has no defaults: whoever configures the client knows what its user was told.

use std::sync::Arc;

use super::agent::Agent;
use super::ca_bundle::CaBundle;
use super::credentials::ProvideCredentials;
use super::endpoints::Endpoints;
use super::proxy::ProxyError;

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to take what signs from.
    pub credentials: Arc<dyn ProvideCredentials>,
    /// Where the products answer that the client will call.
    pub endpoints: Endpoints,
    /// Sent as `X-TC-Region`; the Organization API needs none.
    pub region: Option<String>,
    /// What requests say about their sender.
    pub agent: Agent,
    /// The most calls per second of any one action, in place of its documented limit. 0 counts as 1.
    pub requests_per_second: Option<u32>,
    /// How often a call is repeated that failed for a passing reason. Refusals for the rate are not counted:
    /// they are repeated until the deadline.
    pub max_retries: u32,
    /// Certificates to trust besides the platform's.
    pub ca_bundle: Option<CaBundle>,
}

/// What is wrong with [`Settings`] or with the environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A region no header can carry.
    #[error("the region may only contain letters, digits and hyphens")]
    Region,
    /// A proxy variable that cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}

impl Settings {
    /// Refuses what no request can carry.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let plain = |region: &String| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !self.region.iter().all(plain) {
            return Err(SettingsError::Region);
        }
        Ok(())
    }
}
