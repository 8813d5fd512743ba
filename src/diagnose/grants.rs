//! What came of grants and revokes that did not all succeed, whoever declared them: one text about each kind
//! of refusal, with its pairs. Knows no attribute.

use std::collections::BTreeSet;

use super::failed::Failed;
use super::remedy::Remedy;
use super::subject::Subject;
use super::words::{counted_were, named, paragraphs};
use crate::cloud::Kind;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::timeouts::Operation;
use crate::organization::{Culprit, GrantOutcome, Refusal, RevokeOutcome};
use crate::reconcile::Pair;
use crate::reconcile::decide::Decision;

/// Some of the grants of `decision` were not made, and its revokes therefore not begun.
pub fn not_granted(failed: &Failed<'_>, settled: &GrantOutcome, decision: &Decision) -> Diagnostics {
    let creating = failed.subject() == Subject::Resource(Operation::Create);
    let state = if creating && !settled.made_any() {
        "There is no state yet"
    } else if settled.unseen.is_empty() {
        "The state lists exactly the grants that exist"
    } else {
        "The state lists every grant that may exist"
    };
    let mut progress = vec![format!(
        "{} of {} made. {state}; apply again to go on from here.",
        settled.confirmed.len(),
        counted_were(decision.grant.len(), "grant")
    )];
    let stale = settled.stale();
    let unseen = &settled.unseen - &stale;
    if !unseen.is_empty() {
        progress.push(format!(
            "Asked for but not seen yet, and kept in the state to be on the safe side: {}.",
            named(&unseen)
        ));
    }
    progress.extend(untried(&settled.untried(&decision.grant)));
    if creating && settled.made_any() {
        progress.push(
            "Terraform marks a resource whose creation failed as tainted, and would revoke its grants to \
             make it anew. To keep them, add `lifecycle { create_before_destroy = true }` to the resource, \
             or run `terraform untaint` (or `tofu untaint`) with its address, before you apply again."
                .to_owned(),
        );
    }
    if !decision.revoke.is_empty() {
        progress.push(format!(
            "Nothing was revoked, so that access does not drop before the new grants are there. Still to \
             revoke: {}.",
            named(&decision.revoke)
        ));
    }
    let refusals = grouped(&settled.refusals).into_iter().map(|(refusal, pairs)| {
        let tried = format!("Could not grant {}.{}", named(&pairs), given_up(refusal, &settled.refusals));
        failed.by_error(&tried, &progress, &refusal.error, refusal.attempts)
    });
    let fruitless = [(unlisted(), settled.unlisted()), (stale_still(), stale)];
    let fruitless = fruitless.into_iter().filter(|(_, pairs)| !pairs.is_empty()).map(|(remedy, pairs)| {
        let asked = format!("Asked three times to grant {}, Tencent Cloud accepted.", named(&pairs));
        Diagnostic::error(remedy.summary, paragraphs(format!("{asked} {}", remedy.next), &progress))
    });
    let halt = settled.halt.iter().map(|halt| failed.by_halt("Granting ended early.", &progress, halt));
    refusals.chain(fruitless).chain(halt).collect()
}

/// Some of `pairs` were not revoked.
pub fn not_revoked(failed: &Failed<'_>, revoked: &RevokeOutcome, pairs: &BTreeSet<Pair>) -> Diagnostics {
    let mut progress = vec![format!(
        "{} of {} revoked. The state keeps the others. {}",
        revoked.gone.len(),
        counted_were(pairs.len(), "grant"),
        failed.subject().go_on()
    )];
    progress.extend(untried(&revoked.untried(pairs)));
    let refusals = grouped(&revoked.refusals).into_iter().map(|(refusal, pairs)| {
        let tried = format!("Could not revoke {}.", named(&pairs));
        failed.by_error(&tried, &progress, &refusal.error, refusal.attempts)
    });
    let halt = revoked.halt.iter().map(|halt| failed.by_halt("Revoking ended early.", &progress, halt));
    refusals.chain(halt).collect()
}

/// Which members were given up as a whole for what `refusal` says.
fn given_up(refusal: &Refusal, refusals: &[Refusal]) -> String {
    let member = |other: &Refusal| match other.culprit {
        Some(Culprit::Member(uin)) if same(other, refusal) && other.error.kind() == Kind::Failed => Some(uin),
        _ => None,
    };
    let members: BTreeSet<u64> = refusals.iter().filter_map(member).collect();
    if members.is_empty() {
        return String::new();
    }
    let noun = if members.len() == 1 { "member" } else { "members" };
    format!(" Nothing could be granted to {noun} {}, so not every grant of it was tried.", named(&members))
}

fn untried(pairs: &BTreeSet<Pair>) -> Option<String> {
    (!pairs.is_empty()).then(|| format!("Not tried: {}.", named(pairs)))
}

/// Refusals of the same kind together: one text for fifty pairs, not fifty texts.
fn grouped(refusals: &[Refusal]) -> Vec<(&Refusal, BTreeSet<Pair>)> {
    let mut groups: Vec<(&Refusal, BTreeSet<Pair>)> = Vec::new();
    for refusal in refusals {
        match groups.iter_mut().find(|(group, _)| same(group, refusal)) {
            Some((_, pairs)) => pairs.extend(&refusal.pairs),
            None => groups.push((refusal, refusal.pairs.clone())),
        }
    }
    groups
}

/// Whether both say the same.
fn same(one: &Refusal, other: &Refusal) -> bool {
    one.error.code() == other.error.code() && one.error.kind() == other.error.kind()
}

/// The remedy where a grant was accepted again and again and is in no list.
fn unlisted() -> Remedy {
    Remedy::new(
        "Grant accepted but not listed",
        "But no list shows it, ten seconds after each time. Most likely somebody else revokes it: look for \
         another Terraform configuration, or a script, that manages the same member, then apply again.",
    )
}

/// The remedy where a grant was accepted again and again and does not work.
fn stale_still() -> Remedy {
    Remedy::new(
        "Grant still reports that it must be configured again",
        "But the list shows it with Status 2 (to be configured again), ten seconds after each time. Check \
         the policies of the identity in Organization > Member login > Identities, and the role in the \
         member account, then apply again. The grant stays in the state.",
    )
}
