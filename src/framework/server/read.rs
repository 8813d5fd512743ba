//! What is there now.

use tokio_util::sync::CancellationToken;

use super::{Answer, conformance};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::registry::ResourceType;
use crate::framework::resource::Cx;
use crate::framework::value::Object;

impl<D: Sync> ResourceType<D> {
    /// Looks again at what `current` says. `None` as the answer's value means confirmed gone; any doubt is an
    /// error, after which the host keeps what it has; warnings are beside it. May be dropped at any time.
    pub async fn read(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        private: Vec<u8>,
        current: Option<Object>,
    ) -> Result<Answer<Option<Object>>, Diagnostics> {
        let Some(current) = current else {
            return Ok(Answer { value: None, private, report: Diagnostics::new() });
        };
        let cx = Cx::new(data, stop, private);
        let found = self.resource.read(&cx, &current).await;
        let (mut report, private) = cx.into_parts();
        let value = match found {
            Ok(found) => found.map(|state| self.storable(state)),
            Err(errors) => {
                report.extend(errors);
                return Err(report);
            }
        };
        report.extend(value.as_ref().map(conformance::of_state).unwrap_or_default());
        if report.has_errors() { Err(report) } else { Ok(Answer { value, private, report }) }
    }
}
