//! Finds what a typed id, or an identity, names.

use std::collections::{BTreeMap, BTreeSet};

use super::PRESET_IDENTITY;
use super::failures;
use super::identity::ResourceIdentity;
use super::model::MemberAuthIdentity;
use crate::cloud::Deadline;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::resource::Cx;
use crate::framework::timeouts::{Operation, Timeouts};
use crate::organization::{Grants, Halt, Organization};
use crate::reconcile::grant_id::{self, GrantId};
use crate::reconcile::{Pair, Product};

/// Imports the product that the typed `id` names. Whatever cannot be imported is answered with ids that can.
pub(super) async fn by_id(cx: &Cx<'_, Organization>, id: &str) -> Result<MemberAuthIdentity, Diagnostics> {
    let parsed = grant_id::parse(id).map_err(|error| {
        unexpected(id, &format!("{error}. An example: \"100000000001,100000000002#13,27\"."))
    })?;
    match parsed {
        GrantId::Members(members) => {
            let until = until(cx);
            let held = held(&cx.data()?.grants, &members, &until).await?;
            Err(unexpected(id, &format!("it names no identities. {held}")).into())
        }
        GrantId::Product(product) => import(cx, &product).await,
    }
}

/// Imports the product that `identity` names.
pub(super) async fn by_identity(
    cx: &Cx<'_, Organization>,
    identity: &ResourceIdentity,
) -> Result<MemberAuthIdentity, Diagnostics> {
    import(cx, &identity.product()?).await
}

/// Imports `product` if at least one pair of it exists; the plan that follows shows those that are missing.
async fn import(cx: &Cx<'_, Organization>, product: &Product) -> Result<MemberAuthIdentity, Diagnostics> {
    let grants = &cx.data()?.grants;
    let until = until(cx);
    let found = grants.observe(&product.pairs().collect(), &until).await;
    let found = found.map_err(|halt| looking_failed(&halt, &until))?;
    if found.is_empty() {
        return Err(nothing(product, &held(grants, &product.members, &until).await?).into());
    }
    let present = found.into_iter().map(|(pair, grant)| (pair, Some(grant)));
    Ok(MemberAuthIdentity::declaring(product).with_grants(present))
}

fn until(cx: &Cx<'_, Organization>) -> Deadline {
    Deadline::after(Timeouts::default().limit(Operation::Read), cx.stop().clone())
}

/// What each of `members` holds, as ids ready to paste.
async fn held(grants: &Grants, members: &BTreeSet<u64>, until: &Deadline) -> Result<String, Diagnostics> {
    let held = grants.held_by(members, until).await.map_err(|halt| looking_failed(&halt, until))?;
    let mut by_member: BTreeMap<u64, BTreeSet<u64>> =
        members.iter().map(|&uin| (uin, BTreeSet::new())).collect();
    for Pair { member_uin, identity_id } in held.into_keys() {
        let identities = by_member.entry(member_uin).or_default();
        if identity_id != PRESET_IDENTITY {
            identities.insert(identity_id);
        }
    }
    let lines = by_member.into_iter().map(|(member, identities)| {
        if identities.is_empty() {
            return format!(
                "  member {member} holds no identities but what Tencent Cloud itself may have given it"
            );
        }
        format!("  {:?}", grant_id::render(&Product { members: [member].into(), identities }))
    });
    Ok(format!("What exists now, as ids that can be imported:\n\n{}", lines.collect::<Vec<_>>().join("\n")))
}

fn looking_failed(halt: &Halt, until: &Deadline) -> Diagnostics {
    failures::look(&failures::of(Operation::Read, until), halt)
}

fn unexpected(id: &str, what: &str) -> Diagnostic {
    Diagnostic::error(
        "Unexpected import identifier",
        format!("{id:?} is not of the form {}: {what}", grant_id::FORM),
    )
}

fn nothing(product: &Product, held: &str) -> Diagnostic {
    Diagnostic::error(
        "Nothing to import",
        format!("No grant of {:?} exists. {held}", grant_id::render(product)),
    )
}
