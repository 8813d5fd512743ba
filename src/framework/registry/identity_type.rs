//! An identity, registered, and the rules that hosts have for its schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::StoredType;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::erased::identity::AnyIdentified;
use crate::framework::erased::stored::upgrade_identity;
use crate::framework::identity::{Identified, IdentityModel, UpgradesIdentityFrom};
use crate::framework::model::Model;
use crate::framework::schema::{Attribute, Block, Kind, Mode};
use crate::framework::value::Type;

/// The registered identity of a resource type.
pub struct IdentityType<D> {
    /// The version of its shape.
    pub version: i64,
    /// Its attributes: a required one must be given by an import, an optional one may be.
    pub attributes: Vec<Attribute>,
    /// The type of an identity as a value.
    pub of: Type,
    pub(in crate::framework) twin: Arc<dyn AnyIdentified<D>>,
    /// The shapes of older versions.
    pub(in crate::framework) older: BTreeMap<i64, StoredType>,
    problems: Diagnostics,
}

impl<D> IdentityType<D> {
    pub(super) fn of<R: Identified<Data = D>>(resource: Arc<R>) -> Self {
        let mut identity = Self {
            version: R::Identity::VERSION,
            attributes: R::Identity::attributes(),
            of: implied_type::<R::Identity>(),
            twin: resource,
            older: BTreeMap::new(),
            problems: Diagnostics::new(),
        };
        if identity.version < 0 {
            identity.report(R::TYPE, "its version is negative");
        }
        if !R::Identity::blocks().is_empty() {
            identity.report(R::TYPE, "an identity has no blocks");
        }
        for attribute in identity.attributes.clone() {
            if !matches!(attribute.mode, Mode::Required | Mode::Optional) {
                identity.report(R::TYPE, &format!("{:?} is neither required nor optional", attribute.name));
            }
            if !is_simple(&attribute.kind) {
                let problem =
                    format!("{:?} is neither text, number or bool nor a list of these", attribute.name);
                identity.report(R::TYPE, &problem);
            }
            if attribute.write_only || attribute.sensitive {
                identity.report(R::TYPE, &format!("{:?} is secret, and an identity is not", attribute.name));
            }
        }
        identity
    }

    pub(super) fn upgrades_from<R, Old>(&mut self, resource: Arc<R>)
    where
        R: UpgradesIdentityFrom<Old> + Identified<Data = D>,
        Old: IdentityModel,
    {
        let upgrade = StoredType::new::<Old>(upgrade_identity::<R, Old>(resource));
        if Old::VERSION >= self.version {
            let problem = format!("version {} is not older than {}", Old::VERSION, self.version);
            self.report(R::TYPE, &problem);
        }
        if self.older.insert(Old::VERSION, upgrade).is_some() {
            self.report(R::TYPE, &format!("version {} is upgraded twice", Old::VERSION));
        }
    }

    /// What is wrong with its declaration.
    pub(super) fn problems(&self) -> Diagnostics {
        self.problems.clone()
    }

    fn report(&mut self, type_name: &str, problem: &str) {
        self.problems.push(Diagnostic::bug(format!(
            "The identity of the resource type {type_name:?} is wrong: {problem}."
        )));
    }
}

fn implied_type<M: Model>() -> Type {
    Block { description: String::new(), attributes: M::attributes(), blocks: Vec::new() }.implied_type()
}

fn is_simple(kind: &Kind) -> bool {
    let primitive = |of: &Type| matches!(of, Type::String | Type::Number | Type::Bool);
    match kind {
        Kind::Type(Type::List(of)) => primitive(of),
        Kind::Type(of) => primitive(of),
        Kind::Nested(..) => false,
    }
}

impl<D> std::fmt::Debug for IdentityType<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityType").field("attributes", &self.attributes).finish_non_exhaustive()
    }
}
