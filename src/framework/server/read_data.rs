//! What a data source answers.

use tokio_util::sync::CancellationToken;

use super::{Answer, conformance, validate};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::registry::DataSourceType;
use crate::framework::resource::Cx;
use crate::framework::value::Object;

impl<D> DataSourceType<D> {
    /// Judges `config`. Needs no configured provider.
    pub fn validate(&self, config: &Object) -> Diagnostics {
        let mut report = validate::against_schema(&self.schema.block, config);
        report.extend(self.data_source.validate(config));
        report
    }
}

impl<D: Sync> DataSourceType<D> {
    /// Answers `config`; `None` is one that says nothing. The answer has no private bytes. Warnings are
    /// beside an error too. May be dropped at any time.
    pub async fn read(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        config: Option<Object>,
    ) -> Result<Answer<Object>, Diagnostics> {
        let block = &self.schema.block;
        let config = config.unwrap_or_else(|| block.empty_object());
        let unknown: Diagnostics = config
            .iter()
            .filter(|(_, value)| !value.is_wholly_known())
            .map(|(name, _)| self.not_known(name))
            .collect();
        if unknown.has_errors() {
            return Err(unknown);
        }
        let cx = Cx::new(data, stop, Vec::new());
        let answered = self.data_source.read(&cx, &config).await;
        let (mut report, _) = cx.into_parts();
        match answered {
            Ok(mut value) => {
                block.complete(&mut value);
                report.extend(conformance::of_data(block, &config, &value));
                if report.has_errors() {
                    return Err(report);
                }
                Ok(Answer { value, private: Vec::new(), report })
            }
            Err(errors) => {
                report.extend(errors);
                Err(report)
            }
        }
    }

    fn not_known(&self, name: &str) -> Diagnostic {
        let detail = format!(
            "The argument {name:?} of the data source {} depends on something that is known only after apply, \
             so nothing can be read yet. Apply what it depends on first (with `-target`), or give it a value \
             that is known.",
            self.name
        );
        Diagnostic::error("Configuration is not known yet", detail).at(Path::attribute(name))
    }
}
