//! Member accounts: listing them.

use super::{exists, item, language, page};
use crate::api::{Answer, Context};
use crate::organization::{Member, Organization};
use crate::parameter::{Field, Kind, Parameters};
use crate::refusal::Refusal;

pub(super) const DESCRIBE: &[Field] = &[
    Field::page("Offset"),
    Field::page("Limit"),
    Field::optional("Lang", Kind::Text),
    Field::optional("SearchKey", Kind::Text),
    Field::optional("AuthName", Kind::Text),
    Field::optional("Product", Kind::Text),
    Field::optional("Tags", Kind::Objects(10)),
    Field::optional("NodeId", Kind::Integer),
    Field::optional("NodeName", Kind::Text),
];

pub(super) fn describe(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let page = parameters.page()?;
    language(parameters)?;
    let tags = parameters.tags()?;
    exists(cx)?;
    let node = parameters.integer("NodeId");
    let nodes = &cx.organization.nodes;
    if node.is_some_and(|node| !nodes.contains_key(&node)) {
        return Err(Refusal::not_found("OrganizationNodeNotExist"));
    }
    let given = |name| parameters.text(name).filter(|text| !text.is_empty());
    let (search, entity, node_name) =
        (parameters.text("SearchKey").unwrap_or_default(), given("AuthName"), given("NodeName"));
    let wanted = |uin: u64, member: &Member| {
        (member.name.contains(search) || uin.to_string().contains(search))
            && entity.is_none_or(|entity| entity == member.entity)
            && tags.iter().all(|(key, value)| member.tags.get(key) == Some(value))
            && node_name.is_none_or(|name| cx.organization.node_name(member.node) == name)
            && node
                .is_none_or(|node| is_in(cx.organization, member.node, node, cx.behaviour.units_reach_down))
    };
    let rows = cx
        .organization
        .members
        .iter()
        .filter(|(uin, member)| wanted(**uin, member))
        .map(|(uin, member)| (member.sequence, (*uin, 0), (*uin, member)));
    let render = |(uin, member)| item::render_member(cx, uin, member);
    Ok(page::list(rows.collect(), page, cx.behaviour, render))
}

/// Whether a member of the unit `of` counts as one of `node`.
fn is_in(organization: &Organization, of: u64, node: u64, reach_down: bool) -> bool {
    of == node || reach_down && organization.ancestors(of).contains(&node)
}
