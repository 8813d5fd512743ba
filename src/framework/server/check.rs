//! A look at the cloud after a plan.

use tokio_util::sync::CancellationToken;

use super::PlanRequest;
use crate::framework::configured::Configured;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::registry::ResourceType;
use crate::framework::resource::Cx;
use crate::framework::value::Object;

impl<D: Sync> ResourceType<D> {
    /// What there is to tell about `planned`, which `request` came to: nothing of a destroy, nor of types
    /// without the capability, nor where the provider's configuration is not known yet. May be dropped at any
    /// time.
    pub async fn check(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        request: &PlanRequest,
        planned: Option<&Object>,
    ) -> Diagnostics {
        let (Some(check), Some(config), Some(planned)) = (&self.check, &request.config, planned) else {
            return Diagnostics::new();
        };
        if data.ready().is_err() {
            return Diagnostics::new();
        }
        let cx = Cx::new(data, stop, Vec::new());
        let found = check.check(&cx, request.prior.as_ref(), config, planned).await;
        let (mut report, _) = cx.into_parts();
        report.extend(found);
        report
    }
}
