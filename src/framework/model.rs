//! The bridge between a Rust struct and an object of attributes.

use super::mismatch::Mismatch;
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

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::framework::provider::Provider;
    use crate::framework::registry::Registry;
    use crate::framework::schema::{Block, Kind, Nesting};
    use crate::framework::timeouts::Timeouts;
    use crate::framework::value::{Type, Value};

    /// Every model of `P` writes exactly what it declares, and reads what it writes: null, unknown and known.
    pub(crate) fn check_provider<P: Provider>() {
        check::<P::Config>();
        let mut registry = Registry::new();
        P::register(&mut registry);
        for resource in registry.resources() {
            for object in samples(&resource.schema().block) {
                assert_eq!(resource.rewrite(&object), Ok(object), "{}", resource.name());
            }
        }
    }

    fn check<M: Model>() {
        let block = Block { description: String::new(), attributes: M::attributes(), blocks: M::blocks() };
        for object in samples(&block) {
            assert_eq!(M::read(&object).unwrap().write(), object);
        }
    }

    #[test]
    fn a_model_writes_what_it_declares() {
        check::<Timeouts>();
        check_provider::<crate::framework::fake::FakeProvider>();
    }

    fn samples(block: &Block) -> [Object; 3] {
        let filled = |fill: &dyn Fn(&Kind) -> Value| {
            let filled = block.attributes.iter().map(|of| (of.name.to_owned(), fill(&of.kind)));
            let mut object: Object = filled.collect();
            block.complete(&mut object);
            object
        };
        [filled(&|_| Value::Null), filled(&|_| Value::Unknown), filled(&sample)]
    }

    fn sample(kind: &Kind) -> Value {
        let (nesting, attributes) = match kind {
            Kind::Type(of) => return sample_of(of),
            Kind::Nested(nesting, attributes) => (nesting, attributes),
        };
        let object =
            Value::Object(attributes.iter().map(|of| (of.name.to_owned(), sample(&of.kind))).collect());
        match nesting {
            Nesting::Single => object,
            Nesting::List => Value::List(vec![object]),
            Nesting::Set => Value::set(vec![object]),
            Nesting::Map => Value::Map(BTreeMap::from([("k".to_owned(), object)])),
        }
    }

    fn sample_of(of: &Type) -> Value {
        match of {
            Type::String => Value::string("x"),
            Type::Number => Value::Number(7_u64.into()),
            Type::Bool => Value::Bool(true),
            Type::Dynamic => Value::Dynamic(Type::Bool, Box::new(Value::Bool(true))),
            Type::List(of) => Value::List(vec![sample_of(of), Value::Unknown]),
            Type::Set(of) => Value::set(vec![sample_of(of), Value::Unknown]),
            Type::Map(of) => Value::Map(BTreeMap::from([("k".to_owned(), sample_of(of))])),
            Type::Object(of) => {
                Value::Object(of.iter().map(|(name, of)| (name.clone(), sample_of(of))).collect())
            }
            Type::Tuple(of) => Value::Tuple(of.iter().map(sample_of).collect()),
        }
    }
}
