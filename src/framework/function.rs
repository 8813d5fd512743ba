//! What a function does: a value from its arguments, and nothing else in the world.

use std::marker::PhantomData;

use super::attribute::AttributeValue;
use super::mismatch::Mismatch;
use super::value::{Field, Type, Value};

/// A function of the provider. Registered in `provider.rs`. Works without a configured provider.
pub trait Function: Send + Sync + 'static {
    /// Its name, without the provider's.
    const NAME: &'static str;
    /// What it is good for, in one line.
    const SUMMARY: &'static str;
    /// What it does, in Markdown.
    const DESCRIPTION: &'static str;
    /// If it should no longer be used: what to use instead.
    const DEPRECATED: Option<&'static str> = None;
    /// What it takes.
    type Args: Arguments;
    /// What it gives.
    type Return: AttributeValue;

    /// The value for `args`: same arguments, same value. The error is what the practitioner reads, beside the
    /// name of the function.
    fn call(&self, args: Self::Args) -> Result<Self::Return, FunctionError>;
}

/// Why a function has no value for its arguments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    text: String,
    argument: Option<usize>,
}

impl FunctionError {
    /// An error about the call as a whole: what is wrong, in sentences.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), argument: None }
    }

    /// The same error, blaming the argument at `index`, counted from 0 with those of a variadic parameter.
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        Self { argument: Some(index), ..self }
    }

    /// The argument to blame, if it is one.
    pub fn argument(&self) -> Option<usize> {
        self.argument
    }
}

/// A struct that stands for the arguments of a function.
///
/// Implemented by hand on top of [`Param`] handles: `parameters` declares them in the order in which `read`
/// reads them.
pub trait Arguments: Sized {
    /// The parameters it declares.
    fn parameters() -> Parameters;

    /// Reads it from `given`, which has as many arguments as the parameters ask for.
    fn read(given: &mut Given) -> Result<Self, FunctionError>;
}

/// The parameters of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// One for each argument, in order.
    pub positional: Vec<Parameter>,
    /// The one for all arguments that follow, if there may be more.
    pub variadic: Option<Parameter>,
}

impl Parameters {
    /// The parameter of the argument at `index`, if a call can have so many.
    pub fn of_argument(&self, index: usize) -> Option<&Parameter> {
        self.positional.get(index).or(self.variadic.as_ref())
    }

    /// Every parameter, the variadic one last.
    pub fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.positional.iter().chain(&self.variadic)
    }
}

/// The declaration of one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub description: &'static str,
    /// The type of its arguments.
    pub of: Type,
    /// Whether an argument may be null.
    pub allows_null: bool,
    /// Whether an argument may be unknown, as a whole or in part. If not, the value of the call is unknown.
    pub allows_unknown: bool,
}

/// A handle to one parameter. `T` says what an argument may be: a plain value, an [`Option`] for one that may
/// be null, or a [`Field`] for one that may be null or unknown.
#[derive(Debug)]
pub struct Param<T> {
    name: &'static str,
    description: &'static str,
    argument: PhantomData<fn() -> T>,
}

impl<T: Argument> Param<T> {
    /// The parameter `name`.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self { name, description, argument: PhantomData }
    }

    /// Its declaration.
    pub fn declare(&self) -> Parameter {
        Parameter {
            name: self.name,
            description: self.description,
            of: T::of(),
            allows_null: T::NULL,
            allows_unknown: T::UNKNOWN,
        }
    }

    /// Reads the next argument.
    pub fn read(&self, given: &mut Given) -> Result<T, FunctionError> {
        let (index, value) = given.take();
        let value = value.ok_or_else(|| {
            FunctionError::new(format!("The argument {:?} is missing.", self.name)).at(index)
        })?;
        T::read(&value).map_err(|misfit| {
            let place = misfit.path().map(|path| format!(" at {path}")).unwrap_or_default();
            FunctionError::new(format!("The argument {:?} does not fit{place}: {misfit}.", self.name))
                .at(index)
        })
    }

    /// Reads all arguments that are left: those of a variadic parameter.
    pub fn read_rest(&self, given: &mut Given) -> Result<Vec<T>, FunctionError> {
        let mut rest = Vec::new();
        while given.has_more() {
            rest.push(self.read(given)?);
        }
        Ok(rest)
    }
}

/// The arguments of one call, in order.
#[derive(Debug)]
pub struct Given {
    values: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Given {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self { values: values.into_iter(), taken: 0 }
    }

    /// The position of the next argument.
    pub fn position(&self) -> usize {
        self.taken
    }

    fn has_more(&self) -> bool {
        !self.values.as_slice().is_empty()
    }

    fn take(&mut self) -> (usize, Option<Value>) {
        let index = self.taken;
        self.taken += 1;
        (index, self.values.next())
    }
}

/// What an argument may be.
pub trait Argument: Sized {
    /// Whether it may be null.
    const NULL: bool;
    /// Whether it may be unknown.
    const UNKNOWN: bool;

    /// The type of its values.
    fn of() -> Type;

    /// Reads it from `value`.
    fn read(value: &Value) -> Result<Self, Mismatch>;
}

impl<T: AttributeValue> Argument for T {
    const NULL: bool = false;
    const UNKNOWN: bool = false;

    fn of() -> Type {
        T::kind().implied_type()
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        AttributeValue::read(value)
    }
}

impl<T: AttributeValue> Argument for Option<T> {
    const NULL: bool = true;
    const UNKNOWN: bool = false;

    fn of() -> Type {
        T::kind().implied_type()
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(None) } else { AttributeValue::read(value).map(Some) }
    }
}

impl<T: AttributeValue> Argument for Field<T> {
    const NULL: bool = true;
    const UNKNOWN: bool = true;

    fn of() -> Type {
        T::kind().implied_type()
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Unknown => Ok(Self::Unknown),
            known => AttributeValue::read(known).map(Self::Known),
        }
    }
}
