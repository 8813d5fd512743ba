//! The arguments of the provider block. Names are those of the public Tencent Cloud provider, so that a block
//! can serve both.

use secrecy::zeroize::Zeroize as _;

use super::validate;
use crate::framework::attribute::{Attr, Nested};
use crate::framework::model::model;
use crate::framework::path::{Path, Step};
use crate::framework::value::{Field, Number};

pub(super) const SECRET_ID: Attr<String> =
    Attr::optional("secret_id", "Id of the API key. Environment: `TENCENTCLOUD_SECRET_ID`.");
pub(super) const SECRET_KEY: Attr<String> =
    Attr::optional("secret_key", "Secret of the API key. Environment: `TENCENTCLOUD_SECRET_KEY`.")
        .sensitive();
pub(super) const SECURITY_TOKEN: Attr<String> = Attr::optional(
    "security_token",
    "Session token that belongs to a temporary key. Environment: `TENCENTCLOUD_SECURITY_TOKEN`.",
)
.sensitive();
pub(super) const REGION: Attr<String> = Attr::optional(
    "region",
    "Region sent along with each call; the Organization API ignores it. Environment: `TENCENTCLOUD_REGION`.",
);
pub(super) const PROTOCOL: Attr<String> =
    Attr::optional("protocol", "`HTTPS` (default) or `HTTP`. Environment: `TENCENTCLOUD_PROTOCOL`.")
        .validated(validate::protocol);
pub(super) const DOMAIN: Attr<String> = Attr::optional(
    "domain",
    "Root domain of the API: `intl.tencentcloudapi.com` (default) is the international site, `tencentcloudapi.com` the \
     mainland one. Environment: `TENCENTCLOUD_DOMAIN`.",
)
.validated(validate::domain);
pub(super) const ENDPOINTS: Attr<Nested<Endpoints>> =
    Attr::optional("endpoints", "Whole URLs that take the place of those made from `protocol` and `domain`.");
pub(super) const REQUESTS_PER_SECOND: Attr<Number> = Attr::optional(
    "requests_per_second",
    "How many calls per second and action the provider may make. Default 20, which is what the API allows an account: set \
     less to leave some to others, more only if Tencent Cloud raised it for you. Environment: \
     `TENCENTCLOUD_REQUESTS_PER_SECOND`.",
)
.validated(validate::requests_per_second);
pub(super) const MAX_RETRIES: Attr<Number> = Attr::optional(
    "max_retries",
    "How often a call is repeated at most after a failure that may pass, such as a lost connection. Calls refused for the rate \
     limit are repeated until the operation's time is up, whatever is set here. Default 8. Environment: \
     `TENCENTCLOUD_MAX_RETRIES`.",
)
.validated(validate::max_retries);
pub(super) const CA_BUNDLE: Attr<String> = Attr::optional(
    "ca_bundle",
    "Path of a PEM file with certificates to trust besides the system's. Environment: `TENCENTCLOUD_CA_BUNDLE`.",
);
pub(super) const PLAN_CHECKS: Attr<bool> = Attr::optional(
    "plan_checks",
    "Whether a plan looks for members and identities that do not exist, where it would grant something new. Default \
     `true`. Environment: `TENCENTCLOUD_PLAN_CHECKS`.",
);
pub(super) const ORGANIZATION: Attr<String> = Attr::optional(
    "organization",
    "URL of the Organization API. Environment: `TENCENTCLOUD_ORGANIZATION_ENDPOINT`.",
)
.validated(validate::url);

/// A provider block. What is secret in it is wiped when it is dropped.
#[derive(Clone, Default, PartialEq)]
pub struct Config {
    pub(super) secret_id: Field<String>,
    pub(super) secret_key: Field<String>,
    pub(super) security_token: Field<String>,
    pub(super) region: Field<String>,
    pub(super) protocol: Field<String>,
    pub(super) domain: Field<String>,
    pub(super) endpoints: Field<Nested<Endpoints>>,
    pub(super) requests_per_second: Field<Number>,
    pub(super) max_retries: Field<Number>,
    pub(super) ca_bundle: Field<String>,
    pub(super) plan_checks: Field<bool>,
}

model!(Config {
    secret_id: SECRET_ID,
    secret_key: SECRET_KEY,
    security_token: SECURITY_TOKEN,
    region: REGION,
    protocol: PROTOCOL,
    domain: DOMAIN,
    endpoints: ENDPOINTS,
    requests_per_second: REQUESTS_PER_SECOND,
    max_retries: MAX_RETRIES,
    ca_bundle: CA_BUNDLE,
    plan_checks: PLAN_CHECKS,
});

/// The `endpoints` of a provider block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoints {
    pub(super) organization: Field<String>,
}

model!(Endpoints { organization: ORGANIZATION });

impl Config {
    /// The organization's endpoint, where it is given whole.
    pub(super) fn organization(&self) -> Option<&String> {
        self.endpoints.known()?.0.organization.known()
    }
}

/// `endpoints.organization`.
pub(super) fn organization_path() -> Path {
    ENDPOINTS.path().then(Step::Attribute(ORGANIZATION.name().to_owned()))
}

impl Drop for Config {
    fn drop(&mut self) {
        for secret in [&mut self.secret_key, &mut self.security_token] {
            if let Field::Known(text) = secret {
                text.zeroize();
            }
        }
    }
}

/// Shows which arguments are set, and nothing that was set.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("region", &self.region)
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}
