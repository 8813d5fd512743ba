//! What a configured provider hands to its resources.

use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::organization::Grants;

/// The way to the organization, or why there is none yet.
#[derive(Debug)]
pub enum Access {
    /// Credentials and endpoint are known.
    Ready(Box<Grants>),
    /// These provider arguments are known only after apply: a plan can go on without the API, anything else
    /// cannot.
    Unknown(Vec<Path>),
}

impl Access {
    /// The grants, or the error that the first use of an unknown configuration draws. The environment never
    /// stands in for an argument that is set but not known yet.
    pub fn grants(&self) -> Result<&Grants, Diagnostics> {
        match self {
            Self::Ready(grants) => Ok(grants),
            Self::Unknown(arguments) => {
                let names: Vec<String> = arguments.iter().map(|path| format!("`{path}`")).collect();
                Err(Diagnostic::error(
                    "Provider configuration is not known yet",
                    format!(
                        "The provider arguments {} depend on values that are known only after apply, so the API cannot \
                         be called yet. Apply what they depend on first (with `-target`), or plan without a look at what \
                         exists (with `-refresh=false`), or give the provider values that are known, such as \
                         variables or environment variables.",
                        names.join(", ")
                    ),
                )
                .into())
            }
        }
    }
}
