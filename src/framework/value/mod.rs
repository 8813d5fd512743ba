//! Values as Terraform has them: typed, exact, and in one of three states.
//!
//! [`Value`] is for the edges, where a schema directs; resource code sees [`Field`] and the types of
//! [`crate::framework::attribute`]. Neither knows how it travels.

mod field;
mod number;
mod text;

use std::collections::BTreeMap;

pub use field::Field;
pub use number::{DIGITS_MAX, Number, NumberError};
pub use text::normal_form;

/// The attributes of an object, by name.
pub type Object = BTreeMap<String, Value>;

/// A type constraint. Source: the type JSON of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Text.
    String,
    /// A number of any size.
    Number,
    /// True or false.
    Bool,
    /// Whatever the value itself says it is.
    Dynamic,
    /// An ordered collection.
    List(Box<Type>),
    /// An unordered collection without duplicates.
    Set(Box<Type>),
    /// A collection by key.
    Map(Box<Type>),
    /// A fixed set of named attributes.
    Object(BTreeMap<String, Type>),
    /// A fixed sequence of types.
    Tuple(Vec<Type>),
}

impl Type {
    /// Whether [`Type::Dynamic`] stands anywhere in it.
    pub fn contains_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::String | Self::Number | Self::Bool => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.contains_dynamic(),
            Self::Object(attributes) => attributes.values().any(Self::contains_dynamic),
            Self::Tuple(elements) => elements.iter().any(Self::contains_dynamic),
        }
    }
}

/// A value of some [`Type`], null and unknown included, at any depth.
///
/// Comparison is Terraform's: numbers by their exact value, sets regardless of order (a set is built with
/// [`Value::set`], which sorts it and removes duplicates).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// No value.
    Null,
    /// A value that will be known after apply.
    Unknown,
    /// True or false.
    Bool(bool),
    /// A number, exact.
    Number(Number),
    /// Text, in Unicode normal form C.
    String(String),
    /// The elements of a list, in order.
    List(Vec<Value>),
    /// The elements of a set, sorted and without duplicates.
    Set(Vec<Value>),
    /// The elements of a tuple, in order.
    Tuple(Vec<Value>),
    /// The elements of a map.
    Map(BTreeMap<String, Value>),
    /// The attributes of an object.
    Object(Object),
    /// A known, null or unknown value of a type that it brings along.
    Dynamic(Type, Box<Value>),
}

impl Value {
    /// Text, brought into Unicode normal form C.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(normal_form(text.into()))
    }

    /// A set of `elements`: sorted, known duplicates removed. Two elements that are not wholly known stay
    /// two.
    pub fn set(mut elements: Vec<Value>) -> Self {
        elements.sort();
        elements.dedup_by(|left, right| left == right && left.is_wholly_known());
        Self::Set(elements)
    }

    /// Whether this is no value, with or without a type of its own.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(_, value) => value.is_null(),
            _ => false,
        }
    }

    /// Whether this value as a whole is unknown, with or without a type of its own.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Dynamic(_, value) => value.is_unknown(),
            _ => false,
        }
    }

    /// The same value with null wherever something is unknown.
    #[must_use]
    pub fn with_unknown_as_null(self) -> Self {
        let each = |elements: Vec<Self>| elements.into_iter().map(Self::with_unknown_as_null).collect();
        match self {
            Self::Unknown => Self::Null,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => self,
            Self::List(elements) => Self::List(each(elements)),
            Self::Set(elements) => Self::set(each(elements)),
            Self::Tuple(elements) => Self::Tuple(each(elements)),
            Self::Map(elements) => Self::Map(known_or_null(elements)),
            Self::Object(attributes) => Self::Object(known_or_null(attributes)),
            Self::Dynamic(of, value) => Self::Dynamic(of, Box::new(value.with_unknown_as_null())),
        }
    }

    /// Whether nothing in this value, at any depth, is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) | Self::Tuple(elements) => {
                elements.iter().all(Self::is_wholly_known)
            }
            Self::Map(elements) | Self::Object(elements) => elements.values().all(Self::is_wholly_known),
            Self::Dynamic(_, value) => value.is_wholly_known(),
        }
    }

    /// The word for this value's shape in an error text.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown => "an unknown value",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Tuple(_) => "a tuple",
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
            Self::Dynamic(_, value) => value.shape(),
        }
    }
}

/// The same object with null wherever something is unknown.
pub fn known_or_null(object: Object) -> Object {
    object.into_iter().map(|(name, value)| (name, value.with_unknown_as_null())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: u64) -> Value {
        Value::Number(value.into())
    }

    #[test]
    fn a_set_has_no_order_and_no_duplicates() {
        assert_eq!(Value::set(vec![number(2), number(1), number(2)]), Value::set(vec![number(1), number(2)]));
    }

    #[test]
    fn two_unknown_elements_of_a_set_stay_two() {
        assert_eq!(
            Value::set(vec![Value::Unknown, number(1), Value::Unknown]),
            Value::Set(vec![Value::Unknown, Value::Unknown, number(1)])
        );
    }
}
