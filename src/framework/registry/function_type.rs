//! A function, registered.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::framework::attribute::AttributeValue;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::erased::function::AnyFunction;
use crate::framework::function::{Arguments, Function, Parameters};
use crate::framework::value::Type;

/// A registered function; its operation is in [`crate::framework::server`].
pub struct FunctionType {
    /// Its name, without the provider's.
    pub name: &'static str,
    /// What it is good for, in one line.
    pub summary: &'static str,
    /// What it does, in Markdown.
    pub description: &'static str,
    /// If it should no longer be used: what to use instead.
    pub deprecated: Option<&'static str>,
    /// What it takes.
    pub parameters: Parameters,
    /// The type of what it gives.
    pub returns: Type,
    pub(in crate::framework) function: Arc<dyn AnyFunction>,
}

impl FunctionType {
    pub(super) fn of<F: Function>(function: F) -> Self {
        Self {
            name: F::NAME,
            summary: F::SUMMARY,
            description: F::DESCRIPTION,
            deprecated: F::DEPRECATED,
            parameters: F::Args::parameters(),
            returns: F::Return::kind().implied_type(),
            function: Arc::new(function),
        }
    }

    /// What is wrong with its declaration.
    pub(super) fn problems(&self) -> Diagnostics {
        let mut problems = Diagnostics::new();
        let mut report = |problem: &str| {
            problems.push(Diagnostic::bug(format!(
                "The declaration of the function {:?} is wrong: {problem}.",
                self.name
            )));
        };
        if !is_identifier(self.name) {
            report("a name is made of [a-z0-9_] and begins with a letter");
        }
        let mut names = BTreeSet::new();
        for parameter in self.parameters.iter() {
            if !is_identifier(parameter.name) {
                report(&format!(
                    "the parameter {:?} is not made of [a-z0-9_], or does not begin with a letter",
                    parameter.name
                ));
            }
            if !names.insert(parameter.name) {
                report(&format!("the parameter {:?} is there twice", parameter.name));
            }
        }
        problems
    }
}

fn is_identifier(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(legal)
}

impl fmt::Debug for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionType").field("name", &self.name).finish_non_exhaustive()
    }
}
