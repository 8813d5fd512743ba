//! What a failure is about, and what depends on that in every text. Knows no error.

use crate::cloud::Deadline;
use crate::framework::timeouts::{Operation, render_duration};

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An operation of a resource, which has a state and `timeouts`.
    Resource(Operation),
    /// The read of a data source, which has neither.
    DataSource,
}

impl Subject {
    /// How to try once more, as the beginning of a sentence. What deletes may be an apply or a destroy.
    pub(super) fn again(self) -> &'static str {
        match self {
            Self::Resource(Operation::Delete) => "Run the command again",
            Self::Resource(_) => "Apply again",
            Self::DataSource => "Run again",
        }
    }

    /// The sentence about an operation that ended half-way, and whose work is not lost.
    pub(super) fn go_on(self) -> &'static str {
        match self {
            Self::Resource(Operation::Delete) => "Run the command again to go on from here.",
            Self::Resource(_) => "Apply again to go on from here.",
            Self::DataSource => "Run again.",
        }
    }

    /// `sentence`, where there is a state that it can be about.
    pub(super) fn of_state(self, sentence: &'static str) -> &'static str {
        match self {
            Self::Resource(_) => sentence,
            Self::DataSource => "",
        }
    }

    /// The sentence about the limit that was set.
    pub(super) fn limit(self, until: &Deadline) -> String {
        let limit = render_duration(until.limit());
        match self {
            Self::Resource(operation) => {
                format!("The limit was {limit}, set by timeouts.{} or its default.", operation.key())
            }
            Self::DataSource => format!("The limit was {limit}."),
        }
    }

    /// Whether the configuration may be to blame: what only reads or removes does not take its values.
    pub(super) fn takes_values(self) -> bool {
        match self {
            Self::Resource(operation) => matches!(operation, Operation::Create | Operation::Update),
            Self::DataSource => true,
        }
    }
}
