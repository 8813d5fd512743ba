//! Access policies and who is bound to them: listing both.

use std::collections::BTreeSet;

use super::{exists, item, page};
use crate::api::{Answer, Context};
use crate::behaviour::PolicyRows;
use crate::organization::{Holder, Policy};
use crate::parameter::{Field, Kind, Parameters};

pub(super) const DESCRIBE: &[Field] = &[
    Field::page("Offset"),
    Field::page("Limit"),
    Field::optional("MemberUin", Kind::Integer),
    Field::optional("OrgSubAccountUin", Kind::Integer),
    Field::optional("PolicyId", Kind::Integer),
];

/// What one row is about: a policy, some of its members, and one of those who are bound to it, if any is.
pub(super) struct Row<'a> {
    pub(super) id: u64,
    pub(super) policy: &'a Policy,
    pub(super) members: Members<'a>,
    pub(super) holder: Option<&'a Holder>,
}

/// How a row names its members.
pub(super) enum Members<'a> {
    One(u64),
    All(&'a BTreeSet<u64>),
}

pub(super) fn describe(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let page = parameters.page()?;
    exists(cx)?;
    let [member, holder, policy] =
        ["MemberUin", "OrgSubAccountUin", "PolicyId"].map(|name| parameters.integer(name));
    let mut rows = Vec::new();
    for (id, of) in &cx.organization.policies {
        if policy.is_some_and(|policy| policy != *id) {
            continue;
        }
        for row in rows_of(cx, *id, of) {
            let concerned = match row.members {
                Members::One(uin) => member.is_none_or(|member| member == uin),
                Members::All(uins) => member.is_none_or(|member| uins.contains(&member)),
            };
            let bound = row.holder.map(|holder| holder.id);
            if concerned && (holder.is_none() || holder == bound) {
                let number = rows.len() as u64;
                rows.push((of.sequence * 1000 + number, (*id, number), row));
            }
        }
    }
    Ok(page::list(rows, page, cx.behaviour, |row| item::render_binding(cx, &row)))
}

fn rows_of<'a>(cx: &Context<'a>, id: u64, policy: &'a Policy) -> Vec<Row<'a>> {
    let mut holders: Vec<Option<&Holder>> = policy.holders.iter().map(Some).collect();
    if holders.is_empty() && cx.behaviour.unbound_policies {
        holders.push(None);
    }
    let rows = holders.into_iter().flat_map(|holder| {
        let members: Vec<Members<'a>> = match cx.behaviour.policy_rows {
            PolicyRows::OneForEachMember => policy.members.iter().copied().map(Members::One).collect(),
            PolicyRows::AllMembersInOne => vec![Members::All(&policy.members)],
        };
        members.into_iter().map(move |members| Row { id, policy, members, holder })
    });
    rows.collect()
}
