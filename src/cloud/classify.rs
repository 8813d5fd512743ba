//! What a failure means, in one table: whose fault it is, and whether the same request may be sent again.
//!
//! Follows the common error codes of <https://www.tencentcloud.com/document/product/1031/32858> and the code
//! lists of the Organization actions. A code is looked up whole, then by the part before its first dot. A
//! write is repeated only when it certainly did nothing.

use super::action::Effect;
use super::clock_skew::is_credible;
use super::error::{Failure, Kind};
use super::transport::TransportError;

/// What to make of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    pub(crate) repeat: Repeat,
}

/// Whether, and how long, to send the same request again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It will not heal, or it must be looked at first.
    Never,
    /// Once, signed anew.
    OnceResigned,
    /// A bounded number of times.
    Bounded,
    /// Until the deadline.
    UntilDeadline,
}

use Kind::{
    Absent, Credentials, Denied, Failed, InUse, Malformed, Rejected, Throttled, Unavailable, Uncertain,
};
use Repeat::{Bounded, Never, OnceResigned, UntilDeadline};

struct Row {
    code: &'static str,
    read: Verdict,
    write: Verdict,
}

const fn both(code: &'static str, kind: Kind, repeat: Repeat) -> Row {
    split(code, (kind, repeat), (kind, repeat))
}

const fn split(code: &'static str, read: (Kind, Repeat), write: (Kind, Repeat)) -> Row {
    Row {
        code,
        read: Verdict { kind: read.0, repeat: read.1 },
        write: Verdict { kind: write.0, repeat: write.1 },
    }
}

const CODES: &[Row] = &[
    both("ActionOffline", Rejected, Never),
    both("AuthFailure", Credentials, Never),
    both("AuthFailure.SignatureExpire", Credentials, OnceResigned),
    both("AuthFailure.UnauthorizedOperation", Denied, Never),
    both("DryRunOperation", Rejected, Never),
    both("FailedOperation", Failed, Never),
    // These wrap calls of the service into CAM or billing, which may only have had a bad moment.
    split("FailedOperation.CreatePolicy", (Unavailable, Bounded), (Failed, Never)),
    split("FailedOperation.CreateRole", (Unavailable, Bounded), (Failed, Never)),
    split("FailedOperation.DeletePolicy", (Unavailable, Bounded), (Failed, Never)),
    split("FailedOperation.GetPolicyDetail", (Unavailable, Bounded), (Failed, Never)),
    split("FailedOperation.OperateBillingPermissionErr", (Unavailable, Bounded), (Failed, Never)),
    split("FailedOperation.OperatePolicy", (Unavailable, Bounded), (Failed, Never)),
    both("FailedOperation.MemberIdentityAuthUsed", InUse, Never),
    both("FailedOperation.OrganizationIdentityInUsed", InUse, Never),
    both("FailedOperation.OrganizationIdentityNameUsed", Rejected, Never),
    both("FailedOperation.OrganizationIdentityPolicyError", Rejected, Never),
    // Also what a gateway answers when the product behind it took too long: a write may have been done.
    split("InternalError", (Unavailable, Bounded), (Uncertain, Never)),
    both("InvalidAction", Rejected, Never),
    both("InvalidParameter", Rejected, Never),
    both("InvalidParameterValue", Rejected, Never),
    both("InvalidRequest", Rejected, Never),
    both("IpInBlacklist", Denied, Never),
    both("IpNotInWhitelist", Denied, Never),
    both("LimitExceeded", Rejected, Never),
    both("MissingParameter", Rejected, Never),
    both("NoSuchProduct", Rejected, Never),
    both("NoSuchVersion", Rejected, Never),
    both("OperationDenied", Rejected, Never),
    both("RequestLimitExceeded", Throttled, UntilDeadline),
    both("RequestSizeLimitExceeded", Rejected, Never),
    both("ResourceInUse", InUse, Bounded),
    both("ResourceInsufficient", Rejected, Never),
    both("ResourceNotFound", Absent, Never),
    // Never "absent": whoever takes it for success would forget what the right account still holds.
    both("ResourceNotFound.OrganizationNotExist", Credentials, Never),
    both("ResourceUnavailable", Unavailable, Bounded),
    both("ResponseSizeLimitExceeded", Rejected, Never),
    both("ServiceUnavailable", Unavailable, Bounded),
    both("UnauthorizedOperation", Denied, Never),
    both("UnknownParameter", Rejected, Never),
    both("UnsupportedOperation", Rejected, Never),
    both("UnsupportedProtocol", Rejected, Never),
    both("UnsupportedRegion", Rejected, Never),
];

const UNDOCUMENTED: Row = both("", Failed, Never);
/// A signature was refused for its time, and the answer's own is not to be followed: the next would be
/// refused too.
const CLOCKS_APART: Row = both("", Credentials, Never);
const NOT_SENT: Row = both("", Unavailable, Bounded);
const UNUSABLE: Row = both("", Unavailable, Never);
const LOST: Row = split("", (Unavailable, Bounded), (Uncertain, Never));
const BROKEN: Row = split("", (Malformed, Bounded), (Uncertain, Never));
const NOT_THE_SERVICE: Row = split("", (Malformed, Never), (Uncertain, Never));
const UNWRITABLE: Row = both("", Rejected, Never);

/// What to make of `failure` of an action with `effect`.
pub(crate) fn classify(failure: &Failure, effect: Effect) -> Verdict {
    let row = match failure {
        Failure::Refused { skew: Some(skew), .. } if !is_credible(*skew) => &CLOCKS_APART,
        Failure::Refused { code, .. } => by_code(code),
        Failure::Foreign { status, .. } => by_status(*status),
        Failure::Shape { .. } => &NOT_THE_SERVICE,
        Failure::Encode(_) => &UNWRITABLE,
        Failure::Transport { source: TransportError::NotSent(_), .. } => &NOT_SENT,
        Failure::Transport { source: TransportError::Unusable(_), .. } => &UNUSABLE,
        Failure::Transport { source: TransportError::MaybeSent(_), .. } | Failure::Stalled { .. } => &LOST,
    };
    match effect {
        Effect::Read => row.read,
        Effect::Write => row.write,
    }
}

fn by_code(code: &str) -> &'static Row {
    let class = code.split('.').next().unwrap_or_default();
    let find = |wanted: &str| CODES.iter().find(|row| row.code == wanted);
    find(code).or_else(|| find(class)).unwrap_or(&UNDOCUMENTED)
}

/// An answer without an envelope. A read is worth repeating if the status is of the kind that passes.
fn by_status(status: u16) -> &'static Row {
    match status {
        200..=299 => &BROKEN,
        408 | 425 | 429 | 500..=599 => &LOST,
        _ => &NOT_THE_SERVICE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Box<str> {
        "https://organization.example.com/".into()
    }

    fn unanswered(source: TransportError) -> Failure {
        Failure::Transport { endpoint: endpoint(), source }
    }

    fn check(failure: &Failure, read: (Kind, Repeat), write: (Kind, Repeat)) {
        let expected = split("", read, write);
        assert_eq!(classify(failure, Effect::Read), expected.read, "read: {failure}");
        assert_eq!(classify(failure, Effect::Write), expected.write, "write: {failure}");
    }

    fn refused(code: &str) -> Failure {
        Failure::Refused { code: code.to_owned(), message: String::new(), request_id: None, skew: None }
    }

    #[test]
    fn a_code_is_looked_up_whole_then_by_its_class() {
        for (code, kind, repeat) in [
            ("AuthFailure.SecretIdNotFound", Credentials, Never),
            ("AuthFailure.SignatureExpire", Credentials, OnceResigned),
            ("AuthFailure.UnauthorizedOperation", Denied, Never),
            ("FailedOperation.MemberIdentityAuthUsed", InUse, Never),
            ("FailedOperation.SomethingNew", Failed, Never),
            ("InvalidParameterValue.Whatever", Rejected, Never),
            ("LimitExceeded.IdentityExceedLimit", Rejected, Never),
            ("RequestLimitExceeded", Throttled, UntilDeadline),
            ("RequestLimitExceeded.UinLimitExceeded", Throttled, UntilDeadline),
            ("ResourceInUse", InUse, Bounded),
            ("ResourceNotFound.MemberIdentityNotExist", Absent, Never),
            ("ResourceNotFound.OrganizationNotExist", Credentials, Never),
            ("ServiceUnavailable", Unavailable, Bounded),
            ("UnauthorizedOperation.CamNoAuth", Denied, Never),
            ("NobodyDocumentsThis.Code", Failed, Never),
            ("RequestLimitExceededX", Failed, Never),
        ] {
            check(&refused(code), (kind, repeat), (kind, repeat));
        }
    }

    #[test]
    fn a_write_that_may_have_been_done_is_never_repeated() {
        let lost = || std::io::Error::other("reset").into();
        let looked_at = (Uncertain, Never);
        check(&refused("InternalError"), (Unavailable, Bounded), looked_at);
        check(&refused("InternalError.DbError"), (Unavailable, Bounded), looked_at);
        check(&refused("FailedOperation.CreateRole"), (Unavailable, Bounded), (Failed, Never));
        check(&unanswered(TransportError::MaybeSent(lost())), (Unavailable, Bounded), looked_at);
        let stalled = Failure::Stalled { endpoint: endpoint(), limit: std::time::Duration::ZERO };
        check(&stalled, (Unavailable, Bounded), looked_at);
        for (status, read) in [
            (200, (Malformed, Bounded)),
            (301, (Malformed, Never)),
            (403, (Malformed, Never)),
            (407, (Malformed, Never)),
            (429, (Unavailable, Bounded)),
            (502, (Unavailable, Bounded)),
        ] {
            check(&Failure::Foreign { status, excerpt: String::new() }, read, looked_at);
        }
    }

    #[test]
    fn a_request_that_was_not_sent_may_be_sent_again() {
        let refused = || std::io::Error::other("refused").into();
        let again = (Unavailable, Bounded);
        check(&unanswered(TransportError::NotSent(refused())), again, again);
        let never = (Unavailable, Never);
        check(&unanswered(TransportError::Unusable(refused())), never, never);
    }

    #[test]
    fn no_code_stands_twice_in_the_table() {
        let mut codes: Vec<_> = CODES.iter().map(|row| row.code).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
