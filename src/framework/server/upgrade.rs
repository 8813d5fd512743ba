//! A stored state, brought to the schema of today. Without network and without a configured provider.

use super::conformance;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::ResourceType;
use crate::framework::value::{Object, Type};

/// What the practitioner is told first about a stored state that cannot be brought to the schema of today.
pub const STATE_MISFIT: &str = "State does not fit this provider's schema";

impl<D> ResourceType<D> {
    /// The type in which a state of schema `version` was stored: what its JSON is to be read as.
    pub fn stored_type(&self, version: i64) -> Result<&Type, Diagnostics> {
        let current = self.schema.version;
        if version == current {
            return Ok(&self.state_type);
        }
        if let Some(older) = self.upgrades.get(&version) {
            return Ok(&older.of);
        }
        let (than, remedy) = if version > current {
            ("newer than", "Use the version of the provider that wrote it, or a later one.")
        } else {
            ("older than", "Apply once with an earlier version of the provider, or import the resource anew.")
        };
        let detail = format!(
            "The state of this {} was written with version {version} of its schema, {than} this provider's \
             version {current}. {remedy}",
            self.name
        );
        Err(misfit(detail))
    }

    /// The state of today for one that was read as [`ResourceType::stored_type`] of its `version`. One that
    /// says nothing is refused: to the host, no state would mean that the object is gone.
    pub fn upgrade(&self, version: i64, stored: Option<Object>) -> Result<Object, Diagnostics> {
        let stored = stored.ok_or_else(|| misfit(format!("The state of this {} is empty.", self.name)))?;
        let Some(older) = self.upgrades.get(&version) else { return Ok(self.storable(stored)) };
        let upgraded = self.storable(older.convert(version, stored)?);
        let breaches = conformance::of_state(&upgraded);
        if breaches.is_empty() { Ok(upgraded) } else { Err(breaches) }
    }

    /// The error for a state in the format of Terraform 0.11, which this provider never wrote.
    pub fn flatmap_state(&self) -> Diagnostics {
        misfit(format!(
            "The state of this {} is in the format of Terraform 0.11 or earlier. Import the resource anew.",
            self.name
        ))
    }
}

fn misfit(detail: String) -> Diagnostics {
    Diagnostic::error(STATE_MISFIT, detail).into()
}
