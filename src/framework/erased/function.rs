//! The twin of a function.

use crate::framework::attribute::AttributeValue;
use crate::framework::function::{Arguments, Function, FunctionError, Given};
use crate::framework::value::Value;

/// [`Function`], on values.
pub(crate) trait AnyFunction: Send + Sync {
    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

impl<F: Function> AnyFunction for F {
    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        Ok(Function::call(self, F::Args::read(&mut Given::new(arguments))?)?.write())
    }
}
