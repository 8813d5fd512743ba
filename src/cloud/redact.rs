//! An answer without the secrets of its request.
//!
//! The service does not repeat them; something in its place may (the error page of a proxy, an endpoint for debugging),
//! and parts of an answer reach logs and error texts. Only what stands there letter by letter is found.

use bytes::Bytes;
use secrecy::ExposeSecret;

use super::credentials::Credentials;
use super::transport::HttpRequest;

/// Shorter ones are no secrets of this service, and might stand anywhere.
const LENGTH_MIN: usize = 16;

/// `body`, which answers `request`, with what only the two of us may know struck out.
pub(crate) fn redact(body: Bytes, request: &HttpRequest, credentials: &Credentials) -> Bytes {
    let signature = request.header("Authorization").and_then(|value| value.rsplit('=').next());
    let token = credentials.token().map(ExposeSecret::expose_secret);
    let key = Some(credentials.secret_key().expose_secret());
    let secrets = [signature, token, key, Some(credentials.secret_id())];
    let secrets = secrets.into_iter().flatten().filter(|secret| secret.len() >= LENGTH_MIN);
    let text = String::from_utf8_lossy(&body);
    let found: Vec<&str> = secrets.filter(|secret| text.contains(secret)).collect();
    if found.is_empty() {
        return body;
    }
    found.into_iter().fold(text.into_owned(), |text, secret| text.replace(secret, "[secret]")).into()
}
