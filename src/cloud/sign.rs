//! TC3-HMAC-SHA256, the signature of API 3.0, in its documented stages.
//!
//! Pure: a request, credentials and a moment go in, the `Authorization` header comes out. Which headers are
//! sent is the client's business; what is signed here must be exactly what is sent. Keys and signatures are
//! wiped when they are dropped.
//!
//! Follows <https://www.tencentcloud.com/document/product/1031/52044>. Each stage is held against golden
//! files.

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
    /// The headers to sign, by lower-case name, in the order of their names; `content-type` and `host` must
    /// be there.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body, byte for byte as sent.
    pub(crate) body: &'a [u8],
    /// The moment sent as `X-TC-Timestamp`; the scope's date is its date in UTC.
    pub(crate) at: DateTime<Utc>,
}

impl Signable<'_> {
    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self, secret_id: &str, secret_key: &SecretString) -> Zeroizing<String> {
        let signature = signature(&self.key(secret_key), &self.string_to_sign(&self.canonical_request()));
        let before = format!(
            "{ALGORITHM} Credential={secret_id}/{}, SignedHeaders={}, Signature=",
            self.scope(),
            self.signed_headers()
        );
        // Joined in one piece: a text that grows leaves its beginnings behind.
        Zeroizing::new([before.as_str(), &signature].concat())
    }

    /// Stage 1. The path is `/` and the query empty, whatever the URL: the service says so for a `POST`.
    fn canonical_request(&self) -> String {
        let mut headers = String::new();
        for (name, value) in self.headers {
            headers.extend([name, ":", &value.trim().to_lowercase(), "\n"]);
        }
        format!("POST\n/\n\n{headers}\n{}\n{}", self.signed_headers(), digest(self.body))
    }

    /// Stage 2.
    fn string_to_sign(&self, canonical_request: &str) -> String {
        let timestamp = self.at.timestamp();
        format!("{ALGORITHM}\n{timestamp}\n{}\n{}", self.scope(), digest(canonical_request.as_bytes()))
    }

    /// Stage 3.
    fn key(&self, secret_key: &SecretString) -> Zeroizing<[u8; 32]> {
        let start = Zeroizing::new(["TC3", secret_key.expose_secret()].concat());
        let dated = hmac(start.as_bytes(), self.date().as_bytes());
        let of_service = hmac(&*dated, self.service.as_bytes());
        hmac(&*of_service, TERMINATOR.as_bytes())
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
fn signature(key: &[u8; 32], string_to_sign: &str) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(*hmac(key, string_to_sign.as_bytes())))
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn hmac(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds every stage against its golden file. The files end without a line end, because so do the stages.
    macro_rules! golden {
        ($($case:ident),+ $(,)?) => {$(
            #[test]
            fn $case() {
                macro_rules! file {
                    ($name:literal) => {
                        include_str!(concat!("../../tests/data/signing/", stringify!($case), "/", $name))
                    };
                }
                check(
                    file!("request.txt"),
                    file!("canonical-request.txt"),
                    file!("string-to-sign.txt"),
                    file!("key.txt"),
                    file!("signature.txt"),
                    file!("authorization.txt"),
                );
            }
        )+};
    }

    golden! {
        p1_published_international,
        p2_published_mainland,
        v1_spaced_body,
        v2_temporary_key_last_second_of_a_year,
        v3_host_with_port_first_second_of_a_year,
        v4_escaped_characters,
        v5_unsigned_payload,
        v6_compact_body,
        v7_charset_and_signed_action,
    }

    fn check(request: &str, canonical: &str, to_sign: &str, key: &str, signature: &str, authorization: &str) {
        let (head, body) = request.split_once("\n\n").unwrap();
        let mut fields: Vec<_> = head.lines().map(|line| line.split_once(": ").unwrap()).collect();
        let headers = fields.split_off(4);
        let field = |name| fields.iter().find(|(key, _)| *key == name).unwrap().1;
        let secret_key = SecretString::from(field("SecretKey"));
        let signable = Signable {
            service: field("Service"),
            headers: &headers,
            body: body.as_bytes(),
            at: DateTime::from_timestamp(field("Timestamp").parse().unwrap(), 0).unwrap(),
        };
        assert_eq!(signable.canonical_request(), canonical);
        assert_eq!(signable.string_to_sign(canonical), to_sign);
        let derived = signable.key(&secret_key);
        assert_eq!(hex::encode(*derived), key);
        assert_eq!(super::signature(&derived, to_sign).as_str(), signature);
        assert_eq!(signable.authorization(field("SecretId"), &secret_key).as_str(), authorization);
    }
    #[test]
    fn a_header_is_signed_in_lower_case_without_blanks_around_it() {
        let headers = [("content-type", " Application/JSON "), ("host", "Example.COM")];
        let at = DateTime::from_timestamp(0, 0).unwrap();
        let canonical = Signable { service: "x", headers: &headers, body: b"", at }.canonical_request();
        assert!(canonical.contains("\ncontent-type:application/json\nhost:example.com\n\n"), "{canonical}");
    }
}
