//! Configurations for what exists.

use super::with_resource;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::gadget::{Gadget, gadget};
use crate::framework::registry::Registry;
use crate::framework::testing::{map, number, object, text, thing, with};
use crate::framework::value::{Object, Value};

#[test]
fn s106_a_configuration_has_what_can_be_written_at_every_depth_and_is_valid() {
    let item = |hash| object([("key", text("k")), ("hash", hash)]);
    let port = |handle| object([("port", number("1")), ("handle", handle)]);
    let nested = |hash: Value, handle: Value| {
        [
            ("one", item(hash.clone())),
            ("list", Value::List(vec![item(hash.clone())])),
            ("set", Value::set(vec![item(hash.clone())])),
            ("map", map([("m", item(hash))])),
            ("single", port(handle.clone())),
            ("rules", Value::List(vec![port(handle.clone())])),
            ("ports", Value::set(vec![port(handle.clone())])),
        ]
    };
    let written = [("name", text("a")), ("note", text("")), ("size", number("3"))];
    let made = [("id", text("i")), ("made", map([("m", item(text("h")))])), ("secret", text("hush"))];
    let state = with(with(thing(written.clone()), made), nested(text("h"), text("x")));
    let config = with(thing(written), nested(Value::Null, Value::Null));
    with_resource(
        |_, _| {},
        |resource| {
            assert_eq!(resource.generate(state), config);
            assert_eq!(resource.validate(&config, true), Diagnostics::new());
        },
    );
}

#[test]
fn s106_elements_that_differ_only_in_what_nobody_writes_become_one() {
    let item = |hash| object([("key", text("k")), ("hash", hash)]);
    let state = thing([("name", text("a")), ("set", Value::set(vec![item(text("h")), item(text("i"))]))]);
    let config = thing([("name", text("a")), ("set", Value::set(vec![item(Value::Null)]))]);
    with_resource(|_, _| {}, |resource| assert_eq!(resource.generate(state), config));
}

#[test]
fn s106_what_is_deprecated_and_the_timeouts_are_left_out() {
    let mut registry = Registry::new();
    registry.resource(Gadget);
    let resource = registry.find_resource("fake_gadget").unwrap();
    let timeouts = object([("create", text("5m"))]);
    let state =
        gadget([("label", text("a")), ("serial", text("s1")), ("name", text("old")), ("timeouts", timeouts)]);
    let written = gadget([("label", text("a"))]);
    assert_eq!(resource.generate(state), written);
    assert_eq!(resource.generate(Object::from([("label".to_owned(), text("a"))])), written);
}
