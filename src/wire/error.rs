//! Why bytes are not a value of the type they should be.

use crate::causes::with_causes;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::path::{Path, Step};
use crate::framework::value::NumberError;

/// Bytes that are not a value of the type they should be, and where in the value that shows.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct DecodeError {
    #[source]
    problem: Problem,
    /// Innermost step first.
    steps: Vec<Step>,
}

/// What is wrong with the bytes.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// They end in the middle of a value.
    #[error("the bytes end in the middle of a value")]
    Truncated,
    /// One shape stands where the type has another.
    #[error("found {found} where {wanted} should be")]
    Shape {
        /// What the type has.
        wanted: &'static str,
        /// What the bytes have.
        found: &'static str,
    },
    /// An object lacks an attribute of its type.
    #[error("the attribute is missing")]
    Missing,
    /// An object has an attribute that its type has not.
    #[error("the attribute is not in the schema")]
    Superfluous,
    /// A map or an object has a key twice.
    #[error("the key occurs twice")]
    Twice,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8(#[source] std::str::Utf8Error),
    /// A number cannot be read.
    #[error("a number cannot be read")]
    Number(#[source] NumberError),
    /// The bytes are not JSON.
    #[error("the value is not JSON")]
    Json(#[source] serde_json::Error),
}

impl DecodeError {
    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Where, as far as it can be told.
    pub fn path(&self) -> Option<Path> {
        Path::from_steps(self.steps.iter().rev().cloned().collect())
    }

    pub(super) fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The same, seen from outside a set, whose elements have no address.
    pub(super) fn within_set(self) -> Self {
        Self { steps: Vec::new(), ..self }
    }

    /// The message for the practitioner: `summary`, and the whole chain of causes.
    pub(super) fn diagnostic(&self, summary: &str) -> Diagnostic {
        let path = self.path();
        let place = path.as_ref().map(|path| format!("At {path}: ")).unwrap_or_default();
        let detail = format!("{place}{}.", with_causes(&self.problem));
        Diagnostic { path, ..Diagnostic::error(summary, detail) }
    }
}

impl From<Problem> for DecodeError {
    fn from(problem: Problem) -> Self {
        Self { problem, steps: Vec::new() }
    }
}
