//! Functions.

use super::Shared;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::function::FunctionError;
use crate::framework::provider::Provider;
use crate::framework::registry::FunctionType;
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;
use crate::wire::{from_proto, to_proto};

impl<P: Provider> Shared<P> {
    pub(super) fn get_functions(&self) -> proto::get_functions::Response {
        let function = |function: &FunctionType| (function.name.to_owned(), to_proto::function(function));
        proto::get_functions::Response {
            functions: self.server.functions().map(function).collect(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn call_function(
        &self,
        request: &proto::call_function::Request,
    ) -> Result<proto::call_function::Response, Diagnostics> {
        let function = self.server.function(&request.name)?;
        let called = arguments(function, &request.arguments).and_then(|arguments| function.call(arguments));
        Ok(match called {
            Ok(value) => proto::call_function::Response {
                result: Some(to_proto::value(&value, &function.returns)?),
                error: None,
            },
            Err(error) => {
                proto::call_function::Response { result: None, error: Some(to_proto::function_error(&error)) }
            }
        })
    }
}

/// What was sent for each argument; nothing stands for null.
fn arguments(function: &FunctionType, sent: &[proto::DynamicValue]) -> Result<Vec<Value>, FunctionError> {
    let argument = |(index, sent): (usize, &proto::DynamicValue)| {
        let of = function.argument_type(index)?;
        from_proto::value(Some(sent), of).map_err(|misfit| {
            let told = misfit.diagnostic("Argument does not fit");
            FunctionError::new(format!(
                "The argument does not have the type that it should have. {}",
                told.detail
            ))
            .at(index)
        })
    };
    sent.iter().enumerate().map(argument).collect()
}
