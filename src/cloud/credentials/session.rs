//! What all sources that open a session at STS have in common: keys that expire are made of its answer, and a
//! code that a device shows is used once.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;

use super::error::CredentialsError;
use super::key_pair::{Credentials, Found};
use crate::cloud::api::sts::Session;

/// An answer that no session can be made of.
#[derive(Debug, thiserror::Error)]
#[error("the service opened a session and did not say until when")]
struct Endless;

/// A code was used and another one is needed.
#[derive(Debug, thiserror::Error)]
#[error("the session has ended, and the code of the second factor opens only one: run again with a new code")]
struct Spent;

/// Whether a code that is good for one session has opened it.
#[derive(Debug, Default)]
pub(super) struct OneTimeCode(AtomicBool);

impl OneTimeCode {
    /// Fails if the code is used up: the service would refuse it, and may lock the device after some times.
    pub(super) fn check(&self, place: &'static str) -> Result<(), CredentialsError> {
        if self.0.load(Ordering::Relaxed) { Err(CredentialsError::failed(place, Spent)) } else { Ok(()) }
    }

    /// The code has opened a session.
    pub(super) fn spend(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The credentials of `session`, which was opened for the source at `place`.
pub(super) fn credentials(place: &'static str, session: Session) -> Result<Credentials, CredentialsError> {
    let expiry = session.expired_time.and_then(from_seconds).or_else(|| {
        let moment = DateTime::parse_from_rfc3339(session.expiration.as_deref()?).ok()?;
        Some(moment.with_timezone(&Utc))
    });
    let keys = session.credentials.unwrap_or_default();
    let found = Found {
        secret_id: keys.tmp_secret_id.map(|id| id.expose_secret().to_owned()),
        secret_key: keys.tmp_secret_key,
        token: keys.token,
    };
    let credentials = found.check(place, ["TmpSecretId", "TmpSecretKey", "Token"])?;
    expiry.map(|expiry| credentials.expiring(expiry)).ok_or_else(|| CredentialsError::failed(place, Endless))
}

/// A moment in UNIX seconds.
pub(super) fn from_seconds(seconds: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &str) -> Result<Option<i64>, String> {
        let session = serde_json::from_str(answer).unwrap();
        let credentials = credentials("here", session).map_err(|error| crate::causes::with_causes(&error))?;
        Ok(credentials.expiry().map(|expiry| expiry.timestamp()))
    }

    #[test]
    fn a_session_is_valid_until_it_says_so() {
        let keys = r#""Credentials":{"Token":"t","TmpSecretId":"i","TmpSecretKey":"k"}"#;
        assert_eq!(check(&format!(r#"{{{keys},"ExpiredTime":1800000000}}"#)), Ok(Some(1_800_000_000)));
        let text = format!(r#"{{{keys},"Expiration":"2027-01-15T08:00:00Z"}}"#);
        assert_eq!(check(&text), Ok(Some(1_800_000_000)));
        assert!(check(&format!("{{{keys}}}")).unwrap_err().contains("did not say until when"));
        let half = r#"{"Credentials":{"TmpSecretId":"i"},"ExpiredTime":1800000000}"#;
        assert!(check(half).unwrap_err().contains("`TmpSecretKey` is missing"));
    }

    #[test]
    fn a_code_opens_one_session() {
        let code = OneTimeCode::default();
        assert!(code.check("here").is_ok());
        code.spend();
        let error = code.check("here").unwrap_err();
        assert!(crate::causes::with_causes(&error).contains("run again with a new code"));
    }
}
