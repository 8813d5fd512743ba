//! Making it so, and losing nothing on the way: whatever happens, the state returned is what exists.

use tokio_util::sync::CancellationToken;

use super::walk::{forget_write_only, recall_write_only};
use super::{Answer, conformance};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::erased::Outcome;
use crate::framework::registry::ResourceType;
use crate::framework::resource::Cx;
use crate::framework::value::{Object, known_or_null};

impl<D: Sync> ResourceType<D> {
    /// Creates (no `prior`), updates, or deletes (no `planned`). `private` are the bytes that the plan gave.
    ///
    /// The answer's value is the state to store: after success as planned; after an error, which is then in
    /// the report, what exists, without unknown values. It is never null by accident: where a failed
    /// operation saved nothing, `prior` still holds. Must be driven to its end.
    pub async fn apply(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        private: Vec<u8>,
        prior: Option<Object>,
        planned: Option<Object>,
        config: Option<&Object>,
    ) -> Answer<Option<Object>> {
        let cx = Cx::new(data, stop, private);
        let mut wanted = planned.clone();
        if let (Some(wanted), Some(config)) = (&mut wanted, config) {
            recall_write_only(&self.schema.block, wanted, config);
        }
        let Outcome { saved, result } = match (&prior, &wanted) {
            (None, None) => Outcome { saved: None, result: Ok(()) },
            (None, Some(wanted)) => self.resource.create(&cx, wanted).await,
            (Some(prior), Some(wanted)) => self.resource.update(&cx, prior, wanted).await,
            (Some(prior), None) => self.resource.delete(&cx, prior).await,
        };
        let saved = saved.map(|state| self.storable(state));
        let (mut report, private) = cx.into_parts();
        let value = match (result, planned) {
            (Ok(()), None) => None,
            (Ok(()), Some(planned)) => {
                report.extend(breaches(&planned, saved.as_ref()));
                saved.or(prior)
            }
            (Err(errors), _) => {
                report.extend(errors);
                saved.or(prior)
            }
        };
        // Only now: an unknown value in a success is a bug to be told, in a failure it is the normal case.
        Answer { value: value.map(known_or_null), private, report }
    }
}

impl<D> ResourceType<D> {
    /// `state` as it may be stored: with every block in its place, and nothing that is write-only.
    pub(super) fn storable(&self, mut state: Object) -> Object {
        self.schema.block.complete(&mut state);
        forget_write_only(&self.schema.block, &mut state);
        state
    }
}

fn breaches(planned: &Object, saved: Option<&Object>) -> Diagnostics {
    match saved {
        Some(state) => conformance::of_apply(planned, state),
        None => Diagnostic::bug("The operation succeeded without saying what exists now.").into(),
    }
}
