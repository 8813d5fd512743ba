//! From a provider block and the environment to the settings of the client. An argument wins over its
//! variable; an empty text is the same as none.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::agent::agent;
use super::argument::{
    MAX_RETRIES_MAX, REQUESTS_PER_SECOND_MAX, SUMMARY, domain_error, endpoint, endpoint_of, protocol,
    sentence, whole_number, whole_of,
};
use super::config::{
    CA_BUNDLE, Config, DOMAIN, MAX_RETRIES, PROTOCOL, REQUESTS_PER_SECOND, organization_path,
};
use crate::ambient::Env;
use crate::cloud::credentials::{EnvironmentSource, FixedSource};
use crate::cloud::{
    CaBundle, CredentialsError, DEFAULT_DOMAIN, Deadline, Endpoint, Product, Protocol, ProvideCredentials,
    Settings,
};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};

const MAX_RETRIES_DEFAULT: u32 = 8;
/// How long reading them may take.
const CREDENTIALS_MAX: Duration = Duration::from_secs(30);
/// Settles every setting. `report` gets the warnings.
pub(super) async fn resolve(
    config: &Config,
    host_version: &str,
    env: &Arc<dyn Env>,
    report: &mut Diagnostics,
) -> Result<Settings, Diagnostics> {
    let or_env = |field: &Field<String>, name: &str| text(field).or_else(|| env.var(name));
    let organization = match (config.organization(), env.var("TENCENTCLOUD_ORGANIZATION_ENDPOINT")) {
        (Some(url), _) if !url.is_empty() => endpoint(url, organization_path())?,
        (_, Some(url)) => endpoint_of("TENCENTCLOUD_ORGANIZATION_ENDPOINT", &url)?,
        _ => {
            let scheme = or_env(&config.protocol, "TENCENTCLOUD_PROTOCOL")
                .map_or(Ok(Protocol::Https), |text| protocol(&text, Some(PROTOCOL.path())))?;
            let domain = or_env(&config.domain, "TENCENTCLOUD_DOMAIN");
            let domain = domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
            Endpoint::under(domain, Product::Organization, scheme)
                .map_err(|error| domain_error(domain, &error, DOMAIN.path()))?
        }
    };
    if organization.is_plain_http() && !organization.is_loopback() {
        report.push(plain_http(&organization));
    }
    let number = |field, path: Path, name: &str, least, most| {
        let given = whole(field, &path, least, most)?;
        let variable = || env.var(name).map(|text| whole_of(name, &text, least, most));
        given.map(Ok).or_else(variable).transpose()
    };
    Ok(Settings {
        credentials: credentials(config, env).await?,
        endpoints: [(Product::Organization, organization)].into(),
        region: or_env(&config.region, "TENCENTCLOUD_REGION"),
        agent: agent(host_version, env.as_ref()),
        requests_per_second: number(
            &config.requests_per_second,
            REQUESTS_PER_SECOND.path(),
            "TENCENTCLOUD_REQUESTS_PER_SECOND",
            1,
            REQUESTS_PER_SECOND_MAX,
        )?,
        max_retries: number(
            &config.max_retries,
            MAX_RETRIES.path(),
            "TENCENTCLOUD_MAX_RETRIES",
            0,
            MAX_RETRIES_MAX,
        )?
        .unwrap_or(MAX_RETRIES_DEFAULT),
        ca_bundle: match or_env(&config.ca_bundle, "TENCENTCLOUD_CA_BUNDLE") {
            Some(path) => Some(ca_bundle(&path).await?),
            None => None,
        },
    })
}

/// The key pair: halves that the block leaves out come from the environment. A session token belongs to its
/// key, so that of the environment is used only with the key of the environment.
async fn credentials(
    config: &Config,
    env: &Arc<dyn Env>,
) -> Result<Arc<dyn ProvideCredentials>, Diagnostics> {
    let (id, key, token) = (text(&config.secret_id), text(&config.secret_key), text(&config.security_token));
    let source: Arc<dyn ProvideCredentials> = if id.is_none() && key.is_none() && token.is_none() {
        Arc::new(EnvironmentSource::new(Arc::clone(env)))
    } else {
        let token = token.or_else(|| {
            let from_environment = key.is_none();
            from_environment.then(|| env.var("TENCENTCLOUD_SECURITY_TOKEN")).flatten()
        });
        Arc::new(FixedSource::new(
            "the provider block",
            id.or_else(|| env.var("TENCENTCLOUD_SECRET_ID")),
            key.or_else(|| env.var("TENCENTCLOUD_SECRET_KEY")).map(SecretString::from),
            token.map(SecretString::from),
        ))
    };
    // Neither makes a call, so that they can be tried before the first.
    let until = Deadline::after(CREDENTIALS_MAX, CancellationToken::new());
    match source.provide(&until).await {
        Ok(_) => Ok(source),
        Err(CredentialsError::Missing { .. }) => Err(Diagnostic::error(
            "No credentials",
            "No API key was found. Looked, in this order, at the arguments secret_id and secret_key of the provider \
             block (not set) and at the environment variables TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (not \
             set). Set either pair to a key of the organization's administrator account.",
        )
        .into()),
        Err(error) => Err(Diagnostic::error(
            "Invalid credentials",
            format!("{} Set secret_id and secret_key together.", sentence(&error)),
        )
        .into()),
    }
}

async fn ca_bundle(path: &str) -> Result<CaBundle, Diagnostic> {
    let refused = |error| {
        let detail = format!("{} Name a PEM file of certificates, or leave it out.", sentence(&error));
        Diagnostic::error(SUMMARY, detail).at(CA_BUNDLE.path())
    };
    CaBundle::read(path.as_ref()).await.map_err(refused)
}

fn text(field: &Field<String>) -> Option<String> {
    field.known().filter(|text| !text.is_empty()).cloned()
}

fn plain_http(endpoint: &Endpoint) -> Diagnostic {
    Diagnostic::warning(
        "Unencrypted endpoint",
        format!(
            "Calls to {endpoint} travel as plain HTTP. Whoever is on the way can read them, and can change the \
             answers. Use https unless this is a test."
        ),
    )
}

fn whole(field: &Field<Number>, path: &Path, least: u32, most: u32) -> Result<Option<u32>, Diagnostic> {
    field.known().map(|number| whole_number(number, path, least, most)).transpose()
}
