//! Planning: what core would refuse is never sent.

use super::{error_paths, plan, plan_as, with_resource};
use crate::framework::diagnostic::Diagnostic;
use crate::framework::path::{Path, Step};
use crate::framework::resource::{Change, Planned};
use crate::framework::server::PlanRequest;
use crate::framework::testing::{Thing, map, number, object, text, thing, with};
use crate::framework::value::{Object, Value};

fn known(key: &str, hash: Value) -> Value {
    object([("key", text(key)), ("hash", hash)])
}

fn created(config: &Object) -> Object {
    plan(None, config, config).state.unwrap()
}

#[test]
fn s66_in_a_create_plan_what_is_computed_and_not_set_is_unknown_at_every_depth() {
    let rule = |handle| object([("port", number("1")), ("handle", handle)]);
    let config = |inner: &Value| {
        thing([
            ("name", text("a")),
            ("one", known("k", inner.clone())),
            ("list", Value::List(vec![known("k", inner.clone())])),
            ("set", Value::set(vec![known("k", inner.clone()), known("l", inner.clone())])),
            ("map", map([("m", known("k", inner.clone()))])),
            ("rules", Value::List(vec![rule(inner.clone())])),
            ("ports", Value::set(vec![rule(inner.clone())])),
            ("single", rule(inner.clone())),
        ])
    };
    let computed = [("id", Value::Unknown), ("size", Value::Unknown), ("made", Value::Unknown)];
    assert_eq!(created(&config(&Value::Null)), with(config(&Value::Unknown), computed));
}

#[test]
fn s66_a_resource_may_plan_a_deliberate_value_for_what_is_computed() {
    let config = thing([("name", text("a"))]);
    let decide = |_: &Change<Thing>, planned: &mut Planned<Thing>| {
        planned.state.0.insert("id".to_owned(), text("id-a"));
    };
    let planned = plan_as(decide, None, &config, &config).unwrap().state.unwrap();
    assert_eq!(planned["id"], text("id-a"));
    assert_eq!(planned["size"], Value::Unknown);
}

/// A plan in which the resource puts `value` where the configuration has something else is a bug, blamed on
/// `path`.
#[track_caller]
fn check_breach(name: &'static str, value: Value, config: &Object, path: &str) {
    let spoil = move |_: &Change<Thing>, planned: &mut Planned<Thing>| {
        planned.state.0.insert(name.to_owned(), value.clone());
    };
    let report = plan_as(spoil, None, config, config).unwrap_err();
    assert_eq!(error_paths(&report), [path]);
    assert!(report.iter().all(|breach| breach.summary == "Bug in the provider"), "{report:?}");
}

#[test]
fn s67_a_plan_that_departs_from_the_configuration_is_a_bug_with_a_path() {
    let config = thing([
        ("name", text("a")),
        ("numbers", Value::set(vec![number("1")])),
        ("one", known("k", Value::Null)),
        ("list", Value::List(vec![known("k", Value::Null)])),
        ("map", map([("m", known("k", Value::Null))])),
    ]);
    check_breach("name", text("b"), &config, "name");
    check_breach("name", Value::Unknown, &config, "name");
    check_breach("numbers", Value::set(vec![number("2")]), &config, "numbers");
    check_breach("one", known("other", Value::Null), &config, "one.key");
    check_breach("one", Value::Unknown, &config, "one");
    check_breach("list", Value::List(Vec::new()), &config, "list");
    check_breach("list", Value::List(vec![known("other", Value::Null)]), &config, "list[0].key");
    check_breach("map", map([("n", known("k", Value::Null))]), &config, "map");
    check_breach("map", map([("m", known("other", Value::Null))]), &config, "map[\"m\"].key");
}

#[test]
fn s67_a_plan_may_keep_the_prior_spelling_of_a_value() {
    let prior = thing([("name", text("NAME")), ("id", text("i")), ("size", number("1"))]);
    let config = thing([("name", text("name"))]);
    let proposed = with(prior.clone(), [("name", text("name"))]);
    let keep = |change: &Change<Thing>, planned: &mut Planned<Thing>| {
        planned.state = change.prior.clone().unwrap();
    };
    assert_eq!(plan_as(keep, Some(&prior), &proposed, &config).unwrap().state, Some(prior));
}

#[test]
fn s68_what_is_neither_set_nor_computed_stays_null() {
    let config = thing([("name", text("a"))]);
    assert_eq!(created(&config)["note"], Value::Null);
    check_breach("note", text("made up"), &config, "note");
    check_breach("one", known("k", Value::Null), &config, "one");
}

#[test]
fn s69_blocks_follow_the_configuration_and_absent_ones_are_empty() {
    let config = thing([("name", text("a"))]);
    let forget = |_: &Change<Thing>, planned: &mut Planned<Thing>| {
        for name in ["rules", "ports", "single"] {
            planned.state.0.remove(name);
        }
    };
    let planned = plan_as(forget, None, &config, &config).unwrap().state.unwrap();
    assert_eq!(planned["rules"], Value::List(Vec::new()));
    assert_eq!(planned["ports"], Value::Set(Vec::new()));
    assert_eq!(planned["single"], Value::Null);
    let rule = object([("port", number("1")), ("handle", Value::Null)]);
    check_breach("rules", Value::List(vec![rule]), &config, "rules");
    check_breach("rules", Value::Unknown, &config, "rules");
}

#[test]
fn s70_blocks_that_are_unknown_in_the_configuration_are_returned_unknown() {
    let config = thing([("name", text("a")), ("rules", Value::Unknown)]);
    assert_eq!(created(&config)["rules"], Value::Unknown);
    check_breach("rules", Value::List(Vec::new()), &config, "rules");
}

#[test]
fn s71_without_a_change_the_plan_is_the_prior_state() {
    let prior = thing([
        ("name", text("a")),
        ("id", text("i")),
        ("size", number("1")),
        ("set", Value::set(vec![known("k", text("h"))])),
    ]);
    let config = thing([("name", text("a")), ("set", Value::set(vec![known("k", Value::Null)]))]);
    assert_eq!(plan(Some(&prior), &prior, &config).state, Some(prior));
}

#[test]
fn s72_with_a_change_what_is_computed_is_unknown_unless_the_resource_knows_better() {
    let prior = thing([("name", text("a")), ("id", text("i")), ("size", number("1"))]);
    let config = thing([("name", text("b"))]);
    let proposed = with(prior.clone(), [("name", text("b"))]);
    let planned = plan(Some(&prior), &proposed, &config).state.unwrap();
    assert_eq!((&planned["id"], &planned["size"]), (&Value::Unknown, &Value::Unknown));
    let keep = |change: &Change<Thing>, planned: &mut Planned<Thing>| {
        planned.state.0.insert("id".to_owned(), change.prior.as_ref().unwrap().0["id"].clone());
    };
    let planned = plan_as(keep, Some(&prior), &proposed, &config).unwrap().state.unwrap();
    assert_eq!((&planned["id"], &planned["size"]), (&text("i"), &Value::Unknown));
}

fn replacing(path: Path) -> impl Fn(&Change<Thing>, &mut Planned<Thing>) + Send + Sync + 'static {
    move |_, planned| planned.replace.push(path.clone())
}

#[test]
fn s73_replacement_is_required_only_on_paths_that_exist_and_never_inside_a_set() {
    let prior = thing([
        ("name", text("a")),
        ("set", Value::set(vec![known("k", text("h"))])),
        ("list", Value::List(vec![known("k", text("h"))])),
    ]);
    let config = thing([("name", text("b")), ("set", Value::set(vec![known("k", Value::Null)]))]);
    let proposed = with(prior.clone(), [("name", text("b")), ("list", Value::Null)]);
    let required = |path: Path| plan_as(replacing(path), Some(&prior), &proposed, &config);
    let name = Path::attribute("name");
    assert_eq!(required(name.clone()).unwrap().replace, [name]);
    let inside =
        Path::attribute("set").then(Step::Key("k".to_owned())).then(Step::Attribute("key".to_owned()));
    assert_eq!(required(inside).unwrap().replace, [Path::attribute("set")]);
    let removed = Path::attribute("list").then(Step::Index(0)).then(Step::Attribute("key".to_owned()));
    assert_eq!(required(removed.clone()).unwrap().replace, [removed]);
    let nowhere = Path::attribute("list").then(Step::Index(7));
    assert_eq!(error_paths(&required(nowhere).unwrap_err()), ["list[7]"]);
}

/// Hosts follow a path into what is unknown; every part of it counts as changed.
#[test]
fn s73_replacement_may_be_required_below_what_is_unknown() {
    let prior = thing([
        ("name", text("a")),
        ("list", Value::List(vec![known("k", text("h"))])),
        ("made", map([("m", known("k", text("h")))])),
    ]);
    let config = thing([("name", text("a")), ("list", Value::Unknown), ("one", Value::Unknown)]);
    let required = |path: Path| plan_as(replacing(path), Some(&prior), &config, &config).unwrap().replace;
    let key = || Step::Attribute("key".to_owned());
    let below = |name: &str| Path::attribute(name.to_owned());
    assert_eq!(required(below("list").then(Step::Index(0)).then(key())), [below("list")]);
    assert_eq!(required(below("list").then(Step::Index(7)).then(key())), [below("list")]);
    assert_eq!(required(below("made").then(Step::Key("m".to_owned())).then(key())), [below("made")]);
    assert_eq!(required(below("one").then(key())), [below("one")]);
}

#[test]
fn s73_a_create_never_requires_replacement() {
    let config = thing([("name", text("a"))]);
    let planned = plan_as(replacing(Path::attribute("name")), None, &config, &config).unwrap();
    assert_eq!(planned.replace, []);
}

#[test]
fn s74_the_second_plan_of_a_replacement_is_a_create_plan() {
    let config = thing([("name", text("b"))]);
    let planned = plan_as(replacing(Path::attribute("name")), None, &config, &config).unwrap();
    assert_eq!(planned.replace, []);
    assert_eq!(planned.state.unwrap()["id"], Value::Unknown);
}

#[test]
fn s75_planning_twice_gives_the_same() {
    let prior = thing([("name", text("a")), ("id", text("i"))]);
    let config = thing([
        ("name", text("b")),
        ("set", Value::set(vec![known("l", Value::Null), known("k", Value::Unknown)])),
    ]);
    let proposed = with(config.clone(), [("id", text("i"))]);
    assert_eq!(plan(Some(&prior), &proposed, &config), plan(Some(&prior), &proposed, &config));
}

#[test]
fn s76_what_was_known_at_plan_time_is_the_same_when_unknowns_become_known() {
    let at_plan = thing([("name", text("a")), ("note", Value::Unknown), ("size", number("3"))]);
    let at_apply = with(at_plan.clone(), [("note", text("n"))]);
    let (first, last) = (created(&at_plan), created(&at_apply));
    assert_eq!(first["note"], Value::Unknown);
    for (name, value) in first.iter().filter(|(_, value)| value.is_wholly_known()) {
        assert_eq!(value, &last[name], "{name}");
    }
}

#[test]
fn s77_a_destroy_plans_nothing_and_asks_nobody() {
    let request = PlanRequest { prior: Some(thing([("name", text("a"))])), ..PlanRequest::default() };
    let planned = with_resource(|_, _| panic!("nobody asked"), |resource| resource.plan(&request));
    assert_eq!(planned.unwrap().state, None);
}

#[test]
fn s90_a_write_only_value_is_seen_in_the_configuration_and_null_in_the_plan() {
    let config = thing([("name", text("a")), ("secret", text("hush"))]);
    let seen = |change: &Change<Thing>, planned: &mut Planned<Thing>| {
        assert_eq!(change.config.0["secret"], text("hush"));
        assert_eq!(planned.state.0["secret"], Value::Null);
        planned.state.0.insert("secret".to_owned(), text("hush"));
    };
    let planned = plan_as(seen, None, &config, &config).unwrap().state.unwrap();
    assert_eq!(planned["secret"], Value::Null);
}

#[test]
fn s90_a_write_only_value_alone_is_no_change() {
    let prior = thing([("name", text("a")), ("id", text("i"))]);
    let config = thing([("name", text("a")), ("secret", text("hush"))]);
    let proposed = with(prior.clone(), [("secret", text("hush"))]);
    assert_eq!(plan(Some(&prior), &proposed, &config).state, Some(prior));
}

#[test]
fn a_warning_is_told_beside_the_bug_that_spoils_the_plan() {
    let prior = thing([("name", text("a"))]);
    let spoil = |change: &Change<Thing>, planned: &mut Planned<Thing>| {
        planned.report.push(Diagnostic::warning("Mind this", "").at(Path::attribute("size")));
        if change.prior.is_some() {
            planned.replace.push(Path::attribute("nowhere"));
        } else {
            planned.state.0.insert("name".to_owned(), text("other"));
        }
    };
    for (prior, bug) in [(None, "name"), (Some(&prior), "nowhere")] {
        let config = thing([("name", text("b"))]);
        assert_eq!(error_paths(&plan_as(spoil, prior, &config, &config).unwrap_err()), ["size", bug]);
    }
}

#[test]
fn an_error_of_the_resource_is_all_that_is_answered() {
    let config = thing([("name", text("a"))]);
    let refuse = |_: &Change<Thing>, planned: &mut Planned<Thing>| {
        planned.report.push(Diagnostic::error("No", "").at(Path::attribute("name")));
    };
    assert_eq!(error_paths(&plan_as(refuse, None, &config, &config).unwrap_err()), ["name"]);
}
