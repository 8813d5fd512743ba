//! Who signs: a key pair, and a session token with temporary keys.
//!
//! A [`Source`] is one place credentials can come from. It answers `Ok(None)` when there is nothing in it
//! (try the next), and `Err` when something is there but broken: then nothing further down may silently take
//! its place. The secret is a type that cannot be printed.

mod environment;
mod fixed;

use std::fmt;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

pub use environment::EnvironmentSource;
pub use fixed::FixedSource;

/// One place credentials can come from.
#[async_trait]
pub trait Source: Send + Sync + fmt::Debug {
    /// Where this is, in words for an error message: `the environment`.
    fn name(&self) -> &'static str;

    /// The credentials found here; `Ok(None)` if there is nothing, `Err` if what is there cannot be used.
    async fn load(&self) -> Result<Option<Credentials>, CredentialsError>;
}

/// A key pair that can sign. `Debug` shows the first four characters of the id at most.
#[derive(Clone)]
pub struct Credentials {
    secret_id: String,
    secret_key: SecretString,
    token: Option<SecretString>,
}

/// Why credentials cannot be used. Never holds any part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Neither half of a key pair.
    #[error("the key pair is empty")]
    Empty,
    /// A key pair without one of its halves.
    #[error("{place}: `{missing}` is missing, though `{present}` is set")]
    Incomplete {
        /// The source.
        place: &'static str,
        /// The half that is not there.
        missing: &'static str,
        /// What was found.
        present: &'static str,
    },
    /// Something that cannot be part of a key.
    #[error("{place}: `{part}` contains blanks, control characters or characters outside ASCII")]
    Unprintable {
        /// The source.
        place: &'static str,
        /// The part that cannot be sent.
        part: &'static str,
    },
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
    /// is the usual cause of `AuthFailure.SecretIdNotFound`); an empty token is none.
    pub fn new(
        secret_id: impl Into<String>,
        secret_key: SecretString,
        token: Option<SecretString>,
    ) -> Result<Self, CredentialsError> {
        let found = Found { secret_id: Some(secret_id.into()), secret_key: Some(secret_key), token };
        let names = ["secret_id", "secret_key", "token"];
        found.check("the key pair", names)?.ok_or(CredentialsError::Empty)
    }

    pub(crate) fn secret_id(&self) -> &str {
        &self.secret_id
    }

    pub(crate) fn secret_key(&self) -> &SecretString {
        &self.secret_key
    }

    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }
}

impl Found {
    /// Turns what was found at `place` into credentials. `names` are what the user calls id, key and token
    /// there.
    pub(crate) fn check(
        self,
        place: &'static str,
        names: [&'static str; 3],
    ) -> Result<Option<Credentials>, CredentialsError> {
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
            (None, None, None) => return Ok(None),
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
        Ok(Some(Credentials { secret_id, secret_key, token }))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.secret_id.chars().take(4).collect();
        f.debug_struct("Credentials")
            .field("secret_id", &format_args!("{start}…"))
            .field("temporary", &self.token.is_some())
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
