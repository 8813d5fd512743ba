//! What a failure of one attempt means: what the caller can do about it, and whether the same request may be
//! sent again. For an error code the table in `codes.rs` says so; for everything else, the rows here.
//!
//! A write is repeated only when it certainly did nothing.

use super::action::Effect;
use super::clock_skew::is_credible;
use super::codes::{self, Blame, Meaning, Repeat, Row, Verdict};
use super::credentials::CredentialsError;
use super::error::Failure;
use super::kind::Kind;
use super::transport::TransportError;

use Blame::{Arguments, Call};
use Kind::{Credentials, Malformed, Rejected, Unavailable, Uncertain};
use Repeat::{Bounded, Never};

/// A signature was refused for its time, and the answer's own is not to be followed: the next would be
/// refused too.
const CLOCKS_APART: Row = Row::without_code(Credentials, Never, Call).meaning(Meaning::ClockApart);
const UNSIGNED: Row = Row::without_code(Credentials, Never, Call).meaning(Meaning::NoCredentials);
const WRONG_ACCOUNT: Row = Row::without_code(Credentials, Never, Call).meaning(Meaning::AccountNotAllowed);
const NOT_SENT: Row = Row::without_code(Unavailable, Bounded, Call);
const UNUSABLE: Row = Row::without_code(Unavailable, Never, Call);
const LOST: Row = Row::without_code(Unavailable, Bounded, Arguments).but_for_a_write(Uncertain);
const BROKEN: Row = Row::without_code(Malformed, Bounded, Arguments).but_for_a_write(Uncertain);
const NOT_THE_SERVICE: Row = Row::without_code(Malformed, Never, Arguments).but_for_a_write(Uncertain);
const UNSENDABLE: Row = Row::without_code(Rejected, Never, Call);

/// What to make of `failure` of an action with `effect`.
pub(crate) fn classify(failure: &Failure, effect: Effect) -> Verdict {
    let row = row(failure);
    match effect {
        Effect::Read => row.read,
        Effect::Write => row.write,
    }
}

/// All that is known of `failure`.
pub(crate) fn row(failure: &Failure) -> &'static Row {
    match failure {
        Failure::Refused { skew: Some(skew), .. } if !is_credible(*skew) => &CLOCKS_APART,
        Failure::Refused { code, .. } => codes::row(code),
        Failure::Foreign { status, .. } => by_status(*status),
        Failure::Shape { .. } => &NOT_THE_SERVICE,
        Failure::Encode(_) | Failure::NoEndpoint { .. } => &UNSENDABLE,
        Failure::Unsigned(CredentialsError::AccountNotAllowed { .. }) => &WRONG_ACCOUNT,
        Failure::Unsigned(_) => &UNSIGNED,
        Failure::Transport { source: TransportError::NotSent(_), .. } => &NOT_SENT,
        Failure::Transport { source: TransportError::Unusable(_), .. } => &UNUSABLE,
        Failure::Transport { source: TransportError::MaybeSent(_), .. } | Failure::Stalled { .. } => &LOST,
    }
}

/// An answer without an envelope. A read is worth repeating if the status is of the kind that passes; one
/// that says "not implemented" or "unsupported" does not.
fn by_status(status: u16) -> &'static Row {
    match status {
        200..=299 => &BROKEN,
        408 | 425 | 429 | 500 | 502..=504 | 520..=599 => &LOST,
        _ => &NOT_THE_SERVICE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::Failed;

    fn endpoint() -> Box<str> {
        "https://organization.example.com/".into()
    }

    fn unanswered(source: TransportError) -> Failure {
        Failure::Transport { endpoint: endpoint(), source }
    }

    fn check(failure: &Failure, read: (Kind, Repeat), write: (Kind, Repeat)) {
        let verdict = |(kind, repeat)| Verdict { kind, repeat };
        assert_eq!(classify(failure, Effect::Read), verdict(read), "read: {failure}");
        assert_eq!(classify(failure, Effect::Write), verdict(write), "write: {failure}");
    }

    fn refused(code: &str) -> Failure {
        Failure::Refused { code: code.to_owned(), message: String::new(), request_id: None, skew: None }
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
            (501, (Malformed, Never)),
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
}
