//! The text about one end of one operation. Knows no type and none of its attributes.

use std::error::Error;
use std::fmt::Write;

use super::remedy::{self, OwnRemedies};
use super::subject::Subject;
use super::words::{counted, named, paragraphs};
use crate::causes::with_causes;
use crate::cloud::{ApiError, Deadline, DeadlineError, Kind};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::timeouts::Operation;
use crate::organization::Halt;

/// An operation that failed: all that its texts have in common.
#[derive(Clone, Copy, Debug)]
pub struct Failed<'a> {
    subject: Subject,
    until: &'a Deadline,
    own: OwnRemedies,
}

impl<'a> Failed<'a> {
    /// `operation` of a resource, which had time `until` then.
    pub fn resource(operation: Operation, until: &'a Deadline) -> Self {
        Self { subject: Subject::Resource(operation), until, own: |_| None }
    }

    /// The read of a data source, which had time `until` then.
    pub fn data_source(until: &'a Deadline) -> Self {
        Self { subject: Subject::DataSource, until, own: |_| None }
    }

    /// The same, of a type that knows some errors better.
    #[must_use]
    pub fn with_remedies(self, own: OwnRemedies) -> Self {
        Self { own, ..self }
    }

    /// What failed.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// One text about an error of the API that came after `attempts`. `tried` is a sentence; each of
    /// `progress` is a paragraph about what was done before.
    pub fn by_error(&self, tried: &str, progress: &[String], error: &ApiError, attempts: u32) -> Diagnostic {
        let remedy = remedy::of_error(error, self.subject, self.own);
        let mut detail = format!("{tried} {}", remedy.next);
        if error.kind() == Kind::TimedOut {
            let _infallible = write!(detail, " {}", self.subject.limit(self.until));
        }
        let mut detail = paragraphs(detail, progress);
        let _infallible = write!(
            detail,
            "\n\n{}",
            match error.for_credentials() {
                Some(call) => evidence(call, call.attempts()),
                None => evidence(error, attempts),
            }
        );
        let diagnostic = Diagnostic::error(remedy.summary, detail);
        match remedy.path {
            Some(path) if self.subject.takes_values() => diagnostic.at(path),
            _ => diagnostic,
        }
    }

    /// One text about an early end, by whatever it came. `tried` and `progress` are as in
    /// [`Failed::by_error`].
    pub fn by_halt(&self, tried: &str, progress: &[String], halt: &Halt) -> Diagnostic {
        let subject = self.subject;
        let (summary, why) = match halt {
            Halt::Error(error) => return self.by_error(tried, progress, error, error.attempts()),
            Halt::Ended(DeadlineError::TimedOut) => {
                let more = match subject {
                    Subject::Resource(_) => "Give it more time, or apply again to go on from here.",
                    Subject::DataSource => subject.go_on(),
                };
                ("Operation ran out of time", format!("{} {more}", subject.limit(self.until)))
            }
            Halt::Ended(DeadlineError::Stopped) => {
                ("Operation stopped", format!("You asked the run to stop. {}", subject.go_on()))
            }
            Halt::Unclear(pairs) => (
                "Lists contradict themselves",
                format!(
                    "Tencent Cloud lists fewer grants than it says there are, in the list of the member and \
                     in that of the identity, so it cannot be told whether {} exist. {}Run again in some \
                     minutes; if it stays, tell Tencent Cloud support that \
                     DescribeOrganizationMemberAuthIdentities gives a Total that its Items do not add up to.",
                    named(pairs),
                    subject.of_state("Nothing was taken out of the state. ")
                ),
            ),
            Halt::Incomplete { action } => (
                "List is not complete",
                format!(
                    "Tencent Cloud gave fewer items than it says there are, or the list changed between its \
                     pages, each time that it was read. A part of it was not taken for the whole. Run again in \
                     some minutes; if it stays, tell Tencent Cloud support that {action} gives a Total that its \
                     Items do not add up to."
                ),
            ),
            Halt::Broken => {
                let why = format!(
                    "A call that several operations share panicked; the log says where. {}",
                    subject.go_on()
                );
                return Diagnostic::bug(paragraphs(format!("{tried} {why}"), progress));
            }
        };
        Diagnostic::error(summary, paragraphs(format!("{tried} {why}"), progress))
    }
}

/// All that a data source has to say when it could not be read: `tried` is the sentence about what it was
/// looking for, `halt` what came in the way, and `until` its limit.
pub fn read_failed(tried: &str, halt: impl Into<Halt>, until: &Deadline) -> Diagnostics {
    Failed::data_source(until).by_halt(tried, &[], &halt.into()).into()
}

/// What support asks for: action, attempts, code, message and request id; else the chain of causes. Indented,
/// so that the host does not wrap it.
fn evidence(error: &ApiError, attempts: u32) -> String {
    let mut lines =
        vec![format!("  Action:    {} ({})", error.action(), counted(attempts as usize, "attempt"))];
    if let (Some(code), Some(message)) = (error.code(), error.message()) {
        lines.push(format!("  Code:      {code}"));
        lines.push(format!("  Message:   {message}"));
    } else {
        lines.extend(error.source().map(|cause| format!("  Cause:     {}", with_causes(cause))));
    }
    lines.extend(error.request_id().map(|id| format!("  RequestId: {id}")));
    lines.join("\n")
}
