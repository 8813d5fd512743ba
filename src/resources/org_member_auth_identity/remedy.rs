//! What to do about errors that concern a grant, in the words of this resource's attributes. Does not know
//! the other errors: `diagnose` tells them as for any type.

use super::model::{IDENTITY_IDS, MEMBER_UINS};
use crate::cloud::Meaning;
use crate::diagnose::Remedy;

/// What is the matter with the grant, or with what it is made of.
pub(super) fn of_grant(meaning: Meaning) -> Option<Remedy> {
    Some(match meaning {
        Meaning::RoleNotMade => Remedy::new(
            "Role could not be created in the member account",
            "Tencent Cloud could not make the CAM role that carries the grant. Check in the member account \
             that CAM roles can be created (its role quota, and that a freshly created account is set up \
             completely, which takes some 15 minutes), then apply again.",
        ),
        Meaning::PoliciesInvalid => Remedy::new(
            "Access identity has invalid policies",
            "The policies of this identity are not valid, so it cannot be granted. Correct them in \
             Organization > Member login > Identities, then apply again.",
        )
        .at(IDENTITY_IDS.path()),
        Meaning::GrantUsed => Remedy::new(
            "Grant still in use",
            "Sub-users are still authorized to use this identity in the member account. Remove those \
             authorizations in Organization > Member login, then run the command again. The grant stays in \
             the state until then.",
        ),
        Meaning::NoSuchIdentity => Remedy::new(
            "Access identity does not exist",
            "The organization has no access identity with this id. Take the id from Organization > Member \
             login > Identities, or remove it from identity_ids.",
        )
        .at(IDENTITY_IDS.path()),
        Meaning::NoSuchMember => Remedy::new(
            "Member account not found in the organization",
            "No member of the organization has this UIN: it left, was never invited, or has not accepted \
             yet. Invite it first, or remove it from member_uins.",
        )
        .at(MEMBER_UINS.path()),
        Meaning::NoSuchGrant => Remedy::new(
            "Grant does not exist",
            "The member does not hold this identity. Run a plan to see what exists.",
        ),
        Meaning::ValueRefused => Remedy::new(
            "Tencent Cloud refused the values",
            "The API did not accept these members and identities. Check that the UINs and ids are those of \
             this organization.",
        ),
        Meaning::Unsupported => Remedy::new(
            "Member account cannot be given identities",
            "The API does not support this grant. Members that were invited before access identities existed \
             cannot be configured until they are invited again. Remove the member from member_uins, or have \
             it rejoin.",
        )
        .at(MEMBER_UINS.path()),
        Meaning::Busy => Remedy::new(
            "Grant is busy",
            "Something else is changing the same member or identity, and did not end in time. Apply again.",
        ),
        _ => return None,
    })
}
