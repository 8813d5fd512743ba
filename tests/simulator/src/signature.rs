//! TC3-HMAC-SHA256, the vendor's "signature method v3": who may call, and whether the request is really
//! theirs.
//!
//! Written from the published description alone. The canonical form is rebuilt from the request as received,
//! so whatever a client signs it must also have sent. Order of the checks (undocumented): shape of the
//! header, key, time, token, signature.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::account::Key;
use crate::message::Request;
use crate::refusal::Refusal;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const SKEW_SECONDS_MAX: u64 = 300;

/// Answers the id of the key that signed `request` for `service`, or why it is turned away.
pub(crate) fn verify<'a>(
    request: &'a Request,
    service: &str,
    keys: &BTreeMap<String, Key>,
    now: DateTime<Utc>,
) -> Result<&'a str, Refusal> {
    let refuse = |code: &str, message: &str| Refusal::new(format!("AuthFailure.{code}"), message);

    let authorization = request.header("authorization").and_then(Authorization::parse).ok_or_else(|| {
        refuse(
            "InvalidAuthorization",
            "The Authorization header is missing or does not conform to the standard.",
        )
    })?;
    let key = keys.get(authorization.secret_id).ok_or_else(|| {
        refuse("SecretIdNotFound", "The SecretId is not found, please ensure that it is correct.")
    })?;

    let timestamp = request.header("x-tc-timestamp").unwrap_or_default();
    let time = timestamp
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or_else(|| Refusal::invalid("X-TC-Timestamp is not a number of seconds."))?;
    if (now.timestamp() - time.timestamp()).unsigned_abs() > SKEW_SECONDS_MAX {
        return Err(refuse(
            "SignatureExpire",
            "The request is more than five minutes away from the server's time.",
        ));
    }
    if request.header("x-tc-token").filter(|token| !token.is_empty()) != key.token.as_deref()
        || key.expiry.is_some_and(|expiry| now >= expiry)
    {
        return Err(refuse("TokenFailure", "The token is wrong, expired, or does not belong to the key."));
    }

    let date = time.format("%Y-%m-%d").to_string();
    let signed = Stages::over(request, &authorization.signed_headers, timestamp, &date, service, &key.secret);
    if authorization.date != date
        || authorization.service != service
        || authorization.signature != signed.signature
    {
        return Err(refuse("SignatureFailure", "The provided credentials could not be validated."));
    }
    Ok(authorization.secret_id)
}

/// The parts of
/// `TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=HEX`.
#[derive(Debug, PartialEq, Eq)]
struct Authorization<'a> {
    secret_id: &'a str,
    date: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let rest = header.strip_prefix(ALGORITHM)?.strip_prefix(" Credential=")?;
        let (credential, rest) = rest.split_once(',')?;
        let (signed_headers, rest) =
            rest.trim_start_matches(' ').strip_prefix("SignedHeaders=")?.split_once(',')?;
        let signature = rest.trim_start_matches(' ').strip_prefix("Signature=")?;

        let parts: Vec<&str> = credential.split('/').collect();
        let &[secret_id, date, service, "tc3_request"] = parts.as_slice() else { return None };
        let signed_headers: Vec<&str> = signed_headers.split(';').collect();

        let is_date = date.len() == 10
            && date
                .bytes()
                .enumerate()
                .all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
        let is_name = |name: &&str| {
            !name.is_empty() && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        };
        let is_hex =
            signature.len() == 64 && signature.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let complete = ["content-type", "host"].iter().all(|name| signed_headers.contains(name));
        let well_formed = !secret_id.is_empty()
            && !service.is_empty()
            && is_date
            && signed_headers.iter().all(is_name)
            && signed_headers.is_sorted()
            && complete
            && is_hex;
        well_formed.then_some(Self { secret_id, date, service, signed_headers, signature })
    }
}

/// A signature with the stages it goes through, so that each can be held against a published vector.
#[derive(Debug)]
struct Stages {
    #[cfg_attr(not(test), expect(dead_code, reason = "a stage that only vectors look at"))]
    canonical_hash: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "a stage that only vectors look at"))]
    signing_key: String,
    signature: String,
}

impl Stages {
    fn over(
        request: &Request,
        signed_headers: &[&str],
        timestamp: &str,
        date: &str,
        service: &str,
        secret: &str,
    ) -> Self {
        let mut headers = String::new();
        for name in signed_headers {
            let value = request.header(name).unwrap_or_default().to_lowercase();
            headers.extend([*name, ":", &value, "\n"]);
        }
        let payload: &[u8] = match request.header("x-tc-content-sha256") {
            Some("UNSIGNED-PAYLOAD") => b"UNSIGNED-PAYLOAD",
            _ => &request.body,
        };
        let canonical = [
            request.method.as_str(),
            "/",
            request.query(),
            &headers,
            &signed_headers.join(";"),
            &hex::encode(Sha256::digest(payload)),
        ]
        .join("\n");
        let canonical_hash = hex::encode(Sha256::digest(canonical));
        let text = format!("{ALGORITHM}\n{timestamp}\n{date}/{service}/tc3_request\n{canonical_hash}");

        let date_key = mac(format!("TC3{secret}").as_bytes(), date);
        let service_key = mac(&date_key, service);
        let signing_key = mac(&service_key, "tc3_request");
        let signature = hex::encode(mac(&signing_key, &text));
        Self { canonical_hash, signing_key: hex::encode(signing_key), signature }
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length, so the default is never used.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default()
}

/// Signs as a client would, so that this crate's tests can call the cloud. `headers` must hold all but
/// `Authorization`; every one named in `signed_headers` has to be among them.
#[cfg(test)]
pub(crate) fn authorize(
    request: &mut Request,
    secret_id: &str,
    secret: &str,
    service: &str,
    signed_headers: &str,
) {
    let timestamp = request.header("x-tc-timestamp").unwrap().to_owned();
    let date =
        DateTime::from_timestamp(timestamp.parse().unwrap(), 0).unwrap().format("%Y-%m-%d").to_string();
    let names: Vec<&str> = signed_headers.split(';').collect();
    let signature = Stages::over(request, &names, &timestamp, &date, service, secret).signature;
    let scope = format!("{date}/{service}/tc3_request");
    let value = format!(
        "{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"
    );
    request.headers.push(("Authorization".to_owned(), value));
}

#[cfg(test)]
mod tests;
