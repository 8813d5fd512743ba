//! Values and declarations in few words.

use crate::framework::schema::{Attribute, Kind, Mode};
use crate::framework::value::{Object, Type, Value};

/// An attribute of a plain type.
pub(crate) fn plain(name: &'static str, of: Type, mode: Mode) -> Attribute {
    attribute(name, Kind::Type(of), mode)
}

/// An attribute.
pub(crate) fn attribute(name: &'static str, kind: Kind, mode: Mode) -> Attribute {
    Attribute {
        name,
        description: "",
        kind,
        mode,
        sensitive: false,
        write_only: false,
        deprecated: None,
        default: None,
    }
}

/// `base` with `attributes` instead of what it has there.
pub(crate) fn with<const N: usize>(mut base: Object, attributes: [(&str, Value); N]) -> Object {
    for (name, value) in attributes {
        base.insert(name.to_owned(), value);
    }
    base
}

/// An object of exactly `attributes`.
pub(crate) fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::Object(with(Object::new(), attributes))
}

/// A map of `elements`.
pub(crate) fn map<const N: usize>(elements: [(&str, Value); N]) -> Value {
    Value::Map(with(Object::new(), elements))
}

/// A string.
pub(crate) fn text(text: &str) -> Value {
    Value::string(text)
}

/// A number.
pub(crate) fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}
