//! From a provider block and the environment to the settings of the client. An argument wins over its
//! variable; an empty text is the same as none.

use std::sync::Arc;

use super::agent::agent;
use super::argument::{
    MAX_RETRIES_MAX, REQUESTS_PER_SECOND_MAX, SUMMARY, domain_error, endpoint, endpoint_of, protocol,
    sentence, whole_number, whole_of,
};
use super::config::{
    CA_BUNDLE, Config, DOMAIN, MAX_RETRIES, METADATA, ORGANIZATION, PROTOCOL, REQUESTS_PER_SECOND, STS,
    endpoint_path,
};
use super::text;
use crate::ambient::Env;
use crate::cloud::credentials::{FixedSource, METADATA_URL};
use crate::cloud::{CaBundle, DEFAULT_DOMAIN, Endpoint, Product, Protocol, Settings};
use crate::framework::attribute::Attr;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};

const MAX_RETRIES_DEFAULT: u32 = 8;

/// Settles every setting but who signs. `report` gets the warnings.
pub(super) async fn resolve(
    config: &Config,
    host_version: &str,
    env: &Arc<dyn Env>,
    report: &mut Diagnostics,
) -> Result<Settings, Diagnostics> {
    let or_env = |field: &Field<String>, name: &str| text(field).or_else(|| env.var(name));
    let made = |product| {
        let scheme = or_env(&config.protocol, "TENCENTCLOUD_PROTOCOL")
            .map_or(Ok(Protocol::Https), |text| protocol(&text, Some(PROTOCOL.path())))?;
        let domain = or_env(&config.domain, "TENCENTCLOUD_DOMAIN");
        let domain = domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
        Endpoint::under(domain, product, scheme).map_err(|error| domain_error(domain, &error, DOMAIN.path()))
    };
    let whole_or = |given: Option<&String>, argument: &Attr<String>, variable: &str, product| match (
        given,
        env.var(variable),
    ) {
        (Some(url), _) if !url.is_empty() => endpoint(url, endpoint_path(argument)),
        (_, Some(url)) => endpoint_of(variable, &url),
        _ => made(product),
    };
    let organization = whole_or(
        config.endpoint(|endpoints| &endpoints.organization),
        &ORGANIZATION,
        "TENCENTCLOUD_ORGANIZATION_ENDPOINT",
        Product::Organization,
    )?;
    let sts = config.endpoint(|endpoints| &endpoints.sts);
    let sts = whole_or(sts, &STS, "TENCENTCLOUD_STS_ENDPOINT", Product::Sts)?;
    let unencrypted = [&organization, &sts].into_iter().find(|url| url.is_plain_http() && !url.is_loopback());
    report.extend(unencrypted.map(plain_http));
    let number = |field, path: Path, name: &str, least, most| {
        let given = whole(field, &path, least, most)?;
        let variable = || env.var(name).map(|text| whole_of(name, &text, least, most));
        given.map(Ok).or_else(variable).transpose()
    };
    Ok(Settings {
        credentials: Arc::new(FixedSource::new("nobody has chosen yet who signs", None, None, None)),
        endpoints: [(Product::Organization, organization), (Product::Sts, sts)].into(),
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

/// Where the machine that this runs on tells its role.
pub(super) fn metadata(config: &Config, env: &dyn Env) -> Result<Endpoint, Diagnostic> {
    match (config.endpoint(|endpoints| &endpoints.metadata), env.var("TENCENTCLOUD_METADATA_ENDPOINT")) {
        (Some(url), _) if !url.is_empty() => endpoint(url, endpoint_path(&METADATA)),
        (_, Some(url)) => endpoint_of("TENCENTCLOUD_METADATA_ENDPOINT", &url),
        _ => endpoint_of("the metadata service", METADATA_URL),
    }
}

async fn ca_bundle(path: &str) -> Result<CaBundle, Diagnostic> {
    let refused = |error| {
        let detail = format!("{} Name a PEM file of certificates, or leave it out.", sentence(&error));
        Diagnostic::error(SUMMARY, detail).at(CA_BUNDLE.path())
    };
    CaBundle::read(path.as_ref()).await.map_err(refused)
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
