//! Tencent Cloud Organization, version 2021-03-31: grants, the members and identities they join, the units
//! that members are in, and the access policies that say who may use a grant.
//!
//! Follows the product's API reference (international site, product 1031; mainland site, product 850). What
//! is inferred rather than documented has a switch in [`crate::Behaviour`].

mod grants;
mod identities;
mod item;
mod members;
mod nodes;
mod page;
mod policies;

use serde_json::{Map, Value};

use super::{Action, Answer, Context, Signing};
use crate::parameter::{Field, Kind, Parameters};
use crate::refusal::Refusal;

pub(super) const ACTIONS: &[Action] = &[
    action("CreateOrganizationMemberAuthIdentity", 20, grants::CREATE, grants::create),
    action("DeleteOrganizationMemberAuthIdentity", 20, grants::DELETE, grants::delete),
    action("DescribeOrganizationMemberAuthIdentities", 20, grants::DESCRIBE, grants::describe),
    action("ListOrganizationIdentity", 20, identities::LIST, identities::list),
    action("DescribeOrganizationMembers", 20, members::DESCRIBE, members::describe),
    action("DescribeOrganizationNodes", 20, nodes::DESCRIBE, nodes::describe),
    action("DescribeOrganizationMembersAuthPolicy", 20, policies::DESCRIBE, policies::describe),
    action("DescribeOrganization", 40, OWN, describe_organization),
];

const OWN: &[Field] = &[Field::optional("Lang", Kind::Text), Field::optional("Product", Kind::Text)];

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

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

#[cfg(test)]
mod tests;
