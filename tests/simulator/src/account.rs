//! Who may call: keys and whose they are, roles and what they ask for, and sessions that were given out.
//! Knows nothing of requests or codes.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// The account that administers the organization, and owns the permanent key.
pub(crate) const HOST_UIN: u64 = 100_000_000_000;

/// A caller's key; temporary if it has a session token.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    /// From when on it is refused.
    pub(crate) expiry: Option<DateTime<Utc>>,
    pub(crate) principal: Principal,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("temporary", &self.token.is_some()).finish_non_exhaustive()
    }
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// A user of this account.
    User { account: u64 },
    /// Somebody who took on a role under this name.
    Role { arn: String, session: String },
}

impl Principal {
    /// The account that the principal belongs to.
    pub(crate) fn account(&self) -> u64 {
        match self {
            Self::User { account } => *account,
            Self::Role { arn, .. } => owner(arn).unwrap_or(HOST_UIN),
        }
    }
}

/// A session that was given out: a test that looks for secrets must know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id of its key.
    pub secret_id: String,
    /// The secret of its key.
    pub secret_key: String,
    /// Its token.
    pub token: String,
    /// The role that it is of; empty for one that a user got for a second factor.
    pub role: String,
    /// From when on it is refused.
    pub expiry: DateTime<Utc>,
}

/// What a role asks of whoever takes it on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) external_id: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) keys: BTreeMap<String, Key>,
    /// By their ARN.
    pub(crate) roles: BTreeMap<String, Role>,
    /// The assertion that each SAML provider would sign, by the provider's ARN.
    pub(crate) assertions: BTreeMap<String, String>,
    /// The token that each identity provider would issue, by the provider's id.
    pub(crate) web_tokens: BTreeMap<String, String>,
    /// The device of the second factor, and the code that it shows.
    pub(crate) second_factor: Option<(String, String)>,
    /// The role that is bound to the machine, if it runs in the cloud.
    pub(crate) instance_role: Option<String>,
    pub(crate) sessions: Vec<Session>,
}

impl Accounts {
    /// Gives out a session that ends after so many seconds.
    pub(crate) fn open(&mut self, principal: Principal, now: DateTime<Utc>, seconds: u64) -> Session {
        let number = self.sessions.len() + 1;
        let expiry = now + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000_000));
        let session = Session {
            secret_id: format!("AKIDsimulator00000000000session{number:08}"),
            secret_key: format!("simulatorSecretKeySession{number:07}"),
            token: format!("simulatorSessionToken+of/session={number:07}"),
            role: if let Principal::Role { arn, .. } = &principal { arn.clone() } else { String::new() },
            expiry,
        };
        let key = Key {
            secret: session.secret_key.clone(),
            token: Some(session.token.clone()),
            expiry: Some(expiry),
            principal,
        };
        self.keys.insert(session.secret_id.clone(), key);
        self.sessions.push(session.clone());
        session
    }

    /// Makes the service forget every key of a session.
    pub(crate) fn revoke_sessions(&mut self) {
        for session in &self.sessions {
            self.keys.remove(&session.secret_id);
        }
    }
}

/// The account in an ARN such as `qcs::cam::uin/100000000000:roleName/ops`.
pub(crate) fn owner(arn: &str) -> Option<u64> {
    arn.strip_prefix("qcs::cam::uin/")?.split_once(':')?.0.parse().ok()
}

/// The name of a role, at the end of its ARN.
pub(crate) fn role_name(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}
