//! Turns what went wrong into what the practitioner reads: what was tried, on which pairs, what came of it,
//! what the API said, and the next step. The only place that does.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;

use super::PRESET_IDENTITY;
use super::advice::{self, advice};
use crate::causes::with_causes;
use crate::cloud::{ApiError, Deadline, Ended, Kind};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::timeouts::render_duration;
use crate::organization::{Culprit, GrantOutcome, Halt, Refusal, RevokeOutcome};
use crate::reconcile::Pair;
use crate::reconcile::decide::Decision;

/// How many pairs or members a text names before it only counts.
const NAMED: usize = 5;

/// The operation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Creating,
    Reading,
    Updating,
    Deleting,
    Importing,
}

impl Doing {
    /// The key in `timeouts` that limits it.
    fn timeout(self) -> &'static str {
        match self {
            Self::Creating => "create",
            Self::Reading | Self::Importing => "read",
            Self::Updating => "update",
            Self::Deleting => "delete",
        }
    }
}

/// Looking which grants exist failed, so nothing was done.
pub(super) fn look(doing: Doing, halt: &Halt, until: &Deadline) -> Diagnostics {
    let tried = match doing {
        Doing::Reading | Doing::Importing => "Could not look which grants exist.",
        Doing::Creating | Doing::Updating | Doing::Deleting => {
            "Could not look which grants exist, so none was made or revoked."
        }
    };
    halted(doing, tried, &[], halt, until).into()
}

/// Others had not done with the resource's pairs, so nothing was done.
pub(super) fn claim(doing: Doing, halt: &Halt, until: &Deadline) -> Diagnostics {
    let tried = "Another resource of this run was still revoking grants that this one declares, so none was \
                 made or revoked.";
    halted(doing, tried, &[], halt, until).into()
}

/// Some of the grants of `decision` were not made, and its revokes therefore not begun.
pub(super) fn grants(
    doing: Doing,
    settled: &GrantOutcome,
    decision: &Decision,
    until: &Deadline,
) -> Diagnostics {
    let state = if doing == Doing::Creating && !settled.made_any() {
        "There is no state yet"
    } else if settled.unseen.is_empty() {
        "The state lists exactly the grants that exist"
    } else {
        "The state lists every grant that may exist"
    };
    let mut progress = vec![format!(
        "{} of {} were made. {state}; apply again to go on from here.",
        settled.confirmed.len(),
        count(decision.grant.len(), "grant")
    )];
    let stale = settled.stale();
    let unseen = &settled.unseen - &stale;
    if !unseen.is_empty() {
        progress.push(format!(
            "Asked for but not seen yet, and kept in the state to be on the safe side: {}.",
            name(&unseen)
        ));
    }
    progress.extend(untried(&settled.untried(&decision.grant)));
    if doing == Doing::Creating && settled.made_any() {
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
            name(&decision.revoke)
        ));
    }
    let refusals = grouped(&settled.refusals).into_iter().map(|(refusal, pairs)| {
        let tried = format!("Could not grant {}.{}", name(&pairs), given_up(refusal, &settled.refusals));
        tell(doing, &tried, &progress, &refusal.error, refusal.attempts, until)
    });
    let fruitless = [(advice::unlisted(), settled.unlisted()), (advice::stale(), stale)];
    let fruitless = fruitless.into_iter().filter(|(_, pairs)| !pairs.is_empty()).map(|(advice, pairs)| {
        let asked = format!("Asked three times to grant {}, Tencent Cloud accepted.", name(&pairs));
        Diagnostic::error(advice.summary, paragraphs(format!("{asked} {}", advice.next), &progress))
    });
    let halt = settled.halt.iter().map(|halt| halted(doing, "Granting ended early.", &progress, halt, until));
    refusals.chain(fruitless).chain(halt).collect()
}

/// Some of `pairs` were not revoked.
pub(super) fn revokes(
    doing: Doing,
    revoked: &RevokeOutcome,
    pairs: &BTreeSet<Pair>,
    until: &Deadline,
) -> Diagnostics {
    let mut progress = vec![format!(
        "{} of {} were revoked. The state keeps the others; apply again to go on from here.",
        revoked.gone.len(),
        count(pairs.len(), "grant")
    )];
    progress.extend(untried(&revoked.untried(pairs)));
    let refusals = grouped(&revoked.refusals).into_iter().map(|(refusal, pairs)| {
        let tried = format!("Could not revoke {}.", name(&pairs));
        tell(doing, &tried, &progress, &refusal.error, refusal.attempts, until)
    });
    let halt = revoked.halt.iter().map(|halt| halted(doing, "Revoking ended early.", &progress, halt, until));
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
    format!(" Nothing could be granted to {noun} {}, so not every grant of it was tried.", name(&members))
}

fn untried(pairs: &BTreeSet<Pair>) -> Option<String> {
    (!pairs.is_empty()).then(|| format!("Not tried: {}.", name(pairs)))
}

/// Some grants existed already, and are ours from now on.
pub(super) fn adopted(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Existing grants adopted",
        format!(
            "{} existed before this resource declared {they}: {}. From now on the resource owns {they}: \
             destroying it, or taking the member or identity out of it, revokes {they}.",
            count(pairs.len(), "grant"),
            name(pairs)
        ),
    )
}

/// Some of the grants that are ours from now on are those of the preset identity.
pub(super) fn preset_adopted(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Administrator access adopted",
        format!(
            "{} of identity {PRESET_IDENTITY} existed before this resource declared {they}: {}. This is the \
             administrator access that Tencent Cloud gave when the member account was created, and from now \
             on the resource owns {they}: destroying the resource, or taking the member or identity \
             {PRESET_IDENTITY} out of it, revokes the administrator access. If this is not wanted, take \
             identity {PRESET_IDENTITY} out of the configuration and run `terraform state rm` on the \
             resource before the next apply, then import it without that identity.",
            count(pairs.len(), "grant"),
            name(pairs)
        ),
    )
}

/// Another instance declares the same pairs.
pub(super) fn declared_twice(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Grants declared twice",
        format!(
            "Another resource declares {} of this one as well: {}. Both list {they}. If one of them gives \
             {they} up in a run of both, the other one keeps {they}; in a run without the other, it revokes \
             {they}. Declare each pair of member and identity in one resource only.",
            count(pairs.len(), "grant"),
            name(pairs)
        ),
    )
}

/// The resource gives up pairs that another instance lists too.
pub(super) fn left(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Grants left to another resource",
        format!(
            "This resource gives up {} that another one lists too: {}. It does not revoke {they}: the other \
             resource, as the last refresh saw it, owns {they} from now on, and revokes {they} when it gives \
             {they} up itself.",
            count(pairs.len(), "grant"),
            name(pairs),
        ),
    )
}

/// The resource keeps pairs that another instance gives up.
pub(super) fn taken_over(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Grants taken over from another resource",
        format!(
            "Another resource gives up {} that this one lists too: {}. The plan shows the role names as \
             known after apply, because the apply claims {they} for this resource and looks again, so that \
             the other one does not revoke {they}. Apply both together: without this resource (`-target`), \
             the other one revokes {they}.",
            count(pairs.len(), "grant"),
            name(pairs)
        ),
    )
}

/// The resource took over pairs from another instance of the run, which should have given them up and failed.
pub(super) fn kept_by_others(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Grants listed by two resources",
        format!(
            "Another resource of this run was to give up {} that this one has taken over, and failed before \
             it could: {}. Both list {they} now. The next plan of both settles it, and this resource keeps \
             {they}; do not apply the other one alone (`-target`) before.",
            count(pairs.len(), "grant"),
            name(pairs),
        ),
    )
}

/// Two instances list pairs which only one of them keeps, and neither could be told before.
pub(super) fn unsettled(pairs: &BTreeSet<Pair>) -> Diagnostic {
    Diagnostic::error(
        "Grants cannot change hands without a refresh",
        format!(
            "The states of two resources list {}: {}. One of the two gives up what the other keeps, and what \
             a refresh would have noted about it is not there: the plan was made without one. Nothing was \
             changed. Plan or apply again without `-refresh=false`.",
            count(pairs.len(), "grant"),
            name(pairs)
        ),
    )
}

/// A plan ended while it waited for that of another instance.
pub(super) fn plan(halt: &Halt, until: &Deadline) -> Diagnostics {
    let tried = "Could not settle this plan with that of another resource whose state lists the same grants.";
    halted(Doing::Reading, tried, &[], halt, until).into()
}

/// One text about one error of the API.
fn tell(
    doing: Doing,
    tried: &str,
    progress: &[String],
    error: &ApiError,
    attempts: u32,
    until: &Deadline,
) -> Diagnostic {
    let advice = advice(error);
    let mut detail = format!("{tried} {}", advice.next);
    if error.kind() == Kind::TimedOut {
        let _infallible = write!(
            detail,
            " The limit was {}, set by timeouts.{} or its default.",
            render_duration(until.limit()),
            doing.timeout()
        );
    }
    for paragraph in progress {
        let _infallible = write!(detail, "\n\n{paragraph}");
    }
    let _infallible = write!(detail, "\n\n{}", evidence(error, attempts));
    let diagnostic = Diagnostic::error(advice.summary, detail);
    match advice.path {
        Some(path) if matches!(doing, Doing::Creating | Doing::Updating) => diagnostic.at(path),
        _ => diagnostic,
    }
}

/// One text about an end that is nobody's error.
fn halted(doing: Doing, tried: &str, progress: &[String], halt: &Halt, until: &Deadline) -> Diagnostic {
    let (summary, why) = match halt {
        Halt::Error(error) => return tell(doing, tried, progress, error, error.attempts(), until),
        Halt::Ended(Ended::TimedOut) => (
            "Operation ran out of time",
            format!(
                "The limit was {}, set by timeouts.{} or its default. Give it more time, or apply again to \
                 go on from here.",
                render_duration(until.limit()),
                doing.timeout()
            ),
        ),
        Halt::Ended(Ended::Stopped) => {
            ("Operation stopped", "You asked the run to stop. Apply again to go on from here.".to_owned())
        }
        Halt::Unclear(pairs) => (
            "Lists contradict themselves",
            format!(
                "Tencent Cloud lists fewer grants than it says there are, in the list of the member and in \
                 that of the identity, so it cannot be told whether {} exist. Nothing was taken out of the \
                 state. Run again in some minutes; if it stays, tell Tencent Cloud support that \
                 DescribeOrganizationMemberAuthIdentities gives a Total that its Items do not add up to.",
                name(pairs)
            ),
        ),
        Halt::Broken => {
            let why = "A call that several operations share panicked; the log says where. Apply again to go on \
                       from here.";
            return Diagnostic::bug(paragraphs(format!("{tried} {why}"), progress));
        }
    };
    Diagnostic::error(summary, paragraphs(format!("{tried} {why}"), progress))
}

fn paragraphs(first: String, others: &[String]) -> String {
    std::iter::once(first).chain(others.iter().cloned()).collect::<Vec<_>>().join("\n\n")
}

/// What support asks for: action, attempts, code, message and request id; else the chain of causes. Indented,
/// so that the host does not wrap it.
fn evidence(error: &ApiError, attempts: u32) -> String {
    let mut lines =
        vec![format!("  Action:    {} ({})", error.action(), count(attempts as usize, "attempt"))];
    if let (Some(code), Some(message)) = (error.code(), error.message()) {
        lines.push(format!("  Code:      {code}"));
        lines.push(format!("  Message:   {message}"));
    } else {
        lines.extend(error.source().map(|cause| format!("  Cause:     {}", with_causes(cause))));
    }
    lines.extend(error.request_id().map(|id| format!("  RequestId: {id}")));
    lines.join("\n")
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

/// Up to five of them by name.
fn name<T: ToString>(all: &BTreeSet<T>) -> String {
    let named: Vec<String> = all.iter().take(NAMED).map(T::to_string).collect();
    let more = all.len().saturating_sub(NAMED);
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
