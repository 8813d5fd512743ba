//! Values on their way in and out.

use super::{configured, host_of, named, obedient, received, sent, sent_null, type_name};
use crate::framework::testing::{FakeProvider, World, text, thing, with};
use crate::framework::value::{Object, Value};
use crate::proto::tfplugin6 as proto;

/// A world in which a thing is found as it was known, its id spelled in decomposed form.
fn decomposed() -> World {
    World::reading(|_, known| {
        Box::pin(async { Ok(Some(with(known, [("id", Value::String("cafe\u{301}".to_owned()))]))) })
    })
}

async fn read(world: World, current_state: Option<proto::DynamicValue>) -> proto::read_resource::Response {
    let request =
        proto::read_resource::Request { type_name: type_name(), current_state, ..Default::default() };
    configured(world).await.read_resource(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn s61_a_value_may_come_as_json_or_not_at_all() {
    let json = br#"{"name":"a","note":null,"size":null,"id":null,"numbers":null,"secret":null,"one":null,"list":null,
        "set":null,"map":null,"made":null,"single":null,"rules":[],"ports":[]}"#;
    let same = || World::reading(|_, known| Box::pin(async { Ok(Some(known)) }));
    let as_json = proto::DynamicValue { json: json.to_vec().into(), ..Default::default() };
    assert_eq!(received(read(same(), Some(as_json)).await.new_state), Some(named("a")));
    for nothing in [None, Some(proto::DynamicValue::default()), sent_null()] {
        assert_eq!(received(read(World::closed(), nothing).await.new_state), None);
    }
}

#[tokio::test]
async fn s58_a_value_that_does_not_fit_is_a_diagnostic_with_its_place() {
    let cut = proto::DynamicValue { msgpack: b"\x81\xa4name\x07".to_vec().into(), ..Default::default() };
    let reply = read(World::closed(), Some(cut)).await;
    let error = super::one_error(&reply.diagnostics);
    assert_eq!(error.summary, "Value does not fit this provider's schema");
    assert_eq!(error.detail, "At name: found a number where a string should be.");
    assert_eq!(error.attribute.as_ref().unwrap().steps.len(), 1);
    assert_eq!(reply.new_state, None);
}

#[tokio::test]
async fn s62_what_only_differs_in_normal_form_is_no_change() {
    let known = with(named("a"), [("id", text("caf\u{e9}"))]);
    assert_eq!(received(read(decomposed(), sent(known.clone())).await.new_state), Some(known));
}

#[tokio::test]
async fn s65_every_value_sent_is_msgpack() {
    let state = || sent(named("a"));
    let mut host = configured(obedient()).await;
    let apply = |planned_state| proto::apply_resource_change::Request {
        type_name: type_name(),
        prior_state: state(),
        planned_state,
        config: state(),
        ..Default::default()
    };
    let created = host.apply_resource_change(apply(state())).await.unwrap().into_inner();
    assert_eq!(received(created.new_state), Some(named("a")));
    let deleted = host.apply_resource_change(apply(sent_null())).await.unwrap().into_inner();
    assert_eq!(received(deleted.new_state), None);
    let plan = proto::plan_resource_change::Request {
        type_name: type_name(),
        prior_state: sent_null(),
        proposed_new_state: state(),
        config: state(),
        ..Default::default()
    };
    let planned = host.plan_resource_change(plan).await.unwrap().into_inner();
    assert_eq!(received(planned.planned_state).unwrap()["id"], Value::Unknown);
    let raw_state = proto::RawState { json: b"{\"name\":\"a\"}".to_vec(), ..Default::default() };
    let upgrade = proto::upgrade_resource_state::Request {
        type_name: type_name(),
        version: 2,
        raw_state: Some(raw_state),
    };
    let upgraded = host.upgrade_resource_state(upgrade).await.unwrap().into_inner();
    assert_eq!(received(upgraded.upgraded_state), Some(named("a")));
    let mut host = configured(World::reading(|_, known| Box::pin(async { Ok(Some(known)) }))).await;
    let import = proto::import_resource_state::Request {
        type_name: type_name(),
        id: "a".to_owned(),
        ..Default::default()
    };
    let imported = host.import_resource_state(import).await.unwrap().into_inner();
    assert_eq!(received(imported.imported_resources[0].state.clone()), Some(named("a")));
}

async fn upgrade(version: i64, state: proto::RawState) -> Result<Option<Object>, proto::Diagnostic> {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request =
        proto::upgrade_resource_state::Request { type_name: type_name(), version, raw_state: Some(state) };
    let reply = host.upgrade_resource_state(request).await.unwrap().into_inner();
    if reply.diagnostics.is_empty() {
        return Ok(received(reply.upgraded_state));
    }
    Err(super::one_error(&reply.diagnostics).clone())
}

fn stored(json: &str) -> proto::RawState {
    proto::RawState { json: json.as_bytes().to_vec(), ..Default::default() }
}

#[tokio::test]
async fn s94_a_state_of_this_version_is_taken_over_exactly() {
    let json = r#"{"name":"a","size":123456789012345678901234567890,"gone":{"deep":[1]},"secret":"hush"}"#;
    let size = Value::Number("123456789012345678901234567890".parse().unwrap());
    assert_eq!(upgrade(2, stored(json)).await, Ok(Some(thing([("name", text("a")), ("size", size)]))));
}

#[tokio::test]
async fn s95_a_state_that_cannot_be_read_is_refused_with_its_place() {
    let summary = "State does not fit this provider's schema";
    let wrong = upgrade(2, stored(r#"{"name":["a"]}"#)).await.unwrap_err();
    assert_eq!(wrong.summary, summary);
    assert!(
        wrong.detail.starts_with("At name: found an array where a string should be. "),
        "{}",
        wrong.detail
    );
    assert!(wrong.detail.contains("state rm"), "says what to do next: {}", wrong.detail);
    assert!(wrong.attribute.is_some());
    let nothing = upgrade(2, stored("null")).await.unwrap_err();
    assert_eq!(nothing.summary, summary);
    let older = upgrade(1, stored("{}")).await.unwrap_err();
    assert_eq!(older.summary, summary);
    assert!(older.detail.contains("older"), "{}", older.detail);
    let flatmap = [("name".to_owned(), "a".to_owned())].into();
    let flat = upgrade(2, proto::RawState { flatmap, ..Default::default() }).await.unwrap_err();
    assert_eq!(flat.summary, summary);
    assert!(flat.detail.contains("0.11"), "{}", flat.detail);
}
