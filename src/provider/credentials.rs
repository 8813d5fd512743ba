//! Who signs: which of the sources is the one, and which sessions are opened with it.
//!
//! First the base, which is the first of: the block's key, the block's machine or pod, the environment's key,
//! the environment's machine, a profile of tccli, the file of the SDKs. A role that is taken on by an
//! identity provider stands in its place. On top of it, in this order: the session for a second factor, the
//! profile's own role, the role that block or environment name, the guard of accounts. Nothing is called
//! here.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::argument::{SUMMARY, sentence};
use super::config::{Config, MFA_CERTIFICATION};
use super::sessions::{self, Federation};
use super::text;
use crate::ambient::Env;
use crate::cloud::credentials::{
    Accounts, Candidate, Chosen, EnvironmentSource, FixedSource, GuardedSource, InstanceRoleSource, Looked,
    Profile, RoleSource, SamlSource, SdkFileSource, SessionTokenSource, WebIdentitySource, first,
    pod_identity, security_token,
};
use crate::cloud::{Client, CredentialsError, Deadline, Endpoint, ProvideCredentials};
use crate::framework::attribute::Set;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::value::Field;

const CAM_ROLE_NAME: &str = "TENCENTCLOUD_CAM_ROLE_NAME";
/// How long reading what is on this machine may take.
const LOOK_MAX: Duration = Duration::from_secs(30);

type Source = Arc<dyn ProvideCredentials>;
type Look = Result<Option<Chosen>, CredentialsError>;

/// Chooses who signs. Sources call through `client`, whose own credentials are not used, and find a machine's
/// role at `metadata`.
pub(super) async fn choose(
    config: &Config,
    env: &Arc<dyn Env>,
    client: &Client,
    metadata: &Endpoint,
) -> Result<Chosen, Diagnostic> {
    let federation = sessions::federation(config, env.as_ref())?;
    let role = sessions::role(config, env.as_ref(), federation.is_some())?;
    let second_factor = sessions::second_factor(config, env.as_ref())?;
    let Chosen { mut source, region, role: of_profile } = match federation {
        Some(_) if second_factor.is_some() => return Err(second_factor_alone()),
        Some(Federation::Saml(role)) => {
            let place = "the role of `assume_role_with_saml`";
            (Arc::new(SamlSource::new(place, client.clone(), role)) as Source).into()
        }
        Some(Federation::WebIdentity(identity)) => {
            let place = "the role of `assume_role_with_web_identity`";
            (Arc::new(WebIdentitySource::new(place, client.clone(), identity)) as Source).into()
        }
        None => base(config, env, client, metadata).await.map_err(|error| told(&error))?,
    };
    if let Some(factor) = second_factor {
        let client = client.signing_with(source);
        source = Arc::new(SessionTokenSource::new("the session of `mfa_certification`", client, factor));
    }
    if let Some(role) = of_profile {
        let client = client.signing_with(source);
        source = Arc::new(RoleSource::new("the role of the profile of tccli", client, role));
    }
    if let Some(role) = role {
        let client = client.signing_with(source);
        source = Arc::new(RoleSource::new("the role of `assume_role`", client, role));
    }
    if let Some(accounts) = accounts(config) {
        source = Arc::new(GuardedSource::new(source, client.clone(), accounts));
    }
    Ok(Chosen { source, region, role: None })
}

/// The first source that is there.
async fn base(
    config: &Config,
    env: &Arc<dyn Env>,
    client: &Client,
    metadata: &Endpoint,
) -> Result<Chosen, CredentialsError> {
    let instance_role = |role: Option<String>| {
        role.map(|role| {
            Chosen::from(
                Arc::new(InstanceRoleSource::new(client.clone(), metadata.clone(), Some(role))) as Source
            )
        })
    };
    let profile = profile(config, env.as_ref());
    let file = sdk_file(env.as_ref());
    let home = "the home directory is not known (HOME is not set)";
    let profile_place = match &profile {
        Some(Profile { directory, name, .. }) => {
            format!("the profile `{name}` of tccli in {}", directory.display())
        }
        None => "the profiles of tccli".to_owned(),
    };
    let file_place = match &file {
        Some((path, _)) => format!("the credentials file of the SDKs, {}", path.display()),
        None => "the credentials file of the SDKs".to_owned(),
    };
    let missing_profile = if profile.is_some() { "no such profile, or one without keys" } else { home };
    let missing_file = if file.is_some() { "no such file" } else { home };
    first([
        Candidate::new("the arguments secret_id and secret_key of the provider block", "not set", async {
            let Some(source) = given(config, env.as_ref()) else { return Ok(None) };
            tried(Arc::new(source)).await
        }),
        Candidate::new("the argument cam_role_name, the role of this machine", "not set", async {
            Ok(instance_role(text(&config.cam_role_name)))
        }),
        Candidate::new("the argument enable_pod_oidc, the identity of this pod", "not true", async {
            if config.enable_pod_oidc.known() != Some(&true) {
                return Ok(None);
            }
            Ok(Some((Arc::new(pod_identity(client, env)?) as Source).into()))
        }),
        Candidate::new(
            "the environment variables TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
            "not set",
            tried(Arc::new(EnvironmentSource::new(Arc::clone(env)))),
        ),
        Candidate::new("the environment variable TENCENTCLOUD_CAM_ROLE_NAME", "not set", async {
            Ok(instance_role(env.var(CAM_ROLE_NAME)))
        }),
        Candidate::new(profile_place, missing_profile, async {
            match profile {
                Some(profile) => within_time(profile.open(client, metadata)).await,
                None => Ok(None),
            }
        }),
        Candidate::new(file_place, missing_file, async {
            match file {
                Some((path, required)) => tried(Arc::new(SdkFileSource::new(path, required))).await,
                None => Ok(None),
            }
        }),
    ])
    .await
}

/// `source`, if it has credentials. For sources that call nothing.
async fn tried(source: Source) -> Look {
    let until = Deadline::after(LOOK_MAX, CancellationToken::new());
    source.provide(&until).await?;
    Ok(Some(source.into()))
}

async fn within_time(look: impl Future<Output = Look>) -> Look {
    let until = Deadline::after(LOOK_MAX, CancellationToken::new());
    until.race(look).await.map_err(CredentialsError::Ended)?
}

/// The key pair of the block: halves that it leaves out come from the environment. A session token belongs to
/// its key, so that of the environment is used only with the key of the environment.
fn given(config: &Config, env: &dyn Env) -> Option<FixedSource> {
    let (id, key, token) = (text(&config.secret_id), text(&config.secret_key), text(&config.security_token));
    if id.is_none() && key.is_none() && token.is_none() {
        return None;
    }
    let token = token.or_else(|| key.is_none().then(|| security_token(env)).flatten());
    Some(FixedSource::new(
        "the provider block",
        id.or_else(|| env.var("TENCENTCLOUD_SECRET_ID")),
        key.or_else(|| env.var("TENCENTCLOUD_SECRET_KEY")).map(SecretString::from),
        token.map(SecretString::from),
    ))
}

/// The profile of tccli; `None` where the home directory is not known and would have to be.
fn profile(config: &Config, env: &dyn Env) -> Option<Profile> {
    let or_env = |field: &Field<String>, names: &[&str]| {
        text(field).or_else(|| names.iter().find_map(|name| env.var(name)))
    };
    let name = or_env(&config.profile, &["TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"]);
    let directory = or_env(&config.shared_credentials_dir, &["TENCENTCLOUD_SHARED_CREDENTIALS_DIR"]);
    let required = name.is_some() || directory.is_some();
    let directory = match directory {
        Some(directory) => expanded(&directory, env)?,
        None => home(env)?.join(".tccli"),
    };
    Some(Profile { directory, name: name.unwrap_or_else(|| "default".to_owned()), required })
}

/// The file of the SDKs, and whether somebody asked for it.
fn sdk_file(env: &dyn Env) -> Option<(PathBuf, bool)> {
    match env.var("TENCENTCLOUD_CREDENTIALS_FILE") {
        Some(path) => Some((expanded(&path, env)?, true)),
        None => Some((home(env)?.join(".tencentcloud").join("credentials"), false)),
    }
}

fn home(env: &dyn Env) -> Option<PathBuf> {
    env.var("HOME").or_else(|| env.var("USERPROFILE")).map(PathBuf::from)
}

fn expanded(path: &str, env: &dyn Env) -> Option<PathBuf> {
    match path.strip_prefix('~') {
        Some("") => home(env),
        Some(rest) if rest.starts_with(['/', '\\']) => {
            Some(home(env)?.join(rest.trim_start_matches(['/', '\\'])))
        }
        _ => Some(path.into()),
    }
}

fn accounts(config: &Config) -> Option<Accounts> {
    let of = |field: &Field<Set<String>>| -> Option<BTreeSet<String>> {
        let accounts: BTreeSet<String> = field.known()?.0.iter().filter_map(Field::known).cloned().collect();
        (!accounts.is_empty()).then_some(accounts)
    };
    let allowed = of(&config.allowed_account_ids).map(Accounts::Allowed);
    allowed.or_else(|| of(&config.forbidden_account_ids).map(Accounts::Forbidden))
}

fn told(error: &CredentialsError) -> Diagnostic {
    match error {
        CredentialsError::Nowhere { looked } => nowhere(looked),
        CredentialsError::Incomplete { .. } => Diagnostic::error(
            "Invalid credentials",
            format!("{} Set both halves together, secret_id and secret_key.", sentence(error)),
        ),
        error => Diagnostic::error(
            "Invalid credentials",
            format!(
                "{} The sources after it were not looked at: mend this one, or take it away.",
                sentence(error)
            ),
        ),
    }
}

fn nowhere(looked: &[Looked]) -> Diagnostic {
    let places: Vec<String> =
        looked.iter().map(|Looked { place, missing }| format!("  - {place}: {missing}")).collect();
    let places = places.join("\n");
    Diagnostic::error(
        "No credentials",
        format!(
            "No credentials were found. Looked, in this order, at:\n\n{places}\n\nSet one of them up for the \
             organization's administrator account; the guide \"Authentication\" shows how."
        ),
    )
}

fn second_factor_alone() -> Diagnostic {
    Diagnostic::error(
        SUMMARY,
        "A second factor is set (`mfa_certification`, or its environment variables), and an identity provider \
         is to give the credentials. A second factor belongs to a permanent key: leave one of them out.",
    )
    .at(MFA_CERTIFICATION.path())
}
