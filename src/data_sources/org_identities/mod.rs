//! `tencentcloud_org_identities`: the access identities of an organization, and what they allow.

mod model;
#[cfg(test)]
mod tests;

pub use model::IdentitySearch;

use super::{answer, deadline, filter};
use crate::diagnose::read_failed;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::resource::Cx;
use crate::organization::Organization;
use crate::organization::directory::IdentityFilter;

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct OrgIdentities;

impl DataSource for OrgIdentities {
    const TYPE: &'static str = "tencentcloud_org_identities";
    const DESCRIPTION: &'static str = "Lists the access identities of a Tencent Cloud Organization, with the policies that they carry, and \
        gives the id of each by its name.";
    type Data = Organization;
    type Model = IdentitySearch;

    async fn read(
        &self,
        cx: &Cx<'_, Organization>,
        config: IdentitySearch,
    ) -> Result<IdentitySearch, Diagnostics> {
        let until = deadline(cx);
        let filter = IdentityFilter {
            search: config.name.known().cloned(),
            id: filter::known_id(&config.identity_id),
            is_preset: config.r#type.known().map(|origin| origin == answer::PRESET),
        };
        let identities = cx.data()?.directory.identities(&filter, &until).await;
        let identities =
            identities.map_err(|halt| read_failed("Could not list the access identities.", halt, &until))?;
        Ok(config.answered(&identities, cx))
    }
}
