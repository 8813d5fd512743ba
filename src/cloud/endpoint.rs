//! A URL where a product answers: scheme, host, port and path.
//!
//! Follows the endpoint list of <https://www.tencentcloud.com/document/product/1031/52042>. The host is
//! signed, so it is kept exactly as it will be sent. Does not decide whether plain HTTP is acceptable; it
//! only tells.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use super::action::Product;

/// The root domain of the international site.
pub const DEFAULT_DOMAIN: &str = "intl.tencentcloudapi.com";

/// A valid `http` or `https` URL without user, query or fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    host: String,
}

/// The scheme of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// `https`
    #[default]
    Https,
    /// `http`: whoever sees the traffic sees and can change it.
    Http,
}

/// What is wrong with an endpoint or a domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Not a URL at all.
    #[error("it is not a URL such as https://organization.example.com")]
    NotAUrl(#[source] UrlError),
    /// Neither `http` nor `https`.
    #[error("its scheme is `{0}`; only https and http can be used")]
    Scheme(String),
    /// A user name or password in the URL. They are never sent, and do not belong in a configuration.
    #[error("it contains a user name or a password")]
    UserInfo,
    /// A query or a fragment, which signed requests do not have.
    #[error("it contains a query or a fragment")]
    Query,
    /// A domain that is no DNS name. Does not show it: what was written may hold a password.
    #[error("it is not a domain such as {DEFAULT_DOMAIN}")]
    NotADomain(#[from] DomainError),
    /// Neither `HTTPS` nor `HTTP`.
    #[error("`{0}` is not a protocol; use HTTPS or HTTP")]
    Protocol(String),
}

/// What keeps a text from being a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// A character of something else: a URL, a port, a path, a user name.
    #[error("only letters, digits, hyphens and dots may be in it")]
    Character,
    /// A label without a character, or with more than DNS allows.
    #[error("between its dots there must be 1 to {LABEL_LENGTH_MAX} characters")]
    LabelLength,
    /// A label with a hyphen at one of its ends.
    #[error("no part of it may begin or end with a hyphen")]
    Hyphen,
    /// The host would be longer than DNS allows.
    #[error("with the product's name before it, it is longer than {HOST_LENGTH_MAX} characters")]
    Length,
    /// An IP address, which has no names under it, or letters in an encoding that does not decode.
    #[error("it is an IP address or wrongly encoded")]
    Host,
}

/// The limits of DNS (RFC 1035, 2.3.4), in the text that a person writes.
const LABEL_LENGTH_MAX: usize = 63;
const HOST_LENGTH_MAX: usize = 253;

/// The URL parser's own error, which the HTTP client does not re-export.
type UrlError = <Url as FromStr>::Err;

impl Endpoint {
    /// Reads `https://host[:port][/path]`.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text).map_err(EndpointError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            // `user:password@host` is a URL whose scheme is the user.
            if text.contains('@') {
                return Err(EndpointError::UserInfo);
            }
            return Err(EndpointError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::Query);
        }
        let name = url.host_str().unwrap_or_default();
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        Ok(Self { url, host })
    }

    /// Where `product` answers under a root domain such as [`DEFAULT_DOMAIN`]: its name is put before the
    /// domain. A port is not part of a domain: where one is needed, a whole URL is.
    pub fn under(domain: &str, product: Product, protocol: Protocol) -> Result<Self, EndpointError> {
        if domain.contains('@') {
            return Err(EndpointError::UserInfo);
        }
        let host = format!("{}.{domain}", product.service());
        check_name(&host)?;
        let scheme = match protocol {
            Protocol::Https => "https",
            Protocol::Http => "http",
        };
        Self::parse(&format!("{scheme}://{host}")).map_err(|_| DomainError::Host.into())
    }

    /// The whole URL.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The `Host` header as sent and signed: with the port, unless it is the scheme's own.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host alone, without a port and without brackets.
    pub(crate) fn name(&self) -> &str {
        self.url.host_str().unwrap_or_default().trim_matches(['[', ']'])
    }

    /// The port, also where it is the scheme's own.
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether requests travel unencrypted.
    pub fn is_plain_http(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Whether requests stay on this machine.
    pub fn is_loopback(&self) -> bool {
        let name = self.name();
        match name.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

/// Whether `name` is one that DNS can hold, as people write it for a host: without the dot of the root.
fn check_name(name: &str) -> Result<(), DomainError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if !name.bytes().all(plain) {
        return Err(DomainError::Character);
    }
    for label in name.split('.') {
        if !(1..=LABEL_LENGTH_MAX).contains(&label.len()) {
            return Err(DomainError::LabelLength);
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(DomainError::Hyphen);
        }
    }
    if name.len() > HOST_LENGTH_MAX { Err(DomainError::Length) } else { Ok(()) }
}

impl FromStr for Protocol {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        match text.to_ascii_uppercase().as_str() {
            "HTTPS" => Ok(Self::Https),
            "HTTP" => Ok(Self::Http),
            _ => Err(EndpointError::Protocol(text.to_owned())),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let outcome = Endpoint::parse(text).map_err(|error| error.to_string());
        match (&outcome, expected) {
            (Ok(endpoint), Ok(host)) => assert_eq!(endpoint.host(), host, "{text}"),
            (Err(error), Err(part)) => assert!(error.contains(part), "{text}: {error}"),
            _ => panic!("{text}: {outcome:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_host_is_kept_as_it_will_be_sent() {
        check("https://organization.intl.tencentcloudapi.com", Ok("organization.intl.tencentcloudapi.com"));
        check("https://Organization.Example.COM/path", Ok("organization.example.com"));
        check("https://example.com:443", Ok("example.com"));
        check("http://example.com:80/", Ok("example.com"));
        check("http://example.com:443", Ok("example.com:443"));
        check("http://127.0.0.1:18080", Ok("127.0.0.1:18080"));
        check("http://[::1]:18080", Ok("[::1]:18080"));
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        check("organization.example.com", Err("not a URL"));
        check("localhost:8080", Err("scheme is `localhost`"));
        check("ftp://example.com", Err("scheme is `ftp`"));
        check("https://", Err("not a URL"));
        check("https://me:secret@example.com", Err("user name"));
        check("me:secret@example.com", Err("user name"));
        check("https://example.com/?a=b", Err("query"));
        check("https://example.com/#a", Err("fragment"));
    }

    fn organization(domain: &str, protocol: Protocol) -> Result<Endpoint, EndpointError> {
        Endpoint::under(domain, Product::Organization, protocol)
    }

    #[test]
    fn a_domain_gets_the_product_before_it() {
        let host = |domain, protocol| organization(domain, protocol).map(|endpoint| endpoint.to_string());
        let mainland = host("tencentcloudapi.com", Protocol::Https);
        assert_eq!(mainland.as_deref(), Ok("https://organization.tencentcloudapi.com/"));
        let local = host("localhost", Protocol::Http);
        assert_eq!(local.as_deref(), Ok("http://organization.localhost/"));
        let longest_label = format!("{}.example", "a".repeat(63));
        for domain in ["xn--bcher-kva.example", "a-b.1c.example", "EXAMPLE.com", &longest_label] {
            assert!(host(domain, Protocol::Https).is_ok(), "{domain}");
        }
    }

    #[test]
    fn a_domain_that_dns_cannot_hold_is_refused() {
        let check = |domain: &str, expected: Option<DomainError>| {
            let refused = organization(domain, Protocol::Https).err();
            assert_eq!(refused, expected.map(EndpointError::NotADomain), "{domain}");
        };
        for domain in ["https://example.com", "example.com/x", "example.com?a", "a b", "example.com:"] {
            check(domain, Some(DomainError::Character));
        }
        for domain in ["example.com:443", "[::1]", "a_b.example", "b\u{fc}cher.example", "a\u{202e}b", "a\n"]
        {
            check(domain, Some(DomainError::Character));
        }
        for domain in ["", ".", "a..b", ".example.com", "example.com.", &"a".repeat(64), &"a".repeat(300)] {
            check(domain, Some(DomainError::LabelLength));
        }
        for domain in ["-", "-a.example", "a-.example", "a.-"] {
            check(domain, Some(DomainError::Hyphen));
        }
        // `organization.` is 13 characters long.
        let long = ["a"; 120].join(".");
        check(&format!("{long}b"), None);
        check(&format!("{long}bc"), Some(DomainError::Length));
        for domain in ["127.0.0.1", "1", "xn--a.example"] {
            check(domain, Some(DomainError::Host));
        }
        for domain in ["me@example.com", "https://me:secret@example.com"] {
            let refused = organization(domain, Protocol::Https);
            assert_eq!(refused, Err(EndpointError::UserInfo), "{domain}");
        }
    }

    #[test]
    fn plain_http_and_loopback_are_told() {
        let told = |text| {
            let endpoint = Endpoint::parse(text).unwrap();
            (endpoint.is_plain_http(), endpoint.is_loopback())
        };
        assert_eq!(told("https://example.com"), (false, false));
        assert_eq!(told("http://example.com"), (true, false));
        for local in ["http://127.0.0.1:1", "http://[::1]", "http://localhost", "http://a.localhost:1"] {
            assert_eq!(told(local), (true, true), "{local}");
        }
        assert_eq!(told("http://localhost.example.com"), (true, false));
    }

    #[test]
    fn a_protocol_is_read_in_any_case() {
        assert_eq!("https".parse(), Ok(Protocol::Https));
        assert_eq!("HTTP".parse(), Ok(Protocol::Http));
        assert_eq!("gopher".parse::<Protocol>(), Err(EndpointError::Protocol("gopher".into())));
    }
}
