//! The bridge between a Rust struct and an object of attributes.

use super::diagnostic::Diagnostics;
use super::mismatch::Mismatch;
use super::path::Path;
use super::schema::{Attribute, NestedBlock};
use super::value::Object;

/// A struct that stands for the attributes of a type (or of a nested object).
///
/// Written by [`model!`], from one list of fields. For every model, writing and reading again gives the same
/// model, and what is written has exactly the declared attributes; one generic test over the registry holds
/// every registered type to it.
pub trait Model: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Whether it declares nested blocks.
    const HAS_BLOCKS: bool = false;

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

    /// Judges what a configuration says, by the validators of its attributes. `at`: where it stands; `None`
    /// for the root.
    fn validate(&self, at: Option<&Path>, report: &mut Diagnostics) {
        let _ = (at, report);
    }
}

/// Implements [`Model`] for a struct, from one list: each field, a [`Field`](super::value::Field), with the
/// [`Attr`](super::attribute::Attr) or the [`Blocks`](super::block::Blocks) that it stands for. So what is
/// declared, read, written and judged cannot differ.
///
/// ```ignore
/// const NAME: Attr<String> = Attr::required("name", "What it is called.");
/// const SIZE: Attr<Number> = Attr::optional("size", "How large it is.");
///
/// pub struct Thing {
///     pub name: Field<String>,
///     pub size: Field<Number>,
/// }
///
/// model!(Thing { name: NAME, size: SIZE });
/// ```
///
/// Nested blocks follow the attributes: `model!(Thing { name: NAME } blocks { rule: RULES });`. It does not
/// compile unless every field of the struct is listed, with a handle of the field's type, and is called like
/// its attribute.
#[macro_export]
macro_rules! model {
    (
        $model:ident { $($field:ident: $attribute:ident),* $(,)? }
        $(blocks { $($nested:ident: $blocks:ident),+ $(,)? })?
    ) => {
        impl $crate::framework::model::Model for $model {
            fn attributes() -> Vec<$crate::framework::schema::Attribute> {
                vec![$($attribute.declare()),*]
            }

            $(
                const HAS_BLOCKS: bool = true;

                fn blocks() -> Vec<$crate::framework::schema::NestedBlock> {
                    vec![$($blocks.declare()),+]
                }
            )?

            fn read(
                object: &$crate::framework::value::Object,
            ) -> Result<Self, $crate::framework::mismatch::Mismatch> {
                Ok(Self {
                    $($field: $attribute.read(object)?,)*
                    $($($nested: $blocks.read(object)?,)+)?
                })
            }

            fn write(&self) -> $crate::framework::value::Object {
                let mut object = $crate::framework::value::Object::new();
                $($attribute.write(&mut object, &self.$field);)*
                $($($blocks.write(&mut object, &self.$nested);)+)?
                object
            }

            fn validate(
                &self,
                at: Option<&$crate::framework::path::Path>,
                report: &mut $crate::framework::diagnostic::Diagnostics,
            ) {
                $($attribute.validate(&self.$field, at, report);)*
                $($($blocks.validate(&self.$nested, at, report);)+)?
            }
        }

        $($crate::framework::model::model!(@named $field $attribute);)*
        $($($crate::framework::model::model!(@named $nested $blocks);)+)?
    };
    (@named $field:ident $handle:ident) => {
        const _: () = assert!(
            $crate::framework::model::is_called(stringify!($field), $handle.name()),
            concat!("the field `", stringify!($field), "` and its `", stringify!($handle), "` differ in name"),
        );
    };
}

pub use model;

/// Whether a field has the name of its attribute, for [`model!`] to ask while it is compiled. A field whose
/// name is a keyword is written `r#type`.
pub const fn is_called(field: &str, name: &str) -> bool {
    let (mut field, mut name) = (field.as_bytes(), name.as_bytes());
    if let [b'r', b'#', rest @ ..] = field {
        field = rest;
    }
    while let ([first, others @ ..], [same, rest @ ..]) = (field, name) {
        if *first != *same {
            return false;
        }
        (field, name) = (others, rest);
    }
    field.is_empty() && name.is_empty()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::framework::provider::Provider;
    use crate::framework::registry::Registry;
    use crate::framework::schema::{Block, BlockNesting, Kind, Mode, Nesting};
    use crate::framework::testing::plain;
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
        for identity in registry.resources().filter_map(|resource| resource.identity()) {
            let block = Block { attributes: identity.attributes.clone(), ..Block::default() };
            for object in samples(&block) {
                assert_eq!(identity.twin.rewrite(&object), Ok(object));
            }
        }
        for list in registry.resources().filter_map(|resource| resource.list_type()) {
            for object in samples(&list.schema().block) {
                assert_eq!(list.twin.rewrite(&object), Ok(object));
            }
        }
        for data_source in registry.data_sources() {
            for object in samples(&data_source.schema().block) {
                assert_eq!(data_source.rewrite(&object), Ok(object), "{}", data_source.name());
            }
        }
    }

    /// `M` writes exactly what it declares, and reads what it writes.
    pub(crate) fn check<M: Model>() {
        let block = Block { description: String::new(), attributes: M::attributes(), blocks: M::blocks() };
        for object in samples(&block) {
            assert_eq!(M::read(&object).unwrap().write(), object);
        }
    }

    #[test]
    fn a_model_writes_what_it_declares() {
        check::<Timeouts>();
        check_provider::<crate::framework::testing::FakeProvider>();
        check_provider::<crate::framework::gadget::Workshop>();
    }

    #[test]
    fn a_field_is_called_like_its_attribute_to_the_last_letter() {
        assert!(is_called("name", "name") && is_called("r#type", "type"));
        for other in ["", "nam", "names", "mane"] {
            assert!(!is_called("name", other) && !is_called(other, "name"), "{other}");
        }
    }

    #[test]
    fn two_attributes_that_were_mistaken_for_each_other_are_seen() {
        for of in [Type::Bool, Type::Number, Type::List(Box::new(Type::Bool))] {
            let attributes = ["a", "b", "c"].map(|name| plain(name, of.clone(), Mode::Optional)).to_vec();
            let block = Block { attributes, ..Block::default() };
            for (one, other) in [("a", "b"), ("b", "c"), ("a", "c")] {
                let mistaken = samples(&block).into_iter().any(|object| {
                    let mut swapped = object.clone();
                    swapped.insert(one.to_owned(), object[other].clone());
                    swapped.insert(other.to_owned(), object[one].clone());
                    swapped != object
                });
                assert!(mistaken, "{one} and {other} of {of:?}");
            }
        }
    }

    /// An object with nothing, one of unknown values, and such in which no two attributes are equal: there
    /// are only two bools, so there is one object for each bool, which alone is true in it.
    fn samples(block: &Block) -> Vec<Object> {
        let attributes = block.attributes.iter().map(|of| of.name);
        let names = attributes.chain(block.blocks.iter().map(|of| of.name));
        let unknown = names.map(|name| (name.to_owned(), Value::Unknown)).collect();
        let mut samples = vec![block.empty_object(), unknown];
        for only_true in 0.. {
            let mut distinct = Distinct { only_true, bools: 0, others: 0 };
            samples.push(distinct.object(block));
            if only_true + 1 >= distinct.bools {
                break;
            }
        }
        samples
    }

    /// Makes values of which no two are equal, as far as their types allow it.
    struct Distinct {
        /// Which of the bools is true, counted from the first.
        only_true: usize,
        bools: usize,
        others: u64,
    }

    impl Distinct {
        fn object(&mut self, block: &Block) -> Object {
            let attributes = block.attributes.iter();
            let mut object: Object =
                attributes.map(|of| (of.name.to_owned(), self.sample(&of.kind))).collect();
            for nested in &block.blocks {
                object.insert(nested.name.to_owned(), self.blocks(nested));
            }
            object
        }

        fn blocks(&mut self, nested: &NestedBlock) -> Value {
            let mut block = || Value::Object(self.object(&nested.block));
            match nested.nesting {
                BlockNesting::Single => block(),
                BlockNesting::List => Value::List(vec![block(), block()]),
                BlockNesting::Set => Value::set(vec![block(), block()]),
            }
        }

        fn sample(&mut self, kind: &Kind) -> Value {
            let (nesting, attributes) = match kind {
                Kind::Type(of) => return self.sample_of(of),
                Kind::Nested(nesting, attributes) => (nesting, attributes),
            };
            let attributes = attributes.iter().map(|of| (of.name.to_owned(), self.sample(&of.kind)));
            let object = Value::Object(attributes.collect());
            match nesting {
                Nesting::Single => object,
                Nesting::List => Value::List(vec![object]),
                Nesting::Set => Value::set(vec![object]),
                Nesting::Map => self.map(object),
            }
        }

        fn sample_of(&mut self, of: &Type) -> Value {
            match of {
                Type::String => Value::string(self.word()),
                Type::Number => Value::Number(self.number().into()),
                Type::Bool => self.bool(),
                Type::List(of) => Value::List(vec![self.sample_of(of), Value::Unknown]),
                Type::Set(of) => Value::set(vec![self.sample_of(of), Value::Unknown]),
                Type::Map(of) => {
                    let element = self.sample_of(of);
                    self.map(element)
                }
                Type::Object(of) => {
                    Value::Object(of.iter().map(|(name, of)| (name.clone(), self.sample_of(of))).collect())
                }
            }
        }

        fn bool(&mut self) -> Value {
            let value = self.bools == self.only_true;
            self.bools += 1;
            Value::Bool(value)
        }

        fn number(&mut self) -> u64 {
            self.others += 1;
            self.others
        }

        fn word(&mut self) -> String {
            format!("x{}", self.number())
        }

        fn map(&mut self, element: Value) -> Value {
            Value::Map(BTreeMap::from([(self.word(), element)]))
        }
    }
}
