//! Applying: what is kept when something fails.

use tokio_util::sync::CancellationToken;

use super::{apply, error_paths};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::Registry;
use crate::framework::resource::{Cx, StateSlot};
use crate::framework::testing::{Fake, Raw, Thing, World, map, number, object, text, thing, with};
use crate::framework::value::{Object, Value};

/// An operation that saves `states` one after the other and then ends as `end` says.
fn saving(states: Vec<Object>, end: impl Fn() -> Result<(), Diagnostics> + Send + Sync + 'static) -> World {
    World::applying(move |_, _, _, slot| {
        for state in &states {
            slot.save(Raw::new(state.clone()));
        }
        let end = end();
        Box::pin(async move { end })
    })
}

fn refused() -> Result<(), Diagnostics> {
    Err(Diagnostic::error("Refused", "").into())
}

fn planned() -> Object {
    thing([("name", text("a")), ("id", Value::Unknown), ("size", Value::Unknown), ("made", Value::Unknown)])
}

fn made() -> Object {
    with(planned(), [("id", text("i")), ("size", number("1")), ("made", Value::Null)])
}

#[tokio::test]
async fn s80_a_faithful_apply_passes() {
    let answer = apply(saving(vec![made()], || Ok(())), None, Some(&planned()), None).await;
    assert_eq!((answer.value, answer.report), (Some(made()), Diagnostics::new()));
}

/// A success whose state has `value` instead of what was planned is a bug, blamed on `path`, and is stored
/// all the same.
#[track_caller]
fn check_breach(name: &'static str, plan: Value, value: Value, path: &str) {
    let planned = with(planned(), [(name, plan)]);
    let state = with(made(), [(name, value.clone())]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(apply(saving(vec![state], || Ok(())), None, Some(&planned), None));
    assert_eq!(error_paths(&answer.report), [path]);
    assert_eq!(answer.value.unwrap()[name], value.with_unknown_as_null());
}

#[test]
fn s80_a_value_that_was_planned_and_not_kept_is_a_bug_with_a_path() {
    let numbers = |texts: &[&str]| Value::set(texts.iter().map(|text| number(text)).collect());
    let item = |key| object([("key", text(key)), ("hash", text("h"))]);
    check_breach("name", text("a"), text("b"), "name");
    check_breach("size", Value::Null, number("1"), "size");
    check_breach("numbers", numbers(&["1", "2"]), numbers(&["1"]), "numbers");
    check_breach("numbers", numbers(&["1"]), numbers(&["1", "2"]), "numbers");
    check_breach("list", Value::List(vec![item("k")]), Value::List(vec![item("l")]), "list[0].key");
    check_breach("list", Value::List(vec![item("k")]), Value::List(Vec::new()), "list");
    check_breach("map", map([("m", item("k"))]), map([("n", item("k"))]), "map");
    check_breach("map", map([("m", item("k"))]), map([("m", item("l"))]), "map[\"m\"].key");
}

#[test]
fn s80_an_unknown_value_left_after_success_is_a_bug_with_a_path() {
    check_breach("id", Value::Unknown, Value::Unknown, "id");
    let hash = |hash| map([("m", object([("key", text("k")), ("hash", hash)]))]);
    check_breach("map", hash(Value::Unknown), hash(Value::Unknown), "map[\"m\"].hash");
}

#[tokio::test]
async fn s80_unknown_elements_of_a_set_may_become_equal() {
    let planned =
        with(planned(), [("numbers", Value::set(vec![Value::Unknown, Value::Unknown, number("1")]))]);
    let state = with(made(), [("numbers", Value::set(vec![number("1"), number("2")]))]);
    let answer = apply(saving(vec![state], || Ok(())), None, Some(&planned), None).await;
    assert_eq!(answer.report, Diagnostics::new());
}

#[tokio::test]
async fn s80_an_element_of_a_set_may_keep_several_planned_ones_as_the_host_allows() {
    let item = |key: Value| object([("key", key), ("hash", text("h"))]);
    let plan = Value::set(vec![item(text("a")), item(Value::Unknown), item(Value::Unknown)]);
    let made_of = |keys: &[&str]| Value::set(keys.iter().map(|key| item(text(key))).collect());
    for (keys, kept) in
        [(&["a", "b", "c"][..], true), (&["a", "b"], true), (&["a"], true), (&["b", "c"], false)]
    {
        let state = with(made(), [("set", made_of(keys))]);
        let planned = with(planned(), [("set", plan.clone())]);
        let answer = apply(saving(vec![state], || Ok(())), None, Some(&planned), None).await;
        assert_eq!(answer.report.is_empty(), kept, "{keys:?}: {:?}", answer.report);
    }
}

#[tokio::test]
async fn s80_unknown_elements_of_a_set_stay_as_few() {
    let planned = with(planned(), [("numbers", Value::set(vec![Value::Unknown]))]);
    let state = with(made(), [("numbers", Value::set(vec![number("1"), number("2")]))]);
    let answer = apply(saving(vec![state], || Ok(())), None, Some(&planned), None).await;
    assert_eq!(error_paths(&answer.report), ["numbers"]);
}

#[tokio::test]
async fn s80_success_without_a_state_is_a_bug_and_leaves_the_prior_one() {
    for prior in [None, Some(made())] {
        let answer = apply(saving(vec![], || Ok(())), prior.as_ref(), Some(&planned()), None).await;
        assert_eq!(answer.value, prior);
        assert!(answer.report.has_errors());
    }
}

#[tokio::test]
async fn s81_after_a_delete_there_is_nothing() {
    let answer = apply(saving(vec![], || Ok(())), Some(&made()), None, None).await;
    assert_eq!((answer.value, answer.report), (None, Diagnostics::new()));
}

#[tokio::test]
async fn s82_a_create_that_failed_half_way_leaves_what_it_made() {
    let half = with(made(), [("size", Value::Null)]);
    let answer = apply(saving(vec![planned(), half.clone()], refused), None, Some(&planned()), None).await;
    assert_eq!(answer.value, Some(half));
    assert!(answer.report.has_errors());
}

#[tokio::test]
async fn s82_a_create_that_made_nothing_leaves_nothing() {
    let answer = apply(saving(vec![], refused), None, Some(&planned()), None).await;
    assert_eq!(answer.value, None);
    assert!(answer.report.has_errors());
}

#[tokio::test]
async fn s82_a_create_that_panicked_half_way_leaves_what_it_made() {
    let world = World::applying(|_, _, _, slot| {
        Box::pin(async {
            slot.save(Raw::new(made()));
            panic!("half way")
        })
    });
    let answer = apply(world, None, Some(&planned()), None).await;
    assert_eq!(answer.value, Some(made()));
    assert!(answer.report.iter().any(|error| error.detail.contains("half way")), "{:?}", answer.report);
}

#[tokio::test]
async fn s83_a_failed_update_leaves_what_exists() {
    let prior = made();
    let half = with(made(), [("size", number("2"))]);
    let saved = apply(saving(vec![half.clone()], refused), Some(&prior), Some(&planned()), None).await;
    assert_eq!(saved.value, Some(half));
    let unsaved = apply(saving(vec![], refused), Some(&prior), Some(&planned()), None).await;
    assert_eq!(unsaved.value, Some(prior));
}

#[tokio::test]
async fn s83_a_failed_delete_leaves_what_remains() {
    let prior = made();
    let rest = with(made(), [("numbers", Value::set(vec![number("1")]))]);
    let saved = apply(saving(vec![rest.clone()], refused), Some(&prior), None, None).await;
    assert_eq!(saved.value, Some(rest));
    let unsaved = apply(saving(vec![], refused), Some(&prior), None, None).await;
    assert_eq!(unsaved.value, Some(prior));
}

#[tokio::test]
async fn s84_what_a_failure_leaves_has_no_unknown_value() {
    let half = with(
        planned(),
        [
            ("numbers", Value::set(vec![number("1"), Value::Unknown])),
            ("map", map([("m", object([("key", text("k")), ("hash", Value::Unknown)]))])),
            ("rules", Value::Unknown),
        ],
    );
    let answer = apply(saving(vec![half], refused), None, Some(&planned()), None).await;
    let state = answer.value.unwrap();
    assert!(state.values().all(Value::is_wholly_known), "{state:?}");
    assert_eq!(state["id"], Value::Null);
}

#[tokio::test]
async fn s69_absent_blocks_are_empty_after_an_apply() {
    let mut bare = made();
    for name in ["rules", "ports", "single"] {
        bare.remove(name);
    }
    let answer = apply(saving(vec![bare], || Ok(())), None, Some(&planned()), None).await;
    assert_eq!((answer.value, answer.report), (Some(made()), Diagnostics::new()));
}

#[tokio::test]
async fn an_error_that_says_nothing_is_made_to_say_so() {
    let answer = apply(saving(vec![], || Err(Diagnostics::new())), None, Some(&planned()), None).await;
    assert!(answer.report.has_errors());
}

#[tokio::test]
async fn warnings_come_with_success_and_with_failure() {
    fn warn<'a>(
        cx: &'a Cx<'a, World>,
        slot: &'a mut StateSlot<Thing>,
        end: Result<(), Diagnostics>,
    ) -> Result<(), Diagnostics> {
        cx.warn(Diagnostic::warning("Mind", ""));
        slot.save(Raw::new(made()));
        end
    }
    let success = World::applying(|cx, _, _, slot| Box::pin(async { warn(cx, slot, Ok(())) }));
    let failure = World::applying(|cx, _, _, slot| Box::pin(async { warn(cx, slot, refused()) }));
    for (world, messages) in [(success, 1), (failure, 2)] {
        let answer = apply(world, None, Some(&planned()), None).await;
        assert_eq!(answer.report.iter().count(), messages);
        assert_eq!(answer.report.iter().next().unwrap().summary, "Mind");
    }
}

#[tokio::test]
async fn s90_an_apply_sees_the_write_only_value_and_stores_null() {
    let config = thing([("name", text("a")), ("secret", text("hush"))]);
    let world = World::applying(|_, _, planned, slot| {
        assert_eq!(planned.unwrap()["secret"], text("hush"));
        slot.save(Raw::new(with(made(), [("secret", text("hush"))])));
        Box::pin(async { Ok(()) })
    });
    let answer = apply(world, None, Some(&planned()), Some(&config)).await;
    assert_eq!((answer.value, answer.report), (Some(made()), Diagnostics::new()));
}

#[tokio::test]
async fn the_token_of_an_operation_is_the_one_given() {
    let mut registry = Registry::new();
    registry.resource(Fake::plain());
    let world = World::applying(|cx, _, _, slot| {
        Box::pin(async {
            cx.stop().cancelled().await;
            slot.save(Raw::new(made()));
            refused()
        })
    });
    let stop = CancellationToken::new();
    stop.cancel();
    let resource = registry.find_resource("fake_thing").unwrap();
    let answer =
        resource.apply(&Configured::Ready(world), &stop, Vec::new(), None, Some(planned()), None).await;
    assert_eq!(answer.value, Some(made()));
}
