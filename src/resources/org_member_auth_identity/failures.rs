//! What the practitioner reads when an operation of this resource could not begin, or could not be planned.
//! Does not know what came of one that began: that is told by `diagnose`.

use std::collections::BTreeSet;

use super::remedy;
use crate::cloud::Deadline;
use crate::diagnose::{Failed, Subject, counted, named};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::timeouts::Operation;
use crate::organization::Halt;
use crate::reconcile::Pair;

/// `operation` failed, which had time `until` then.
pub(super) fn of(operation: Operation, until: &Deadline) -> Failed<'_> {
    Failed::resource(operation, until).with_remedies(remedy::of_grant)
}

/// Looking which grants exist failed, so nothing was done.
pub(super) fn look(failed: &Failed<'_>, halt: &Halt) -> Diagnostics {
    let tried = if failed.subject() == Subject::Resource(Operation::Read) {
        "Could not look which grants exist."
    } else {
        "Could not look which grants exist, so none was made or revoked."
    };
    failed.by_halt(tried, &[], halt).into()
}

/// Others had not done with the resource's pairs, so nothing was done.
pub(super) fn claim(failed: &Failed<'_>, halt: &Halt) -> Diagnostics {
    let tried = "Another resource of this run was still revoking grants that this one declares, so none was \
                 made or revoked.";
    failed.by_halt(tried, &[], halt).into()
}

/// A plan ended while it waited for that of another instance.
pub(super) fn plan(halt: &Halt, until: &Deadline) -> Diagnostics {
    let tried = "Could not settle this plan with that of another resource whose state lists the same grants.";
    of(Operation::Read, until).by_halt(tried, &[], halt).into()
}

/// Two instances list pairs which only one of them keeps, and neither could be told before.
pub(super) fn unsettled(pairs: &BTreeSet<Pair>) -> Diagnostic {
    Diagnostic::error(
        "Grants cannot change hands without a refresh",
        format!(
            "The states of two resources list {}: {}. One of the two gives up what the other keeps, and what \
             a refresh would have noted about it is not there: the plan was made without one. Nothing was \
             changed. Plan or apply again without `-refresh=false`.",
            counted(pairs.len(), "grant"),
            named(pairs)
        ),
    )
}
