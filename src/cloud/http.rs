//! The real [`Transport`]: HTTP/1.1 over rustls, with a pool of kept-alive connections.
//!
//! Trusts the platform's roots and, besides them, a PEM bundle. Follows no redirects, repeats nothing and
//! asks for no compression, so that an answer takes no more memory than it is long. The TLS set-up and the
//! pool are made at the first request, so that a provider which makes none starts at once.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Proxy};
use tokio::sync::OnceCell;

use super::resolver::SystemResolver;
use super::transport::{HttpRequest, HttpResponse, Method, Transport, TransportError};

/// Sends over the network.
pub(crate) struct Http {
    certificates: Vec<Certificate>,
    proxies: Vec<Proxy>,
    client: OnceCell<Client>,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TCP_KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long an idle connection is kept for the next request. Below the usual limit of servers, so that a
/// request is seldom sent into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// A page of fifty grants is some 20 KB.
const BODY_LENGTH_MAX: usize = 1 << 20;

#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {} MiB", BODY_LENGTH_MAX >> 20)]
struct TooLong;

impl Http {
    /// Trusts `certificates` besides the platform's, and goes through `proxies` where they apply.
    pub(crate) fn new(certificates: Vec<Certificate>, proxies: Vec<Proxy>) -> Self {
        Self { certificates, proxies, client: OnceCell::new() }
    }

    fn build(&self) -> reqwest::Result<Client> {
        let builder = Client::builder()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(TCP_KEEP_ALIVE)
            .pool_idle_timeout(KEEP_ALIVE)
            .dns_resolver(SystemResolver)
            .tls_certs_merge(self.certificates.iter().cloned())
            // What follows was read from the environment by the caller; the HTTP client must not read it
            // again.
            .no_proxy();
        self.proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy).build()
    }
}

#[async_trait]
impl Transport for Http {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let client = self.client.get_or_try_init(async || self.build()).await.map_err(unusable)?;
        let headers = headers(&request)?;
        let mut response = client
            .request(method(request.method), request.endpoint.url())
            .headers(headers)
            .body(request.body)
            .send()
            .await
            .map_err(failure)?;
        let status = response.status().as_u16();
        let date = response.headers().get("date").and_then(|date| Some(date.to_str().ok()?.to_owned()));
        let body = read(&mut response).await?;
        Ok(HttpResponse { status, date, body })
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    }
}

fn headers(request: &HttpRequest) -> Result<HeaderMap, TransportError> {
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unusable_header(error.into()))?;
        let mut value = HeaderValue::from_str(value).map_err(|error| unusable_header(error.into()))?;
        value.set_sensitive(matches!(name.as_str(), "authorization" | "x-tc-token"));
        headers.insert(name, value);
    }
    Ok(headers)
}

async fn read(response: &mut reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > BODY_LENGTH_MAX {
            return Err(TransportError::MaybeSent(TooLong.into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn failure(error: reqwest::Error) -> TransportError {
    if is_distrust(&error) || error.is_builder() {
        unusable(error)
    } else if error.is_connect() {
        TransportError::NotSent(error.without_url().into())
    } else {
        TransportError::MaybeSent(error.without_url().into())
    }
}

fn unusable(error: reqwest::Error) -> TransportError {
    TransportError::Unusable(error.without_url().into())
}

fn unusable_header(error: Box<dyn Error + Send + Sync>) -> TransportError {
    TransportError::Unusable(error)
}

/// Whether the server's certificate was refused. TLS errors travel inside `io::Error`, which does not list
/// them as its source.
fn is_distrust(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = wrapped.map(|inner| inner as _).or_else(|| error.source());
    }
    false
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's URL may hold a password.
        f.debug_struct("Http")
            .field("certificates", &self.certificates.len())
            .field("proxies", &self.proxies.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
