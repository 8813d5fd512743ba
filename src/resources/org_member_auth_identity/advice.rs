//! What an error of the API tells a user, and what to do next: by what its code means, else by its kind.

use super::model::{IDENTITY_IDS, MEMBER_UINS};
use crate::cloud::{ApiError, Kind, Meaning};
use crate::framework::path::Path;

/// How to speak of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    /// What is the matter, in a few words.
    pub(super) summary: &'static str,
    /// Why, and the next step, in sentences.
    pub(super) next: String,
    /// The attribute to blame, if it is one.
    pub(super) path: Option<Path>,
}

impl Advice {
    fn new(summary: &'static str, next: impl Into<String>) -> Self {
        Self { summary, next: next.into(), path: None }
    }

    fn at(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }
}

/// The advice for `error`. Who asked for the end need not be told of the code before it.
pub(super) fn advice(error: &ApiError) -> Advice {
    let meaning = error.meaning().filter(|_| error.kind() != Kind::Stopped);
    let told = |meaning| {
        of_grant(meaning).or_else(|| of_caller(meaning, error.action())).or_else(|| of_service(meaning))
    };
    meaning.and_then(told).unwrap_or_else(|| by_kind(error.kind()))
}

/// The advice where a grant was accepted again and again and is in no list.
pub(super) fn unlisted() -> Advice {
    Advice::new(
        "Grant accepted but not listed",
        "But no list shows it, ten seconds after each time. Most likely somebody else revokes it: look for \
         another Terraform configuration, or a script, that manages the same member, then apply again.",
    )
}

/// The advice where a grant was accepted again and again and does not work.
pub(super) fn stale() -> Advice {
    Advice::new(
        "Grant still reports that it must be configured again",
        "But the list shows it with Status 2 (to be configured again), ten seconds after each time. Check \
         the policies of the identity in Organization > Member login > Identities, and the role in the \
         member account, then apply again. The grant stays in the state.",
    )
}

const AUTHENTICATION_FAILED: &str = "Authentication failed";

/// What is the matter with the grant, or with what it is made of.
fn of_grant(meaning: Meaning) -> Option<Advice> {
    Some(match meaning {
        Meaning::RoleNotMade => Advice::new(
            "Role could not be created in the member account",
            "Tencent Cloud could not make the CAM role that carries the grant. Check in the member account \
             that CAM roles can be created (its role quota, and that a freshly created account is set up \
             completely, which takes some 15 minutes), then apply again.",
        ),
        Meaning::PoliciesInvalid => Advice::new(
            "Access identity has invalid policies",
            "The policies of this identity are not valid, so it cannot be granted. Correct them in \
             Organization > Member login > Identities, then apply again.",
        )
        .at(IDENTITY_IDS.path()),
        Meaning::GrantUsed => Advice::new(
            "Grant still in use",
            "Sub-users are still authorized to use this identity in the member account. Remove those \
             authorizations in Organization > Member login, then apply again. The grant stays in the state \
             until then.",
        ),
        Meaning::NoSuchIdentity => Advice::new(
            "Access identity does not exist",
            "The organization has no access identity with this id. Take the id from Organization > Member \
             login > Identities, or remove it from identity_ids.",
        )
        .at(IDENTITY_IDS.path()),
        Meaning::NoSuchMember => Advice::new(
            "Member account not found in the organization",
            "No member of the organization has this UIN: it left, was never invited, or has not accepted \
             yet. Invite it first, or remove it from member_uins.",
        )
        .at(MEMBER_UINS.path()),
        Meaning::NoSuchGrant => Advice::new(
            "Grant does not exist",
            "The member does not hold this identity. Run a plan to see what exists.",
        ),
        Meaning::ValueRefused => Advice::new(
            "Tencent Cloud refused the values",
            "The API did not accept these members and identities. Check that the UINs and ids are those of \
             this organization.",
        ),
        Meaning::Unsupported => Advice::new(
            "Member account cannot be given identities",
            "The API does not support this grant. Members that were invited before access identities existed \
             cannot be configured until they are invited again. Remove the member from member_uins, or have \
             it rejoin.",
        )
        .at(MEMBER_UINS.path()),
        Meaning::Busy => Advice::new(
            "Grant is busy",
            "Something else is changing the same member or identity, and did not end in time. Apply again.",
        ),
        _ => return None,
    })
}

/// What is the matter with who calls.
fn of_caller(meaning: Meaning, action: &str) -> Option<Advice> {
    Some(match meaning {
        Meaning::NoOrganization => Advice::new(
            "These credentials administer no organization",
            "The usual cause is the credentials of another account: check which account the provider's \
             secret_id belongs to. Nothing was taken out of the state. If the organization is really gone, \
             remove the resource with `terraform state rm`.",
        ),
        Meaning::NoCredentials => Advice::new(
            "Credentials could not be obtained",
            "There was nothing to sign the call with, so it was not made. The cause below says what came in \
             the way. Apply again when it is out of the way.",
        ),
        Meaning::KeyUnknown => Advice::new(
            AUTHENTICATION_FAILED,
            "The key was not found: it does not exist, was deleted or is disabled. Check the provider's \
             secret_id (argument, or TENCENTCLOUD_SECRET_ID), also for blanks, and its state in CAM > API \
             keys.",
        ),
        Meaning::KeyMismatched => Advice::new(
            AUTHENTICATION_FAILED,
            "The signature does not match: the secret_key does not belong to the secret_id. Check the \
             provider's secret_key (argument, or TENCENTCLOUD_SECRET_KEY), also for blanks.",
        ),
        Meaning::ClockApart => Advice::new(
            AUTHENTICATION_FAILED,
            "The clock of this machine differs from Tencent Cloud's by more than five minutes. Set the \
             clock, best with a time service, then run again.",
        ),
        Meaning::TokenRefused => Advice::new(
            AUTHENTICATION_FAILED,
            "The session token is wrong or has expired. Get new temporary credentials and set secret_id, \
             secret_key and security_token (or their environment variables) together.",
        ),
        Meaning::KeyOfOtherSort => Advice::new(
            AUTHENTICATION_FAILED,
            "The secret_id is not that of a cloud API key. Use a key from CAM > API keys.",
        ),
        Meaning::SecondFactorMissing => Advice::new(
            AUTHENTICATION_FAILED,
            "The account demands multi-factor authentication for this call. Use temporary credentials that \
             were obtained with it.",
        ),
        Meaning::SignatureUnreadable => Advice::new(
            AUTHENTICATION_FAILED,
            "The Authorization header was not understood. Something between this machine and Tencent Cloud \
             may be changing requests (a proxy); if there is nothing, please report this as a bug.",
        ),
        Meaning::NotAuthorized => Advice::new(
            "Not authorized",
            format!(
                "The credentials work, but may not call {action}. Allow the action organization:{action} to \
                 their CAM user or role, and use an identity of the organization's administrator account."
            ),
        ),
        Meaning::AddressRefused => Advice::new(
            "This machine's address is refused",
            "The account restricts from which addresses its API may be called. Run from an allowed one, or \
             allow this one in CAM.",
        ),
        _ => return None,
    })
}

/// What is the matter with the service, or with the way to it.
fn of_service(meaning: Meaning) -> Option<Advice> {
    Some(match meaning {
        Meaning::RateReached => Advice::new(
            "API request limit reached",
            "Other clients of this account use up the rate of this action. The provider slowed down and kept \
             trying until its time was up. Run again when the others are done, lower requests_per_second in \
             the provider block, or give the operation more time in `timeouts`.",
        ),
        Meaning::ServiceFault => Advice::new(
            "Tencent Cloud reported an internal error",
            "The fault is on the side of Tencent Cloud, and repeating the call did not help. Apply again \
             later; if it stays, give the RequestId to Tencent Cloud support.",
        ),
        Meaning::OperationFailed => Advice::new(
            "Tencent Cloud could not do it",
            "The operation failed on the side of Tencent Cloud. Apply again; if it stays, give the RequestId \
             to Tencent Cloud support.",
        ),
        Meaning::NotFound => Advice::new(
            "Something does not exist",
            "The API did not find what the call is about. Check members and identities in Organization.",
        ),
        Meaning::QuotaReached => Advice::new(
            "Quota reached",
            "A quota of the organization or of a member account is used up. Free some of it, or ask Tencent \
             Cloud to raise it, then apply again.",
        ),
        Meaning::ServiceDown => Advice::new(
            "Tencent Cloud is not available",
            "The Organization service is down for the moment. Apply again later.",
        ),
        Meaning::OperationDenied => Advice::new(
            "Operation denied",
            "Tencent Cloud refuses this operation for now; its message says why.",
        ),
        Meaning::NotOffered => Advice::new(
            "Endpoint does not offer this API",
            "The endpoint does not know the Organization API, version 2021-03-31. Check the provider's \
             `domain` and `endpoints`.",
        ),
        Meaning::RequestUnreadable => Advice::new(
            "Tencent Cloud did not understand the request",
            "The request is not as the API wants it. This is a bug in the provider: please report it with \
             this message.",
        ),
        _ => return None,
    })
}

fn by_kind(kind: Kind) -> Advice {
    match kind {
        Kind::TimedOut => Advice::new(
            "Operation ran out of time",
            "Give it more time in `timeouts`, or apply again to go on from here.",
        ),
        Kind::Stopped => {
            Advice::new("Operation stopped", "You asked the run to stop. Apply again to go on from here.")
        }
        Kind::Unavailable => Advice::new(
            "Tencent Cloud cannot be reached",
            "No answer came from the API. Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY), and \
             the provider's `domain` and `endpoints`. If the cause below is a certificate, the endpoint's \
             name must be one of those in it, and its issuer trusted: add that one with `ca_bundle`.",
        ),
        Kind::Uncertain => Advice::new(
            "Outcome unknown",
            "The call was sent, but no clear answer came back. Apply again: what was done is found and kept.",
        ),
        Kind::Malformed => Advice::new(
            "Unexpected response",
            "What answered does not speak the Tencent Cloud API. Check the provider's `domain` and \
             `endpoints`, and whether a proxy answers in its place.",
        ),
        _ => Advice::new("Tencent Cloud refused the call", "The API's message says why."),
    }
}
