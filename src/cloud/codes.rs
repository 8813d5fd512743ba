//! The error codes of the API, in one table: a row for each code, or for a class of codes (the part before
//! the first dot), says what is to be done about it. Nothing else in this crate spells a code.
//!
//! Follows the common error codes of <https://www.tencentcloud.com/document/product/1031/32858> and the code
//! lists of the actions. A code is looked up whole, then by its class. A write is repeated only
//! when it certainly did nothing.

use super::kind::Kind;

/// Whether, and how long, to send the same request again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It will not heal, or it must be looked at first.
    Never,
    /// Once, signed anew.
    OnceResigned,
    /// Once, signed with other credentials, if there are others.
    OnceRenewed,
    /// A bounded number of times.
    Bounded,
    /// Until the deadline.
    UntilDeadline,
}

/// What to make of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    pub(crate) repeat: Repeat,
}

/// Which part of a call a failure is about: whether another call would fare better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The call as such, or who makes it: whatever it names, it would end like this.
    Call,
    /// Something that it names, and nobody says what.
    Arguments,
    /// A member that it names.
    Member,
    /// An identity that it names.
    Identity,
}

/// What a code means to a person: what has to be mended. Codes that are mended alike share one.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The source of the credentials gave none.
    NoCredentials,
    /// The key does not exist, was deleted or is disabled.
    KeyUnknown,
    /// What was sent as the id of a key is none.
    KeyOfOtherSort,
    /// The secret key is not the one of the id.
    KeyMismatched,
    /// The session token is wrong or has expired.
    TokenRefused,
    /// The account of the credentials is not one that whoever runs this wants to work in.
    AccountNotAllowed,
    /// The clock of this machine is too far off.
    ClockApart,
    /// The account demands multi-factor authentication.
    SecondFactorMissing,
    /// The second factor that was given is wrong, or was used already.
    SecondFactorWrong,
    /// The kind of second factor cannot be used.
    SecondFactorUnsupported,
    /// What takes permanent keys was asked with temporary ones.
    TemporaryKeyRefused,
    /// There is no such role, or the account of the call does not see it.
    NoSuchRole,
    /// A session was to last longer than the role or the service allows.
    SessionTooLong,
    /// The policy for a session is none that can be used.
    SessionPolicyInvalid,
    /// The token of an identity provider is wrong or has expired.
    WebTokenRefused,
    /// The signature was not recognised as one.
    SignatureUnreadable,
    /// The caller may not call the action.
    NotAuthorized,
    /// The caller's address is refused.
    AddressRefused,
    /// The caller's account administers no organization.
    NoOrganization,
    /// The organization has no such member.
    NoSuchMember,
    /// The organization has no such identity.
    NoSuchIdentity,
    /// The member does not hold the identity.
    NoSuchGrant,
    /// Something that the call names does not exist.
    NotFound,
    /// The role that carries a grant could not be made in the member account.
    RoleNotMade,
    /// The policies of the identity are not valid.
    PoliciesInvalid,
    /// Sub-users are still authorized to use the grant.
    GrantUsed,
    /// Something else uses or changes the same thing.
    Busy,
    /// The call asks for what cannot be had for these members or resources.
    Unsupported,
    /// A value is not acceptable.
    ValueRefused,
    /// A quota is used up.
    QuotaReached,
    /// Too many calls in a second.
    RateReached,
    /// The product refuses the operation for now.
    OperationDenied,
    /// The operation failed on the side of the service.
    OperationFailed,
    /// A fault of the service.
    ServiceFault,
    /// The service is down.
    ServiceDown,
    /// The endpoint does not offer this action, product, version or region.
    NotOffered,
    /// The request is not as the API wants it, whatever its values are.
    RequestUnreadable,
}

/// What the table knows of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    code: &'static str,
    /// What to make of it after an action that changes nothing.
    pub(crate) read: Verdict,
    /// What to make of it after an action that may change something.
    pub(crate) write: Verdict,
    pub(crate) blame: Blame,
    /// `None` where the kind of the error says all there is to say.
    pub(crate) means: Option<Meaning>,
}

impl Row {
    const fn new(code: &'static str, kind: Kind, repeat: Repeat, blame: Blame, meaning: Meaning) -> Self {
        Self::without_code(kind, repeat, blame).coded(code).meaning(meaning)
    }

    /// A failure for which the service gave no code.
    pub(crate) const fn without_code(kind: Kind, repeat: Repeat, blame: Blame) -> Self {
        let verdict = Verdict { kind, repeat };
        Self { code: "", read: verdict, write: verdict, blame, means: None }
    }

    /// The same row, but for a write, which `kind` is about and which is not repeated.
    pub(crate) const fn but_for_a_write(self, kind: Kind) -> Self {
        Self { write: Verdict { kind, repeat: Repeat::Never }, ..self }
    }

    pub(crate) const fn meaning(self, meaning: Meaning) -> Self {
        Self { means: Some(meaning), ..self }
    }

    const fn coded(self, code: &'static str) -> Self {
        Self { code, ..self }
    }
}

use Blame::{Arguments, Call, Identity, Member};
use Kind::{Absent, Credentials, Denied, Failed, InUse, Rejected, Throttled, Unavailable, Uncertain};
use Meaning as M;
use Repeat::{Bounded, Never, OnceRenewed, OnceResigned, UntilDeadline};

/// A code that nobody documents.
const UNDOCUMENTED: Row = Row::without_code(Failed, Never, Arguments);

/// A failure inside of the service, which wraps calls into CAM or billing: they may only have had a bad
/// moment, but a part of them may have been done.
const fn wrapped(code: &'static str, blame: Blame, meaning: Meaning) -> Row {
    Row::new(code, Unavailable, Bounded, blame, meaning).but_for_a_write(Failed)
}

const CODES: &[Row] = &[
    Row::new("ActionOffline", Rejected, Never, Call, M::NotOffered),
    Row::new("AuthFailure", Credentials, Never, Call, M::NotAuthorized),
    Row::new("AuthFailure.AccessKeyIllegal", Credentials, OnceRenewed, Call, M::KeyUnknown),
    Row::new("AuthFailure.InvalidAuthorization", Credentials, Never, Call, M::SignatureUnreadable),
    Row::new("AuthFailure.InvalidSecretId", Credentials, Never, Call, M::KeyOfOtherSort),
    Row::new("AuthFailure.MFAFailure", Credentials, Never, Call, M::SecondFactorMissing),
    // What a temporary key becomes when its session was revoked. Of a permanent one there is no other.
    Row::new("AuthFailure.SecretIdNotFound", Credentials, OnceRenewed, Call, M::KeyUnknown),
    Row::new("AuthFailure.SignatureExpire", Credentials, OnceResigned, Call, M::ClockApart),
    Row::new("AuthFailure.SignatureFailure", Credentials, Never, Call, M::KeyMismatched),
    Row::new("AuthFailure.TokenFailure", Credentials, OnceRenewed, Call, M::TokenRefused),
    Row::new("AuthFailure.UnauthorizedOperation", Denied, Never, Call, M::NotAuthorized),
    Row::without_code(Rejected, Never, Call).coded("DryRunOperation"),
    Row::new("FailedOperation", Failed, Never, Arguments, M::OperationFailed),
    Row::new("FailedOperation.CheckMFAError", Rejected, Never, Call, M::SecondFactorWrong),
    wrapped("FailedOperation.CreatePolicy", Arguments, M::OperationFailed),
    wrapped("FailedOperation.CreateRole", Member, M::RoleNotMade),
    wrapped("FailedOperation.DeletePolicy", Arguments, M::OperationFailed),
    wrapped("FailedOperation.GetPolicyDetail", Arguments, M::OperationFailed),
    wrapped("FailedOperation.OperateBillingPermissionErr", Arguments, M::OperationFailed),
    wrapped("FailedOperation.OperatePolicy", Arguments, M::OperationFailed),
    Row::new("FailedOperation.MFATypeNotSupported", Rejected, Never, Call, M::SecondFactorUnsupported),
    Row::new("FailedOperation.MemberIdentityAuthUsed", InUse, Never, Arguments, M::GrantUsed),
    Row::new("FailedOperation.OrganizationIdentityInUsed", InUse, Never, Arguments, M::OperationFailed),
    Row::new("FailedOperation.OrganizationIdentityNameUsed", Rejected, Never, Arguments, M::OperationFailed),
    Row::new(
        "FailedOperation.OrganizationIdentityPolicyError",
        Rejected,
        Never,
        Identity,
        M::PoliciesInvalid,
    ),
    Row::new("FailedOperation.TempKeyNotAllowed", Rejected, Never, Call, M::TemporaryKeyRefused),
    // Also what a gateway answers when the product behind it took too long: a write may have been done.
    Row::new("InternalError", Unavailable, Bounded, Arguments, M::ServiceFault).but_for_a_write(Uncertain),
    Row::new("InvalidAction", Rejected, Never, Call, M::NotOffered),
    Row::new("InvalidParameter", Rejected, Never, Arguments, M::ValueRefused),
    Row::new("InvalidParameter.AccessKeyNotSupport", Rejected, Never, Call, M::KeyOfOtherSort),
    // The rate of STS, in words of its own.
    Row::new("InvalidParameter.OverLimit", Throttled, UntilDeadline, Call, M::RateReached),
    Row::new("InvalidParameter.OverTimeError", Rejected, Never, Call, M::SessionTooLong),
    Row::new("InvalidParameter.PolicyTooLong", Rejected, Never, Call, M::SessionPolicyInvalid),
    Row::new("InvalidParameter.ResouceError", Rejected, Never, Call, M::NoSuchRole),
    Row::new("InvalidParameter.StrategyFormatError", Rejected, Never, Call, M::SessionPolicyInvalid),
    Row::new("InvalidParameter.StrategyInvalid", Rejected, Never, Call, M::SessionPolicyInvalid),
    Row::new("InvalidParameter.WebIdentityTokenError", Rejected, Never, Call, M::WebTokenRefused),
    Row::new("InvalidParameterValue", Rejected, Never, Arguments, M::ValueRefused),
    Row::new("InvalidRequest", Rejected, Never, Call, M::RequestUnreadable),
    Row::new("IpInBlacklist", Denied, Never, Call, M::AddressRefused),
    Row::new("IpNotInWhitelist", Denied, Never, Call, M::AddressRefused),
    Row::new("LimitExceeded", Rejected, Never, Arguments, M::QuotaReached),
    Row::new("MissingParameter", Rejected, Never, Call, M::RequestUnreadable),
    Row::new("NoSuchProduct", Rejected, Never, Call, M::NotOffered),
    Row::new("NoSuchVersion", Rejected, Never, Call, M::NotOffered),
    Row::new("OperationDenied", Rejected, Never, Arguments, M::OperationDenied),
    Row::new("RequestLimitExceeded", Throttled, UntilDeadline, Call, M::RateReached),
    Row::new("RequestSizeLimitExceeded", Rejected, Never, Call, M::RequestUnreadable),
    Row::new("ResourceBusy", Failed, Never, Arguments, M::Busy),
    Row::new("ResourceInUse", InUse, Bounded, Arguments, M::Busy),
    Row::new("ResourceInsufficient", Rejected, Never, Arguments, M::QuotaReached),
    Row::new("ResourceNotFound", Absent, Never, Arguments, M::NotFound),
    Row::new("ResourceNotFound.MemberIdentityNotExist", Absent, Never, Arguments, M::NoSuchGrant),
    Row::new("ResourceNotFound.OrganizationIdentityNotExist", Absent, Never, Identity, M::NoSuchIdentity),
    Row::new("ResourceNotFound.OrganizationMemberNotExist", Absent, Never, Member, M::NoSuchMember),
    // Never "absent": whoever takes it for success would forget what the right account still holds.
    Row::new("ResourceNotFound.OrganizationNotExist", Credentials, Never, Call, M::NoOrganization),
    Row::new("ResourceNotFound.RoleNotFound", Absent, Never, Arguments, M::NoSuchRole),
    Row::new("ResourceUnavailable", Unavailable, Bounded, Call, M::Busy),
    Row::new("ResponseSizeLimitExceeded", Rejected, Never, Call, M::RequestUnreadable),
    Row::new("ServiceUnavailable", Unavailable, Bounded, Call, M::ServiceDown),
    Row::new("UnauthorizedOperation", Denied, Never, Call, M::NotAuthorized),
    Row::new("UnknownParameter", Rejected, Never, Call, M::RequestUnreadable),
    Row::new("UnsupportedOperation", Rejected, Never, Arguments, M::Unsupported),
    Row::new("UnsupportedProtocol", Rejected, Never, Call, M::RequestUnreadable),
    Row::new("UnsupportedRegion", Rejected, Never, Call, M::NotOffered),
];

/// The row of `code`: its own, else that of its class, else the one for codes that nobody documents.
pub(crate) fn row(code: &str) -> &'static Row {
    let class = code.split('.').next().unwrap_or_default();
    let find = |wanted: &str| CODES.iter().find(|row| row.code == wanted);
    find(code).or_else(|| find(class)).unwrap_or(&UNDOCUMENTED)
}

/// Whether the service refused a signature for its time.
pub(crate) fn is_about_time(code: &str) -> bool {
    row(code).means == Some(Meaning::ClockApart)
}

#[cfg(test)]
mod tests;
