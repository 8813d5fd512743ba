//! Typed handles to nested blocks, as [`super::attribute::Attr`] is to attributes.
//!
//! A block is written `rule { port = 1 }`, without an equals sign. Prefer nested attributes; a block is for
//! what users know as one.

use std::marker::PhantomData;

use super::attribute::{AttributeValue, List, Nested, Set, read_field, write_field};
use super::diagnostic::Diagnostics;
use super::mismatch::Mismatch;
use super::model::Model;
use super::path::{Path, Step};
use super::schema::{Block, BlockNesting, NestedBlock};
use super::value::{Field, Object};

/// A handle to all blocks of one name, which together are a value of type `T`: one [`Nested`], or a [`List`]
/// or a [`Set`] of them. No block is null for the one, and an empty collection for the others; unknown is a
/// `dynamic` block of which the configuration does not know yet how often it occurs.
#[derive(Debug)]
pub struct Blocks<T> {
    name: &'static str,
    description: &'static str,
    min_items: i64,
    max_items: i64,
    of: PhantomData<fn() -> T>,
}

/// What all blocks of one name can be together.
pub trait BlockValue: AttributeValue {
    /// The model of one of them.
    type Item: Model;
    /// How they repeat.
    const NESTING: BlockNesting;
}

impl<M: Model> BlockValue for Nested<M> {
    type Item = M;
    const NESTING: BlockNesting = BlockNesting::Single;
}

impl<M: Model> BlockValue for List<Nested<M>> {
    type Item = M;
    const NESTING: BlockNesting = BlockNesting::List;
}

impl<M: Model> BlockValue for Set<Nested<M>> {
    type Item = M;
    const NESTING: BlockNesting = BlockNesting::Set;
}

impl<M: Model> Blocks<Nested<M>> {
    /// A block that the configuration may have once.
    pub const fn optional(name: &'static str, description: &'static str) -> Self {
        Self::between(name, description, 0, 0)
    }

    /// A block that the configuration must have once.
    pub const fn required(name: &'static str, description: &'static str) -> Self {
        Self::between(name, description, 1, 1)
    }
}

impl<M: Model> Blocks<List<Nested<M>>> {
    /// Blocks in an order that matters, as many as the configuration likes.
    pub const fn list(name: &'static str, description: &'static str) -> Self {
        Self::between(name, description, 0, 0)
    }
}

impl<M: Model> Blocks<Set<Nested<M>>> {
    /// Blocks in no order, as many as the configuration likes.
    pub const fn set(name: &'static str, description: &'static str) -> Self {
        Self::between(name, description, 0, 0)
    }
}

impl<T: BlockValue> Blocks<T> {
    /// The same blocks, of which there must be `min` or more. The host holds the configuration to it. Not for
    /// a single block: see [`Blocks::required`].
    #[must_use]
    pub const fn at_least(self, min: i64) -> Self {
        Self { min_items: min, ..self }
    }

    /// The same blocks, of which there may be no more than `max`. The host holds the configuration to it. Not
    /// for a single block.
    #[must_use]
    pub const fn at_most(self, max: i64) -> Self {
        Self { max_items: max, ..self }
    }

    /// Their name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The path to them from the root.
    pub fn path(&self) -> Path {
        Path::attribute(self.name)
    }

    /// Their declaration in a schema.
    pub fn declare(&self) -> NestedBlock {
        NestedBlock {
            name: self.name,
            nesting: T::NESTING,
            block: Block {
                description: self.description.to_owned(),
                attributes: T::Item::attributes(),
                blocks: T::Item::blocks(),
            },
            min_items: self.min_items,
            max_items: self.max_items,
        }
    }

    /// Reads them from `object`; missing is null. An error if something else than `T` stands there.
    pub fn read(&self, object: &Object) -> Result<Field<T>, Mismatch> {
        let field = object.get(self.name).map_or(Ok(Field::Null), read_field);
        field.map_err(|mismatch| mismatch.within(Step::Attribute(self.name.to_owned())))
    }

    /// Writes them to `object`.
    pub fn write(&self, object: &mut Object, field: &Field<T>) {
        object.insert(self.name.to_owned(), write_field(field));
    }

    /// Judges what is in each of them, as far as it is known. `within`: the path of the block that they are
    /// in; `None` for the root.
    pub fn validate(&self, field: &Field<T>, within: Option<&Path>, report: &mut Diagnostics) {
        if let Field::Known(blocks) = field {
            blocks.validate(&Path::within(within, self.name), report);
        }
    }

    const fn between(name: &'static str, description: &'static str, min_items: i64, max_items: i64) -> Self {
        Self { name, description, min_items, max_items, of: PhantomData }
    }
}

#[cfg(test)]
mod tests;
