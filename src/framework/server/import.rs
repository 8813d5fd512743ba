//! Adopting what exists, by an id that a person typed or by an identity.

use tokio_util::sync::CancellationToken;

use super::Answer;
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::{IdentityType, ResourceType};
use crate::framework::resource::Cx;
use crate::framework::schema::Mode;
use crate::framework::value::{Object, Value, known_or_null};

/// What an import names an object by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportKey<'k> {
    /// An id that a person typed. An empty one stands for an identity that the type has not.
    Id(&'k str),
    /// An identity of the type [`ResourceType::identity_type`].
    Identity(Object),
}

impl<D: Sync> ResourceType<D> {
    /// The one object that `key` names, with as much of its state as the read that follows needs; the rest is
    /// null.
    pub async fn import(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        key: ImportKey<'_>,
    ) -> Result<Answer<Object>, Diagnostics> {
        let cx = Cx::new(data, stop, Vec::new());
        let found = match (key, &self.import, &self.identity) {
            (ImportKey::Identity(id), _, Some(identity)) => {
                self.require(identity, &id)?;
                identity.twin.import_identity(&cx, &id).await
            }
            (ImportKey::Id(id), Some(import), _) if !id.is_empty() => import.import(&cx, id).await,
            (_, None, None) => {
                let detail = format!("Resources of type {} cannot be imported.", self.name);
                return Err(Diagnostic::error("Import is not supported", detail).into());
            }
            (_, Some(_), None) => {
                let detail = format!(
                    "Resources of type {} are imported by id, not by identity. Set `id` in the import block.",
                    self.name
                );
                return Err(Diagnostic::error("Import by identity is not supported", detail).into());
            }
            (ImportKey::Id(_), import, Some(identity)) => {
                return Err(self.by_identity(identity, import.is_some()));
            }
        };
        let (mut report, private) = cx.into_parts();
        match found {
            Ok(state) => Ok(Answer { value: known_or_null(self.storable(state)), private, report }),
            Err(errors) => {
                report.extend(errors);
                Err(report)
            }
        }
    }

    /// Refuses an identity without what an import must give.
    fn require(&self, identity: &IdentityType<D>, id: &Object) -> Result<(), Diagnostics> {
        let missing = identity.attributes.iter().filter(|attribute| {
            let value = id.get(attribute.name).unwrap_or(&Value::Null);
            (attribute.mode == Mode::Required && value.is_null()) || !value.is_wholly_known()
        });
        let missing: Diagnostics = missing
            .map(|attribute| {
                let detail = format!(
                    "The identity of a {} needs a value for {:?} that is known. Set it in `identity` of the \
                     import block.",
                    self.name, attribute.name
                );
                Diagnostic::error("Incomplete identity", detail)
            })
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }

    /// Refuses an id that is no use: the type is imported by identity, or by an id that is not empty.
    fn by_identity(&self, identity: &IdentityType<D>, by_id_too: bool) -> Diagnostics {
        let names: Vec<&str> = identity.attributes.iter().map(|attribute| attribute.name).collect();
        let (name, names) = (self.name, names.join(", "));
        if by_id_too {
            let detail = format!(
                "The import names no {name}. Set `id` in the import block, or `identity` with {names}."
            );
            return Diagnostic::error("Import names nothing", detail).into();
        }
        let detail = format!(
            "Resources of type {name} are imported by identity, not by id. Set `identity` in an import block, \
             with {names}."
        );
        Diagnostic::error("Import by id is not supported", detail).into()
    }
}
