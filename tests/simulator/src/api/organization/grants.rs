//! Grants: making, revoking and listing them.

use serde_json::Map;

use super::{exists, item, page};
use crate::api::{Answer, Context};
use crate::behaviour::{Poisoned, Unknown};
use crate::organization::{PRESET, Pair};
use crate::parameter::{Field, Kind, Parameters};
use crate::refusal::Refusal;

pub(super) const CREATE: &[Field] =
    &[Field::required("MemberUins", Kind::Integers(10)), Field::required("IdentityIds", Kind::Integers(5))];

pub(super) const DELETE: &[Field] =
    &[Field::required("MemberUin", Kind::Integer), Field::required("IdentityId", Kind::Integer)];

pub(super) const DESCRIBE: &[Field] = &[
    Field::page("Offset"),
    Field::page("Limit"),
    Field::optional("MemberUin", Kind::Integer),
    Field::optional("IdentityId", Kind::Integer),
];

pub(super) fn create(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    exists(cx)?;
    let (uins, ids) = (parameters.integers("MemberUins"), parameters.integers("IdentityIds"));
    let mut refused = first_obstacle(cx, &uins, &ids).err();
    if cx.behaviour.poisoned == Poisoned::Nothing
        && let Some(refusal) = refused
    {
        return Err(refusal);
    }
    let pairs = uins.iter().flat_map(|uin| ids.iter().map(move |id| (*uin, *id)));
    for pair in pairs.take(cx.pairs_max) {
        match first_obstacle(cx, &[pair.0], &[pair.1]) {
            Ok(()) => {
                cx.organization.grant(pair, cx.now, cx.lag);
                cx.applied = true;
            }
            Err(refusal) if cx.behaviour.poisoned == Poisoned::UpToTheBad => return Err(refusal),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    refused.map_or_else(|| Ok(Map::new()), Err)
}

/// What stands in the way of granting any of these identities to any of these members.
fn first_obstacle(cx: &Context<'_>, uins: &[u64], ids: &[u64]) -> Result<(), Refusal> {
    let members = || uins.iter().try_for_each(|uin| member_obstacle(cx, *uin));
    let identities = || ids.iter().try_for_each(|id| identity_obstacle(cx, *id));
    let roles = || uins.iter().try_for_each(|uin| role_obstacle(cx, *uin, ids));
    if cx.behaviour.identities_checked_first {
        identities().and_then(|()| members()).and_then(|()| roles())
    } else {
        members().and_then(|()| identities()).and_then(|()| roles())
    }
}

fn role_obstacle(cx: &Context<'_>, uin: u64, ids: &[u64]) -> Result<(), Refusal> {
    if ids.iter().any(|id| cx.organization.roleless.contains(&(uin, *id))) {
        let message = "The role could not be created in the member account.";
        return Err(Refusal::new("FailedOperation.CreateRole", message));
    }
    Ok(())
}

fn member_obstacle(cx: &Context<'_>, uin: u64) -> Result<(), Refusal> {
    match cx.organization.members.get(&uin) {
        None => Err(Refusal::not_found("OrganizationMemberNotExist")),
        Some(member) if !member.configurable => {
            Err(Refusal::new("UnsupportedOperation", "The member cannot be configured."))
        }
        Some(_) => Ok(()),
    }
}

fn identity_obstacle(cx: &Context<'_>, id: u64) -> Result<(), Refusal> {
    match cx.organization.identities.get(&id) {
        None => Err(Refusal::not_found("OrganizationIdentityNotExist")),
        Some(identity) if !identity.valid => {
            let code = "FailedOperation.OrganizationIdentityPolicyError";
            Err(Refusal::new(code, "The policies of the identity are not valid."))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn delete(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    exists(cx)?;
    let pair = (parameters.integer("MemberUin").unwrap_or(0), parameters.integer("IdentityId").unwrap_or(0));
    if !cx.organization.identities.contains_key(&pair.1) {
        return Err(Refusal::not_found("OrganizationIdentityNotExist"));
    }
    // The documented codes of this action know no missing member, so it counts as a missing grant unless a
    // switch says otherwise.
    if cx.behaviour.unknown == Unknown::NotFound && !cx.organization.members.contains_key(&pair.0) {
        return Err(Refusal::not_found("OrganizationMemberNotExist"));
    }
    if cx.organization.granted(pair).is_none() {
        return Err(Refusal::not_found("MemberIdentityNotExist"));
    }
    if cx.organization.is_in_use(pair) {
        return Err(Refusal::new("FailedOperation.MemberIdentityAuthUsed", "The grant is in use."));
    }
    if pair.1 == PRESET && cx.behaviour.preset_is_permanent {
        return Err(Refusal::invalid("The preset identity cannot be revoked."));
    }
    cx.organization.revoke(pair, cx.now, cx.lag);
    cx.applied = true;
    Ok(Map::new())
}

pub(super) fn describe(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let mut page = parameters.page()?;
    let (uin, id) = (parameters.integer("MemberUin"), parameters.integer("IdentityId"));
    if uin.is_none() && id.is_none() {
        return Err(Refusal::invalid("One of `MemberUin` and `IdentityId` must be given."));
    }
    exists(cx)?;
    let members = &cx.organization.members;
    known(cx, uin.is_none_or(|uin| members.contains_key(&uin)), "OrganizationMemberNotExist")?;
    let identities = &cx.organization.identities;
    let is_identity = |id| id == PRESET || identities.contains_key(&id);
    known(cx, id.is_none_or(is_identity), "OrganizationIdentityNotExist")?;
    let wanted = |pair: Pair| uin.is_none_or(|uin| uin == pair.0) && id.is_none_or(|id| id == pair.1);
    if cx.behaviour.first_page_only {
        page.offset = 0;
    }
    let (hidden, shown): (Vec<_>, Vec<_>) = cx
        .organization
        .visible(cx.now)
        .filter(|(pair, _)| wanted(*pair))
        .partition(|(pair, _)| cx.behaviour.hidden.contains(pair));
    let rows = shown.iter().map(|(pair, grant)| (grant.sequence, *pair, (*pair, *grant)));
    let render = |(pair, grant)| item::render_grant(cx, pair, grant);
    let mut answer = page::list(rows.collect(), page, cx.behaviour, render);
    let total = cx.behaviour.claimed_total.unwrap_or((shown.len() + hidden.len()) as u64);
    answer.insert("Total".to_owned(), total.into());
    Ok(answer)
}

/// Refuses what is not known, if this cloud does so.
fn known(cx: &Context<'_>, is_known: bool, missing: &str) -> Result<(), Refusal> {
    match cx.behaviour.unknown {
        Unknown::NotFound if !is_known => Err(Refusal::not_found(missing)),
        Unknown::Invalid if !is_known => {
            Err(Refusal::invalid("The value of the parameter is not part of the organization."))
        }
        _ => Ok(()),
    }
}
