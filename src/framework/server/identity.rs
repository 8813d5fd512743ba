//! What an object is known by, beside its state.
//!
//! A host keeps the identity of a state and drops it when a reply has none, so that every reply has one. It
//! must be known, except of an object that is to be created or replaced.

use super::PlanRequest;
use super::plan::changes;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::{IdentityType, ResourceType};
use crate::framework::resource::Planned;
use crate::framework::value::{Field, Object, Type, Value};

/// What the practitioner is told first about a stored identity that cannot be brought to the schema of today.
pub const IDENTITY_MISFIT: &str = "Identity does not fit this provider's schema";

impl<D> ResourceType<D> {
    /// The identity that the type was registered with, if it was.
    pub fn identity(&self) -> Option<&IdentityType<D>> {
        self.identity.as_ref()
    }

    /// The type of an identity as a value, if the type has one.
    pub fn identity_type(&self) -> Option<&Type> {
        self.identity.as_ref().map(|identity| &identity.of)
    }

    /// The identity that `planned` comes to, where it was `prior`. Of an update that does not know it yet, it
    /// is the one from before, also where the host has none. Of what is made anew there is none then:
    /// OpenTofu cannot store a plan with an identity of which something is unknown.
    pub fn planned_identity(
        &self,
        request: &PlanRequest,
        planned: &Planned<Option<Object>>,
        prior: Option<Object>,
    ) -> Result<Option<Object>, Diagnostics> {
        let (Some(identity), Some(state)) = (&self.identity, &planned.state) else { return Ok(prior) };
        let created = match &request.prior {
            None => true,
            Some(before) => planned.replace.iter().any(|path| changes(path, before, state)),
        };
        match identity.twin.identity(state)? {
            Field::Known(known) if is_known(&known) => Ok(Some(known)),
            _ if created => Ok(None),
            _ if prior.is_some() => Ok(prior),
            _ => match request.prior.as_ref().map(|before| identity.twin.identity(before)).transpose()? {
                Some(Field::Known(before)) if is_known(&before) => Ok(Some(before)),
                _ => Ok(None),
            },
        }
    }

    /// The identity of `state`, which was read, imported, moved, or left by an apply that succeeded. Where
    /// nothing is left it is `before`. A state without one is a bug, unless it is still known by `before`.
    pub fn identity_of(
        &self,
        state: Option<&Object>,
        before: Option<Object>,
    ) -> Result<Option<Object>, Diagnostics> {
        let before = before.filter(is_known);
        let (Some(identity), Some(state)) = (&self.identity, state) else { return Ok(before) };
        match identity.twin.identity(state)? {
            Field::Known(known) if is_known(&known) => Ok(Some(known)),
            _ if before.is_some() => Ok(before),
            _ => {
                let what = format!("The {} has a state and no identity that is known.", self.name);
                Err(Diagnostic::bug(what).into())
            }
        }
    }

    /// The identity of a state that an apply left, of which `report` tells how it ended. That a state without
    /// one is a bug is told only where nothing else went wrong.
    pub fn identity_of_applied(
        &self,
        state: Option<&Object>,
        planned: Option<Object>,
        report: &mut Diagnostics,
    ) -> Option<Object> {
        let planned = planned.filter(is_known);
        self.identity_of(state, planned.clone()).unwrap_or_else(|bug| {
            if !report.has_errors() {
                report.extend(bug);
            }
            planned
        })
    }

    /// The type in which an identity of `version` was stored: what its JSON is to be read as.
    pub fn stored_identity_type(&self, version: i64) -> Result<&Type, Diagnostics> {
        let identity = self.identity.as_ref().ok_or_else(|| no_identity(self.name))?;
        if version == identity.version {
            return Ok(&identity.of);
        }
        identity.older.get(&version).map(|stored| &stored.of).ok_or_else(|| {
            let current = identity.version;
            let (than, remedy) = if version > current {
                ("newer than", "Use the version of the provider that wrote it, or a later one.")
            } else {
                ("older than", "Apply once with an earlier version of the provider, or import the resource anew.")
            };
            misfit(format!(
                "The identity of this {} was written with version {version} of its schema, {than} this provider's \
                 version {current}. {remedy}",
                self.name
            ))
        })
    }

    /// The identity of today for one that was read as [`ResourceType::stored_identity_type`] of its version.
    pub fn upgrade_identity(&self, version: i64, stored: Option<Object>) -> Result<Object, Diagnostics> {
        let identity = self.identity.as_ref().ok_or_else(|| no_identity(self.name))?;
        let stored = stored.ok_or_else(|| {
            misfit(format!("The stored identity of this {} is empty. Import the resource anew.", self.name))
        })?;
        let upgraded = match identity.older.get(&version) {
            Some(older) => older.convert(version, stored)?,
            None => stored,
        };
        if is_known(&upgraded) {
            return Ok(upgraded);
        }
        Err(Diagnostic::bug(format!("The upgraded identity of the {} is not known.", self.name)).into())
    }
}

/// The error of a type that has no identity.
fn no_identity(name: &str) -> Diagnostics {
    let detail = format!("This provider has no resource identity {name:?}.");
    Diagnostic::error("Unknown resource identity", detail).into()
}

fn misfit(detail: String) -> Diagnostics {
    Diagnostic::error(IDENTITY_MISFIT, detail).into()
}

pub(super) fn is_known(identity: &Object) -> bool {
    identity.values().all(Value::is_wholly_known)
}
