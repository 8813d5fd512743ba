//! A data source, registered.

use std::fmt;
use std::sync::Arc;

use crate::framework::data_source::DataSource;
use crate::framework::erased::data_source::AnyDataSource;
use crate::framework::model::Model;
use crate::framework::schema::{Block, Schema};
use crate::framework::value::Type;

/// A registered data source; its operations are in [`crate::framework::server`].
pub struct DataSourceType<D> {
    pub(in crate::framework) name: &'static str,
    pub(in crate::framework) schema: Schema,
    pub(in crate::framework) config_type: Type,
    pub(in crate::framework) data_source: Arc<dyn AnyDataSource<D>>,
}

impl<D> DataSourceType<D> {
    pub(super) fn of<S: DataSource<Data = D>>(data_source: S) -> Self {
        let block = Block {
            description: S::DESCRIPTION.to_owned(),
            attributes: S::Model::attributes(),
            blocks: S::Model::blocks(),
        };
        Self {
            name: S::TYPE,
            config_type: block.implied_type(),
            schema: Schema { version: 0, block },
            data_source: Arc::new(data_source),
        }
    }

    /// The full type name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What its configuration and its answer look like.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of its configuration and its answer as a value.
    pub fn config_type(&self) -> &Type {
        &self.config_type
    }

    #[cfg(test)]
    pub(crate) fn rewrite(
        &self,
        object: &crate::framework::value::Object,
    ) -> Result<crate::framework::value::Object, crate::framework::diagnostic::Diagnostics> {
        self.data_source.rewrite(object)
    }
}

impl<D> fmt::Debug for DataSourceType<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSourceType").field("name", &self.name).finish_non_exhaustive()
    }
}
