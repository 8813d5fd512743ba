//! The twin of the capability to be identified.

use futures_util::future::BoxFuture;

use super::read;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::fence::fenced;
use crate::framework::identity::Identified;
use crate::framework::model::Model;
use crate::framework::resource::Cx;
use crate::framework::value::{Field, Object};

/// [`Identified`], on objects.
pub(crate) trait AnyIdentified<D>: Send + Sync {
    fn identity(&self, state: &Object) -> Result<Field<Object>, Diagnostics>;
    fn import_identity<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        id: &'a Object,
    ) -> BoxFuture<'a, Result<Object, Diagnostics>>;
    /// What the model makes of `object` when it has read it and writes it again.
    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics>;
}

impl<R: Identified> AnyIdentified<R::Data> for R {
    fn identity(&self, state: &Object) -> Result<Field<Object>, Diagnostics> {
        Ok(Identified::identity(self, &read(state)?).map(|identity| identity.write()))
    }

    fn import_identity<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        id: &'a Object,
    ) -> BoxFuture<'a, Result<Object, Diagnostics>> {
        Box::pin(fenced(async move {
            let found = Identified::import_identity(self, cx, read(id)?).await?;
            Ok(found.write())
        }))
    }

    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics> {
        Ok(read::<R::Identity>(object)?.write())
    }
}
