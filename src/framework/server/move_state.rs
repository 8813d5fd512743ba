//! A state of another type, taken over. Without network and without a configured provider.

use super::conformance;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::{ResourceType, StoredType};
use crate::framework::stored::Source;
use crate::framework::value::{Object, Type};

/// Where a state comes from, as the host says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveRequest<'m> {
    /// The address of the provider that wrote it.
    pub provider: &'m str,
    /// Its resource type there.
    pub type_name: &'m str,
    /// The version of its schema there.
    pub version: i64,
}

impl<D> ResourceType<D> {
    /// Whether a state of any other type can be taken over.
    pub fn moves(&self) -> bool {
        !self.moves.is_empty()
    }

    /// The type as which the JSON of the state that `request` names is to be read.
    pub fn moved_type(&self, request: &MoveRequest<'_>) -> Result<&Type, Diagnostics> {
        self.source(request).map(|stored| &stored.of)
    }

    /// The state that `stored` is here, which was read as [`ResourceType::moved_type`].
    pub fn move_from(
        &self,
        request: &MoveRequest<'_>,
        stored: Option<Object>,
    ) -> Result<Object, Diagnostics> {
        let source = self.source(request)?;
        let stored = stored.ok_or_else(|| {
            let MoveRequest { type_name, .. } = request;
            let detail = format!(
                "The state of the {type_name} that is to become a {} is empty, or in the format of Terraform \
                 0.11. Take it out of the state with a `removed` block and bring the object in with an `import` \
                 block.",
                self.name
            );
            Diagnostic::error("Move is not possible", detail)
        })?;
        let moved = self.storable(source.convert(request.version, stored)?);
        let breaches = conformance::of_state(&moved);
        if breaches.is_empty() { Ok(moved) } else { Err(breaches) }
    }

    fn source(&self, request: &MoveRequest<'_>) -> Result<&StoredType, Diagnostics> {
        let MoveRequest { provider, type_name, .. } = request;
        let found = self.moves.iter().find(|(source, _)| source.is(provider, type_name));
        found.map(|(_, stored)| stored).ok_or_else(|| {
            let name = |(source, _): &(Source, StoredType)| {
                format!("{} of a provider {}", source.type_name, source.provider)
            };
            let sources: Vec<String> = self.moves.iter().map(name).collect();
            let sources = if sources.is_empty() { "nothing".to_owned() } else { sources.join(", or from ") };
            let detail = format!(
                "A {type_name} of provider {provider} cannot become a {}: that can be moved from {sources}. \
                 Take the old one out of the state with a `removed` block, and bring the object in with an \
                 `import` block.",
                self.name
            );
            Diagnostic::error("Move is not supported", detail).into()
        })
    }
}
