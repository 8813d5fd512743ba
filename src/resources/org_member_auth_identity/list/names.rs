//! What people call what was found: names of members and identities, which the API gives with every grant.

use std::collections::BTreeMap;

use super::Held;

/// How many names are told before the rest is only counted.
const NAMES: usize = 3;

/// `finance (100000000001): auditor, billing`.
pub(super) fn of_member(member: u64, held: &Held) -> String {
    let who = held.values().next().map_or_else(String::new, |record| record.member_name.clone());
    format!("{}: {}", called(&who, member), identities(held))
}

/// `auditor, billing: finance (100000000001), sales (100000000002) and 98 more`.
pub(super) fn of_group(members: &BTreeMap<u64, Held>) -> String {
    let what = members.values().next().map(identities).unwrap_or_default();
    let who = members.iter().map(|(member, held)| {
        let name = held.values().next().map_or("", |record| &record.member_name);
        called(name, *member)
    });
    format!("{what}: {}", few(who))
}

fn identities(held: &Held) -> String {
    few(held.iter().map(|(id, record)| match record.identity_name.as_str() {
        "" => format!("identity {id}"),
        name => name.to_owned(),
    }))
}

fn called(name: &str, member: u64) -> String {
    if name.is_empty() { format!("member {member}") } else { format!("{name} ({member})") }
}

/// The first names, and how many more there are.
fn few(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let first = names.take(NAMES).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}
