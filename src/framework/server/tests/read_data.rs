//! Data sources.

use tokio_util::sync::CancellationToken;

use super::error_paths;
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::gadget::{Gadgets, Question, Shop, error};
use crate::framework::model::Model;
use crate::framework::path::Path;
use crate::framework::registry::{DataSourceType, Registry};
use crate::framework::schema::{Attribute, Block, Mode, Schema};
use crate::framework::server::Answer;
use crate::framework::testing::{Raw, map, number, object, plain, text, with};
use crate::framework::value::{Object, Type, Value};

fn with_gadgets<T>(test: impl FnOnce(&DataSourceType<Shop>) -> T) -> T {
    let mut registry = Registry::new();
    registry.data_source(Gadgets);
    test(registry.find_data_source("fake_gadgets").unwrap())
}

async fn read(shop: Shop, config: Object) -> Result<Answer<Object>, Diagnostics> {
    let mut registry = Registry::new();
    registry.data_source(Gadgets);
    let data_source = registry.find_data_source("fake_gadgets").unwrap();
    data_source.read(&Configured::Ready(shop), &CancellationToken::new(), Some(config)).await
}

/// The paths of what is wrong with an answer that differs from its question in `changes`.
async fn problems<const N: usize>(config: &Object, changes: [(&'static str, Value); N]) -> Vec<String> {
    let shop = Shop::looking(move |_, config| Ok(with(config, changes.clone())));
    match read(shop, config.clone()).await {
        Ok(_) => Vec::new(),
        Err(report) => {
            assert!(report.iter().all(|told| told.summary == "Bug in the provider"), "{report:?}");
            error_paths(&report)
        }
    }
}

fn question<const N: usize>(attributes: [(&str, Value); N]) -> Object {
    let (attributes_of, blocks) = (Raw::<Question>::attributes(), Raw::<Question>::blocks());
    let block = Block { description: String::new(), attributes: attributes_of, blocks };
    with(block.empty_object(), attributes)
}

fn item(key: &str, count: Value) -> Value {
    object([("key", text(key)), ("count", count)])
}

#[tokio::test]
async fn s102_an_answer_is_the_question_with_what_is_computed() {
    let serials = Value::List(vec![text("s1"), text("s2")]);
    let told = serials.clone();
    let shop = Shop::looking(move |cx, config| {
        cx.warn(Diagnostic::warning("Few", "Only two."));
        let mut answer = with(config, [("serials", told.clone())]);
        answer.remove("filter");
        Ok(answer)
    });
    let answer = read(shop, question([("label", text("a"))])).await.unwrap();
    assert_eq!(answer.value, question([("label", text("a")), ("serials", serials)]));
    assert_eq!(answer.report, Diagnostic::warning("Few", "Only two.").into());
}

#[tokio::test]
async fn s102_what_the_configuration_says_must_not_change() {
    let config = question([
        ("label", text("a")),
        ("wanted", Value::set(vec![item("x", Value::Null), item("y", Value::Null)])),
        ("ordered", Value::List(vec![item("x", Value::Null)])),
    ]);
    let found = |items: &[(&str, &str)]| items.iter().map(|(key, count)| item(key, number(count))).collect();
    let set = |items: &[(&str, &str)]| Value::set(found(items));
    let list = |items: &[(&str, &str)]| Value::List(found(items));
    let none: [&str; 0] = [];
    assert_eq!(problems(&config, []).await, none);
    assert_eq!(problems(&config, [("wanted", set(&[("x", "1"), ("y", "2")]))]).await, none);
    assert_eq!(problems(&config, [("label", text("b"))]).await, ["label"]);
    assert_eq!(problems(&config, [("label", Value::Null)]).await, ["label"]);
    assert_eq!(problems(&config, [("wanted", set(&[("x", "1"), ("z", "2")]))]).await, ["wanted"]);
    assert_eq!(problems(&config, [("wanted", set(&[("x", "1")]))]).await, ["wanted"]);
    assert_eq!(problems(&config, [("ordered", list(&[("z", "1")]))]).await, ["ordered[0].key"]);
    assert_eq!(problems(&config, [("ordered", list(&[("x", "1"), ("y", "1")]))]).await, ["ordered"]);
    assert_eq!(problems(&question([]), [("label", text("b"))]).await, ["label"]);
}

#[tokio::test]
async fn s102_an_answer_is_wholly_known() {
    let serials = Value::List(vec![text("s1"), Value::Unknown]);
    assert_eq!(problems(&question([]), [("serials", serials)]).await, ["serials[1]"]);
}

#[tokio::test]
async fn a_question_that_is_not_known_yet_is_not_asked() {
    let config = question([("label", Value::Unknown), ("wanted", Value::set(vec![Value::Unknown]))]);
    let report = read(Shop::closed(), config).await.unwrap_err();
    assert_eq!(error_paths(&report), ["label", "wanted"]);
    assert!(report.iter().all(|error| error.detail.contains("known only after apply")), "{report:?}");
}

#[tokio::test]
async fn a_failed_read_tells_its_warnings_too_and_a_panic_is_one_failure() {
    let shop = Shop::looking(|cx, _| {
        cx.warn(Diagnostic::warning("Slow", "It took long.").at(Path::attribute("label")));
        Err(error("Not found"))
    });
    let report = read(shop, question([])).await.unwrap_err();
    assert_eq!(report.iter().map(|told| told.summary.as_str()).collect::<Vec<_>>(), ["Slow", "Not found"]);
    assert!(read(Shop::closed(), question([])).await.unwrap_err().has_errors());
}

#[test]
fn a_configuration_is_judged_offline_and_with_paths() {
    with_gadgets(|gadgets| {
        let unnamed = question([("label", text("bad")), ("ordered", Value::List(vec![map([])]))]);
        let unnamed = with(unnamed, [("ordered", Value::List(vec![item("x", Value::Null), object([])]))]);
        assert_eq!(error_paths(&gadgets.validate(&unnamed)), ["ordered[1].key", "label"]);
        assert!(gadgets.validate(&question([("label", Value::Unknown)])).is_empty());
    });
}

#[test]
fn a_data_source_has_nothing_that_is_write_only() {
    let attribute = Attribute { write_only: true, ..plain("a", Type::String, Mode::Optional) };
    let schema = Schema { version: 0, block: Block { attributes: vec![attribute], ..Block::default() } };
    let problems = schema.problems_of_data_source("fake_gadgets");
    assert!(problems.iter().next().unwrap().detail.contains("data source \"fake_gadgets\""), "{problems:?}");
    assert!(schema.problems_of_resource("fake_gadgets").is_empty());
}
