//! The role of the pod that this runs in: what the cluster (TKE) sets in its environment.

use std::sync::Arc;

use super::error::CredentialsError;
use super::web_identity::{TextFrom, WebIdentity, WebIdentitySource};
use crate::ambient::Env;
use crate::cloud::client::Client;
use crate::cloud::settings::SettingsError;

const PLACE: &str = "the identity of this pod";
const REGION: &str = "TKE_REGION";
const PROVIDER_ID: &str = "TKE_PROVIDER_ID";
const TOKEN_FILE: &str = "TKE_WEB_IDENTITY_TOKEN_FILE";
const ROLE_ARN: &str = "TKE_ROLE_ARN";
/// What the session is called in the audit log.
const SESSION_NAME: &str = "tke-pod";
const SECONDS: u32 = 7_200;

/// A variable that the cluster should have set.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{0}`, which TKE sets in a pod with an identity, is not set")]
struct NotSet(&'static str);

#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{REGION}` cannot be used")]
struct BadRegion(#[source] SettingsError);

/// The source of the pod whose environment `env` is. Calls through `client`, in the region of the cluster.
/// Fails if a variable is missing.
pub fn pod_identity(client: &Client, env: &Arc<dyn Env>) -> Result<WebIdentitySource, CredentialsError> {
    let var = |name| env.var(name).ok_or_else(|| CredentialsError::failed(PLACE, NotSet(name)));
    let client =
        client.in_region(var(REGION)?).map_err(|error| CredentialsError::failed(PLACE, BadRegion(error)))?;
    let identity = WebIdentity {
        provider_id: var(PROVIDER_ID)?,
        token: TextFrom::File(var(TOKEN_FILE)?.into()),
        role_arn: TextFrom::Given(var(ROLE_ARN)?),
        session_name: SESSION_NAME.to_owned(),
        duration_seconds: Some(SECONDS),
    };
    Ok(WebIdentitySource::new(PLACE, client, identity))
}
