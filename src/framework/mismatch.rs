//! What a model says when a value does not have the shape it reads.

use std::fmt;

use super::diagnostic::Diagnostic;
use super::path::{Path, Step};
use super::value::Value;

/// A value whose shape is not what its reader wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    wanted: &'static str,
    found: &'static str,
    /// Innermost step first.
    steps: Vec<Step>,
}

impl Mismatch {
    /// `found` stands where `wanted` should.
    pub fn new(wanted: &'static str, found: &Value) -> Self {
        Self { wanted, found: found.shape(), steps: Vec::new() }
    }

    /// An attribute that the type has, and the value has not.
    pub fn missing() -> Self {
        Self { wanted: "a value", found: "nothing", steps: Vec::new() }
    }

    /// `found` is an attribute that the type has not.
    pub fn superfluous(found: &Value) -> Self {
        Self { wanted: "nothing", found: found.shape(), steps: Vec::new() }
    }

    /// Where it stands, if that is an attribute or inside of one.
    pub fn path(&self) -> Option<Path> {
        Path::from_steps(self.steps.iter().rev().cloned().collect())
    }

    /// The same, seen from outside a set: an element of a set has no address.
    #[must_use]
    pub fn within_set(self) -> Self {
        Self { steps: Vec::new(), ..self }
    }

    /// The same, seen from one step further out.
    #[must_use]
    pub fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} where {} was expected", self.found, self.wanted)
    }
}

impl std::error::Error for Mismatch {}

impl From<Mismatch> for Diagnostic {
    fn from(mismatch: Mismatch) -> Self {
        let diagnostic =
            Self::bug(format!("Read {}, where {} was expected.", mismatch.found, mismatch.wanted));
        match mismatch.path() {
            Some(path) => diagnostic.at(path),
            None => diagnostic,
        }
    }
}
