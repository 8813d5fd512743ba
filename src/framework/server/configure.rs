//! The provider block: validated offline, then turned into what the resources work with.

use std::sync::{Arc, PoisonError};

use tokio_util::sync::CancellationToken;

use super::{Server, validate};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::erased;
use crate::framework::fence::fenced;
use crate::framework::path::{Path, Step};
use crate::framework::provider::Provider;
use crate::framework::schema::Block;
use crate::framework::value::{Object, Value};

impl<P: Provider> Server<P> {
    /// Judges the provider block. `None`: there is none.
    pub fn validate_config(&self, config: Option<Object>) -> Diagnostics {
        let config = config.unwrap_or_else(|| self.schema.block.empty_object());
        let mut report = validate::against_schema(&self.schema.block, &config);
        report.extend(erased::judge(&config, |config, report| self.provider.validate(config, report)));
        report
    }

    /// Configures the provider. Unknown values, as during a plan, are no failure: see
    /// [`Configured::Unknown`]. May be called again: the last success holds, and a failure leaves the
    /// provider unconfigured rather than as it was, so that nothing runs with credentials that are no longer
    /// in the configuration. When `stop` is cancelled, whatever the provider still waits for is dropped, and
    /// that is a failure too.
    pub async fn configure(
        &self,
        host_version: &str,
        config: Option<Object>,
        stop: &CancellationToken,
    ) -> Diagnostics {
        let mut report = Diagnostics::new();
        let data = fenced(async {
            let config = config.unwrap_or_else(|| self.schema.block.empty_object());
            let unknown = unknown_arguments(&self.schema.block, &config);
            let config = erased::read(&config)?;
            if !unknown.is_empty() {
                return Ok(Configured::Unknown(unknown));
            }
            let configure = self.provider.configure(host_version, config, &mut report);
            let data = stop.run_until_cancelled(configure).await.unwrap_or_else(|| Err(stopped().into()));
            data.map(Configured::Ready)
        });
        let data = data.await;
        let data = data.map_err(|errors| report.extend(errors)).ok();
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = data.map(Arc::new);
        report
    }
}

/// Where `config` is unknown, in the order of the schema. An element of a set has no address: the set stands
/// for it.
fn unknown_arguments(block: &Block, config: &Object) -> Vec<Path> {
    let attributes = block.attributes.iter().map(|attribute| attribute.name);
    let names = attributes.chain(block.blocks.iter().map(|nested| nested.name));
    let mut unknown = Vec::new();
    for name in names {
        unknown_places(config.get(name).unwrap_or(&Value::Null), &Path::attribute(name), &mut unknown);
    }
    unknown
}

fn unknown_places(value: &Value, at: &Path, unknown: &mut Vec<Path>) {
    let mut inside = |value, step| unknown_places(value, &at.clone().then(step), unknown);
    match value {
        Value::List(elements) => {
            for (index, element) in (0..).zip(elements) {
                inside(element, Step::Index(index));
            }
        }
        Value::Map(elements) => {
            for (key, element) in elements {
                inside(element, Step::Key(key.clone()));
            }
        }
        Value::Object(attributes) => {
            for (name, value) in attributes {
                inside(value, Step::Attribute(name.clone()));
            }
        }
        _ if !value.is_wholly_known() => unknown.push(at.clone()),
        _ => {}
    }
}

fn stopped() -> Diagnostic {
    Diagnostic::error("Operation stopped", "You asked the run to stop before the provider was configured.")
}
