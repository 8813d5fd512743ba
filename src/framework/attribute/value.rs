//! The types that the known value of an attribute can have.

use std::collections::BTreeMap;

use crate::framework::diagnostic::Diagnostics;
use crate::framework::mismatch::Mismatch;
use crate::framework::model::Model;
use crate::framework::path::{Path, Step};
use crate::framework::schema::{Kind, Nesting};
use crate::framework::value::{Field, Number, Type, Value, normal_form};

/// A type that a known attribute value can have.
pub trait AttributeValue: Clone + std::fmt::Debug + PartialEq + Send + Sync + Sized + 'static {
    /// How it is declared.
    fn kind() -> Kind;

    /// Reads it from a value that is neither null nor unknown.
    fn read(value: &Value) -> Result<Self, Mismatch>;

    /// Writes it as a value that is neither null nor unknown.
    fn write(&self) -> Value;

    /// Judges what is nested in it, by the validators of the attributes there. It is at `at`.
    fn validate(&self, at: &Path, report: &mut Diagnostics) {
        let _ = (at, report);
    }
}

/// The elements of a set attribute, each in one of three states. Compared in the order given; write it
/// to have Terraform's comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set<T>(pub Vec<Field<T>>);

/// The elements of a list attribute, each in one of three states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List<T>(pub Vec<Field<T>>);

/// The elements of a map attribute, each in one of three states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<T>(pub BTreeMap<String, Field<T>>);

/// An object with attributes of its own. In a [`Map`], [`List`] or [`Set`] it makes nested attributes that
/// repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nested<M>(pub M);

impl AttributeValue for bool {
    fn kind() -> Kind {
        Kind::Type(Type::Bool)
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Bool(value) => Ok(*value),
            other => Err(Mismatch::new("a bool", other)),
        }
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

impl AttributeValue for String {
    fn kind() -> Kind {
        Kind::Type(Type::String)
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(value) => Ok(value.clone()),
            other => Err(Mismatch::new("a string", other)),
        }
    }

    fn write(&self) -> Value {
        Value::string(self.as_str())
    }
}

impl AttributeValue for Number {
    fn kind() -> Kind {
        Kind::Type(Type::Number)
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Number(value) => Ok(value.clone()),
            other => Err(Mismatch::new("a number", other)),
        }
    }

    fn write(&self) -> Value {
        Value::Number(self.clone())
    }
}

impl<T: AttributeValue> AttributeValue for Set<T> {
    fn kind() -> Kind {
        collection(T::kind(), Type::Set, Nesting::Set)
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Set(elements) => {
                let elements: Result<_, Mismatch> = elements.iter().map(read_field).collect();
                elements.map(Self).map_err(Mismatch::within_set)
            }
            other => Err(Mismatch::new("a set", other)),
        }
    }

    fn write(&self) -> Value {
        Value::set(self.0.iter().map(write_field).collect())
    }

    /// An element has no address: what is found in one is told at the set.
    fn validate(&self, at: &Path, report: &mut Diagnostics) {
        let mut found = Diagnostics::new();
        self.0.iter().filter_map(Field::known).for_each(|element| element.validate(at, &mut found));
        report.extend(found.into_iter().map(|found| found.at(at.clone())));
    }
}

impl<T: AttributeValue> AttributeValue for List<T> {
    fn kind() -> Kind {
        collection(T::kind(), Type::List, Nesting::List)
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        let Value::List(elements) = value else {
            return Err(Mismatch::new("a list", value));
        };
        let element =
            |(index, element)| read_field(element).map_err(|error| error.within(Step::Index(index)));
        (0..).zip(elements).map(element).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> Value {
        Value::List(self.0.iter().map(write_field).collect())
    }

    fn validate(&self, at: &Path, report: &mut Diagnostics) {
        for (index, element) in (0..).zip(&self.0) {
            if let Field::Known(element) = element {
                element.validate(&at.clone().then(Step::Index(index)), report);
            }
        }
    }
}

impl<T: AttributeValue> AttributeValue for Map<T> {
    fn kind() -> Kind {
        collection(T::kind(), Type::Map, Nesting::Map)
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        let Value::Map(elements) = value else {
            return Err(Mismatch::new("a map", value));
        };
        let element = |(key, element): (&String, &Value)| {
            let field = read_field(element).map_err(|error| error.within(Step::Key(key.clone())))?;
            Ok((key.clone(), field))
        };
        elements.iter().map(element).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> Value {
        Value::Map(self.0.iter().map(|(key, field)| (normal_form(key.clone()), write_field(field))).collect())
    }

    fn validate(&self, at: &Path, report: &mut Diagnostics) {
        for (key, element) in &self.0 {
            if let Field::Known(element) = element {
                element.validate(&at.clone().then(Step::Key(key.clone())), report);
            }
        }
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<M: Model> AttributeValue for Nested<M> {
    fn kind() -> Kind {
        const {
            assert!(
                !M::HAS_BLOCKS,
                "only a block can hold blocks: declare this model's as nested attributes"
            );
        };
        Kind::Nested(Nesting::Single, M::attributes())
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Object(object) => M::read(object).map(Self),
            other => Err(Mismatch::new("an object", other)),
        }
    }

    fn write(&self) -> Value {
        Value::Object(self.0.write())
    }

    fn validate(&self, at: &Path, report: &mut Diagnostics) {
        self.0.validate(Some(at), report);
    }
}

fn collection(element: Kind, plain: fn(Box<Type>) -> Type, nesting: Nesting) -> Kind {
    match element {
        Kind::Type(element) => Kind::Type(plain(Box::new(element))),
        Kind::Nested(_, attributes) => Kind::Nested(nesting, attributes),
    }
}

pub(in crate::framework) fn read_field<T: AttributeValue>(value: &Value) -> Result<Field<T>, Mismatch> {
    match value {
        Value::Null => Ok(Field::Null),
        Value::Unknown => Ok(Field::Unknown),
        known => T::read(known).map(Field::Known),
    }
}

pub(in crate::framework) fn write_field<T: AttributeValue>(field: &Field<T>) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Unknown => Value::Unknown,
        Field::Known(value) => value.write(),
    }
}
