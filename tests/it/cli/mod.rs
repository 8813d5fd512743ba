//! Whole runs of the real `terraform` and `tofu` against the simulator.
//!
//! A test is named after the acceptance scenario that it shows, `aNN_…`, and reads as one: what is
//! configured, what the plan says, what the cloud holds afterwards. Every run ends with a destroy, which must
//! remove what was ours and leave the rest (`Workspace::end`); the organization always holds grants of
//! others.
//!
//! | Module | Scenarios |
//! |---|---|
//! | `basics` | creating, reading, the many ways to write a set |
//! | `validation` | what is refused before anything happens |
//! | `credentials` | who signs, by block, environment, files, machine and session |
//! | `change` | updates in place, in the right order |
//! | `drift` | what others do behind our back, and what of it is not our business |
//! | `checks` | what a plan looks for before anything is changed |
//! | `failure` | errors, lost replies, interruptions: nothing lost |
//! | `outage` | a cloud that cannot be reached, understood, or asked |
//! | `import` | import by id and by identity, and taking out of the state |
//! | `moved` | taking over what the public provider manages |
//! | `query` | what exists, found without a state |
//! | `adoption` | a whole organization, taken over without a query |
//! | `review` | access that nobody declared |
//! | `examples` | what the registry pages quote, as it stands |
//! | `data_sources` | data sources, and departments whose access follows the organization |
//! | `functions` | the functions of the provider |
//! | `debug` | one running process for all provider blocks |
//! | `surroundings` | logs, user agent, mocks, old states, size |

mod adoption;
mod basics;
mod change;
mod checks;
mod credentials;
mod data_sources;
mod debug;
mod drift;
mod examples;
mod failure;
mod functions;
mod import;
mod moved;
mod outage;
mod query;
mod review;
mod surroundings;
mod validation;

use std::collections::BTreeSet;

use simulator::{Call, Cloud};

use support::terraform::Pair;

/// The resource that most stories are about.
const OPS: &str = "tencentcloud_org_member_auth_identity.ops";

const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
const DELETE: &str = "DeleteOrganizationMemberAuthIdentity";
const LIST: &str = "DescribeOrganizationMemberAuthIdentities";

/// The UIN of the `n`th member.
const fn member(n: u64) -> u64 {
    100_000_000_000 + n
}

/// Members 1 to 12, identities 11 to 16, and what others have granted: 1 to member 1, 16 to member 12.
fn organization() -> Cloud {
    support::organization::organization((1..=12).map(member), 11..=16)
        .with_grant(member(1), 1)
        .with_grant(member(12), 16)
}

/// The resource with these members (by `n`) and identities.
fn ops(members: &[u64], identities: &[u64]) -> String {
    ops_with(members, identities, "")
}

/// The resource with more lines in it.
fn ops_with(members: &[u64], identities: &[u64], more: &str) -> String {
    resource("ops", &format!("{:?}", uins(members)), &format!("{identities:?}"), more)
}

/// A resource whose sets are any expression.
fn resource(name: &str, members: &str, identities: &str, more: &str) -> String {
    format!(
        "resource \"tencentcloud_org_member_auth_identity\" {name:?} {{\n  \
           member_uins  = {members}\n  identity_ids = {identities}\n  {more}\n}}\n"
    )
}

fn uins(members: &[u64]) -> Vec<u64> {
    members.iter().copied().map(member).collect()
}

/// Every one of these members (by `n`) with every one of these identities.
fn product(members: &[u64], identities: &[u64]) -> BTreeSet<Pair> {
    members.iter().flat_map(|n| identities.iter().map(|id| (member(*n), *id))).collect()
}

/// The grant calls among `calls`, each as members by identities.
fn tiles(calls: &[Call]) -> Vec<(Vec<u64>, Vec<u64>)> {
    let numbers = |value: &serde_json::Value| {
        let mut numbers: Vec<u64> =
            value.as_array().unwrap().iter().map(|item| item.as_u64().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    let grants = calls.iter().filter(|call| call.action == CREATE);
    grants.map(|call| (numbers(&call.body["MemberUins"]), numbers(&call.body["IdentityIds"]))).collect()
}

/// The pairs that `calls` revoke.
fn revoked(calls: &[Call]) -> BTreeSet<Pair> {
    let revokes = calls.iter().filter(|call| call.action == DELETE);
    revokes
        .map(|call| (call.body["MemberUin"].as_u64().unwrap(), call.body["IdentityId"].as_u64().unwrap()))
        .collect()
}

/// How many of `calls` may have changed something.
fn writes(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.action != LIST && !call.action.starts_with("Describe")).count()
}
