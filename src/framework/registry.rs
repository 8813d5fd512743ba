//! The list of types that a provider has, each with the capabilities it was registered with.
//!
//! Rust cannot ask a value whether it also implements a further trait, and an explicit line in `provider.rs`
//! is better documentation than a query: `registry.resource(Grant).importable()`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::erased::{AnyCoordinate, AnyImport, AnyResource};
use super::model::Model;
use super::resource::{CoordinateResource, ImportResource, Resource};
use super::schema::{Block, Schema};
use super::value::Type;

/// The types of a provider whose configuration yields `D`.
pub struct Registry<D> {
    resources: BTreeMap<&'static str, ResourceType<D>>,
    twice: Vec<&'static str>,
}

/// A registered resource type; its operations are in [`super::server`].
pub struct ResourceType<D> {
    pub(super) name: &'static str,
    pub(super) schema: Schema,
    pub(super) state_type: Type,
    pub(super) resource: Arc<dyn AnyResource<D>>,
    pub(super) import: Option<Arc<dyn AnyImport<D>>>,
    pub(super) coordinate: Option<Arc<dyn AnyCoordinate<D>>>,
}

/// A resource type that was just registered, to be given capabilities.
#[derive(Debug)]
pub struct Entry<'r, R: Resource> {
    declared: &'r mut ResourceType<R::Data>,
    resource: Arc<R>,
}

impl<D: 'static> Registry<D> {
    /// No types.
    pub fn new() -> Self {
        Self { resources: BTreeMap::new(), twice: Vec::new() }
    }

    /// Adds `resource`. A second of the same name is reported with the schema, as a bug.
    pub fn resource<R: Resource<Data = D>>(&mut self, resource: R) -> Entry<'_, R> {
        let block = Block {
            description: R::DESCRIPTION.to_owned(),
            attributes: R::Model::attributes(),
            blocks: R::Model::blocks(),
        };
        let resource = Arc::new(resource);
        let declared = ResourceType {
            name: R::TYPE,
            state_type: block.implied_type(),
            schema: Schema { version: R::VERSION, block },
            resource: Arc::<R>::clone(&resource),
            import: None,
            coordinate: None,
        };
        if self.resources.remove(R::TYPE).is_some() {
            self.twice.push(R::TYPE);
        }
        Entry { declared: self.resources.entry(R::TYPE).or_insert(declared), resource }
    }

    /// The resource types, by name.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceType<D>> {
        self.resources.values()
    }

    pub(super) fn find_resource(&self, name: &str) -> Option<&ResourceType<D>> {
        self.resources.get(name)
    }

    /// What is wrong with the declarations.
    pub(super) fn problems(&self) -> Diagnostics {
        let twice = self.twice.iter();
        let mut problems: Diagnostics = twice
            .map(|name| Diagnostic::bug(format!("The resource type {name} is registered twice.")))
            .collect();
        for resource in self.resources.values() {
            problems.extend(resource.schema.problems_of_resource(resource.name));
        }
        problems
    }
}

impl<D: 'static> Default for Registry<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: ImportResource> Entry<'_, R> {
    /// The type can be imported by id.
    pub fn importable(&mut self) -> &mut Self {
        self.declared.import = Some(Arc::<R>::clone(&self.resource));
        self
    }
}

impl<R: CoordinateResource> Entry<'_, R> {
    /// Plans of the type are settled with those of the other instances.
    pub fn coordinated(&mut self) -> &mut Self {
        self.declared.coordinate = Some(Arc::<R>::clone(&self.resource));
        self
    }
}

impl<D> ResourceType<D> {
    /// The full type name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What its configuration and state look like.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of its configuration and state as a value.
    pub fn state_type(&self) -> &Type {
        &self.state_type
    }

    #[cfg(test)]
    pub(crate) fn rewrite(&self, object: &super::value::Object) -> Result<super::value::Object, Diagnostics> {
        self.resource.rewrite(object)
    }
}

impl<D> fmt::Debug for Registry<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("resources", &self.resources).finish_non_exhaustive()
    }
}

impl<D> fmt::Debug for ResourceType<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceType").field("name", &self.name).finish_non_exhaustive()
    }
}
