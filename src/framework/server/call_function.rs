//! The value of a function. Needs no configured provider.

use crate::framework::function::FunctionError;
use crate::framework::registry::FunctionType;
use crate::framework::value::{Type, Value};

impl FunctionType {
    /// The type that the argument at `index` must have; there may be none.
    pub fn argument_type(&self, index: usize) -> Result<&Type, FunctionError> {
        let parameter = self.parameters.of_argument(index);
        parameter.map(|parameter| &parameter.of).ok_or_else(|| {
            let most = self.parameters.positional.len();
            FunctionError::new(format!("The function {:?} takes fewer arguments: {most}.", self.name))
                .at(index)
        })
    }

    /// The value for `arguments`, each of its [`FunctionType::argument_type`]. Unknown where an argument is
    /// unknown that must not be.
    pub fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        if let Some(missing) = self.parameters.positional.get(arguments.len()) {
            let text = format!("The function {:?} needs an argument {:?}.", self.name, missing.name);
            return Err(FunctionError::new(text));
        }
        let mut unknown = false;
        for (index, argument) in arguments.iter().enumerate() {
            self.argument_type(index)?;
            let Some(parameter) = self.parameters.of_argument(index) else { continue };
            if argument.is_null() && !parameter.allows_null {
                let text = format!("The argument {:?} must not be null.", parameter.name);
                return Err(FunctionError::new(text).at(index));
            }
            unknown |= !parameter.allows_unknown && !argument.is_wholly_known();
        }
        if unknown { Ok(Value::Unknown) } else { self.function.call(arguments) }
    }
}
