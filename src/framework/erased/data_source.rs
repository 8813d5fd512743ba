//! The twin of a data source.

use futures_util::future::BoxFuture;

use super::{judge, read};
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::fence::fenced;
use crate::framework::model::Model;
use crate::framework::resource::Cx;
use crate::framework::value::Object;

/// [`DataSource`], on objects.
pub(crate) trait AnyDataSource<D>: Send + Sync {
    fn validate(&self, config: &Object) -> Diagnostics;
    fn read<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        config: &'a Object,
    ) -> BoxFuture<'a, Result<Object, Diagnostics>>;
    /// What the model makes of `object` when it has read it and writes it again.
    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics>;
}

impl<S: DataSource> AnyDataSource<S::Data> for S {
    fn validate(&self, config: &Object) -> Diagnostics {
        judge(config, |config, report| DataSource::validate(self, config, report))
    }

    fn read<'a>(
        &'a self,
        cx: &'a Cx<'a, S::Data>,
        config: &'a Object,
    ) -> BoxFuture<'a, Result<Object, Diagnostics>> {
        Box::pin(fenced(async move { Ok(DataSource::read(self, cx, read(config)?).await?.write()) }))
    }

    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics> {
        Ok(read::<S::Model>(object)?.write())
    }
}
