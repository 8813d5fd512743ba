//! The operations of a provider, on plain values: one file each.
//!
//! Here are the rules that Terraform's core holds every provider to, so that no resource has to know them:
//! what is unknown in a plan, what a state may hold, what survives a failure. What a resource returns is held
//! against the same rules before it leaves, because the host's own message for a breach has no path and
//! blames nobody. How values travel, and who asks, is the business of the floor below.

mod apply;
mod call_function;
mod check;
mod configure;
mod conformance;
mod coordinate;
mod generate;
mod identity;
mod import;
mod list;
mod move_state;
mod pairing;
mod plan;
mod read;
mod read_data;
mod upgrade;
mod validate;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

pub use identity::IDENTITY_MISFIT;
pub use import::ImportKey;
pub use list::ListRequest;
pub use move_state::MoveRequest;
pub use plan::PlanRequest;
pub use upgrade::STATE_MISFIT;

use super::configured::{self, Configured};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::model::Model;
use super::provider::Provider;
use super::registry::{DataSourceType, FunctionType, Registry, ResourceType};
use super::schema::{Block, Schema};
use super::value::Type;

/// A provider with everything it declares, and what its configuration yielded.
pub struct Server<P: Provider> {
    provider: P,
    registry: Registry<P::Data>,
    schema: Schema,
    config_type: Type,
    /// `None` until configured: schemas, validation, planning and upgrades work without.
    data: RwLock<Option<Arc<Configured<P::Data>>>>,
}

/// What an operation came to, and what the practitioner is told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What it came to.
    pub value: T,
    /// The private bytes to keep beside it.
    pub private: Vec<u8>,
    /// Warnings; errors too where an operation has something to hand over even after a failure.
    pub report: Diagnostics,
}

impl<P: Provider> Server<P> {
    /// A server for `provider`, not configured. Does no IO.
    pub fn new(provider: P) -> Self {
        let mut registry = Registry::new();
        P::register(&mut registry);
        let block = Block {
            description: P::DESCRIPTION.to_owned(),
            attributes: P::Config::attributes(),
            blocks: P::Config::blocks(),
        };
        let config_type = block.implied_type();
        let schema = Schema { version: 0, block };
        Self { provider, registry, schema, config_type, data: RwLock::default() }
    }

    /// The schema of the provider block.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of the provider block as a value.
    pub fn config_type(&self) -> &Type {
        &self.config_type
    }

    /// What is wrong with the schemas: mistakes of their authors, to be told with them.
    pub fn schema_problems(&self) -> Diagnostics {
        let mut problems = self.schema.problems_of_provider();
        problems.extend(self.registry.problems());
        problems
    }

    /// The resource types, by name.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceType<P::Data>> {
        self.registry.resources()
    }

    /// The resource type `name`.
    pub fn resource(&self, name: &str) -> Result<&ResourceType<P::Data>, Diagnostics> {
        self.registry.find_resource(name).ok_or_else(|| unknown("resource type", name))
    }

    /// The data sources, by name.
    pub fn data_sources(&self) -> impl Iterator<Item = &DataSourceType<P::Data>> {
        self.registry.data_sources()
    }

    /// The data source `name`.
    pub fn data_source(&self, name: &str) -> Result<&DataSourceType<P::Data>, Diagnostics> {
        self.registry.find_data_source(name).ok_or_else(|| unknown("data source", name))
    }

    /// The functions, by name.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionType> {
        self.registry.functions()
    }

    /// The function `name`.
    pub fn function(&self, name: &str) -> Result<&FunctionType, Diagnostics> {
        self.registry.find_function(name).ok_or_else(|| unknown("function", name))
    }

    /// What configuring came to, or an error that says that it has not happened.
    pub fn data(&self) -> Result<Arc<Configured<P::Data>>, Diagnostics> {
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        data.clone().ok_or_else(|| configured::missing().into())
    }
}

/// The error for a name that nothing is declared by.
fn unknown(kind: &str, name: &str) -> Diagnostics {
    let detail = format!(
        "This provider has no {kind} {name:?}. If a newer version of it has, raise the version constraint \
         and run init with -upgrade."
    );
    Diagnostic::error(format!("Unknown {kind}"), detail).into()
}

impl<P: Provider> fmt::Debug for Server<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("registry", &self.registry).finish_non_exhaustive()
    }
}
