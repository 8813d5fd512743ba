//! What is there now.

use std::collections::BTreeSet;

use super::failures;
use super::inherited;
use super::model::MemberAuthIdentity;
use super::private::Private;
use crate::cloud::Deadline;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::Cx;
use crate::framework::timeouts::Operation;
use crate::framework::value::Field;
use crate::organization::{Halt, Organization};
use crate::reconcile::grant_id;
use crate::reconcile::{Pair, Product};

/// Lists what exists of the product, and of what the state says is ours besides (a revoke that was blocked
/// leaves such pairs). `None`: none of it exists. Notes which of it the state of an instance that was read
/// before lists too.
pub(super) async fn read(
    cx: &Cx<'_, Organization>,
    prior: MemberAuthIdentity,
) -> Result<Option<MemberAuthIdentity>, Diagnostics> {
    let grants = &cx.data()?.grants;
    let product = prior.product();
    let mut pairs: BTreeSet<Pair> = prior.recorded().into_keys().collect();
    pairs.extend(product.iter().flat_map(Product::pairs));
    if pairs.is_empty() {
        return Err(Diagnostic::error(
            "State names no grants",
            "The state of this resource has neither valid member_uins and identity_ids nor grants, so there is nothing \
             to look for. It was probably edited by hand. Remove it with `terraform state rm` and import the grants \
             again.",
        )
        .into());
    }
    let until = Deadline::after(prior.limits().limit(Operation::Read), cx.stop().clone());
    let failed = |halt: Halt| failures::look(&failures::of(Operation::Read, &until), &halt);
    let mut found = grants.observe(&pairs, &until).await.map_err(failed)?;
    // What is dropped here is in no state any more.
    let private = Private::of(cx);
    let mut inherited = inherited::pairs(&prior, &private);
    let believed = prior.recorded().into_keys().chain(inherited.iter().copied());
    let missed = believed.filter(|pair| !found.contains_key(pair)).collect();
    found.extend(grants.observe_missed(&missed, &until).await.map_err(failed)?);
    if found.is_empty() {
        return Ok(None);
    }
    inherited.retain(|pair| found.contains_key(pair));
    let mark = private.mark.unwrap_or_else(|| grants.draw_mark());
    let noted = grants.enter(mark, &found.keys().copied().collect());
    Private { noted, inherited, ..Private::marked(mark) }.keep(cx);
    let id = product.map_or(Field::Null, |product| Field::Known(grant_id::render(&product)));
    let present = found.into_iter().map(|(pair, grant)| (pair, Some(grant)));
    Ok(Some(MemberAuthIdentity { id, ..prior.with_grants(present) }))
}
