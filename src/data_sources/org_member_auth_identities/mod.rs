//! `tencentcloud_org_member_auth_identities`: what some members hold, who holds some identities, or both.

mod model;
#[cfg(test)]
mod tests;

pub use model::GrantSearch;

use std::collections::BTreeSet;

use super::{deadline, filter};
use crate::diagnose::read_failed;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::Cx;
use crate::organization::Organization;
use crate::organization::directory::GrantRecord;

/// How many grants a page of a list shows.
const PAGE: usize = 50;

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct OrgMemberAuthIdentities;

/// Whose lists to read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Side {
    Members(BTreeSet<u64>),
    Identities(BTreeSet<u64>),
}

impl DataSource for OrgMemberAuthIdentities {
    const TYPE: &'static str = "tencentcloud_org_member_auth_identities";
    const DESCRIPTION: &'static str = "Lists the grants of some member accounts, or of some access identities, or those of both together, \
        whoever made them. The keys of `grants` are import ids of \
        `tencentcloud_org_member_auth_identity`.";
    type Data = Organization;
    type Model = GrantSearch;

    fn validate(&self, config: &GrantSearch, report: &mut Diagnostics) {
        if config.member_uins.is_null() && config.identity_ids.is_null() {
            let detail = "Neither member_uins nor identity_ids is set. Set the members whose grants you want to see, or \
                          the identities whose holders, or both.";
            report.push(Diagnostic::error("Nothing to look for", detail).at(model::MEMBER_UINS.path()));
        }
    }

    async fn read(&self, cx: &Cx<'_, Organization>, config: GrantSearch) -> Result<GrantSearch, Diagnostics> {
        let until = deadline(cx);
        let members = filter::known_ids(&config.member_uins);
        let identities = filter::known_ids(&config.identity_ids);
        let directory = &cx.data()?.directory;
        let grants = match side(members.clone(), identities.clone()) {
            Side::Members(members) => directory.grants_of_members(&members, &until).await,
            Side::Identities(identities) => directory.grants_of_identities(&identities, &until).await,
        };
        let grants = grants.map_err(|halt| read_failed("Could not list the grants.", halt, &until))?;
        let include_preset = config.include_preset.known() == Some(&true);
        let wanted = |grant: &&GrantRecord| {
            let (member, identity) = (grant.pair.member_uin, grant.pair.identity_id);
            let named = identities.as_ref().is_some_and(|identities| identities.contains(&identity));
            members.as_ref().is_none_or(|members| members.contains(&member))
                && (named || identities.is_none() && (include_preset || !grant.is_preset))
        };
        Ok(config.answered(grants.iter().filter(wanted)))
    }
}

/// The side that takes fewer calls: one for each member, or one for every 50 holders of each identity, of
/// whom there may be as many as are asked for. Nothing is read of an empty side.
fn side(members: Option<BTreeSet<u64>>, identities: Option<BTreeSet<u64>>) -> Side {
    match (members, identities) {
        (Some(members), Some(identities)) => {
            let by_identity = identities.len().saturating_mul(members.len().div_ceil(PAGE));
            if members.len() <= by_identity { Side::Members(members) } else { Side::Identities(identities) }
        }
        (Some(members), None) => Side::Members(members),
        (None, identities) => Side::Identities(identities.unwrap_or_default()),
    }
}
