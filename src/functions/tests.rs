//! The functions as the provider has them registered.

use crate::framework::attribute::{AttributeValue as _, Set};
use crate::framework::function::Function;
use crate::framework::registry::{FunctionType, Registry};
use crate::framework::value::{Field, Number, Object, Value};
use crate::functions::{GrantId, GroupGrants, ParseGrantId};

/// The value of the call, or the argument to blame and the start of the error's text.
#[track_caller]
fn check<F: Function>(function: F, arguments: Vec<Value>, wanted: Result<Value, (usize, &str)>) {
    let mut registry = Registry::<()>::new();
    registry.function(function);
    let function: &FunctionType = registry.functions().next().unwrap();
    match (function.call(arguments), wanted) {
        (Ok(value), Ok(wanted)) => assert_eq!(value, wanted),
        (Err(error), Err((argument, text))) => {
            assert_eq!(error.argument(), Some(argument), "{error}");
            assert!(error.to_string().starts_with(text), "{error}");
            assert!(error.to_string().len() < 500, "{error}");
        }
        (value, wanted) => panic!("{value:?} instead of {wanted:?}"),
    }
}

fn number(text: &str) -> Field<Number> {
    Field::Known(text.parse().unwrap())
}

fn set(texts: &[&str]) -> Value {
    Set(texts.iter().map(|text| number(text)).collect()).write()
}

fn text(text: &str) -> Value {
    Value::string(text)
}

fn texts(of: &[&str]) -> Value {
    Value::List(of.iter().map(|key| text(key)).collect())
}

fn product(members: &[u64], identities: &[u64]) -> Value {
    let list = |numbers: &[u64]| {
        Value::List(numbers.iter().map(|number| Value::Number(Number::from(*number))).collect())
    };
    Value::Object(Object::from([
        ("member_uins".to_owned(), list(members)),
        ("identity_ids".to_owned(), list(identities)),
    ]))
}

fn groups(of: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Map(of.into_iter().map(|(key, group)| (key.to_owned(), group)).collect())
}

#[test]
fn an_id_is_written_in_one_form() {
    let id = |members, identities, wanted| check(GrantId, vec![members, identities], wanted);
    id(
        set(&["100000000002", "100000000001"]),
        set(&["27", "13"]),
        Ok(text("100000000001,100000000002#13,27")),
    );
    id(set(&["1.0", "9007199254740991"]), set(&["1"]), Ok(text("1,9007199254740991#1")));
    id(Value::Unknown, set(&["1"]), Ok(Value::Unknown));
    id(set(&["1"]), Value::Set(vec![Value::Unknown]), Ok(Value::Unknown));
}

#[test]
fn what_is_no_part_of_an_id_is_blamed_on_its_argument() {
    let id = |members, identities, argument, text| {
        check(GrantId, vec![members, identities], Err((argument, text)));
    };
    let one = || set(&["1"]);
    id(set(&[]), one(), 0, "member_uins is empty. List at least one member UIN.");
    id(one(), set(&[]), 1, "identity_ids is empty. List at least one identity id.");
    id(Value::Null, one(), 0, "The argument \"member_uins\" must not be null.");
    id(one(), Value::Set(vec![Value::Null]), 1, "identity_ids contains a null. ");
    id(one(), set(&["0"]), 1, "identity_ids contains 0. Every element must be a whole number from 1 to 90");
    id(set(&["-3"]), one(), 0, "member_uins contains -3. ");
    id(set(&["1.5"]), one(), 0, "member_uins contains 1.5. ");
    id(set(&["9007199254740992"]), one(), 0, "member_uins contains 9007199254740992. ");
    id(set(&[&"9".repeat(4000)]), one(), 0, "member_uins contains 99999999");
}

#[test]
fn an_id_is_taken_apart_in_order() {
    check(ParseGrantId, vec![text("100000000001#13")], Ok(product(&[100_000_000_001], &[13])));
    check(ParseGrantId, vec![text(" 2 ,1, 2 # 27,13 ")], Ok(product(&[1, 2], &[13, 27])));
    check(ParseGrantId, vec![Value::Unknown], Ok(Value::Unknown));
}

#[test]
fn what_is_no_id_is_told_with_its_fault() {
    let wrong = |id: &str, told: &str| {
        let form = "which is not of the form MEMBER_UIN[,MEMBER_UIN…]#IDENTITY_ID[,IDENTITY_ID…]";
        check(ParseGrantId, vec![text(id)], Err((0, &format!("id is {id:?}, {form}: {told}"))));
    };
    wrong("", "it is empty");
    wrong("100000000001", "it names no identities");
    wrong("#13", "there is no member UIN before the `#`");
    wrong("1#2#3", "it has more than one `#`");
    wrong("1,,2#3", "there is nothing between two commas");
    wrong("1#9007199254740992", "`9007199254740992` is not a whole number between 1 and 9007199254740991");
    check(ParseGrantId, vec![Value::Null], Err((0, "The argument \"id\" must not be null.")));
    check(ParseGrantId, vec![text(&"9".repeat(100_000))], Err((0, "id is \"99999")));
    check(ParseGrantId, vec![text("\u{1b}[2J#1")], Err((0, "id is \"\\u{1b}[2J#1\"")));
}

#[test]
fn grants_are_grouped_for_blocks() {
    let group = |keys: &[&str], wanted| check(GroupGrants, vec![texts(keys)], Ok(groups(wanted)));
    group(&[], vec![]);
    group(
        &["2#13", "1#13", "3#27", "1#13"],
        vec![("13", product(&[1, 2], &[13])), ("27", product(&[3], &[27]))],
    );
    group(
        &["1,2#13,27", "3#13,27", "4#13"],
        vec![("13", product(&[4], &[13])), ("13,27", product(&[1, 2, 3], &[13, 27]))],
    );
    check(GroupGrants, vec![Value::List(vec![text("1#13"), Value::Unknown])], Ok(Value::Unknown));
}

#[test]
fn a_key_that_is_none_is_told_with_its_place() {
    let group = |keys, told| check(GroupGrants, vec![keys], Err((0, told)));
    group(Value::Null, "The argument \"keys\" must not be null.");
    group(Value::List(vec![text("1#13"), Value::Null]), "keys[1] is null. Leave it out.");
    group(texts(&["1#13", "2#13", "x#1"]), "keys[2] is \"x#1\", which is not of the form MEMBER_UIN");
    group(texts(&["100000000001"]), "keys[0] is \"100000000001\", which is not of the form MEMBER_UIN");
    let list = |from: u64| (from..from + 1_001).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let large = format!("{}#{}", list(1), list(1));
    group(texts(&["1#1", &large]), "With keys[1], there are more than 1000000 grants. ");
}
