//! Makes the state true: looks, lets `reconcile` decide, grants, then revokes, and records what exists.

use std::collections::{BTreeMap, BTreeSet};

use super::explain::{self, Doing};
use super::model::MemberAuthIdentity;
use crate::cloud::Deadline;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::{Cx, Slot};
use crate::framework::timeouts::Operation;
use crate::reconcile::Pair;
use crate::reconcile::decide::{Decision, decide};
use crate::resources::access::Access;
use crate::resources::grants::{Grant, Grants, Halt};

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

/// What exists of the pairs concerned, as far as it is known; `None` for one that was not looked at.
type Present = BTreeMap<Pair, Option<Grant>>;

async fn converge(
    cx: &Cx<'_, Access>,
    recorded: Present,
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

    let claim = grants.claim(&desired, until).await.map_err(|halt| explain::claim(doing, &halt, until))?;
    let mut present =
        look(grants, recorded, &desired, until).await.map_err(|halt| explain::look(doing, &halt, until))?;
    let revoked = claim.revoked();
    present.retain(|pair, _| !revoked.contains(pair));
    let standings =
        present.iter().filter_map(|(pair, grant)| Some((*pair, grant.as_ref()?.standing))).collect();
    let decision = decide(&desired, &owned, &standings);

    let settled = grants.settle(decision.grant.clone(), until).await;
    for pair in &settled.unseen {
        present.entry(*pair).or_insert(None);
    }
    present.extend(settled.confirmed.iter().map(|(pair, grant)| (*pair, Some(grant.clone()))));
    let listed: BTreeSet<Pair> = present.keys().filter(|pair| desired.contains(pair)).copied().collect();
    if !settled.is_complete() {
        // What is saved with an error of a create taints it, so nothing is where nothing was made.
        if settled.made_any() || !owned.is_empty() {
            warn(cx, &decision, claim.shared());
            claim.hold(&listed);
            state.save(planned.with_grants(present));
        }
        return Err(explain::grants(doing, &settled, &decision, until));
    }

    warn(cx, &decision, claim.shared());
    claim.hold(&listed);
    let revoked = grants.revoke(&decision.revoke, until).await;
    present.retain(|pair, _| !revoked.gone.contains(pair));
    state.save(planned.with_grants(present));
    if revoked.gone.len() < decision.revoke.len() {
        return Err(explain::revokes(doing, &revoked, &decision.revoke, until));
    }
    Ok(())
}

/// Looks at what of `desired` the state does not know to exist and to work. What others granted is believed only by a
/// reading of our own: it is about to become ours.
async fn look(
    grants: &Grants,
    recorded: Present,
    desired: &BTreeSet<Pair>,
    until: &Deadline,
) -> Result<Present, Halt> {
    let began = grants.now();
    let works = |pair: &Pair| recorded.get(pair).and_then(Option::as_ref).is_some_and(Grant::is_configured);
    let open: BTreeSet<Pair> = desired.iter().filter(|pair| !works(pair)).copied().collect();
    let mut seen = grants.observe(&open, until).await?;
    let foreign: BTreeSet<Pair> = seen.keys().filter(|pair| !recorded.contains_key(pair)).copied().collect();
    let anew = grants.observe_since(began, &foreign, until).await?;
    seen.retain(|pair, _| !foreign.contains(pair));
    seen.extend(anew);

    let mut present = recorded;
    present.retain(|pair, _| !open.contains(pair));
    present.extend(seen.into_iter().map(|(pair, grant)| (pair, Some(grant))));
    Ok(present)
}

/// Tells whose grants this resource has taken over, and which it shares.
fn warn(cx: &Cx<'_, Access>, decision: &Decision, shared: &BTreeSet<Pair>) {
    let adopted: BTreeSet<Pair> = decision.adopt.difference(shared).copied().collect();
    if !adopted.is_empty() {
        cx.warn(explain::adopted(&adopted));
    }
    if !shared.is_empty() {
        cx.warn(explain::shared(shared));
    }
}
