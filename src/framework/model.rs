//! The bridge between a Rust struct and an object of attributes.

use super::attribute::Mismatch;
use super::schema::{Attribute, NestedBlock};
use super::value::Object;

/// A struct that stands for the attributes of a type (or of a nested object).
///
/// Implemented by hand on top of [`super::attribute::Attr`] handles: three lines an attribute. For every model, writing and
/// reading again gives the same model, and what is written has exactly the declared attributes; one generic
/// test over the registry holds every registered type to it.
pub trait Model: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// The attributes it declares.
    fn attributes() -> Vec<Attribute>;

    /// The nested blocks it declares.
    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }

    /// Reads it from `object`, which the codec has already held against the schema. A missing attribute reads
    /// as null.
    fn read(object: &Object) -> Result<Self, Mismatch>;

    /// Writes every declared attribute and block, and nothing else.
    fn write(&self) -> Object;
}
