//! The twin of the capability to be listed.

use futures_util::future::BoxFuture;

use super::{judge, read};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::fence::fenced;
use crate::framework::list_resource::{Ended, Found, Listed, Results};
use crate::framework::resource::Cx;
use crate::framework::value::Object;

/// [`Listed`], on objects.
pub(crate) trait AnyListed<D>: Send + Sync {
    fn validate_filter(&self, filter: &Object) -> Diagnostics;
    /// How the list ended, and why nothing more was wanted if that is so.
    fn list<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        filter: &'a Object,
        results: Results<'a>,
    ) -> BoxFuture<'a, (Result<(), Diagnostics>, Option<Ended>)>;
    /// What the model makes of `object` when it has read it and writes it again.
    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics>;
}

impl<R: Listed> AnyListed<R::Data> for R {
    fn validate_filter(&self, filter: &Object) -> Diagnostics {
        judge(filter, |filter, report| Listed::validate_filter(self, filter, report))
    }

    fn list<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        filter: &'a Object,
        results: Results<'a>,
    ) -> BoxFuture<'a, (Result<(), Diagnostics>, Option<Ended>)> {
        Box::pin(async move {
            let mut found = Found { resource: self, results };
            let listed = fenced(async { Listed::list(self, cx, read(filter)?, &mut found).await }).await;
            (listed, found.results.ended)
        })
    }

    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics> {
        use crate::framework::model::Model;
        Ok(read::<R::Filter>(object)?.write())
    }
}
