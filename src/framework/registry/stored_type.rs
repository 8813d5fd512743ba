//! A shape in which states may be stored that are not of today's schema, registered.

use std::fmt;

use crate::framework::diagnostic::Diagnostics;
use crate::framework::erased::stored::Convert;
use crate::framework::model::Model;
use crate::framework::schema::Block;
use crate::framework::value::{Object, Type};

/// An older shape of a resource type, or the shape of another type.
pub struct StoredType {
    block: Block,
    pub(in crate::framework) of: Type,
    convert: Convert,
}

impl StoredType {
    /// The shape of `Old`, of which `convert` makes today's.
    pub(super) fn new<Old: Model>(convert: Convert) -> Self {
        let block =
            Block { description: String::new(), attributes: Old::attributes(), blocks: Old::blocks() };
        Self { of: block.implied_type(), block, convert }
    }

    /// What `stored`, of schema `version`, is in today's shape.
    pub(in crate::framework) fn convert(
        &self,
        version: i64,
        mut stored: Object,
    ) -> Result<Object, Diagnostics> {
        self.block.complete(&mut stored);
        (self.convert)(version, &stored)
    }
}

impl fmt::Debug for StoredType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredType").field("of", &self.of).finish_non_exhaustive()
    }
}
