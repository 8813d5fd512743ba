//! Typed handles to attributes: name, description, type and mode in one line, from which the schema and
//! the registry page are made and with which models read and write themselves.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::mismatch::Mismatch;
use super::model::Model;
use super::path::{Path, Step};
use super::schema::{Attribute, Kind, Mode, Nesting};
use super::value::{Field, Number, Object, Type, Value, normal_form};

/// A handle to one attribute whose known values are of type `T`.
#[derive(Debug)]
pub struct Attr<T> {
    name: &'static str,
    description: &'static str,
    mode: Mode,
    sensitive: bool,
    write_only: bool,
    known: PhantomData<fn() -> T>,
}

impl<T> Attr<T> {
    /// An attribute that the configuration must set.
    pub const fn required(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Mode::Required)
    }

    /// An attribute that the configuration may set.
    pub const fn optional(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Mode::Optional)
    }

    /// An attribute that the provider sets.
    pub const fn computed(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Mode::Computed)
    }

    /// The same attribute, hidden in the host's output.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// The same attribute, never stored: an operation reads it from the configuration, and every state has
    /// null for it.
    #[must_use]
    pub const fn write_only(self) -> Self {
        Self { write_only: true, ..self }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The path to it from the root.
    pub fn path(&self) -> Path {
        Path::attribute(self.name)
    }

    const fn new(name: &'static str, description: &'static str, mode: Mode) -> Self {
        Self { name, description, mode, sensitive: false, write_only: false, known: PhantomData }
    }
}

impl<T: AttributeValue> Attr<T> {
    /// Its declaration in a schema.
    pub fn declare(&self) -> Attribute {
        Attribute {
            name: self.name,
            description: self.description,
            kind: T::kind(),
            mode: self.mode,
            sensitive: self.sensitive,
            write_only: self.write_only,
            deprecated: None,
        }
    }

    /// Reads it from `object`; missing is null.
    pub fn read(&self, object: &Object) -> Result<Field<T>, Mismatch> {
        object
            .get(self.name)
            .map_or(Ok(Field::Null), read_field)
            .map_err(|mismatch| mismatch.within(Step::Attribute(self.name.to_owned())))
    }

    /// Writes it to `object`.
    pub fn write(&self, object: &mut Object, field: &Field<T>) {
        object.insert(self.name.to_owned(), write_field(field));
    }
}

/// A type that a known attribute value can have.
pub trait AttributeValue: Clone + std::fmt::Debug + PartialEq + Send + Sync + Sized + 'static {
    /// How it is declared.
    fn kind() -> Kind;

    /// Reads it from a value that is neither null nor unknown.
    fn read(value: &Value) -> Result<Self, Mismatch>;

    /// Writes it as a value that is neither null nor unknown.
    fn write(&self) -> Value;
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
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<M: Model> AttributeValue for Nested<M> {
    fn kind() -> Kind {
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
}

fn collection(element: Kind, plain: fn(Box<Type>) -> Type, nesting: Nesting) -> Kind {
    match element {
        Kind::Type(element) => Kind::Type(plain(Box::new(element))),
        Kind::Nested(_, attributes) => Kind::Nested(nesting, attributes),
    }
}

fn read_field<T: AttributeValue>(value: &Value) -> Result<Field<T>, Mismatch> {
    match value {
        Value::Null => Ok(Field::Null),
        Value::Unknown => Ok(Field::Unknown),
        known => T::read(known).map(Field::Known),
    }
}

fn write_field<T: AttributeValue>(field: &Field<T>) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Unknown => Value::Unknown,
        Field::Known(value) => value.write(),
    }
}
