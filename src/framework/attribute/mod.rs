//! Typed handles to attributes: name, description, type and mode in one line, from which the schema and
//! the registry page are made and with which models read and write themselves.

mod value;

pub use value::{AttributeValue, List, Map, Nested, Set};
pub(super) use value::{read_field, write_field};

use super::diagnostic::Diagnostics;
use super::mismatch::Mismatch;
use super::path::{Path, Step};
use super::schema::{Attribute, Mode};
use super::value::{Field, Object};

/// A handle to one attribute whose known values are of type `T`.
#[derive(Debug)]
pub struct Attr<T> {
    name: &'static str,
    description: &'static str,
    mode: Mode,
    sensitive: bool,
    write_only: bool,
    deprecated: Option<&'static str>,
    default: Option<fn() -> T>,
    validator: Option<Validator<T>>,
}

/// Judges a value that a configuration gives, and reports each problem with it at the path where it stands.
/// Same value, same report.
pub type Validator<T> = fn(&T, &Path, &mut Diagnostics);

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

    /// An attribute that the configuration may set, and the provider otherwise.
    pub const fn optional_computed(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, Mode::OptionalComputed)
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

    /// The same attribute, whose use draws a warning. `instead` says what to use.
    #[must_use]
    pub const fn deprecated(self, instead: &'static str) -> Self {
        Self { deprecated: Some(instead), ..self }
    }

    /// The same attribute, planned as `value` where the configuration of a resource leaves it null. Only for
    /// what is [`Attr::optional_computed`]: a host refuses a value that it did not configure anywhere else.
    #[must_use]
    pub const fn default(self, value: fn() -> T) -> Self {
        Self { default: Some(value), ..self }
    }

    /// The same attribute, whose values in a configuration `validator` judges, once they are known.
    #[must_use]
    pub const fn validated(self, validator: Validator<T>) -> Self {
        Self { validator: Some(validator), ..self }
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
        Self {
            name,
            description,
            mode,
            sensitive: false,
            write_only: false,
            deprecated: None,
            default: None,
            validator: None,
        }
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
            deprecated: self.deprecated,
            default: self.default.map(|default| default().write()),
        }
    }

    /// Reads it from `object`; missing is null. An error if something else than `T` stands there.
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

    /// Judges `field` and what is nested in it, if it is known. `within`: the path of the object that it is
    /// an attribute of; `None` for the root.
    pub fn validate(&self, field: &Field<T>, within: Option<&Path>, report: &mut Diagnostics) {
        let Field::Known(value) = field else { return };
        let at = Path::within(within, self.name);
        if let Some(validator) = self.validator {
            validator(value, &at, report);
        }
        value.validate(&at, report);
    }
}

#[cfg(test)]
mod tests;
