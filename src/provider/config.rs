//! The arguments of the provider block. Names are those of the public Tencent Cloud provider, so that a block
//! can serve both.

use secrecy::zeroize::Zeroize as _;

use super::blocks::{AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, MfaCertification};
use super::validate;
use crate::framework::attribute::{Attr, List, Nested, Set};
use crate::framework::block::Blocks;
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
    "Region sent along with each call; the Organization API ignores it. If none is set, that of the profile is sent where the \
     key comes from it. Environment: `TENCENTCLOUD_REGION`.",
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
pub(super) const COS_DOMAIN: Attr<String> = Attr::optional(
    "cos_domain",
    "Accepted so that a block can be shared, and without effect: it concerns object storage. Environment: \
     `TENCENTCLOUD_COS_DOMAIN`.",
);
pub(super) const SHARED_CREDENTIALS_DIR: Attr<String> = Attr::optional(
    "shared_credentials_dir",
    "Where the profiles of tccli, the vendor's command line, are; `~` is your home. Default `~/.tccli`. Environment: \
     `TENCENTCLOUD_SHARED_CREDENTIALS_DIR`.",
);
pub(super) const PROFILE: Attr<String> = Attr::optional(
    "profile",
    "The profile of tccli to use where neither block nor environment has a key. Default `default`. Environment: \
     `TENCENTCLOUD_PROFILE`, then `TCCLI_PROFILE`.",
)
.validated(validate::profile);
pub(super) const CAM_ROLE_NAME: Attr<String> = Attr::optional(
    "cam_role_name",
    "The role that is bound to the machine that this runs on (CVM). Environment: `TENCENTCLOUD_CAM_ROLE_NAME`.",
);
pub(super) const ENABLE_POD_OIDC: Attr<bool> = Attr::optional(
    "enable_pod_oidc",
    "Whether to use the identity of the pod that this runs in (TKE), which the cluster sets in the environment. Default false.",
);
pub(super) const ALLOWED_ACCOUNT_IDS: Attr<Set<String>> = Attr::optional(
    "allowed_account_ids",
    "UINs of the accounts whose credentials may be used. With others, nothing is called. An empty set is the same as none.",
)
.validated(validate::account_ids);
pub(super) const FORBIDDEN_ACCOUNT_IDS: Attr<Set<String>> = Attr::optional(
    "forbidden_account_ids",
    "UINs of accounts whose credentials must not be used. With these, nothing is called. An empty set is the same as none.",
)
.validated(validate::account_ids);
pub(super) const ASSUME_ROLE: Blocks<Set<Nested<AssumeRole>>> =
    Blocks::set("assume_role", "A role that the credentials take on.").at_most(1);
pub(super) const ASSUME_ROLE_WITH_SAML: Blocks<List<Nested<AssumeRoleWithSaml>>> = Blocks::list(
    "assume_role_with_saml",
    "A role that is taken on by the assertion of a SAML identity provider, in place of a key.",
)
.at_most(1);
pub(super) const ASSUME_ROLE_WITH_WEB_IDENTITY: Blocks<List<Nested<AssumeRoleWithWebIdentity>>> =
    Blocks::list(
        "assume_role_with_web_identity",
        "A role that is taken on by the token of an OIDC identity provider, in place of a key.",
    )
    .at_most(1);
pub(super) const MFA_CERTIFICATION: Blocks<Set<Nested<MfaCertification>>> =
    Blocks::set("mfa_certification", "A session that a permanent key opens with a second factor.").at_most(1);
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

pub(super) const STS: Attr<String> = Attr::optional(
    "sts",
    "URL of STS, which opens sessions and tells whose a key is. Environment: `TENCENTCLOUD_STS_ENDPOINT`.",
)
.validated(validate::url);
pub(super) const METADATA: Attr<String> = Attr::optional(
    "metadata",
    "URL of the metadata service of the machine that this runs on. Environment: `TENCENTCLOUD_METADATA_ENDPOINT`.",
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
    pub(super) cos_domain: Field<String>,
    pub(super) shared_credentials_dir: Field<String>,
    pub(super) profile: Field<String>,
    pub(super) cam_role_name: Field<String>,
    pub(super) enable_pod_oidc: Field<bool>,
    pub(super) allowed_account_ids: Field<Set<String>>,
    pub(super) forbidden_account_ids: Field<Set<String>>,
    pub(super) endpoints: Field<Nested<Endpoints>>,
    pub(super) requests_per_second: Field<Number>,
    pub(super) max_retries: Field<Number>,
    pub(super) ca_bundle: Field<String>,
    pub(super) plan_checks: Field<bool>,
    pub(super) assume_role: Field<Set<Nested<AssumeRole>>>,
    pub(super) assume_role_with_saml: Field<List<Nested<AssumeRoleWithSaml>>>,
    pub(super) assume_role_with_web_identity: Field<List<Nested<AssumeRoleWithWebIdentity>>>,
    pub(super) mfa_certification: Field<Set<Nested<MfaCertification>>>,
}

model!(Config {
    secret_id: SECRET_ID,
    secret_key: SECRET_KEY,
    security_token: SECURITY_TOKEN,
    region: REGION,
    protocol: PROTOCOL,
    domain: DOMAIN,
    cos_domain: COS_DOMAIN,
    shared_credentials_dir: SHARED_CREDENTIALS_DIR,
    profile: PROFILE,
    cam_role_name: CAM_ROLE_NAME,
    enable_pod_oidc: ENABLE_POD_OIDC,
    allowed_account_ids: ALLOWED_ACCOUNT_IDS,
    forbidden_account_ids: FORBIDDEN_ACCOUNT_IDS,
    endpoints: ENDPOINTS,
    requests_per_second: REQUESTS_PER_SECOND,
    max_retries: MAX_RETRIES,
    ca_bundle: CA_BUNDLE,
    plan_checks: PLAN_CHECKS,
} blocks {
    assume_role: ASSUME_ROLE,
    assume_role_with_saml: ASSUME_ROLE_WITH_SAML,
    assume_role_with_web_identity: ASSUME_ROLE_WITH_WEB_IDENTITY,
    mfa_certification: MFA_CERTIFICATION,
});

/// The `endpoints` of a provider block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoints {
    pub(super) organization: Field<String>,
    pub(super) sts: Field<String>,
    pub(super) metadata: Field<String>,
}

model!(Endpoints { organization: ORGANIZATION, sts: STS, metadata: METADATA });

impl Config {
    /// An endpoint that is given whole.
    pub(super) fn endpoint(&self, of: fn(&Endpoints) -> &Field<String>) -> Option<&String> {
        of(&self.endpoints.known()?.0).known()
    }

    /// The block `assume_role`.
    pub(super) fn role(&self) -> Option<&AssumeRole> {
        only(&self.assume_role.known()?.0)
    }

    /// The block `assume_role_with_saml`.
    pub(super) fn saml(&self) -> Option<&AssumeRoleWithSaml> {
        only(&self.assume_role_with_saml.known()?.0)
    }

    /// The block `assume_role_with_web_identity`.
    pub(super) fn web_identity(&self) -> Option<&AssumeRoleWithWebIdentity> {
        only(&self.assume_role_with_web_identity.known()?.0)
    }

    /// The block `mfa_certification`.
    pub(super) fn second_factor(&self) -> Option<&MfaCertification> {
        only(&self.mfa_certification.known()?.0)
    }
}

/// The block, of which there may be one.
fn only<M>(blocks: &[Field<Nested<M>>]) -> Option<&M> {
    blocks.iter().find_map(|block| Some(&block.known()?.0))
}

/// Where one of the `endpoints` stands.
pub(super) fn endpoint_path(of: &Attr<String>) -> Path {
    ENDPOINTS.path().then(Step::Attribute(of.name().to_owned()))
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
