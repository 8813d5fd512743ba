//! The list of types that a provider has, each with the capabilities it was registered with.
//!
//! Rust cannot ask a value whether it also implements a further trait, and an explicit line in `provider.rs`
//! is better documentation than a query: `registry.resource(Grant).importable()`.

mod data_source_type;
mod function_type;
mod identity_type;
mod list_type;
mod resource_type;
mod stored_type;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use data_source_type::DataSourceType;
pub use function_type::FunctionType;
pub use identity_type::IdentityType;
pub use list_type::ListType;
pub use resource_type::{Entry, ResourceType};
pub use stored_type::StoredType;

use super::data_source::DataSource;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::function::Function;
use super::resource::Resource;

/// The types of a provider whose configuration yields `D`.
pub struct Registry<D> {
    resources: BTreeMap<&'static str, ResourceType<D>>,
    data_sources: BTreeMap<&'static str, DataSourceType<D>>,
    functions: BTreeMap<&'static str, FunctionType>,
    /// What was declared a second time: its kind and name.
    twice: Vec<(&'static str, &'static str)>,
}

impl<D: 'static> Registry<D> {
    /// No types.
    pub fn new() -> Self {
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            functions: BTreeMap::new(),
            twice: Vec::new(),
        }
    }

    /// Adds `resource`. A second of the same name is reported with the schema, as a bug.
    pub fn resource<R: Resource<Data = D>>(&mut self, resource: R) -> Entry<'_, R> {
        let resource = Arc::new(resource);
        let declared = ResourceType::of(Arc::clone(&resource));
        if self.resources.remove(R::TYPE).is_some() {
            self.twice.push(("resource type", R::TYPE));
        }
        Entry { declared: self.resources.entry(R::TYPE).or_insert(declared), resource }
    }

    /// Adds `data_source`. A second of the same name is reported with the schema, as a bug.
    pub fn data_source<S: DataSource<Data = D>>(&mut self, data_source: S) {
        if self.data_sources.insert(S::TYPE, DataSourceType::of(data_source)).is_some() {
            self.twice.push(("data source", S::TYPE));
        }
    }

    /// Adds `function`. A second of the same name is reported with the schema, as a bug.
    pub fn function<F: Function>(&mut self, function: F) {
        if self.functions.insert(F::NAME, FunctionType::of(function)).is_some() {
            self.twice.push(("function", F::NAME));
        }
    }

    /// The resource types, by name.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceType<D>> {
        self.resources.values()
    }

    pub(super) fn find_resource(&self, name: &str) -> Option<&ResourceType<D>> {
        self.resources.get(name)
    }

    /// The data sources, by name.
    pub fn data_sources(&self) -> impl Iterator<Item = &DataSourceType<D>> {
        self.data_sources.values()
    }

    pub(super) fn find_data_source(&self, name: &str) -> Option<&DataSourceType<D>> {
        self.data_sources.get(name)
    }

    /// The functions, by name.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionType> {
        self.functions.values()
    }

    pub(super) fn find_function(&self, name: &str) -> Option<&FunctionType> {
        self.functions.get(name)
    }

    /// What is wrong with the declarations.
    pub(super) fn problems(&self) -> Diagnostics {
        let twice = self.twice.iter();
        let mut problems: Diagnostics = twice
            .map(|(kind, name)| Diagnostic::bug(format!("The {kind} {name} is registered twice.")))
            .collect();
        for resource in self.resources.values() {
            problems.extend(resource.problems());
        }
        for data_source in self.data_sources.values() {
            problems.extend(data_source.schema.problems_of_data_source(data_source.name));
        }
        for function in self.functions.values() {
            problems.extend(function.problems());
        }
        problems
    }
}

impl<D: 'static> Default for Registry<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D> fmt::Debug for Registry<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("resources", &self.resources).finish_non_exhaustive()
    }
}
