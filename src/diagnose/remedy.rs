//! What an error of the API tells a user, and what to do next: by what its code means to the type that asked,
//! else to any type, else by its kind. Knows no attribute of a type, only those of the provider block.

use super::subject::Subject;
use crate::cloud::{ApiError, Kind, Meaning, Product};
use crate::framework::path::Path;

/// How to speak of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What is the matter, in a few words.
    pub summary: &'static str,
    /// Why, and the next step, in sentences.
    pub next: String,
    /// The attribute to blame, if it is one.
    pub path: Option<Path>,
}

impl Remedy {
    /// `summary` in a few words; `next` in sentences.
    pub fn new(summary: &'static str, next: impl Into<String>) -> Self {
        Self { summary, next: next.into(), path: None }
    }

    /// The same, where the attribute at `path` is to blame.
    #[must_use]
    pub fn at(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }
}

/// What a type says of errors that it knows better, as its attributes have a part in them.
pub type OwnRemedies = fn(Meaning) -> Option<Remedy>;

/// The remedy for `error` of `subject`, whose type has its `own`.
pub(super) fn of_error(error: &ApiError, subject: Subject, own: OwnRemedies) -> Remedy {
    if let Some(call) = error.for_credentials() {
        return of_credentials(call, subject);
    }
    // Who asked for the end need not be told of the code before it.
    let meaning = error.meaning().filter(|_| error.kind() != Kind::Stopped);
    meaning
        .and_then(|meaning| own(meaning).or_else(|| of_meaning(meaning, error, subject)))
        .unwrap_or_else(|| of_kind(error.kind(), subject))
}

/// What any type says; `None` where the kind of the error says all there is to say.
fn of_meaning(meaning: Meaning, error: &ApiError, subject: Subject) -> Option<Remedy> {
    of_caller(meaning, error, subject)
        .or_else(|| of_session(meaning))
        .or_else(|| of_service(meaning, subject))
}

/// The remedy where `call`, which was to give credentials, did not.
fn of_credentials(call: &ApiError, subject: Subject) -> Remedy {
    let meaning = call.meaning().and_then(|meaning| of_meaning(meaning, call, subject));
    meaning.unwrap_or_else(|| match call.kind() {
        kind @ (Kind::Unavailable | Kind::Malformed) => of_kind(kind, subject),
        _ => no_credentials(subject),
    })
}

fn no_credentials(subject: Subject) -> Remedy {
    Remedy::new(
        "Credentials could not be obtained",
        format!(
            "There was nothing to sign the call with, so it was not made. The cause below says what came in the \
             way. {} when it is out of the way.",
            subject.again()
        ),
    )
}

const AUTHENTICATION_FAILED: &str = "Authentication failed";

/// What is the matter with who calls.
fn of_caller(meaning: Meaning, error: &ApiError, subject: Subject) -> Option<Remedy> {
    let action = error.action();
    Some(match meaning {
        Meaning::NoOrganization => Remedy::new(
            "These credentials administer no organization",
            format!(
                "The usual cause is the credentials of another account: check which account the provider's \
                 secret_id belongs to.{}",
                subject.of_state(
                    " Nothing was taken out of the state. If the organization is really gone, remove the \
                     resource with `terraform state rm`."
                )
            ),
        ),
        Meaning::NoCredentials => no_credentials(subject),
        Meaning::AccountNotAllowed => Remedy::new(
            "Account is not allowed",
            "The provider's allowed_account_ids or forbidden_account_ids keeps these credentials out, so nothing \
             was called with them. Use credentials of the right account, or change the list.",
        ),
        Meaning::KeyUnknown => Remedy::new(
            AUTHENTICATION_FAILED,
            "The key was not found: it does not exist, was deleted or is disabled. Check the provider's \
             secret_id (argument, or TENCENTCLOUD_SECRET_ID), also for blanks, and its state in CAM > API \
             keys.",
        ),
        Meaning::KeyMismatched => Remedy::new(
            AUTHENTICATION_FAILED,
            "The signature does not match: the secret_key does not belong to the secret_id. Check the \
             provider's secret_key (argument, or TENCENTCLOUD_SECRET_KEY), also for blanks.",
        ),
        Meaning::ClockApart => Remedy::new(
            AUTHENTICATION_FAILED,
            "The clock of this machine differs from Tencent Cloud's by more than five minutes. Set the \
             clock, best with a time service, then run again.",
        ),
        Meaning::TokenRefused => Remedy::new(
            AUTHENTICATION_FAILED,
            "The session token is wrong or has expired. Get new temporary credentials and set secret_id, \
             secret_key and security_token (or their environment variables) together.",
        ),
        Meaning::KeyOfOtherSort => Remedy::new(
            AUTHENTICATION_FAILED,
            "The secret_id is not that of a cloud API key. Use a key from CAM > API keys.",
        ),
        Meaning::SecondFactorMissing => Remedy::new(
            AUTHENTICATION_FAILED,
            "The account demands multi-factor authentication for this call. Use temporary credentials that \
             were obtained with it.",
        ),
        Meaning::SignatureUnreadable => Remedy::new(
            AUTHENTICATION_FAILED,
            "The Authorization header was not understood. Something between this machine and Tencent Cloud \
             may be changing requests (a proxy); if there is nothing, please report this as a bug.",
        ),
        Meaning::NotAuthorized if error.product() == Product::Sts => Remedy::new(
            "Not authorized",
            format!(
                "The credentials work, but may not call {action}. Allow the action sts:{action} to their CAM user \
                 or role. To take on a role, the role must trust them besides, and get the external_id that it \
                 asks for."
            ),
        ),
        Meaning::NotAuthorized => Remedy::new(
            "Not authorized",
            format!(
                "The credentials work, but may not call {action}. Allow the action organization:{action} to \
                 their CAM user or role, and use a key of the organization's administrator account."
            ),
        ),
        Meaning::AddressRefused => Remedy::new(
            "This machine's address is refused",
            "The account restricts from which addresses its API may be called. Run from an allowed one, or \
             allow this one in CAM.",
        ),
        _ => return None,
    })
}

const SESSION_REFUSED: &str = "Session was refused";

/// What is the matter with a session that was asked for.
fn of_session(meaning: Meaning) -> Option<Remedy> {
    let next = match meaning {
        Meaning::SecondFactorWrong => {
            "The code of the second factor is wrong, or was used already: each is good for one call within half a \
             minute. Run again with the code that the device shows now, and check its serial_number."
        }
        Meaning::SecondFactorUnsupported => {
            "This kind of second factor cannot be used. Use a virtual one, whose serial_number ends in \
             `mfa/softToken`."
        }
        Meaning::TemporaryKeyRefused => {
            "A session for a second factor takes a permanent key, and the credentials are temporary ones. Use the \
             key of a CAM user, or leave `mfa_certification` out."
        }
        Meaning::NoSuchRole => {
            "There is no such role. Check the role_arn, which looks like \
             `qcs::cam::uin/100000000000:roleName/ops`, and the role in CAM > Roles of that account."
        }
        Meaning::SessionTooLong => {
            "The session was to last longer than is allowed. Lower session_duration, or raise the longest session \
             of the role in CAM > Roles."
        }
        Meaning::SessionPolicyInvalid => {
            "The `policy` of `assume_role` cannot be used. It must be a CAM policy without a principal; the API's \
             message says what is wrong with it."
        }
        Meaning::WebTokenRefused => {
            "The token of the identity provider is wrong or has expired, or was issued for another audience. Get a \
             new one, and check provider_id and the identity provider in CAM."
        }
        _ => return None,
    };
    Some(Remedy::new(SESSION_REFUSED, next))
}

/// What is the matter with the service, or with the way to it.
fn of_service(meaning: Meaning, subject: Subject) -> Option<Remedy> {
    Some(match meaning {
        Meaning::RateReached => Remedy::new(
            "API request limit reached",
            format!(
                "Other clients of this account use up the rate of this action. The provider slowed down and \
                 kept trying until its time was up. Run again when the others are done, {}.",
                match subject {
                    Subject::Resource(_) =>
                        "lower requests_per_second in the provider block, or give the operation more time in \
                         `timeouts`",
                    Subject::DataSource => "or lower requests_per_second in the provider block",
                }
            ),
        ),
        Meaning::ServiceFault => Remedy::new(
            "Tencent Cloud reported an internal error",
            format!(
                "The fault is on the side of Tencent Cloud, and repeating the call did not help. {} later; \
                 if it stays, give the RequestId to Tencent Cloud support.",
                subject.again()
            ),
        ),
        Meaning::OperationFailed
        | Meaning::RoleNotMade
        | Meaning::PoliciesInvalid
        | Meaning::GrantUsed
        | Meaning::Busy => Remedy::new(
            "Tencent Cloud could not do it",
            format!(
                "The operation failed on the side of Tencent Cloud. {}; if it stays, give the RequestId to \
                 Tencent Cloud support.",
                subject.again()
            ),
        ),
        Meaning::NotFound | Meaning::NoSuchMember | Meaning::NoSuchIdentity | Meaning::NoSuchGrant => {
            Remedy::new(
                "Something does not exist",
                "The API did not find what the call is about. Check members and identities in Organization.",
            )
        }
        Meaning::QuotaReached => Remedy::new(
            "Quota reached",
            format!(
                "A quota of the organization or of a member account is used up. Free some of it, or ask \
                 Tencent Cloud to raise it, then {}.",
                subject.again().to_lowercase()
            ),
        ),
        Meaning::ServiceDown => Remedy::new(
            "Tencent Cloud is not available",
            format!("The Organization service is down for the moment. {} later.", subject.again()),
        ),
        Meaning::OperationDenied => Remedy::new(
            "Operation denied",
            "Tencent Cloud refuses this operation for now; its message says why.",
        ),
        Meaning::NotOffered => Remedy::new(
            "Endpoint does not offer this API",
            "The endpoint does not know the Organization API, version 2021-03-31. Check the provider's \
             `domain` and `endpoints`.",
        ),
        Meaning::RequestUnreadable => Remedy::new(
            "Tencent Cloud did not understand the request",
            "The request is not as the API wants it. This is a bug in the provider: please report it with \
             this message.",
        ),
        Meaning::Unsupported
        | Meaning::ValueRefused
        | Meaning::NoOrganization
        | Meaning::NoCredentials
        | Meaning::KeyUnknown
        | Meaning::KeyOfOtherSort
        | Meaning::KeyMismatched
        | Meaning::TokenRefused
        | Meaning::ClockApart
        | Meaning::SecondFactorMissing
        | Meaning::SecondFactorWrong
        | Meaning::SecondFactorUnsupported
        | Meaning::TemporaryKeyRefused
        | Meaning::NoSuchRole
        | Meaning::SessionTooLong
        | Meaning::SessionPolicyInvalid
        | Meaning::WebTokenRefused
        | Meaning::AccountNotAllowed
        | Meaning::SignatureUnreadable
        | Meaning::NotAuthorized
        | Meaning::AddressRefused => return None,
    })
}

fn of_kind(kind: Kind, subject: Subject) -> Remedy {
    match kind {
        Kind::TimedOut => Remedy::new(
            "Operation ran out of time",
            match subject {
                Subject::Resource(_) => "Give it more time in `timeouts`, or apply again to go on from here.",
                Subject::DataSource => subject.go_on(),
            },
        ),
        Kind::Stopped => {
            Remedy::new("Operation stopped", format!("You asked the run to stop. {}", subject.go_on()))
        }
        Kind::Unavailable => Remedy::new(
            "Tencent Cloud cannot be reached",
            "No answer came from the API. Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY), and \
             the provider's `domain` and `endpoints`. If the cause below is a certificate, the endpoint's \
             name must be one of those in it, and its issuer trusted: add that one with `ca_bundle`.",
        ),
        Kind::Uncertain => Remedy::new(
            "Outcome unknown",
            format!(
                "The call was sent, but no clear answer came back. {}: what was done is found and kept.",
                subject.again()
            ),
        ),
        Kind::Malformed => Remedy::new(
            "Unexpected response",
            "What answered does not speak the Tencent Cloud API. Check the provider's `domain` and \
             `endpoints`, and whether a proxy answers in its place.",
        ),
        Kind::Absent
        | Kind::InUse
        | Kind::Denied
        | Kind::Credentials
        | Kind::Throttled
        | Kind::Rejected
        | Kind::Failed => Remedy::new("Tencent Cloud refused the call", "The API's message says why."),
    }
}
