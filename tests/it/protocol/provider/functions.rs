//! The functions, called as a host calls them: on a process that is never configured.

use terraform_provider_tencentcloud::framework::value::{Number, Type, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::{DynamicValue, FunctionError, call_function};
use terraform_provider_tencentcloud::wire::msgpack;

use super::session::set;
use support::host::{Host, HostOptions};

/// The value of a call, or its error. Each argument comes with its type.
async fn call(
    name: &str,
    arguments: &[(Value, Type)],
    returns: &Type,
) -> Result<Value, Option<FunctionError>> {
    let host = Host::start(HostOptions::default()).await;
    let sent = |(value, of): &(Value, Type)| DynamicValue {
        msgpack: msgpack::encode(value, of).unwrap().into(),
        ..Default::default()
    };
    let request =
        call_function::Request { name: name.to_owned(), arguments: arguments.iter().map(sent).collect() };
    let reply = host.provider().call_function(request).await.unwrap().into_inner();
    let result = reply.result.ok_or(reply.error)?;
    Ok(msgpack::decode(&result.msgpack, returns).unwrap())
}

fn texts() -> Type {
    Type::List(Box::new(Type::String))
}

fn product() -> Type {
    let numbers = || Type::List(Box::new(Type::Number));
    Type::Object([("member_uins".to_owned(), numbers()), ("identity_ids".to_owned(), numbers())].into())
}

fn numbers(of: &[u64]) -> Value {
    Value::List(of.iter().map(|number| Value::Number(Number::from(*number))).collect())
}

#[tokio::test]
async fn s103_the_shipped_functions_give_their_values_to_an_unconfigured_host() {
    let of = Type::Set(Box::new(Type::Number));
    let sets = [(set(&[9_007_199_254_740_991, 100_000_000_001]), of.clone()), (set(&[27, 13]), of)];
    let id = call("grant_id", &sets, &Type::String).await;
    assert_eq!(id, Ok(Value::string("100000000001,9007199254740991#13,27")));

    let parsed = call("parse_grant_id", &[(id.unwrap(), Type::String)], &product()).await;
    let wanted = Value::Object(
        [
            ("member_uins".to_owned(), numbers(&[100_000_000_001, 9_007_199_254_740_991])),
            ("identity_ids".to_owned(), numbers(&[13, 27])),
        ]
        .into(),
    );
    assert_eq!(parsed, Ok(wanted));

    let keys = ["2#13", "1#13", "1#13", "3#27"].map(Value::string).to_vec();
    let groups = call("group_grants", &[(Value::List(keys), texts())], &Type::Map(Box::new(product()))).await;
    let Ok(Value::Map(groups)) = groups else { panic!("{groups:?}") };
    assert_eq!(groups.keys().collect::<Vec<_>>(), ["13", "27"]);
    let Value::Object(first) = &groups["13"] else { panic!("{groups:?}") };
    assert_eq!((&first["member_uins"], &first["identity_ids"]), (&numbers(&[1, 2]), &numbers(&[13])));
}

#[tokio::test]
async fn s103_a_shipped_function_blames_the_argument_and_the_place() {
    let of = || Type::Set(Box::new(Type::Number));
    let cases = [
        ("grant_id", vec![(set(&[1]), of()), (set(&[]), of())], 1, "identity_ids is empty."),
        ("parse_grant_id", vec![(Value::string("7"), Type::String)], 0, "it names no identities"),
        (
            "group_grants",
            vec![(Value::List(vec![Value::string("1#2"), Value::Null]), texts())],
            0,
            "keys[1] is null.",
        ),
    ];
    for (name, arguments, argument, words) in cases {
        let error = call(name, &arguments, &Type::String).await.unwrap_err().unwrap();
        assert_eq!(error.function_argument, Some(argument), "{}", error.text);
        assert!(error.text.contains(words), "{}", error.text);
    }
}
