//! Credentials of the right account only: before they sign their first call, STS is asked whose they are.
//!
//! Where the guard stands between a source and a client, nothing is signed with credentials of another
//! account but the question itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::error::CredentialsError;
use super::key_pair::Credentials;
use super::provide::ProvideCredentials;
use crate::cloud::api::sts::GetCallerIdentity;
use crate::cloud::client::Client;
use crate::cloud::deadline::Deadline;

const PLACE: &str = "the check of the account";

/// The accounts, by their UINs, that may be worked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// These and no others.
    Allowed(BTreeSet<String>),
    /// All but these.
    Forbidden(BTreeSet<String>),
}

#[derive(Debug, thiserror::Error)]
#[error("the service did not say which account the credentials belong to")]
struct Nameless;

/// Gives what another source gives, if it belongs to the right account.
#[derive(Debug)]
pub struct GuardedSource {
    source: Arc<dyn ProvideCredentials>,
    client: Client,
    accounts: Accounts,
    /// Whose they are. A source does not change that.
    account: OnceCell<String>,
}

impl GuardedSource {
    /// Lets through what `source` gives, if it is of one of `accounts`. Asks once, through `client`, with
    /// what `source` gives first.
    pub fn new(source: Arc<dyn ProvideCredentials>, client: Client, accounts: Accounts) -> Self {
        Self { source, client, accounts, account: OnceCell::new() }
    }

    async fn pass(
        &self,
        credentials: Credentials,
        until: &Deadline,
    ) -> Result<Credentials, CredentialsError> {
        let account = self.account.get_or_try_init(async || {
            let client = self.client.signing_with(credentials.clone().into());
            let identity = client.call(&GetCallerIdentity {}, until).await;
            let identity = identity.map_err(|error| CredentialsError::refused(PLACE, error))?;
            let account = identity.account_id.filter(|account| !account.is_empty());
            account.ok_or_else(|| CredentialsError::failed(PLACE, Nameless))
        });
        let account = account.await?;
        match self.accounts.refusal(account) {
            None => Ok(credentials),
            Some(rule) => Err(CredentialsError::AccountNotAllowed { account: account.clone(), rule }),
        }
    }
}

impl Accounts {
    /// What speaks against `account`.
    fn refusal(&self, account: &str) -> Option<&'static str> {
        match self {
            Self::Allowed(accounts) if !accounts.contains(account) => {
                Some("is not in the list of those that are allowed")
            }
            Self::Forbidden(accounts) if accounts.contains(account) => {
                Some("is in the list of those that are forbidden")
            }
            _ => None,
        }
    }
}

#[async_trait]
impl ProvideCredentials for GuardedSource {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        self.pass(self.source.provide(until).await?, until).await
    }

    async fn renew(&self, refused: &Credentials, until: &Deadline) -> Result<Credentials, CredentialsError> {
        self.pass(self.source.renew(refused, until).await?, until).await
    }
}
