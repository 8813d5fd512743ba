//! What the practitioner should know of an operation that went on. Knows no failure: those are told in
//! `failures.rs`.

use std::collections::BTreeSet;

use super::PRESET_IDENTITY;
use crate::diagnose::{counted, named};
use crate::framework::diagnostic::Diagnostic;
use crate::reconcile::Pair;

/// Some grants existed already, and are ours from now on.
pub(super) fn adopted(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Existing grants adopted",
        format!(
            "{} existed before this resource declared {they}: {}. From now on the resource owns {they}: \
             destroying it, or taking the member or identity out of it, revokes {they}.",
            counted(pairs.len(), "grant"),
            named(pairs)
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
            counted(pairs.len(), "grant"),
            named(pairs)
        ),
    )
}

/// The resource took over pairs with a state that lists whatever a member holds, and does not declare them.
pub(super) fn let_go(pairs: &BTreeSet<Pair>) -> Diagnostic {
    let they = if pairs.len() == 1 { "it" } else { "them" };
    Diagnostic::warning(
        "Grants of unknown origin let go",
        format!(
            "The state that this resource took over from the public provider lists {} that the configuration does \
             not declare: {}. That provider lists whatever a member holds, so nobody can tell whether it or \
             somebody else granted {they}. The resource lets go of {they} and does not revoke {they}. If {they} \
             should not exist, revoke {they} in Organization > Member login, or declare {they}, apply, and take \
             {they} out again.",
            counted(pairs.len(), "grant"),
            named(pairs)
        ),
    )
}

/// The resource took over pairs with a state that lists whatever a member holds, and revokes them.
pub(super) fn inherited_revoked(pairs: &BTreeSet<Pair>) -> Diagnostic {
    Diagnostic::warning(
        "Grants of unknown origin revoked",
        format!(
            "This resource was taken over from the public provider, which lists whatever a member holds, and was not \
             changed since. Destroying it revokes {}, whoever granted what of it: {}. To keep what is not \
             yours, take it out of the configuration and apply before.",
            counted(pairs.len(), "grant"),
            named(pairs)
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
            counted(pairs.len(), "grant"),
            named(pairs)
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
            counted(pairs.len(), "grant"),
            named(pairs),
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
            counted(pairs.len(), "grant"),
            named(pairs)
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
            counted(pairs.len(), "grant"),
            named(pairs),
        ),
    )
}
