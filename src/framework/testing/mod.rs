//! For tests: a made-up provider with a made-up resource, whose schema has one of everything and whose
//! behaviour is a closure.

mod provider;
mod resource;
mod thing;
mod write;

pub(crate) use provider::{FakeProvider, Region};
pub(crate) use resource::{Fake, World};
pub(crate) use thing::{Raw, Shape, Thing, thing};
pub(crate) use write::{attribute, map, number, object, plain, text, with};
