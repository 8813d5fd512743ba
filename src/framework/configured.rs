//! What a provider that is not configured, or not yet wholly, means for every operation: those that need
//! nothing but values go on, and the first use of what the configuration yields is an error.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::path::Path;

/// What configuring a provider came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Configured<D> {
    /// Every argument was known, and this is what they yielded.
    Ready(D),
    /// These arguments are known only after apply. A plan can go on without the API, anything else cannot.
    Unknown(Vec<Path>),
}

impl<D> Configured<D> {
    /// What the configuration yielded, or the error that the first use of an unknown one draws. The
    /// environment never stands in for an argument that is set but not known yet.
    pub fn ready(&self) -> Result<&D, Diagnostics> {
        match self {
            Self::Ready(data) => Ok(data),
            Self::Unknown(arguments) => Err(unknown(arguments).into()),
        }
    }
}

/// The error of an operation that needs a configured provider, where the host has not configured it.
pub(super) fn missing() -> Diagnostic {
    let detail = "The operation needs a configured provider, and the host has not configured it, or its \
                  configuration failed.";
    Diagnostic::error("Provider is not configured", detail)
}

fn unknown(arguments: &[Path]) -> Diagnostic {
    let names: Vec<String> = arguments.iter().map(|path| format!("`{path}`")).collect();
    Diagnostic::error(
        "Provider configuration is not known yet",
        format!(
            "The provider arguments {} depend on values that are known only after apply, so the API cannot \
             be called yet. Apply what they depend on first (with `-target`), or plan without a look at what \
             exists (with `-refresh=false`), or give the provider values that are known, such as \
             variables or environment variables.",
            names.join(", ")
        ),
    )
}
