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
    /// An ordered collection.
    List(Box<Type>),
    /// An unordered collection without duplicates.
    Set(Box<Type>),
    /// A collection by key.
    Map(Box<Type>),
    /// A fixed set of named attributes.
    Object(BTreeMap<String, Type>),
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
    /// The elements of a map.
    Map(BTreeMap<String, Value>),
    /// The attributes of an object.
    Object(Object),
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

    /// Whether this is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether this value as a whole is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
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
            Self::Map(elements) => Self::Map(known_or_null(elements)),
            Self::Object(attributes) => Self::Object(known_or_null(attributes)),
        }
    }

    /// Whether nothing in this value, at any depth, is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(elements) | Self::Object(elements) => elements.values().all(Self::is_wholly_known),
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
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
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
