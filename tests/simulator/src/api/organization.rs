//! Tencent Cloud Organization, version 2021-03-31: grants, and the members and identities they join.
//!
//! Follows the product's API reference (international site, product 1031; mainland site, product 850). What
//! is inferred rather than documented has a switch in [`crate::Behaviour`].

mod item;

use serde_json::{Map, Value, json};

use super::{Action, Answer, Context, Signing};
use crate::behaviour::{Behaviour, Order, Poisoned, Unknown};
use crate::organization::{PRESET, Pair};
use crate::parameter::{Field, Kind, Page, Parameters};
use crate::refusal::Refusal;

pub(super) const ACTIONS: &[Action] = &[
    action(
        "CreateOrganizationMemberAuthIdentity",
        20,
        &[
            Field::required("MemberUins", Kind::Integers(10)),
            Field::required("IdentityIds", Kind::Integers(5)),
        ],
        create_grants,
    ),
    action(
        "DeleteOrganizationMemberAuthIdentity",
        20,
        &[Field::required("MemberUin", Kind::Integer), Field::required("IdentityId", Kind::Integer)],
        delete_grant,
    ),
    action(
        "DescribeOrganizationMemberAuthIdentities",
        20,
        &[
            Field::page("Offset"),
            Field::page("Limit"),
            Field::optional("MemberUin", Kind::Integer),
            Field::optional("IdentityId", Kind::Integer),
        ],
        describe_grants,
    ),
    action(
        "ListOrganizationIdentity",
        20,
        &[
            Field::page("Offset"),
            Field::page("Limit"),
            Field::optional("SearchKey", Kind::Text),
            Field::optional("IdentityId", Kind::Integer),
            Field::optional("IdentityType", Kind::Integer),
        ],
        list_identities,
    ),
    action(
        "DescribeOrganizationMembers",
        20,
        &[
            Field::page("Offset"),
            Field::page("Limit"),
            Field::optional("Lang", Kind::Text),
            Field::optional("SearchKey", Kind::Text),
            Field::optional("AuthName", Kind::Text),
            Field::optional("Product", Kind::Text),
            Field::optional("Tags", Kind::Objects(10)),
            Field::optional("NodeId", Kind::Integer),
            Field::optional("NodeName", Kind::Text),
        ],
        describe_members,
    ),
    action(
        "DescribeOrganization",
        40,
        &[Field::optional("Lang", Kind::Text), Field::optional("Product", Kind::Text)],
        describe_organization,
    ),
];

const ROOT_NODE: u64 = 1001;
const ROOT_NODE_NAME: &str = "Root";

const fn action(
    name: &'static str,
    per_second: u32,
    fields: &'static [Field],
    run: fn(&mut Context<'_>, &Parameters) -> Answer,
) -> Action {
    Action {
        name,
        service: "organization",
        version: "2021-03-31",
        per_second,
        signing: Signing::Signed,
        needs_region: false,
        fields,
        run,
    }
}

fn create_grants(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
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

fn delete_grant(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
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
    if cx.organization.in_use.contains(&pair) {
        return Err(Refusal::new("FailedOperation.MemberIdentityAuthUsed", "The grant is in use."));
    }
    if pair.1 == PRESET && cx.behaviour.preset_is_permanent {
        return Err(Refusal::invalid("The preset identity cannot be revoked."));
    }
    cx.organization.revoke(pair, cx.now, cx.lag);
    cx.applied = true;
    Ok(Map::new())
}

fn describe_grants(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
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
    let rows =
        shown.iter().map(|(pair, grant)| (grant.sequence, *pair, item::render_grant(cx, *pair, grant)));
    let mut answer = list(rows.collect(), page, cx.behaviour);
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

fn list_identities(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let page = parameters.page()?;
    let kind = parameters.integer("IdentityType");
    if kind.is_some_and(|kind| !matches!(kind, 1 | 2)) {
        return Err(Refusal::invalid("`IdentityType` must be 1 or 2."));
    }
    exists(cx)?;
    let (wanted, search) =
        (parameters.integer("IdentityId"), parameters.text("SearchKey").unwrap_or_default());
    let rows = cx
        .organization
        .identities
        .iter()
        .filter(|(id, identity)| {
            wanted.is_none_or(|wanted| wanted == **id)
                && kind.is_none_or(|kind| kind == item::identity_type(**id))
                && identity.alias.contains(search)
        })
        .map(|(id, identity)| (identity.sequence, (*id, 0), item::render_identity(*id, identity)));
    Ok(list(rows.collect(), page, cx.behaviour))
}

fn describe_members(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let page = parameters.page()?;
    language(parameters)?;
    exists(cx)?;
    if parameters.integer("NodeId").is_some_and(|node| node != ROOT_NODE) {
        return Err(Refusal::not_found("OrganizationNodeNotExist"));
    }
    let search = parameters.text("SearchKey").unwrap_or_default();
    let tagged = parameters.has_items("Tags");
    let rows = cx
        .organization
        .members
        .iter()
        .filter(|(uin, member)| member.name.contains(search) || uin.to_string().contains(search))
        .filter(|_| !tagged && parameters.text("AuthName").is_none_or(str::is_empty))
        .filter(|_| parameters.text("NodeName").is_none_or(|name| name.is_empty() || name == ROOT_NODE_NAME))
        .map(|(uin, member)| (member.sequence, (*uin, 0), item::render_member(*uin, member)));
    Ok(list(rows.collect(), page, cx.behaviour))
}

fn describe_organization(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    language(parameters)?;
    exists(cx)?;
    Ok(object(item::render_organization()))
}

fn exists(cx: &Context<'_>) -> Result<(), Refusal> {
    if cx.organization.dissolved { Err(Refusal::not_found("OrganizationNotExist")) } else { Ok(()) }
}

fn language(parameters: &Parameters) -> Result<(), Refusal> {
    match parameters.text("Lang") {
        None | Some("en" | "zh") => Ok(()),
        Some(_) => Err(Refusal::invalid("`Lang` must be `en` or `zh`.")),
    }
}

/// One page of rows (creation order, key, item), in the order of this cloud. Past the end there is an empty
/// page with the same `Total`.
fn list(mut rows: Vec<(u64, Pair, Value)>, page: Page, behaviour: &Behaviour) -> Map<String, Value> {
    let total = rows.len();
    rows.sort_unstable_by_key(|(sequence, key, _)| match behaviour.order {
        Order::NewestFirst => u64::MAX - sequence,
        Order::OldestFirst => *sequence,
        Order::Shuffled(seed) => shuffled(seed, *key),
    });
    let items: Vec<Value> =
        rows.into_iter().map(|(_, _, item)| item).skip(page.offset).take(page.limit).collect();
    let items = if items.is_empty() && behaviour.null_items { Value::Null } else { items.into() };
    object(json!({ "Items": items, "Total": total }))
}

fn shuffled(seed: u64, key: Pair) -> u64 {
    let mut random = fastrand::Rng::with_seed(seed);
    for part in [key.0, key.1] {
        random = fastrand::Rng::with_seed(random.u64(..) ^ part);
    }
    random.u64(..)
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

#[cfg(test)]
mod tests;
