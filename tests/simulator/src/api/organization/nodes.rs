//! Organizational units: listing them.

use super::{exists, item, page};
use crate::api::{Answer, Context};
use crate::parameter::{Field, Kind, Parameters};

pub(super) const DESCRIBE: &[Field] =
    &[Field::page("Limit"), Field::page("Offset"), Field::optional("Tags", Kind::Objects(10))];

pub(super) fn describe(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let page = parameters.page()?;
    let tags = parameters.tags()?;
    exists(cx)?;
    let rows = cx
        .organization
        .nodes
        .iter()
        .filter(|(_, node)| tags.iter().all(|(key, value)| node.tags.get(key) == Some(value)))
        .map(|(id, node)| (node.sequence, (*id, 0), (*id, node)));
    let render = |(id, node)| item::render_node(id, node);
    Ok(page::list(rows.collect(), page, cx.behaviour, render))
}
