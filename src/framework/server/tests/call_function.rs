//! Functions.

use crate::framework::diagnostic::Diagnostic;
use crate::framework::function::{Arguments, Function, FunctionError, Given, Param, Parameters};
use crate::framework::gadget::{Describe, Join, Shop};
use crate::framework::registry::{FunctionType, Registry};
use crate::framework::testing::{number, text};
use crate::framework::value::Value;

fn with_functions<T>(test: impl FnOnce(&FunctionType, &FunctionType) -> T) -> T {
    let mut registry = Registry::<Shop>::new();
    registry.function(Join);
    registry.function(Describe);
    test(registry.find_function("join").unwrap(), registry.find_function("describe").unwrap())
}

fn join<const N: usize>(arguments: [Value; N]) -> Result<Value, FunctionError> {
    with_functions(|join, _| join.call(arguments.into()))
}

/// The call fails with these words, blaming this argument.
#[track_caller]
fn check<const N: usize>(arguments: [Value; N], words: &str, argument: Option<usize>) {
    let error = join(arguments).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(error.argument(), argument);
}

#[test]
fn s103_a_function_takes_fixed_arguments_and_any_number_after_them() {
    assert_eq!(join([text("+")]), Ok(text("")));
    assert_eq!(join([text("+"), text("a")]), Ok(text("a")));
    assert_eq!(join([text("+"), text("a"), text("b")]), Ok(text("a+b")));
}

#[test]
fn s103_null_is_an_argument_only_where_the_parameter_says_so() {
    assert_eq!(join([Value::Null, text("a"), text("b")]), Ok(text("a-b")));
    check([text("+"), text("a"), Value::Null], "\"part\" must not be null", Some(2));
}

#[test]
fn s103_an_error_blames_an_argument_counted_from_the_first() {
    check([text("+"), text("a"), text("")], "Leave it out", Some(2));
    check([text("+"), number("1")], "\"part\" does not fit: a number where a string was expected", Some(1));
    check([], "needs an argument \"between\"", None);
    with_functions(|_, describe| {
        let error = describe.call(vec![Value::Null, Value::Null]).unwrap_err();
        assert!(error.to_string().contains("takes fewer arguments: 1"), "{error}");
        assert_eq!(error.argument(), Some(1));
    });
}

#[test]
fn s103_of_something_unknown_the_value_is_unknown_unless_the_function_takes_that() {
    assert_eq!(join([text("+"), Value::Unknown]), Ok(Value::Unknown));
    assert_eq!(join([Value::Unknown, text("")]), Ok(Value::Unknown));
    let described = |value| with_functions(|_, describe| describe.call(vec![value]));
    assert_eq!(described(Value::Unknown), Ok(Value::set(vec![text("unknown")])));
    assert_eq!(described(Value::Null), Ok(Value::set(vec![text("null")])));
    assert_eq!(described(Value::List(vec![Value::Unknown])), Ok(Value::set(vec![text("known")])));
}

/// A function whose author made mistakes.
struct Broken;

struct BrokenArgs;

impl Arguments for BrokenArgs {
    fn parameters() -> Parameters {
        let parameter = |name| Param::<String>::new(name, "").declare();
        Parameters { positional: vec![parameter("1st"), parameter("a")], variadic: Some(parameter("a")) }
    }

    fn read(_: &mut Given) -> Result<Self, FunctionError> {
        Ok(Self)
    }
}

impl Function for Broken {
    const NAME: &'static str = "To-Do";
    const SUMMARY: &'static str = "";
    const DESCRIPTION: &'static str = "";
    type Args = BrokenArgs;
    type Return = String;

    fn call(&self, _: BrokenArgs) -> Result<String, FunctionError> {
        Ok(String::new())
    }
}

#[test]
fn s45_names_of_functions_and_parameters_are_identifiers_and_used_once() {
    let mut registry = Registry::<Shop>::new();
    registry.function(Join);
    registry.function(Describe);
    assert!(registry.problems().is_empty());
    registry.function(Join);
    registry.function(Broken);
    let problems = registry.problems();
    let details: Vec<&str> = problems.iter().map(|problem: &Diagnostic| problem.detail.as_str()).collect();
    let words = [
        "function join is registered twice",
        "\"To-Do\" is wrong: a name",
        "\"1st\" is not",
        "\"a\" is there twice",
    ];
    assert_eq!(details.len(), words.len(), "{details:?}");
    assert!(details.iter().zip(words).all(|(detail, words)| detail.contains(words)), "{details:?}");
}
