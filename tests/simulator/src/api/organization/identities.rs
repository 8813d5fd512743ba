//! Access identities: listing them.

use super::{exists, item, page};
use crate::api::{Answer, Context};
use crate::parameter::{Field, Kind, Parameters};
use crate::refusal::Refusal;

pub(super) const LIST: &[Field] = &[
    Field::page("Offset"),
    Field::page("Limit"),
    Field::optional("SearchKey", Kind::Text),
    Field::optional("IdentityId", Kind::Integer),
    Field::optional("IdentityType", Kind::Integer),
];

pub(super) fn list(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
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
        .map(|(id, identity)| (identity.sequence, (*id, 0), (*id, identity)));
    let render = |(id, identity)| item::render_identity(cx.behaviour, id, identity);
    Ok(page::list(rows.collect(), page, cx.behaviour, render))
}
