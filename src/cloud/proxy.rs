//! Which proxy a request goes through, from the environment and in the way that programs in Go read it:
//! `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the URL, `NO_PROXY` for exceptions, upper case before
//! lower.
//!
//! Loopback and the instance metadata service are never proxied. Exceptions that the HTTP client does not
//! know, those with a port and the one for everything, are looked up here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{NoProxy, Proxy, Url};
use secrecy::SecretString;

use super::endpoint::Endpoint;
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

/// The exceptions of `NO_PROXY` that the HTTP client does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exceptions {
    /// `*`: whatever the URL is, be it a name or an address.
    everything: bool,
    /// `name:port` and `address:port`.
    with_port: Vec<(String, u16)>,
}

impl Exceptions {
    /// Those that `env` makes.
    pub(crate) fn from_env(env: &dyn Env) -> Self {
        let list = first(env, ["NO_PROXY", "no_proxy"]).map(|(_, list)| list).unwrap_or_default();
        let mut exceptions = Self::default();
        for entry in list.split(',').map(str::trim) {
            if entry == "*" {
                exceptions.everything = true;
            } else if let Some((name, port)) = entry.rsplit_once(':')
                && let Ok(port) = port.parse()
                && (!name.contains(':') || name.starts_with('['))
            {
                let name = name.trim_matches(['[', ']']).to_ascii_lowercase();
                exceptions.with_port.push((name, port));
            }
        }
        exceptions
    }

    /// Whether requests to `endpoint` go through no proxy.
    pub(crate) fn cover(&self, endpoint: &Endpoint) -> bool {
        let (name, port) = (endpoint.name(), endpoint.port());
        let is_under = |suffix: &str| {
            let suffix = suffix.trim_start_matches('.');
            let before = name.strip_suffix(suffix);
            !suffix.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        self.everything || self.with_port.iter().any(|(suffix, of)| *of == port && is_under(suffix))
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedEnv;

    #[test]
    fn an_exception_with_a_port_is_for_that_port_alone() {
        let covers = |list: &str, url: &str| {
            let env: FixedEnv = [("NO_PROXY", list)].into_iter().collect();
            Exceptions::from_env(&env).cover(&Endpoint::parse(url).unwrap())
        };
        for (list, url, expected) in [
            ("example.com:8443", "https://example.com:8443", true),
            ("example.com:8443", "https://sts.example.com:8443", true),
            (".example.com:8443", "https://sts.example.com:8443", true),
            ("example.com:8443", "https://example.com", false),
            ("example.com:8443", "https://myexample.com:8443", false),
            ("other.test, Example.com:443", "https://example.com", true),
            ("10.0.0.1:80", "http://10.0.0.1", true),
            ("10.0.0.1:80", "http://10.0.0.1:81", false),
            ("[fd00::1]:80", "http://[fd00::1]", true),
            ("fd00::1:80", "http://[fd00::1]", false),
            ("*", "http://10.0.0.1", true),
            ("a, *", "https://example.com", true),
            ("", "https://example.com", false),
            (":443,x:y", "https://example.com", false),
        ] {
            assert_eq!(covers(list, url), expected, "{list}: {url}");
        }
    }
}
