//! A plan beside the plans of the other instances: no run takes away a pair that another state lists and
//! keeps.

use std::collections::BTreeSet;

use super::failures;
use super::inherited;
use super::model::MemberAuthIdentity;
use super::private::Private;
use super::{warn_about, warnings};
use crate::cloud::Deadline;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::resource::Cx;
use crate::framework::timeouts::Operation;
use crate::organization::{Grants, Organization};
use crate::reconcile::Pair;
use crate::reconcile::roster::{Change, Intent};

/// Settles who of several instances that list a pair answers for it, and tells what comes of it.
/// `reconcile::roster` decides.
///
/// Pairs that must be claimed are planned with an unknown role name, so that the instance takes part in the
/// apply.
pub(super) async fn coordinate(
    cx: &Cx<'_, Organization>,
    prior: Option<&MemberAuthIdentity>,
    planned: Option<&mut MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let grants = &cx.data()?.grants;
    let private = Private::of(cx);
    match (prior, planned) {
        (None, None) => Ok(()),
        (None, Some(planned)) => replace(cx, grants, private, planned).await,
        (Some(prior), planned) => grant_and_confirm(cx, grants, private, prior, planned).await,
    }
}

/// A plan without a prior state is that of a new object, but there may be an old one that makes room for it.
/// If it is replaced on demand, the instance was planned before, and the private bytes are those of that
/// plan. If it is tainted, the host sends neither the object nor its private bytes.
async fn replace(
    cx: &Cx<'_, Organization>,
    grants: &Grants,
    private: Private,
    planned: &MemberAuthIdentity,
) -> Result<(), Diagnostics> {
    let left = if let Some(mark) = private.mark {
        let handover = grants.replace(mark);
        if !handover.unsettled.is_empty() {
            return Err(failures::unsettled(&handover.unsettled).into());
        }
        handover.left
    } else {
        let desired: Option<BTreeSet<Pair>> = planned.product().map(|product| product.pairs().collect());
        let until = Deadline::after(planned.limits().limit(Operation::Read), cx.stop().clone());
        let left = grants.replace_tainted(&desired.unwrap_or_default(), &until).await;
        left.map_err(|halt| failures::plan(&halt, &until))?
    };
    Private { left, ..private }.keep(cx);
    Ok(())
}

async fn grant_and_confirm(
    cx: &Cx<'_, Organization>,
    grants: &Grants,
    private: Private,
    prior: &MemberAuthIdentity,
    planned: Option<&mut MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let inherited = inherited::pairs(prior, &private);
    let let_go = match planned.as_ref().map(|planned| planned.product()) {
        Some(Some(product)) => &inherited - &product.pairs().collect(),
        Some(None) => BTreeSet::new(),
        None if prior.grants.is_null() => inherited,
        None => {
            warn_about(cx, &inherited, warnings::inherited_revoked);
            BTreeSet::new()
        }
    };
    warn_about(cx, &let_go, warnings::let_go);
    // A state that was never read by this version has no mark, and cannot be told from others.
    let Some(mark) = private.mark else { return Ok(()) };
    let lists: BTreeSet<Pair> = prior.recorded().into_keys().filter(|pair| !let_go.contains(pair)).collect();
    let (change, desired): (Change, Option<BTreeSet<Pair>>) = match &planned {
        None => (Change::Destroy, Some(BTreeSet::new())),
        Some(planned) => {
            let change = if **planned == *prior { Change::Nothing } else { Change::Update };
            (change, planned.product().map(|product| product.pairs().collect()))
        }
    };
    let keeps = desired.map(|desired| &desired & &lists);
    let noted = &grants.notes(mark).unwrap_or_else(|| private.noted.clone()) & &lists;
    let intent = Intent { mark, lists, keeps, noted, change };
    let until = Deadline::after(prior.limits().limit(Operation::Read), cx.stop().clone());
    let settled = grants.settle_plan(&intent, &until).await;
    let handover = settled.map_err(|halt| failures::plan(&halt, &until))?;
    if !handover.unsettled.is_empty() {
        return Err(failures::unsettled(&handover.unsettled).into());
    }
    warn_about(cx, &handover.left, warnings::left);
    warn_about(cx, &handover.taken_over, warnings::taken_over);
    warn_about(cx, &handover.declared_twice, warnings::declared_twice);
    match planned {
        Some(planned) => planned.look_again_at(&handover.again),
        None => Private { left: handover.left, ..private }.keep(cx),
    }
    Ok(())
}
