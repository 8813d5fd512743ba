//! A look at the organization after a plan: does what would be granted anew exist?
//!
//! Only an error that apply would give as well is told, and nothing where the answer cannot be had soon.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tracing::debug;

use super::model::{IDENTITY_IDS, MEMBER_UINS, MemberAuthIdentity};
use crate::cloud::Deadline;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::resource::{Change, Cx};
use crate::organization::directory::Missing;
use crate::organization::{Halt, Organization};
use crate::reconcile::Pair;
use crate::reconcile::existence::nearest;

/// How long a plan waits for the answer.
const LIMIT: Duration = Duration::from_secs(5);

/// How many of those that exist are named beside one that does not.
const NEAREST: usize = 3;

/// How messages speak of one kind.
struct Words {
    summary: &'static str,
    what: &'static str,
    next: &'static str,
}

const MEMBER: Words = Words {
    summary: "Member account not found in the organization",
    what: "no member of the organization has this UIN: it left, was never invited, or has not accepted yet",
    next: "Correct it, invite the member first, or remove it from member_uins.",
};
const IDENTITY: Words = Words {
    summary: "Access identity does not exist",
    what: "the organization has no access identity with this id",
    next: "Correct it, or remove it from identity_ids.",
};

/// Reports each member and identity of a newly declared grant that does not exist. What has a grant in the
/// state exists, so a plan without a new one makes no call.
///
/// A grant that the state declares already and that is gone is not judged: its member may have left, and a
/// host plans as for an apply before it plans a destroy, which must not be held up by that.
pub(super) async fn check(
    cx: &Cx<'_, Organization>,
    change: &Change<MemberAuthIdentity>,
    planned: &MemberAuthIdentity,
    report: &mut Diagnostics,
) {
    let Ok(organization) = cx.data() else { return };
    let Some(product) = planned.product().filter(|_| organization.checks_plans) else { return };
    let recorded = change.prior.as_ref().map(MemberAuthIdentity::recorded).unwrap_or_default();
    let declared = change.prior.as_ref().and_then(MemberAuthIdentity::product).unwrap_or_default();
    let is_declared = |pair: &Pair| {
        declared.members.contains(&pair.member_uin) && declared.identities.contains(&pair.identity_id)
    };
    let new: BTreeSet<Pair> =
        product.pairs().filter(|pair| !recorded.contains_key(pair) && !is_declared(pair)).collect();
    let unproven = |side: fn(&Pair) -> u64| -> BTreeSet<u64> {
        let proven: BTreeSet<u64> = recorded.keys().map(side).collect();
        new.iter().map(side).filter(|id| !proven.contains(id)).collect()
    };
    let (members, identities) = (unproven(|pair| pair.member_uin), unproven(|pair| pair.identity_id));
    let until = Deadline::after(LIMIT, cx.stop().clone());
    let directory = &organization.directory;
    let (members, identities) = tokio::join!(
        directory.missing_members(&members, &until),
        directory.missing_identities(&identities, &until)
    );
    tell(members, &MEMBER_UINS.path(), &MEMBER, report);
    tell(identities, &IDENTITY_IDS.path(), &IDENTITY, report);
}

/// A set's elements have no address, so the text names the element.
fn tell(missing: Result<Missing, Halt>, at: &Path, words: &Words, report: &mut Diagnostics) {
    let missing = match missing {
        Ok(missing) => missing,
        Err(halt) => {
            debug!("the plan is not checked at {at}: {halt:?}");
            return;
        }
    };
    for id in missing.absent {
        let detail = format!(
            "{at} contains {id}, and {}.{} {}\n\nA look at the organization found this out before anything is changed. \
             To plan without it, set plan_checks = false in the provider block.",
            words.what,
            candidates(id, &missing.existing),
            words.next
        );
        report.push(Diagnostic::error(words.summary, detail).at(at.clone()));
    }
}

/// The sentence about those that exist and are written most like `id`.
fn candidates(id: u64, existing: &BTreeMap<u64, String>) -> String {
    let near = nearest(id, existing.keys().copied(), NEAREST);
    let named = near.into_iter().map(|id| match existing.get(&id).filter(|name| !name.is_empty()) {
        Some(name) => format!("{id} ({name:?})"),
        None => id.to_string(),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    if named.is_empty() { String::new() } else { format!(" Most like it are {named}.") }
}
