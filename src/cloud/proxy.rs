//! Which proxy a request goes through, from the environment and in the way that programs in Go read it:
//! `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the URL, `NO_PROXY` for exceptions, upper case before
//! lower.
//!
//! Loopback and the instance metadata service are never proxied.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{NoProxy, Proxy, Url};
use secrecy::SecretString;

use crate::ambient::Env;

/// A proxy variable that cannot be used. Does not show its value, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{variable}` is not the URL of an HTTP proxy")]
pub struct ProxyError {
    variable: &'static str,
}

const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const NEVER_PROXIED: &str = "localhost,127.0.0.0/8,::1,169.254.0.0/16,metadata.tencentyun.com";

/// The proxies `env` asks for; none if it asks for none.
pub(crate) fn from_env(env: &dyn Env) -> Result<Vec<Proxy>, ProxyError> {
    let exceptions = match first(env, ["NO_PROXY", "no_proxy"]) {
        Some((_, list)) => format!("{NEVER_PROXIED},{list}"),
        None => NEVER_PROXIED.to_owned(),
    };
    let https = proxy(env, HTTPS, Proxy::https)?;
    let http = proxy(env, HTTP, Proxy::http)?;
    let except = |proxy: Proxy| proxy.no_proxy(NoProxy::from_string(&exceptions));
    Ok(https.into_iter().chain(http).map(except).collect())
}

/// What the URLs of the proxies in `env` keep to themselves: each password, or the user name where it stands
/// alone (a token), and both as `Proxy-Authorization` carries them.
pub(crate) fn secrets(env: &dyn Env) -> Vec<SecretString> {
    let urls = [HTTPS, HTTP].into_iter().filter_map(|names| url(&first(env, names)?.1));
    urls.filter(|url| !url.username().is_empty() || url.password().is_some())
        .flat_map(|url| {
            let (user, password) = (url.username(), url.password().unwrap_or_default());
            let sent = [&decoded(user)[..], b":", &decoded(password)].concat();
            let alone = if password.is_empty() { user } else { password };
            let readable = String::from_utf8_lossy(&decoded(alone)).into_owned();
            [STANDARD.encode(sent), alone.to_owned(), readable].map(SecretString::from)
        })
        .collect()
}

/// The bytes that a part of a URL stands for.
fn decoded(part: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|digits| hex::decode(digits).ok());
        if let Some([byte]) = escaped.as_deref() {
            bytes.push(*byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}

fn url(value: &str) -> Option<Url> {
    let value = if value.contains("://") { value } else { &format!("http://{value}") };
    Url::parse(value).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn proxy(
    env: &dyn Env,
    names: [&'static str; 2],
    kind: fn(Url) -> reqwest::Result<Proxy>,
) -> Result<Option<Proxy>, ProxyError> {
    let Some((variable, value)) = first(env, names) else { return Ok(None) };
    match url(&value).map(kind) {
        Some(Ok(proxy)) => Ok(Some(proxy)),
        _ => Err(ProxyError { variable }),
    }
}

fn first(env: &dyn Env, names: [&'static str; 2]) -> Option<(&'static str, String)> {
    names.into_iter().find_map(|name| Some((name, env.var(name)?)))
}
