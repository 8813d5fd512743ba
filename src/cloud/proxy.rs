//! Which proxy a request goes through, from the environment and in the way Terraform itself reads it:
//! `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the URL, `NO_PROXY` for exceptions, upper case before
//! lower.
//!
//! Loopback and the instance metadata service are never proxied.

use reqwest::{NoProxy, Proxy, Url};

use crate::ambient::Env;

/// A proxy variable that cannot be used. Does not show its value, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{variable}` is not the URL of an HTTP proxy")]
pub struct ProxyError {
    variable: &'static str,
}

const NEVER_PROXIED: &str = "localhost,127.0.0.0/8,::1,169.254.0.0/16,metadata.tencentyun.com";

/// The proxies `env` asks for; none if it asks for none.
pub(crate) fn from_env(env: &dyn Env) -> Result<Vec<Proxy>, ProxyError> {
    let exceptions = match first(env, ["NO_PROXY", "no_proxy"]) {
        Some((_, list)) => format!("{NEVER_PROXIED},{list}"),
        None => NEVER_PROXIED.to_owned(),
    };
    let https = proxy(env, ["HTTPS_PROXY", "https_proxy"], Proxy::https)?;
    let http = proxy(env, ["HTTP_PROXY", "http_proxy"], Proxy::http)?;
    let except = |proxy: Proxy| proxy.no_proxy(NoProxy::from_string(&exceptions));
    Ok(https.into_iter().chain(http).map(except).collect())
}

fn proxy(
    env: &dyn Env,
    names: [&'static str; 2],
    kind: fn(Url) -> reqwest::Result<Proxy>,
) -> Result<Option<Proxy>, ProxyError> {
    let Some((variable, value)) = first(env, names) else { return Ok(None) };
    let value = if value.contains("://") { value } else { format!("http://{value}") };
    let url = Url::parse(&value).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    match url.map(kind) {
        Some(Ok(proxy)) => Ok(Some(proxy)),
        _ => Err(ProxyError { variable }),
    }
}

fn first(env: &dyn Env, names: [&'static str; 2]) -> Option<(&'static str, String)> {
    names.into_iter().find_map(|name| Some((name, env.var(name)?)))
}
