//! The seam between the client and the network: one request out, one answer back.
//!
//! Knows neither signatures nor envelopes. What it must tell is whether a request that failed can have
//! reached the service, because that decides whether a write may be repeated. `http.rs` is the real one;
//! tests bring their own.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::zeroize::Zeroizing;

use super::endpoint::Endpoint;

/// Sends one request. Implementations never retry.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends `request` as it is and reads the whole answer, whatever its status.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

/// The method of a request. The API itself is only ever sent a `POST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads a document.
    Get,
    /// Calls an action.
    Post,
}

/// A request, complete. Its `Debug` shows neither the body nor header values: signatures, tokens and
/// passwords are among them.
#[derive(Clone)]
pub struct HttpRequest {
    /// What is asked of the server.
    pub method: Method,
    /// Where to.
    pub endpoint: Endpoint,
    /// Every header to send, `Host` and `Content-Type` included, and no other. Values are wiped when they are
    /// dropped: the signature and the session token are among them.
    pub headers: Vec<(&'static str, Zeroizing<String>)>,
    /// The bytes that were signed.
    pub body: Bytes,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The HTTP status; it decides nothing if the body is an envelope.
    pub status: u16,
    /// The `Date` header as received.
    pub date: Option<String>,
    /// The body as received.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The connection could not be made: nothing was sent, and trying again may help.
    #[error("cannot connect to the service")]
    NotSent(#[source] Box<dyn Error + Send + Sync>),
    /// No connection can be made like this (an untrusted certificate, a header that cannot be written):
    /// nothing was sent, and trying again will not help.
    #[error("cannot connect to the service with these settings")]
    Unusable(#[source] Box<dyn Error + Send + Sync>),
    /// The connection broke later: the request may have reached the service.
    #[error("the connection broke before the answer was read")]
    MaybeSent(#[source] Box<dyn Error + Send + Sync>),
}

impl HttpRequest {
    /// The value of the header `name`, if it is sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.endpoint.url())
            .field("headers", &self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>())
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}
