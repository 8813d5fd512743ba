//! Turns what went wrong into what the practitioner reads: what was tried, on which pairs, what came of it, what the
//! API said, and the next step. The only place that does.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;

use super::advice::advice;
use crate::cloud::{ApiError, Deadline, Ended, Kind};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::reconcile::Pair;
use crate::resources::grants::{Halt, Refusal, Revoked, Settled};

/// How many pairs a text names before it only counts.
const PAIRS_NAMED: usize = 5;

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
pub(super) fn look(doing: Doing, error: &ApiError, until: &Deadline) -> Diagnostics {
    let tried = match doing {
        Doing::Reading | Doing::Importing => "Could not look which grants exist.",
        Doing::Creating | Doing::Updating | Doing::Deleting => {
            "Could not look which grants exist, so none was made or revoked."
        }
    };
    tell(doing, tried, &[], error, until).into()
}

/// Some of `asked` grants were not made; `pending` revokes were therefore not begun.
pub(super) fn grants(
    doing: Doing,
    settled: &Settled,
    asked: usize,
    pending: usize,
    until: &Deadline,
) -> Diagnostics {
    let mut progress = vec![format!(
        "{} of {} were made. The state lists exactly the grants that exist; apply again to go on from here.",
        settled.confirmed.len(),
        count(asked, "grant")
    )];
    if !settled.unseen.is_empty() {
        progress.push(format!(
            "{} asked for but not seen yet, and kept in the state to be on the safe side: {}.",
            was(settled.unseen.len()),
            name(&settled.unseen)
        ));
    }
    if pending > 0 {
        progress.push(format!(
            "No grant was revoked, so that access does not drop before the new grants are there ({pending} to revoke)."
        ));
    }
    let refusals = grouped(&settled.refusals).into_iter().map(|(error, pairs)| {
        let tried = format!("Could not grant {}.", name(&pairs));
        tell(doing, &tried, &progress, error, until)
    });
    let halt = settled.halt.iter().map(|halt| halted(doing, "Granting ended early.", &progress, halt, until));
    let unexplained = (settled.refusals.is_empty() && settled.halt.is_none())
        .then(|| Diagnostic::bug("Grants are missing, and nothing says why."));
    refusals.chain(halt).chain(unexplained).collect()
}

/// Some of `asked` revokes were not made.
pub(super) fn revokes(doing: Doing, revoked: &Revoked, asked: usize, until: &Deadline) -> Diagnostics {
    let progress = [format!(
        "{} of {} were revoked. The state keeps the others; apply again to go on from here.",
        revoked.gone.len(),
        count(asked, "grant")
    )];
    let refusals = grouped(&revoked.refusals).into_iter().map(|(error, pairs)| {
        let tried = format!("Could not revoke {}.", name(&pairs));
        tell(doing, &tried, &progress, error, until)
    });
    let halt = revoked.halt.iter().map(|halt| halted(doing, "Revoking ended early.", &progress, halt, until));
    refusals.chain(halt).collect()
}

/// Some grants existed already, and are ours from now on.
pub(super) fn adopted(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let (they, were) = if pairs.len() == 1 { ("it", "existed") } else { ("them", "existed") };
    Diagnostic::warning(
        "Existing grants adopted",
        format!(
            "{} {were} before this resource declared {they}: {}. From now on the resource owns {they}: destroying it, or \
             taking the member or identity out of it, revokes {they}.",
            count(pairs.len(), "grant"),
            name(pairs)
        ),
    )
}

/// One text about one error of the API.
fn tell(doing: Doing, tried: &str, progress: &[String], error: &ApiError, until: &Deadline) -> Diagnostic {
    let advice = advice(error);
    let mut detail = format!("{tried} {}", advice.next);
    if error.kind() == Kind::TimedOut {
        let _infallible = write!(
            detail,
            " The limit was {:?}, set by timeouts.{} or its default.",
            until.limit(),
            doing.timeout()
        );
    }
    for paragraph in progress {
        let _infallible = write!(detail, "\n\n{paragraph}");
    }
    let _infallible = write!(detail, "\n\n{}", evidence(error));
    let diagnostic = Diagnostic::error(advice.summary, detail);
    match advice.path {
        Some(path) if matches!(doing, Doing::Creating | Doing::Updating) => diagnostic.at(path),
        _ => diagnostic,
    }
}

/// One text about an end that is nobody's error.
fn halted(doing: Doing, tried: &str, progress: &[String], halt: &Halt, until: &Deadline) -> Diagnostic {
    let (summary, why) = match halt {
        Halt::Error(error) => return tell(doing, tried, progress, error, until),
        Halt::Ended(Ended::TimedOut) => (
            "Operation ran out of time",
            format!(
                "The limit was {:?}, set by timeouts.{} or its default. Give it more time, or apply again to go on from here.",
                until.limit(),
                doing.timeout()
            ),
        ),
        Halt::Ended(Ended::Stopped) => {
            ("Operation stopped", "You asked the run to stop. Apply again to go on from here.".to_owned())
        }
    };
    Diagnostic::error(summary, format!("{tried} {why}\n\n{}", progress.join("\n\n")))
}

/// What support asks for: action, code, message, request id and attempts; else the chain of causes.
fn evidence(error: &ApiError) -> String {
    let mut text = if let (Some(code), Some(message)) = (error.code(), error.message()) {
        format!("{}: {code}: {message}", error.action())
    } else {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let _infallible = write!(text, ": {error}");
            cause = error.source();
        }
        text
    };
    let id = error.request_id().map(|id| format!("RequestId {id}, ")).unwrap_or_default();
    let _infallible = write!(text, "\n{id}{}", count(error.attempts() as usize, "attempt"));
    text
}

/// Refusals of the same kind together: one text for fifty pairs, not fifty texts.
fn grouped(refusals: &[Refusal]) -> Vec<(&ApiError, BTreeSet<Pair>)> {
    let mut groups: Vec<(&ApiError, BTreeSet<Pair>)> = Vec::new();
    for Refusal { error, pairs, .. } in refusals {
        let same = |group: &ApiError| group.code() == error.code() && group.kind() == error.kind();
        match groups.iter_mut().find(|(group, _)| same(group)) {
            Some((_, all)) => all.extend(pairs),
            None => groups.push((error, pairs.clone())),
        }
    }
    groups
}

/// Up to five pairs by name.
fn name(pairs: &BTreeSet<Pair>) -> String {
    let named: Vec<String> = pairs.iter().take(PAIRS_NAMED).map(Pair::to_string).collect();
    let more = pairs.len().saturating_sub(PAIRS_NAMED);
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn was(number: usize) -> String {
    if number == 1 { "1 grant was".to_owned() } else { format!("{number} grants were") }
}
