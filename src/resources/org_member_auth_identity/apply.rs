//! Makes the state true: looks, lets `reconcile` decide, grants, then revokes, and records what exists.

use std::collections::{BTreeMap, BTreeSet};

use super::failures;
use super::inherited;
use super::model::MemberAuthIdentity;
use super::private::Private;
use super::{PRESET_IDENTITY, warn_about, warnings};
use crate::cloud::Deadline;
use crate::diagnose::{not_granted, not_revoked};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::{Cx, StateSlot};
use crate::framework::timeouts::Operation;
use crate::organization::{Claim, Grants, Halt, Organization};
use crate::reconcile::decide::{Decision, decide};
use crate::reconcile::{Grant, Pair, Product};

/// Grants the planned product, adopting what of it exists already.
pub(super) async fn create(
    cx: &Cx<'_, Organization>,
    planned: MemberAuthIdentity,
    state: &mut StateSlot<MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let until = Deadline::after(planned.limits().limit(Operation::Create), cx.stop().clone());
    let grants = &cx.data()?.grants;
    Private::marked(grants.draw_mark()).keep(cx);
    let converged =
        converge(cx, grants, BTreeMap::new(), &BTreeSet::new(), &planned, Operation::Create, &until).await;
    if let Some(present) = converged.present {
        state.save(planned.with_grants(present));
    }
    converged.result
}

/// Grants what is new in the planned product, then revokes what is no longer in it, but for what another
/// instance answers for. What the state knows to exist and to work costs no call, unless another instance
/// lists it too.
pub(super) async fn update(
    cx: &Cx<'_, Organization>,
    prior: &MemberAuthIdentity,
    planned: MemberAuthIdentity,
    state: &mut StateSlot<MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let until = Deadline::after(planned.limits().limit(Operation::Update), cx.stop().clone());
    let grants = &cx.data()?.grants;
    let mut private = Private::of(cx);
    let mut recorded = prior.recorded();
    let declared: BTreeSet<Pair> = planned.product().iter().flat_map(Product::pairs).collect();
    let let_go = &inherited::pairs(prior, &private) - &declared;
    recorded.retain(|pair, _| !let_go.contains(pair));
    private.noted.retain(|pair| !let_go.contains(pair));
    warn_about(cx, &let_go, warnings::let_go);
    let converged = converge(cx, grants, recorded, &private.noted, &planned, Operation::Update, &until).await;
    if let Some(present) = converged.present {
        Private::marked(private.mark.unwrap_or_else(|| grants.draw_mark())).keep(cx);
        state.save(planned.with_grants(present));
    } else if !declared.is_empty() {
        // Nothing was done, so the state is as before, less what others have come to hold.
        let mut recorded = prior.recorded();
        let given_up = recorded.keys().filter(|pair| !declared.contains(pair)).copied().collect();
        let released = grants.release(&given_up).await;
        if !released.is_empty() {
            recorded.retain(|pair, _| !released.contains(pair));
            cx.warn(warnings::left(&released));
            state.save(prior.clone().with_grants(recorded));
        }
    }
    converged.result
}

/// Revokes every pair that the state says is ours, but for what another instance answers for. Pairs that are
/// gone already, and whose member or identity is, count as revoked; those that block stay in the state.
pub(super) async fn delete(
    cx: &Cx<'_, Organization>,
    prior: MemberAuthIdentity,
    state: &mut StateSlot<MemberAuthIdentity>,
) -> Result<(), Diagnostics> {
    let grants = &cx.data()?.grants;
    let private = Private::of(cx);
    let mut recorded = prior.recorded();
    if prior.grants.is_null() {
        warn_about(cx, &inherited::pairs(&prior, &private), warnings::let_go);
    }
    leave(cx, &mut recorded, &private.left);
    let until = Deadline::after(prior.limits().limit(Operation::Delete), cx.stop().clone());
    let owned: BTreeSet<Pair> = recorded.keys().copied().collect();
    let revoked = grants.revoke(&owned, &until).await;
    recorded.retain(|pair, _| !revoked.gone.contains(pair));
    if recorded.is_empty() {
        return Ok(());
    }
    Private { mark: private.mark, ..Private::default() }.keep(cx);
    state.save(prior.with_grants(recorded));
    Err(not_revoked(&failures::of(Operation::Delete, &until), &revoked, &owned))
}

/// What exists of the pairs concerned, as far as it is known; `None` for one that was not looked at.
type Present = BTreeMap<Pair, Option<Grant>>;

/// What an operation that makes pairs exist came to.
struct Converged {
    /// What the state must list now; `None` if nothing was done, so that the state is as it was.
    present: Option<Present>,
    result: Result<(), Diagnostics>,
}

/// Makes the planned product exist, and revokes what is `recorded` and no longer in it. What of this is
/// `noted` is left to the instance that answers for it.
async fn converge(
    cx: &Cx<'_, Organization>,
    grants: &Grants,
    mut recorded: Present,
    noted: &BTreeSet<Pair>,
    planned: &MemberAuthIdentity,
    operation: Operation,
    until: &Deadline,
) -> Converged {
    let failed = failures::of(operation, until);
    let nothing_done = |errors: Diagnostics| Converged { present: None, result: Err(errors) };
    let Some(product) = planned.product() else {
        return nothing_done(Diagnostic::bug("An apply began before its sets were known.").into());
    };
    let desired: BTreeSet<Pair> = product.pairs().collect();
    let claim = match grants.claim(&desired, until).await {
        Ok(claim) => claim,
        Err(halt) => return nothing_done(failures::claim(&failed, &halt)),
    };
    let (kept, given_up): (BTreeSet<Pair>, BTreeSet<Pair>) =
        noted.iter().partition(|pair| desired.contains(pair));
    let mut present = match look(grants, &recorded, &kept, &desired, until).await {
        Ok(present) => present,
        Err(halt) => return nothing_done(failures::look(&failed, &halt)),
    };
    leave(cx, &mut recorded, &given_up);
    present.retain(|pair, _| recorded.contains_key(pair) || desired.contains(pair));
    let owned: BTreeSet<Pair> = recorded.keys().copied().collect();
    let revoked = claim.revoked();
    present.retain(|pair, _| !revoked.contains(pair));
    let statuses = present.iter().filter_map(|(pair, grant)| Some((*pair, grant.as_ref()?.status))).collect();
    let mut decision = decide(&desired, &owned, &statuses);

    let settled = grants.grant_and_confirm(decision.grant.clone(), until).await;
    for pair in &settled.unseen {
        present.entry(*pair).or_insert(None);
    }
    present.extend(settled.confirmed.iter().map(|(pair, grant)| (*pair, Some(grant.clone()))));
    let listed: BTreeSet<Pair> = present.keys().filter(|pair| desired.contains(pair)).copied().collect();
    // What is saved with an error of a create taints it, so nothing is where nothing was made.
    if !settled.is_complete() && !settled.made_any() && owned.is_empty() {
        return nothing_done(not_granted(&failed, &settled, &decision));
    }
    warn(cx, &decision, &claim);
    claim.hold(&listed);
    if !settled.is_complete() {
        let released = grants.release(&decision.revoke).await;
        decision.revoke.retain(|pair| !released.contains(pair));
        leave(cx, &mut present, &released);
        let errors = not_granted(&failed, &settled, &decision);
        return Converged { present: Some(present), result: Err(errors) };
    }
    let revoked = grants.revoke(&decision.revoke, until).await;
    present.retain(|pair, _| !revoked.gone.contains(pair));
    let complete = revoked.gone.len() == decision.revoke.len();
    let result = if complete { Ok(()) } else { Err(not_revoked(&failed, &revoked, &decision.revoke)) };
    Converged { present: Some(present), result }
}

/// Takes `pairs` out of `recorded` without revoking them, and says so: another instance answers for them.
fn leave(cx: &Cx<'_, Organization>, recorded: &mut Present, pairs: &BTreeSet<Pair>) {
    let left: BTreeSet<Pair> = pairs.iter().filter(|pair| recorded.contains_key(pair)).copied().collect();
    recorded.retain(|pair, _| !left.contains(pair));
    warn_about(cx, &left, warnings::left);
}

/// Looks at what of `desired` the state does not know to exist and to work, and at what another instance of
/// the run may have revoked since (`shared`). What others granted is believed only by a reading of our own:
/// it is about to become ours.
async fn look(
    grants: &Grants,
    recorded: &Present,
    shared: &BTreeSet<Pair>,
    desired: &BTreeSet<Pair>,
    until: &Deadline,
) -> Result<Present, Halt> {
    let began = grants.now();
    let works = |pair: &Pair| recorded.get(pair).and_then(Option::as_ref).is_some_and(Grant::is_configured);
    let open: BTreeSet<Pair> =
        desired.iter().filter(|pair| !works(pair) || shared.contains(pair)).copied().collect();
    let mut seen = grants.observe(&open, until).await?;
    let foreign: BTreeSet<Pair> = seen.keys().filter(|pair| !recorded.contains_key(pair)).copied().collect();
    let anew = grants.observe_since(began, &foreign, until).await?;
    seen.retain(|pair, _| !foreign.contains(pair));
    seen.extend(anew);

    let mut present = recorded.clone();
    present.retain(|pair, _| !open.contains(pair));
    present.extend(seen.into_iter().map(|(pair, grant)| (pair, Some(grant))));
    Ok(present)
}

/// Tells whose grants this resource has taken over, and which it shares.
fn warn(cx: &Cx<'_, Organization>, decision: &Decision, claim: &Claim<'_>) {
    let kept_by_others = claim.kept_by_others();
    let declared_twice = claim.shared() - &kept_by_others;
    let others: BTreeSet<Pair> = &(&decision.adopt - claim.shared()) - &kept_by_others;
    let (preset, adopted): (BTreeSet<Pair>, BTreeSet<Pair>) =
        others.into_iter().partition(|pair| pair.identity_id == PRESET_IDENTITY);
    warn_about(cx, &adopted, warnings::adopted);
    warn_about(cx, &preset, warnings::preset_adopted);
    warn_about(cx, &declared_twice, warnings::declared_twice);
    warn_about(cx, &kept_by_others, warnings::kept_by_others);
}
