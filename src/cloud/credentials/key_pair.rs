//! A key pair, and a session token with temporary keys. The secret is a type that cannot be printed.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::error::CredentialsError;

/// A key pair that can sign, and until when. `Debug` shows the first four characters of the id at most.
#[derive(Clone)]
pub struct Credentials(Arc<KeyPair>);

#[derive(Clone)]
struct KeyPair {
    secret_id: String,
    secret_key: SecretString,
    token: Option<SecretString>,
    expiry: Option<DateTime<Utc>>,
}

/// What a source found, before it is checked; empty text is the same as nothing.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) secret_id: Option<String>,
    pub(crate) secret_key: Option<SecretString>,
    pub(crate) token: Option<SecretString>,
}

impl Credentials {
    /// Takes a key pair and, with temporary keys, its token. Blanks around each are dropped (a stray line end
    /// is the usual cause of an unknown key); an empty token is none. Fails if a half is missing, or holds
    /// what no header can carry.
    pub fn new(
        secret_id: impl Into<String>,
        secret_key: SecretString,
        token: Option<SecretString>,
    ) -> Result<Self, CredentialsError> {
        let found = Found { secret_id: Some(secret_id.into()), secret_key: Some(secret_key), token };
        found.check("the key pair", ["secret_id", "secret_key", "token"])
    }

    /// The same, valid until `expiry`.
    #[must_use]
    pub fn expiring(self, expiry: DateTime<Utc>) -> Self {
        Self(Arc::new(KeyPair { expiry: Some(expiry), ..(*self.0).clone() }))
    }

    /// When they expire; `None` if they do not, or if nobody knows.
    pub fn expiry(&self) -> Option<DateTime<Utc>> {
        self.0.expiry
    }

    pub(crate) fn secret_id(&self) -> &str {
        &self.0.secret_id
    }

    pub(crate) fn secret_key(&self) -> &SecretString {
        &self.0.secret_key
    }

    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.0.token.as_ref()
    }

    /// Whether `other` signs exactly as these do.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.secret_id() == other.secret_id()
            && self.secret_key().expose_secret() == other.secret_key().expose_secret()
            && self.token().map(ExposeSecret::expose_secret) == other.token().map(ExposeSecret::expose_secret)
    }
}

impl Found {
    /// Turns what was found at `place` into credentials. `names` are what the user calls id, key and token
    /// there.
    pub(crate) fn check(
        self,
        place: &'static str,
        names: [&'static str; 3],
    ) -> Result<Credentials, CredentialsError> {
        let [id_name, key_name, token_name] = names;
        let secret_id = self.secret_id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        let secret_key = trimmed(self.secret_key.as_ref());
        let token = trimmed(self.token.as_ref());
        let incomplete = |missing, present| CredentialsError::Incomplete { place, missing, present };
        let (secret_id, secret_key) = match (secret_id, secret_key, &token) {
            (Some(id), Some(key), _) => (id, key),
            (Some(_), None, _) => return Err(incomplete(key_name, id_name)),
            (None, Some(_), _) => return Err(incomplete(id_name, key_name)),
            (None, None, Some(_)) => return Err(incomplete(id_name, token_name)),
            (None, None, None) => return Err(CredentialsError::Missing { place }),
        };
        let printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let parts = [
            (id_name, Some(secret_id.as_str())),
            (key_name, Some(secret_key.expose_secret())),
            (token_name, token.as_ref().map(ExposeSecret::expose_secret)),
        ];
        let broken = parts.into_iter().find(|(_, text)| text.is_some_and(|text| !printable(text)));
        if let Some((part, _)) = broken {
            return Err(CredentialsError::Unprintable { place, part });
        }
        Ok(Credentials(Arc::new(KeyPair { secret_id, secret_key, token, expiry: None })))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.secret_id().chars().take(4).collect();
        f.debug_struct("Credentials")
            .field("secret_id", &format_args!("{start}…"))
            .field("temporary", &self.token().is_some())
            .field("expiry", &self.expiry())
            .finish_non_exhaustive()
    }
}

fn trimmed(secret: Option<&SecretString>) -> Option<SecretString> {
    let text = secret?.expose_secret().trim();
    (!text.is_empty()).then(|| SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_secrets_is_printable() {
        let credentials =
            Credentials::new("AKIDabcdefgh", "very-secret".into(), Some("session".into())).unwrap();
        let shown = format!("{credentials:?}");
        assert!(shown.contains("AKID…"), "{shown}");
        for secret in ["abcd", "very-secret", "session"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn credentials_are_the_same_if_they_sign_the_same() {
        let of = |id: &str, key: &str, token: Option<&str>| {
            Credentials::new(id, key.into(), token.map(Into::into)).unwrap()
        };
        let credentials = of("id", "key", Some("token"));
        assert!(credentials.is_same(&of("id", "key", Some("token")).expiring(DateTime::UNIX_EPOCH)));
        for other in [of("i", "key", Some("token")), of("id", "k", Some("token")), of("id", "key", None)] {
            assert!(!credentials.is_same(&other) && !other.is_same(&credentials), "{other:?}");
        }
    }

    #[test]
    fn a_stray_line_end_is_dropped_and_a_blank_inside_is_refused() {
        let credentials = Credentials::new(" id\n", "key\r\n".into(), Some(" ".into())).unwrap();
        assert_eq!(credentials.secret_id(), "id");
        assert_eq!(credentials.secret_key().expose_secret(), "key");
        assert!(credentials.token().is_none());

        let part =
            |id: &str, key: &str, token: &str| match Credentials::new(id, key.into(), Some(token.into()))
                .unwrap_err()
            {
                CredentialsError::Unprintable { part, .. } => part,
                other => panic!("{other}"),
            };
        assert_eq!(part("i d", "key", ""), "secret_id");
        assert_eq!(part("id", "ké", ""), "secret_key");
        assert_eq!(part("id", "key", "to\nken"), "token");
    }
}
