//! The provider block: validated offline, then turned into what the resources work with.

use std::sync::{Arc, PoisonError};

use tokio_util::sync::CancellationToken;

use super::{Server, validate};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::erased;
use crate::framework::fence::fenced;
use crate::framework::provider::Provider;
use crate::framework::value::Object;

impl<P: Provider> Server<P> {
    /// Judges the provider block. `None`: there is none.
    pub fn validate_config(&self, config: Option<Object>) -> Diagnostics {
        let config = config.unwrap_or_else(|| self.schema.block.empty_object());
        let mut report = validate::against_schema(&self.schema.block, &config);
        match erased::read(&config) {
            Ok(config) => self.provider.validate(&config, &mut report),
            Err(misfit) => report.extend(misfit),
        }
        report
    }

    /// Configures the provider, which may hold unknown values during a plan. May be called again: the last
    /// success holds, and a failure leaves the provider unconfigured rather than as it was, so that nothing
    /// runs with credentials that are no longer in the configuration. When `stop` is cancelled, whatever the
    /// provider still waits for is dropped, and that is a failure too.
    pub async fn configure(
        &self,
        host_version: &str,
        config: Option<Object>,
        stop: &CancellationToken,
    ) -> Diagnostics {
        let mut report = Diagnostics::new();
        let data = fenced(async {
            let config = erased::read(&config.unwrap_or_else(|| self.schema.block.empty_object()))?;
            let configure = self.provider.configure(host_version, config, &mut report);
            stop.run_until_cancelled(configure).await.unwrap_or_else(|| Err(stopped().into()))
        });
        let data = data.await;
        let data = data.map_err(|errors| report.extend(errors)).ok();
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = data.map(Arc::new);
        report
    }
}

fn stopped() -> Diagnostic {
    Diagnostic::error("Operation stopped", "You asked the run to stop before the provider was configured.")
}
