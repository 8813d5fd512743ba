//! A model with one of everything that a schema can have.

use std::fmt;
use std::marker::PhantomData;

use super::{attribute, plain, with};
use crate::framework::mismatch::Mismatch;
use crate::framework::model::Model;
use crate::framework::schema::{Attribute, Block, BlockNesting, Kind, Mode, NestedBlock, Nesting};
use crate::framework::value::{Object, Type, Value};

/// What a model declares.
pub(crate) trait Shape: Send + Sync + 'static {
    fn attributes() -> Vec<Attribute>;
    fn blocks() -> Vec<NestedBlock>;
}

/// A model that is the object itself.
pub(crate) struct Raw<S>(pub(crate) Object, PhantomData<S>);

impl<S> Raw<S> {
    pub(crate) fn new(object: Object) -> Self {
        Self(object, PhantomData)
    }
}

impl<S> Clone for Raw<S> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<S> fmt::Debug for Raw<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S> PartialEq for Raw<S> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<S: Shape> Model for Raw<S> {
    fn attributes() -> Vec<Attribute> {
        S::attributes()
    }

    fn blocks() -> Vec<NestedBlock> {
        S::blocks()
    }

    fn read(object: &Object) -> Result<Self, Mismatch> {
        Ok(Self::new(object.clone()))
    }

    fn write(&self) -> Object {
        self.0.clone()
    }
}

/// One of everything.
#[derive(Debug)]
pub(crate) struct Everything;

/// The model of [`Fake`].
pub(crate) type Thing = Raw<Everything>;

impl Shape for Everything {
    fn attributes() -> Vec<Attribute> {
        let nested =
            || vec![plain("key", Type::String, Mode::Required), plain("hash", Type::String, Mode::Computed)];
        let repeated = |name, nesting| attribute(name, Kind::Nested(nesting, nested()), Mode::Optional);
        vec![
            plain("name", Type::String, Mode::Required),
            plain("note", Type::String, Mode::Optional),
            plain("size", Type::Number, Mode::OptionalComputed),
            plain("id", Type::String, Mode::Computed),
            plain("numbers", Type::Set(Box::new(Type::Number)), Mode::Optional),
            Attribute { write_only: true, ..plain("secret", Type::String, Mode::Optional) },
            repeated("one", Nesting::Single),
            repeated("list", Nesting::List),
            repeated("set", Nesting::Set),
            repeated("map", Nesting::Map),
            attribute("made", Kind::Nested(Nesting::Map, nested()), Mode::Computed),
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        let of = |name, nesting| NestedBlock {
            name,
            nesting,
            block: Block {
                description: String::new(),
                attributes: vec![
                    plain("port", Type::Number, Mode::Required),
                    plain("handle", Type::String, Mode::Computed),
                ],
                blocks: Vec::new(),
            },
            min_items: 0,
            max_items: 0,
        };
        vec![
            of("single", BlockNesting::Single),
            of("rules", BlockNesting::List),
            of("ports", BlockNesting::Set),
        ]
    }
}

/// The object of a [`Thing`] that has nothing but `attributes`.
pub(crate) fn thing<const N: usize>(attributes: [(&str, Value); N]) -> Object {
    let block = Block {
        description: String::new(),
        attributes: Everything::attributes(),
        blocks: Everything::blocks(),
    };
    with(block.empty_object(), attributes)
}
