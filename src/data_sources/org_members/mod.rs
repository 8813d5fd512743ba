//! `tencentcloud_org_members`: the member accounts of an organization, by unit, tag or text.

mod model;
#[cfg(test)]
mod tests;

pub use model::MemberSearch;

use super::{deadline, filter};
use crate::cloud::Meaning;
use crate::diagnose::{Failed, Remedy};
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::Cx;
use crate::organization::Organization;
use crate::organization::directory::{MemberFilter, NodeScope};

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct OrgMembers;

impl DataSource for OrgMembers {
    const TYPE: &'static str = "tencentcloud_org_members";
    const DESCRIPTION: &'static str = "Lists the member accounts of a Tencent Cloud Organization: all of them, or those of a unit \
        (department), with some tags, of a legal entity, or found by a text. Gives the UIN of each by its name.";
    type Data = Organization;
    type Model = MemberSearch;

    fn validate(&self, config: &MemberSearch, report: &mut Diagnostics) {
        if config.recursive.known() == Some(&true) && config.node_id.is_null() {
            let detail = "recursive asks for the units below another one, and node_id does not say which. Set node_id, \
                          or leave recursive out: without node_id, the members of all units are listed.";
            report.push(Diagnostic::error("Invalid filter", detail).at(model::RECURSIVE.path()));
        }
    }

    async fn read(
        &self,
        cx: &Cx<'_, Organization>,
        config: MemberSearch,
    ) -> Result<MemberSearch, Diagnostics> {
        let until = deadline(cx);
        let filter = filter_of(&config);
        let own = if filter.node.is_some() { no_such_unit } else { |_| None };
        let failed = Failed::data_source(&until).with_remedies(own);
        let members = cx.data()?.directory.members(&filter, &until).await;
        let members =
            members.map_err(|halt| failed.by_halt("Could not list the member accounts.", &[], &halt))?;
        Ok(config.answered(&members, cx))
    }
}

fn filter_of(config: &MemberSearch) -> MemberFilter {
    let tags = config.tags.known().into_iter().flat_map(|tags| &tags.0);
    let scope = |id| NodeScope { id, recursive: config.recursive.known() == Some(&true) };
    MemberFilter {
        search: config.search.known().cloned(),
        entity: config.entity_name.known().cloned(),
        node: filter::known_id(&config.node_id).map(scope),
        tags: tags.filter_map(|(key, value)| Some((key.clone(), value.known()?.clone()))).collect(),
        product: config.product.known().cloned(),
    }
}

/// What else does not exist, a service, is an argument that hardly anybody sets.
fn no_such_unit(meaning: Meaning) -> Option<Remedy> {
    let next = "The organization has no unit with the id in node_id, or (if product is set) no such trusted service. An \
                answer without members would take their access away, so there is none. A unit's id is shown in \
                Organization > Departments. If the unit was deleted, take what it gave access to out of the \
                configuration.";
    (meaning == Meaning::NotFound).then(|| Remedy::new("Unit not found", next).at(model::NODE_ID.path()))
}
