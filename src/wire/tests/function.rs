//! Functions, RPC by RPC, on a host that never configures anything.

use super::{host_of, packed};
use crate::framework::gadget::{Shop, Workshop};
use crate::framework::testing::text;
use crate::framework::value::{Type, Value};
use crate::proto::tfplugin6 as proto;
use crate::wire::{msgpack, types};

async fn call(name: &str, arguments: Vec<proto::DynamicValue>) -> proto::call_function::Response {
    let mut host = host_of(Workshop(Shop::closed()));
    let request = proto::call_function::Request { name: name.to_owned(), arguments };
    host.call_function(request).await.unwrap().into_inner()
}

fn sent(part: &str) -> proto::DynamicValue {
    packed(&text(part), &Type::String)
}

#[tokio::test]
async fn s45_functions_are_declared_with_their_parameters() {
    let mut host = host_of(Workshop(Shop::closed()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap().into_inner();
    assert_eq!(schema.diagnostics, []);
    let listed = host.get_functions(proto::get_functions::Request {}).await.unwrap().into_inner();
    assert_eq!(listed.functions, schema.functions);
    let metadata = host.get_metadata(proto::get_metadata::Request {}).await.unwrap().into_inner();
    let names: Vec<_> = metadata.functions.into_iter().map(|function| function.name).collect();
    assert_eq!(names, ["describe", "join"]);

    let join = &schema.functions["join"];
    let parameter = |parameter: &proto::function::Parameter| {
        (parameter.name.clone(), parameter.allow_null_value, parameter.allow_unknown_values)
    };
    assert_eq!(parameter(&join.parameters[0]), ("between".to_owned(), true, false));
    assert_eq!(parameter(join.variadic_parameter.as_ref().unwrap()), ("part".to_owned(), false, false));
    assert_eq!(join.r#return.as_ref().unwrap().r#type, types::encode(&Type::String));
    assert_eq!(join.deprecation_message, "Use another.");
    let describe = &schema.functions["describe"];
    assert_eq!(parameter(&describe.parameters[0]), ("thing".to_owned(), true, true));
    assert_eq!((&describe.variadic_parameter, describe.deprecation_message.as_str()), (&None, ""));
}

#[tokio::test]
async fn s103_a_call_needs_no_configured_provider_and_takes_an_empty_value_for_null() {
    let arguments = vec![proto::DynamicValue::default(), sent("a"), sent("b")];
    let reply = call("join", arguments).await;
    assert_eq!(reply.error, None);
    assert_eq!(msgpack::decode(&reply.result.unwrap().msgpack, &Type::String).unwrap(), text("a-b"));
}

#[tokio::test]
async fn s103_what_went_wrong_is_told_with_the_argument_to_blame() {
    let misfit = packed(&Value::Bool(true), &Type::Bool);
    for (arguments, argument, words) in [
        (vec![sent("+"), sent("")], Some(1), "A part is empty"),
        (vec![sent("+"), sent("a"), misfit], Some(2), "found a bool where a string should be"),
        (vec![], None, "needs an argument"),
        (vec![sent("+"), sent("panic")], None, "asked to panic"),
    ] {
        let reply = call("join", arguments).await;
        let error = reply.error.unwrap();
        assert_eq!((error.function_argument, reply.result), (argument, None));
        assert!(error.text.contains(words), "{}", error.text);
    }
}
