//! The provider block: validated offline, then turned into what the resources work with.

use std::sync::{Arc, PoisonError};

use super::{Server, validate};
use crate::framework::diagnostic::Diagnostics;
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
    /// runs with credentials that are no longer in the configuration.
    pub async fn configure(&self, host_version: &str, config: Option<Object>) -> Diagnostics {
        let mut report = Diagnostics::new();
        let data = fenced(async {
            let config = erased::read(&config.unwrap_or_else(|| self.schema.block.empty_object()))?;
            self.provider.configure(host_version, config, &mut report).await
        });
        let data = data.await;
        let data = data.map_err(|errors| report.extend(errors)).ok();
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = data.map(Arc::new);
        report
    }
}
