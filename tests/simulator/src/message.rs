//! What goes in and what comes out: an HTTP exchange as plain owned values, plus how the reply is to travel.
//! Knows nothing of sockets; `http.rs` obeys [`Delivery`], and an in-memory transport should do the same.

use std::time::Duration;

use serde_json::Value;

/// One HTTP request, as it came off the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In upper case, such as `POST`.
    pub method: String,
    /// Path and query, such as `/` or `/?Limit=10`.
    pub path: String,
    /// Names in any case, in any order, `Host` included.
    pub headers: Vec<(String, String)>,
    /// The bytes as sent: the signature covers them.
    pub body: Vec<u8>,
}

impl Request {
    /// The first value of a header, trimmed; the name's case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// What follows the `?`, exactly as sent.
    pub(crate) fn query(&self) -> &str {
        self.path.split_once('?').map_or("", |(_, query)| query)
    }
}

/// One HTTP response, and how it is to travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 200 for every answer of the API itself, errors included.
    pub status: u16,
    /// Without `Content-Length`, which the transport knows best.
    pub headers: Vec<(String, String)>,
    /// The whole body, even where [`Delivery::Truncated`] lets only a part of it out.
    pub body: Vec<u8>,
    /// How long the reply is held back. What it reports has already happened.
    pub delay: Duration,
    /// What reaches the client.
    pub delivery: Delivery,
}

/// How much of a reply reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// All of it.
    Whole,
    /// Nothing: the connection is reset.
    Reset,
    /// Headers that announce the whole body, the first half of it, then the end of the connection.
    Truncated,
}

impl Response {
    pub(crate) fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body, delay: Duration::ZERO, delivery: Delivery::Whole }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        // Exactly this type: the vendor's Python client ignores errors in anything with a charset.
        Self::new(status, "application/json", body.to_string().into_bytes())
    }

    /// The `Response` object of the envelope; `Null` when the body is no envelope.
    pub fn envelope(&self) -> Value {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body.get("Response").cloned().unwrap_or_default()
    }

    /// The API's error code; `None` on success and when the body is no envelope.
    pub fn code(&self) -> Option<String> {
        self.envelope().pointer("/Error/Code").and_then(Value::as_str).map(str::to_owned)
    }
}
