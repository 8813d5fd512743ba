//! Judging a configuration.

use super::{error_paths, with_resource};
use crate::framework::testing::{map, number, object, text, thing};
use crate::framework::value::{Object, Value};

#[track_caller]
fn check(config: &Object, write_only_allowed: bool, paths: &[&str]) {
    let report = with_resource(|_, _| {}, |resource| resource.validate(config, write_only_allowed));
    assert_eq!(error_paths(&report), paths);
}

#[test]
fn s91_a_write_only_value_is_refused_where_the_host_would_store_it() {
    check(&thing([("name", text("a")), ("secret", text("hush"))]), false, &["secret"]);
    check(&thing([("name", text("a")), ("secret", Value::Unknown)]), false, &["secret"]);
    check(&thing([("name", text("a")), ("secret", text("hush"))]), true, &[]);
    check(&thing([("name", text("a"))]), false, &[]);
}

#[test]
fn s92_unknown_at_any_depth_is_no_error() {
    let item = object([("key", Value::Unknown), ("hash", Value::Null)]);
    check(
        &thing([
            ("name", Value::Unknown),
            ("numbers", Value::set(vec![Value::Unknown, number("1")])),
            ("one", item.clone()),
            ("list", Value::List(vec![item.clone(), Value::Unknown])),
            ("set", Value::Unknown),
            ("map", map([("m", item), ("n", Value::Unknown)])),
            ("rules", Value::Unknown),
            ("ports", Value::Unknown),
        ]),
        true,
        &[],
    );
}

#[test]
fn a_required_argument_that_is_null_in_a_nested_attribute_is_named() {
    let item = || object([("key", Value::Null), ("hash", Value::Null)]);
    check(
        &thing([
            ("name", text("a")),
            ("list", Value::List(vec![item()])),
            ("set", Value::set(vec![item()])),
            ("map", map([("m", item())])),
        ]),
        true,
        &["list[0].key", "set", "map[\"m\"].key"],
    );
}

#[test]
fn what_the_resource_finds_wrong_is_told() {
    check(&thing([("name", text("bad"))]), true, &["name"]);
}
