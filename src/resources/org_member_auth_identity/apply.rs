//! Makes the state true: looks, lets `reconcile` decide, grants, then revokes, and records what exists.

use std::collections::{BTreeMap, BTreeSet};

use super::explain::{self, Doing};
use super::model::MemberAuthIdentity;
use crate::cloud::Deadline;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::{Cx, Slot};
use crate::framework::timeouts::Operation;
use crate::reconcile::Pair;
use crate::reconcile::decide::decide;
use crate::reconcile::snapshot::Tick;
use crate::resources::access::Access;
use crate::resources::grants::{Grant, Halt, Revoked};

/// Grants the planned product, adopting what of it exists already.
pub(super) async fn create(
    cx: &Cx<'_, Access>,
    planned: MemberAuthIdentity,
    state: &mut Slot<MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let until = Deadline::after(planned.limits().limit(Operation::Create), cx.stop().clone());
    converge(cx, BTreeMap::new(), planned, state, Doing::Creating, &until).await
}

/// Grants what is new in the planned product, then revokes what is no longer in it. What the state knows to exist
/// and to work costs no call.
pub(super) async fn update(
    cx: &Cx<'_, Access>,
    prior: &MemberAuthIdentity,
    planned: MemberAuthIdentity,
    state: &mut Slot<MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let until = Deadline::after(planned.limits().limit(Operation::Update), cx.stop().clone());
    converge(cx, prior.recorded(), planned, state, Doing::Updating, &until).await
}

/// Revokes every pair that the state says is ours. Pairs that are gone already, and whose member or identity is, count
/// as revoked; those that block stay in the state.
pub(super) async fn delete(
    cx: &Cx<'_, Access>,
    prior: MemberAuthIdentity,
    state: &mut Slot<MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let grants = cx.data().grants()?;
    let mut recorded = prior.recorded();
    let until = Deadline::after(prior.limits().limit(Operation::Delete), cx.stop().clone());
    let owned: BTreeSet<Pair> = recorded.keys().copied().collect();
    let revoked = grants.revoke(&owned, &until).await;
    recorded.retain(|pair, _| !revoked.gone.contains(pair));
    if recorded.is_empty() {
        return Ok(());
    }
    state.save(prior.with_grants(recorded));
    Err(explain::revokes(Doing::Deleting, &revoked, &owned, &until))
}

async fn converge(
    cx: &Cx<'_, Access>,
    recorded: BTreeMap<Pair, Option<Grant>>,
    planned: MemberAuthIdentity,
    state: &mut Slot<MemberAuthIdentity>,
    doing: Doing,
    until: &Deadline,
) -> Result<(), Diagnostics> {
    let grants = cx.data().grants()?;
    let product =
        planned.product().ok_or_else(|| Diagnostic::bug("An apply began before its sets were known."))?;
    let desired: BTreeSet<Pair> = product.pairs().collect();
    let owned: BTreeSet<Pair> = recorded.keys().copied().collect();

    let began_at = grants.now();
    let mut present = recorded;
    let works = |grant: &Option<Grant>| grant.as_ref().is_some_and(Grant::is_configured);
    let open: BTreeSet<Pair> =
        desired.iter().filter(|pair| !present.get(pair).is_some_and(works)).copied().collect();
    let failed = |halt: Halt| explain::look(doing, &halt, until);
    let seen = grants.observe(&open, Tick::default(), until).await.map_err(failed)?;
    present.retain(|pair, _| !open.contains(pair));
    present.extend(seen.into_iter().map(|(pair, grant)| (pair, Some(grant))));
    // What others granted is believed only by a reading of our own: it is about to become ours.
    let foreign: BTreeSet<Pair> =
        present.keys().filter(|pair| open.contains(pair) && !owned.contains(pair)).copied().collect();
    let seen = grants.observe(&foreign, began_at, until).await.map_err(failed)?;
    present.retain(|pair, _| !foreign.contains(pair));
    present.extend(seen.into_iter().map(|(pair, grant)| (pair, Some(grant))));
    let standings =
        present.iter().filter_map(|(pair, grant)| Some((*pair, grant.as_ref()?.standing))).collect();
    let decision = decide(&desired, &owned, &standings);

    let settled = grants.settle(decision.grant.clone(), until).await;
    let complete = settled.is_complete();
    for pair in &settled.unseen {
        present.entry(*pair).or_insert(None);
    }
    present.extend(settled.confirmed.iter().map(|(pair, grant)| (*pair, Some(grant.clone()))));

    let revoked = if complete { grants.revoke(&decision.revoke, until).await } else { Revoked::default() };
    present.retain(|pair, _| !revoked.gone.contains(pair));

    if complete || settled.made_any() || !owned.is_empty() {
        state.save(planned.with_grants(present));
        if !decision.adopt.is_empty() {
            cx.warn(explain::adopted(&decision.adopt));
        }
    }
    if !complete {
        return Err(explain::grants(doing, &settled, &decision, until));
    }
    if revoked.gone.len() < decision.revoke.len() {
        return Err(explain::revokes(doing, &revoked, &decision.revoke, until));
    }
    Ok(())
}
