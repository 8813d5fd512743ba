//! A plan beside the plans of the other instances of the run.

use tokio_util::sync::CancellationToken;

use super::{Answer, PlanRequest, conformance};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::registry::ResourceType;
use crate::framework::resource::{Cx, Planned};
use crate::framework::value::Object;

impl<D: Sync> ResourceType<D> {
    /// Settles `planned`, which `request` came to, with the other instances. Types without the capability
    /// have it as it is, and so have all where the provider's configuration is not known yet: nothing is
    /// known of any instance then.
    ///
    /// The answer has the private bytes to plan with, in place of `private`. An error refuses the plan, with
    /// its warnings beside it.
    pub async fn coordinate(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        private: Vec<u8>,
        request: &PlanRequest,
        planned: Planned<Option<Object>>,
    ) -> Result<Answer<Planned<Option<Object>>>, Diagnostics> {
        let (Some(coordinate), Configured::Ready(_)) = (&self.coordinate, data) else {
            return Ok(Answer { value: planned, private, report: Diagnostics::new() });
        };
        let cx = Cx::new(data, stop, private);
        let settled = coordinate.coordinate(&cx, request.prior.as_ref(), planned.state.as_ref()).await;
        let (report, private) = cx.into_parts();
        let refused = |errors: Diagnostics| {
            let told = planned.report.iter().chain(&report).cloned().chain(errors);
            Err(told.collect())
        };
        let state = match settled {
            Ok(state) => state.map(|state| self.storable(state)),
            Err(errors) => return refused(errors),
        };
        if let (Some(config), Some(state)) = (&request.config, &state)
            && planned.state.as_ref() != Some(state)
        {
            let breaches = conformance::of_plan(&self.schema.block, config, request.prior.as_ref(), state);
            if !breaches.is_empty() {
                return refused(breaches);
            }
        }
        Ok(Answer { value: Planned { state, ..planned }, private, report })
    }
}
