//! `tencentcloud_org_access_review`: everything that is granted, and what of it nobody declared, nobody can
//! use, or must be granted again.

mod model;
#[cfg(test)]
mod tests;

pub use model::AccessReview;

use std::collections::{BTreeMap, BTreeSet};

use self::model::Names;
use super::{deadline, filter};
use crate::cloud::Deadline;
use crate::diagnose::read_failed;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::resource::Cx;
use crate::organization::Organization;
use crate::organization::directory::{Binding, Directory, GrantRecord, IdentityFilter, MemberFilter};
use crate::reconcile::Pair;
use crate::reconcile::review::{Scope, review};

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct OrgAccessReview;

impl DataSource for OrgAccessReview {
    const TYPE: &'static str = "tencentcloud_org_access_review";
    const DESCRIPTION: &'static str = "Reviews the access that is granted in the organization, whoever granted it: which grants are declared \
        nowhere, which are declared and do not exist, which must be granted again, which nobody can use, and who \
        may use the others.";
    type Data = Organization;
    type Model = AccessReview;

    async fn read(
        &self,
        cx: &Cx<'_, Organization>,
        config: AccessReview,
    ) -> Result<AccessReview, Diagnostics> {
        let until = deadline(cx);
        let directory = &cx.data()?.directory;
        let scope = Scope {
            members: filter::known_ids(&config.member_uins),
            identities: filter::known_ids(&config.identity_ids),
            preset: config.include_preset.known() == Some(&true),
        };
        let mut declared = config.declared();
        declared.retain(|pair| scope.has(*pair));
        // Both are paced apart, so they take no longer together than the longer one.
        let (mut granted, bindings) = tokio::try_join!(
            Box::pin(granted(directory, &scope, &declared, &until)),
            Box::pin(bindings(directory, config.include_holders.known() != Some(&false), &until)),
        )?;
        granted.retain(|pair, grant| scope.counts(*pair, grant.is_preset, &declared));
        let usable: Option<BTreeSet<Pair>> = bindings.as_ref().map(|of| of.keys().copied().collect());
        let found = review(&granted.keys().copied().collect(), &declared, usable.as_ref());
        let names = names(directory, &found.missing, &until).await;
        Ok(config.answered(&granted, bindings.as_ref(), &found, &names))
    }
}

/// The grants in `scope`, and perhaps more, read anew: by member if members are asked for and few, else by
/// identity.
async fn granted(
    directory: &Directory,
    scope: &Scope,
    declared: &BTreeSet<Pair>,
    until: &Deadline,
) -> Result<BTreeMap<Pair, GrantRecord>, Diagnostics> {
    let by_member = scope.members.as_ref().filter(|members| {
        scope.identities.as_ref().is_none_or(|identities| members.len() <= identities.len())
    });
    let grants = match (by_member, &scope.identities) {
        (Some(members), _) => directory.grants_of_members(members, until).await,
        (None, Some(identities)) => directory.grants_of_identities(identities, until).await,
        (None, None) => {
            let identities = identities(directory, scope, declared, until).await?;
            directory.grants_of_identities(&identities, until).await
        }
    };
    let grants = grants.map_err(|halt| read_failed("Could not list the grants to review.", halt, until))?;
    Ok(grants.into_iter().map(|grant| (grant.pair, grant)).collect())
}

/// Every identity whose grants may count: all but preset ones that nobody named.
async fn identities(
    directory: &Directory,
    scope: &Scope,
    declared: &BTreeSet<Pair>,
    until: &Deadline,
) -> Result<BTreeSet<u64>, Diagnostics> {
    let identities = directory.identities_anew(&IdentityFilter::default(), until).await.map_err(|halt| {
        let tried = "Could not list the identities whose grants are to be reviewed. To do without that list, set \
                     identity_ids or member_uins.";
        read_failed(tried, halt, until)
    })?;
    let counts = identities.iter().filter(|identity| scope.preset || !identity.is_preset);
    Ok(counts.map(|identity| identity.id).chain(declared.iter().map(|pair| pair.identity_id)).collect())
}

/// Who may use which grant; `None` if that is not `wanted`.
async fn bindings(
    directory: &Directory,
    wanted: bool,
    until: &Deadline,
) -> Result<Option<BTreeMap<Pair, Vec<Binding>>>, Diagnostics> {
    if !wanted {
        return Ok(None);
    }
    let bindings = directory.bindings(until).await.map_err(|halt| {
        let tried =
            "Could not list who may use the grants. To review without that, set include_holders = false.";
        read_failed(tried, halt, until)
    })?;
    let mut by_pair: BTreeMap<Pair, Vec<Binding>> = BTreeMap::new();
    for binding in bindings {
        by_pair.entry(binding.pair).or_default().push(binding);
    }
    Ok(Some(by_pair))
}

/// The names of what is missing, as far as they can be found out: no review fails for a name.
async fn names(directory: &Directory, missing: &BTreeSet<Pair>, until: &Deadline) -> Names {
    let mut names = Names::default();
    if missing.is_empty() {
        return names;
    }
    let (no_members, no_identities) = (MemberFilter::default(), IdentityFilter::default());
    let (members, identities) = tokio::join!(
        Box::pin(directory.members(&no_members, until)),
        Box::pin(directory.identities(&no_identities, until)),
    );
    if let Ok(members) = members {
        names.members = members.iter().map(|member| (member.uin, member.name.clone())).collect();
    }
    if let Ok(identities) = identities {
        names.identities = identities.iter().map(|identity| (identity.id, identity.name.clone())).collect();
    }
    names
}
