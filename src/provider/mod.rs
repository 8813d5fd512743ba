//! The provider: its block, its configuration, and the list that names every type.

mod agent;
mod argument;
mod blocks;
mod config;
mod conflicts;
mod credentials;
mod plan_checks;
mod sessions;
mod settings;
mod validate;

use std::sync::Arc;

pub use blocks::{AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, MfaCertification};
pub use config::{Config, Endpoints};

use crate::ambient::{Clock, Env};
use crate::cloud::{Client, SettingsError};
use crate::data_sources::org_access_review::OrgAccessReview;
use crate::data_sources::org_identities::OrgIdentities;
use crate::data_sources::org_member_auth_identities::OrgMemberAuthIdentities;
use crate::data_sources::org_members::OrgMembers;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::provider::Provider;
use crate::framework::registry::Registry;
use crate::framework::value::Field;
use crate::functions::{GrantId, GroupGrants, ParseGrantId};
use crate::organization::Organization;
use crate::resources::org_member_auth_identity::{Attachment, OrgMemberAuthIdentity};

/// The provider `tencentcloud`, in the world that it was given.
#[derive(Debug)]
pub struct TencentCloud {
    env: Arc<dyn Env>,
    clock: Arc<dyn Clock>,
}

impl TencentCloud {
    /// Takes environment variables from `env` and signs by `clock`.
    pub fn new(env: Arc<dyn Env>, clock: Arc<dyn Clock>) -> Self {
        Self { env, clock }
    }
}

impl Provider for TencentCloud {
    const DESCRIPTION: &'static str = "Manages access grants in a [Tencent Cloud Organization]\
        (https://www.tencentcloud.com/document/product/1031): which member accounts get which access identities.";
    type Config = Config;
    type Data = Organization;

    fn register(registry: &mut Registry<Organization>) {
        registry
            .resource(OrgMemberAuthIdentity)
            .importable()
            .identified()
            .listed()
            .moves_from::<Attachment>()
            .coordinated()
            .checked();
        registry.data_source(OrgAccessReview);
        registry.data_source(OrgIdentities);
        registry.data_source(OrgMembers);
        registry.data_source(OrgMemberAuthIdentities);
        registry.function(GrantId);
        registry.function(ParseGrantId);
        registry.function(GroupGrants);
    }

    fn validate(&self, config: &Config, report: &mut Diagnostics) {
        conflicts::check(config, report);
    }

    /// Makes the client. Calls nothing: wrong credentials show at the first call.
    async fn configure(
        &self,
        host_version: &str,
        config: Config,
        report: &mut Diagnostics,
    ) -> Result<Organization, Diagnostics> {
        let checks_plans = plan_checks::resolve(config.plan_checks, self.env.as_ref())?;
        let settings = settings::resolve(&config, host_version, &self.env, report).await?;
        let has_region = settings.region.is_some();
        let unusable =
            |error: &SettingsError| Diagnostic::error(argument::SUMMARY, argument::sentence(error));
        let mut client = Client::new(settings, Arc::clone(&self.clock), self.env.as_ref())
            .map_err(|error| unusable(&error))?;
        let metadata = settings::metadata(&config, self.env.as_ref())?;
        let chosen = credentials::choose(&config, &self.env, &client, &metadata).await?;
        if let Some(region) = chosen.region.filter(|_| !has_region) {
            client = client.in_region(region).map_err(|error| unusable(&error))?;
        }
        let client = client.signing_with(chosen.source);
        Ok(Organization { checks_plans, ..Organization::new(client) })
    }
}

/// What a text argument says; an empty one is the same as none.
fn text(field: &Field<String>) -> Option<String> {
    field.known().filter(|text| !text.is_empty()).cloned()
}

#[cfg(test)]
mod tests;
