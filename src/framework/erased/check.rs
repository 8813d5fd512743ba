//! The twin of the capability to check a plan.

use futures_util::future::BoxFuture;

use super::read;
use crate::framework::check::Checked;
use crate::framework::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::framework::fence::fenced;
use crate::framework::resource::{Change, Cx};
use crate::framework::value::Object;

/// [`Checked`], on objects.
pub(crate) trait AnyChecked<D>: Send + Sync {
    /// What the check has to tell. That it failed itself is a warning.
    fn check<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        prior: Option<&'a Object>,
        config: &'a Object,
        planned: &'a Object,
    ) -> BoxFuture<'a, Diagnostics>;
}

impl<R: Checked> AnyChecked<R::Data> for R {
    fn check<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        prior: Option<&'a Object>,
        config: &'a Object,
        planned: &'a Object,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let mut report = Diagnostics::new();
            let checked = fenced(async {
                let change = Change { prior: prior.map(read).transpose()?, config: read(config)? };
                Checked::check(self, cx, &change, &read(planned)?, &mut report).await;
                Ok(())
            });
            if let Err(bug) = checked.await {
                let warning = |bug| Diagnostic { severity: Severity::Warning, ..bug };
                report.extend(bug.into_iter().map(warning));
            }
            report
        })
    }
}
