//! The ways out of a process: through the proxies that the environment names, and past them.

use std::sync::Arc;

use secrecy::SecretString;

use super::ca_bundle::CaBundle;
use super::endpoint::Endpoint;
use super::http::Http;
use super::proxy::{self, Exceptions, ProxyError};
use super::transport::Transport;
use crate::ambient::Env;

/// What all clients of a process share of the network.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    proxied: Arc<dyn Transport>,
    direct: Arc<dyn Transport>,
    exceptions: Exceptions,
    of_proxies: Vec<SecretString>,
}

impl Network {
    /// The real one, with the proxy variables of `env`. Connects to nothing.
    pub(crate) fn new(ca_bundle: Option<CaBundle>, env: &dyn Env) -> Result<Self, ProxyError> {
        let certificates = ca_bundle.map(CaBundle::into_certificates).unwrap_or_default();
        Ok(Self {
            direct: Arc::new(Http::new(certificates.clone(), Vec::new())),
            proxied: Arc::new(Http::new(certificates, proxy::from_env(env)?)),
            exceptions: Exceptions::from_env(env),
            of_proxies: proxy::secrets(env),
        })
    }

    /// One that is `transport`, wherever a request goes.
    pub(crate) fn over(transport: Arc<dyn Transport>) -> Self {
        let (direct, proxied) = (Arc::clone(&transport), transport);
        Self { proxied, direct, exceptions: Exceptions::default(), of_proxies: Vec::new() }
    }

    /// The way to `endpoint`.
    pub(crate) fn to(&self, endpoint: &Endpoint) -> &dyn Transport {
        if self.exceptions.cover(endpoint) { self.direct() } else { self.proxied.as_ref() }
    }

    /// The way past all proxies.
    pub(crate) fn direct(&self) -> &dyn Transport {
        self.direct.as_ref()
    }

    /// What only the proxies may know.
    pub(crate) fn of_proxies(&self) -> &[SecretString] {
        &self.of_proxies
    }
}
