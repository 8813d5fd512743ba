//! Adopting what exists, by an id that a person typed.

use tokio_util::sync::CancellationToken;

use super::Answer;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::ResourceType;
use crate::framework::resource::Cx;
use crate::framework::value::{Object, known_or_null};

impl<D: Sync> ResourceType<D> {
    /// The one object that `id` names, with as much of its state as the read that follows needs; the rest is
    /// null.
    pub async fn import(
        &self,
        data: &D,
        stop: &CancellationToken,
        id: &str,
    ) -> Result<Answer<Object>, Diagnostics> {
        let Some(import) = &self.import else {
            let detail = format!("Resources of type {} cannot be imported.", self.name);
            return Err(Diagnostic::error("Import is not supported", detail).into());
        };
        if id.is_empty() {
            let detail = format!(
                "Resources of type {} are imported by id, not by identity. Set `id` in the import block.",
                self.name
            );
            return Err(Diagnostic::error("Import by identity is not supported", detail).into());
        }
        let cx = Cx::new(data, stop, Vec::new());
        let found = import.import(&cx, id).await;
        let (mut report, private) = cx.into_parts();
        match found {
            Ok(state) => Ok(Answer { value: known_or_null(self.storable(state)), private, report }),
            Err(errors) => {
                report.extend(errors);
                Err(report)
            }
        }
    }
}
