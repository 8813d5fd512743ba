//! A resource type, registered, and the capabilities that it is given.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{IdentityType, ListType, StoredType};
use crate::framework::check::Checked;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::erased::check::AnyChecked;
use crate::framework::erased::stored::{moved, upgrade};
use crate::framework::erased::{AnyCoordinate, AnyImport, AnyResource};
use crate::framework::identity::{Identified, IdentityModel, UpgradesIdentityFrom};
use crate::framework::list_resource::Listed;
use crate::framework::model::Model;
use crate::framework::resource::{CoordinateResource, ImportResource, Resource};
use crate::framework::schema::{Block, Schema};
use crate::framework::stored::{MovesFrom, Source, UpgradesFrom};
use crate::framework::value::Type;

/// A registered resource type; its operations are in [`crate::framework::server`].
pub struct ResourceType<D> {
    pub(in crate::framework) name: &'static str,
    pub(in crate::framework) schema: Schema,
    pub(in crate::framework) state_type: Type,
    pub(in crate::framework) resource: Arc<dyn AnyResource<D>>,
    pub(in crate::framework) import: Option<Arc<dyn AnyImport<D>>>,
    pub(in crate::framework) coordinate: Option<Arc<dyn AnyCoordinate<D>>>,
    pub(in crate::framework) check: Option<Arc<dyn AnyChecked<D>>>,
    pub(in crate::framework) identity: Option<IdentityType<D>>,
    pub(in crate::framework) list: Option<ListType<D>>,
    /// The shapes of older versions.
    pub(in crate::framework) upgrades: BTreeMap<i64, StoredType>,
    /// The other types whose states can be taken over.
    pub(in crate::framework) moves: Vec<(Source, StoredType)>,
    /// Capabilities that were given in a way that makes no sense.
    mistakes: Diagnostics,
}

/// A resource type that was just registered, to be given capabilities.
#[derive(Debug)]
pub struct Entry<'r, R: Resource> {
    pub(super) declared: &'r mut ResourceType<R::Data>,
    pub(super) resource: Arc<R>,
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

impl<R: Checked> Entry<'_, R> {
    /// Plans of the type are checked against what exists.
    pub fn checked(&mut self) -> &mut Self {
        self.declared.check = Some(Arc::<R>::clone(&self.resource));
        self
    }
}

impl<R: Resource> Entry<'_, R> {
    /// States that the version of `Old` stored are read.
    pub fn upgrades_from<Old: Model>(&mut self) -> &mut Self
    where
        R: UpgradesFrom<Old>,
    {
        let stored = StoredType::new::<Old>(upgrade::<R, Old>(Arc::clone(&self.resource)));
        if !(0..R::VERSION).contains(&R::FROM) {
            self.declared.report(&format!("version {} is not older than {}", R::FROM, R::VERSION));
        }
        if self.declared.upgrades.insert(R::FROM, stored).is_some() {
            self.declared.report(&format!("version {} is upgraded twice", R::FROM));
        }
        self
    }

    /// States of the source of `Old` are taken over.
    pub fn moves_from<Old: Model>(&mut self) -> &mut Self
    where
        R: MovesFrom<Old>,
    {
        if self.declared.moves.iter().any(|(source, _)| *source == R::SOURCE) {
            self.declared.report(&format!("it is moved from {} twice", R::SOURCE.type_name));
        }
        let stored = StoredType::new::<Old>(moved::<R, Old>(Arc::clone(&self.resource)));
        self.declared.moves.push((R::SOURCE, stored));
        self
    }
}

impl<R: Identified> Entry<'_, R> {
    /// The type is identified, and can be imported by that.
    pub fn identified(&mut self) -> &mut Self {
        self.declared.identity = Some(IdentityType::of(Arc::<R>::clone(&self.resource)));
        self
    }

    /// Identities that the version of `Old` stored are read. Comes after [`Entry::identified`].
    pub fn upgrades_identity_from<Old: IdentityModel>(&mut self) -> &mut Self
    where
        R: UpgradesIdentityFrom<Old>,
    {
        match &mut self.declared.identity {
            Some(identity) => identity.upgrades_from::<R, Old>(Arc::clone(&self.resource)),
            None => self.declared.report("an identity is upgraded that it was not registered with"),
        }
        self
    }
}

impl<R: Listed> Entry<'_, R> {
    /// The type can be listed. Needs [`Entry::identified`].
    pub fn listed(&mut self) -> &mut Self {
        self.declared.list = Some(ListType::of(Arc::<R>::clone(&self.resource)));
        self
    }
}

impl<D> ResourceType<D> {
    pub(super) fn of<R: Resource<Data = D>>(resource: Arc<R>) -> Self {
        let block = Block {
            description: R::DESCRIPTION.to_owned(),
            attributes: R::Model::attributes(),
            blocks: R::Model::blocks(),
        };
        Self {
            name: R::TYPE,
            state_type: block.implied_type(),
            schema: Schema { version: R::VERSION, block },
            resource,
            import: None,
            coordinate: None,
            check: None,
            identity: None,
            list: None,
            upgrades: BTreeMap::new(),
            moves: Vec::new(),
            mistakes: Diagnostics::new(),
        }
    }

    /// What is wrong with its declaration.
    pub(super) fn problems(&self) -> Diagnostics {
        let mut problems = self.schema.problems_of_resource(self.name);
        problems.extend(self.mistakes.clone());
        problems.extend(self.identity.as_ref().map(IdentityType::problems).unwrap_or_default());
        if let Some(list) = &self.list {
            problems.extend(list.schema.problems_of_list(self.name));
            if self.identity.is_none() {
                problems.push(self.mistake("it is listed, and has no identity to be listed by"));
            }
        }
        problems
    }

    fn report(&mut self, problem: &str) {
        self.mistakes.push(self.mistake(problem));
    }

    fn mistake(&self, problem: &str) -> Diagnostic {
        Diagnostic::bug(format!("The resource type {:?} is registered wrong: {problem}.", self.name))
    }

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
    pub(crate) fn rewrite(
        &self,
        object: &crate::framework::value::Object,
    ) -> Result<crate::framework::value::Object, Diagnostics> {
        self.resource.rewrite(object)
    }
}

impl<D> fmt::Debug for ResourceType<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceType").field("name", &self.name).finish_non_exhaustive()
    }
}
