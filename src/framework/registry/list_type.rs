//! The list of a resource type, registered.

use std::fmt;
use std::sync::Arc;

use crate::framework::erased::list_resource::AnyListed;
use crate::framework::list_resource::Listed;
use crate::framework::model::Model;
use crate::framework::schema::{Block, Schema};
use crate::framework::value::Type;

/// The registered list of a resource type; its operation is in [`crate::framework::server`].
pub struct ListType<D> {
    pub(in crate::framework) schema: Schema,
    pub(in crate::framework) filter_type: Type,
    pub(in crate::framework) twin: Arc<dyn AnyListed<D>>,
}

impl<D> ListType<D> {
    pub(super) fn of<R: Listed<Data = D>>(resource: Arc<R>) -> Self {
        let block = Block {
            description: R::LIST_DESCRIPTION.to_owned(),
            attributes: R::Filter::attributes(),
            blocks: R::Filter::blocks(),
        };
        Self { filter_type: block.implied_type(), schema: Schema { version: 0, block }, twin: resource }
    }

    /// What its filter looks like.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of its filter as a value.
    pub fn filter_type(&self) -> &Type {
        &self.filter_type
    }
}

impl<D> fmt::Debug for ListType<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListType").field("schema", &self.schema).finish_non_exhaustive()
    }
}
