//! TC3-HMAC-SHA256, the signature of API 3.0, in its documented stages.
//!
//! Pure: a request, credentials and a moment go in, the `Authorization` header comes out. Which headers are sent is
//! the client's business; what is signed here must be exactly what is sent.
//!
//! Follows <https://www.tencentcloud.com/document/product/1031/32865>. Each stage is held against golden files.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";

/// A request as its signature sees it.
#[derive(Debug)]
pub(crate) struct Signable<'a> {
    /// The product's name, whatever the host is called.
    pub(crate) service: &'a str,
    /// The headers to sign, by lower-case name, in the order of their names; `content-type` and `host` must be there.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body, byte for byte as sent.
    pub(crate) body: &'a [u8],
    /// The moment sent as `X-TC-Timestamp`; the scope's date is its date in UTC.
    pub(crate) at: DateTime<Utc>,
}

impl Signable<'_> {
    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self, secret_id: &str, secret_key: &SecretString) -> String {
        let signature = signature(&self.key(secret_key), &self.string_to_sign(&self.canonical_request()));
        format!(
            "{ALGORITHM} Credential={secret_id}/{}, SignedHeaders={}, Signature={signature}",
            self.scope(),
            self.signed_headers()
        )
    }

    /// Stage 1. The path is `/` and the query empty, whatever the URL: the service says so for a `POST`.
    fn canonical_request(&self) -> String {
        let headers: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}:{}\n", value.trim().to_lowercase()))
            .collect();
        format!("POST\n/\n\n{headers}\n{}\n{}", self.signed_headers(), digest(self.body))
    }

    /// Stage 2.
    fn string_to_sign(&self, canonical_request: &str) -> String {
        let timestamp = self.at.timestamp();
        format!("{ALGORITHM}\n{timestamp}\n{}\n{}", self.scope(), digest(canonical_request.as_bytes()))
    }

    /// Stage 3.
    fn key(&self, secret_key: &SecretString) -> Zeroizing<[u8; 32]> {
        let start = Zeroizing::new(format!("TC3{}", secret_key.expose_secret()));
        let steps = [self.date(), self.service.to_owned(), TERMINATOR.to_owned()];
        let mut key = Zeroizing::new(Vec::from(start.as_bytes()));
        for step in &steps {
            key = Zeroizing::new(hmac(&key, step.as_bytes()).to_vec());
        }
        let mut end = Zeroizing::new([0; 32]);
        end.copy_from_slice(&key);
        end
    }

    fn signed_headers(&self) -> String {
        self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
    }

    fn scope(&self) -> String {
        format!("{}/{}/{TERMINATOR}", self.date(), self.service)
    }

    fn date(&self) -> String {
        self.at.format("%Y-%m-%d").to_string()
    }
}

/// Stage 4.
fn signature(key: &[u8; 32], string_to_sign: &str) -> String {
    hex::encode(hmac(key, string_to_sign.as_bytes()))
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
