//! Which proxy a request goes through, from the environment and in the way Terraform itself reads it:
//! `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the URL, `NO_PROXY` for exceptions, upper case before lower.
//!
//! Loopback and the instance metadata service are never proxied.

use reqwest::{NoProxy, Proxy};

use crate::ambient::Env;

/// A proxy variable that cannot be used. Does not show its value, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{variable}` is not the URL of an HTTP proxy")]
pub struct ProxyError {
    variable: &'static str,
    source: reqwest::Error,
}

const NEVER_PROXIED: &str = "localhost,127.0.0.0/8,::1,169.254.0.0/16,metadata.tencentyun.com";

/// The proxies `env` asks for; none if it asks for none.
pub(crate) fn from_env(env: &dyn Env) -> Result<Vec<Proxy>, ProxyError> {
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, env.var(name)?)));
    let exceptions = match first(["NO_PROXY", "no_proxy"]) {
        Some((_, list)) => format!("{NEVER_PROXIED},{list}"),
        None => NEVER_PROXIED.to_owned(),
    };
    let mut proxies = Vec::new();
    if let Some((variable, url)) = first(["HTTPS_PROXY", "https_proxy"]) {
        proxies
            .push(Proxy::https(url).map_err(|source| ProxyError { variable, source: source.without_url() })?);
    }
    if let Some((variable, url)) = first(["HTTP_PROXY", "http_proxy"]) {
        proxies
            .push(Proxy::http(url).map_err(|source| ProxyError { variable, source: source.without_url() })?);
    }
    Ok(proxies.into_iter().map(|proxy| proxy.no_proxy(NoProxy::from_string(&exceptions))).collect())
}
