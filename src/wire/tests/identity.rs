//! Identities, RPC by RPC.

use super::{Client, host_of, one_error, packed, type_of};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::gadget::{Parts, Serial, Shop, Workshop, error, gadget, identity};
use crate::framework::testing::{Raw, number, text, with};
use crate::framework::value::{Object, Value};
use crate::proto::tfplugin6 as proto;
use crate::wire::msgpack;

async fn workshop(shop: Shop) -> Client<Workshop> {
    let mut host = host_of(Workshop(shop));
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    host
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent(state: Option<Object>) -> Option<proto::DynamicValue> {
    Some(packed(&state.map_or(Value::Null, Value::Object), &type_of::<Raw<Parts>>()))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn known_by(serial: &str) -> Option<proto::ResourceIdentityData> {
    let data = packed(&Value::Object(identity(text(serial))), &type_of::<Raw<Serial>>());
    Some(proto::ResourceIdentityData { identity_data: Some(data) })
}

fn received(identity: Option<proto::ResourceIdentityData>) -> Option<Value> {
    let data = identity?.identity_data.unwrap();
    Some(msgpack::decode(&data.msgpack, &type_of::<Raw<Serial>>()).unwrap())
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it is compared with")]
fn serial(serial: &str) -> Option<Value> {
    Some(Value::Object(identity(text(serial))))
}

fn there() -> Object {
    gadget([("label", text("a")), ("serial", text("s1")), ("size", number("1"))])
}

fn name() -> String {
    "fake_gadget".to_owned()
}

#[tokio::test]
async fn s46_an_identity_is_declared_with_what_an_import_must_give() {
    let mut host = host_of(Workshop(Shop::closed()));
    let request = proto::get_resource_identity_schemas::Request {};
    let reply = host.get_resource_identity_schemas(request).await.unwrap().into_inner();
    assert_eq!(reply.identity_schemas.len(), 1);
    let schema = &reply.identity_schemas["fake_gadget"];
    let attributes: Vec<_> = schema
        .identity_attributes
        .iter()
        .map(|of| (of.name.as_str(), of.required_for_import, of.optional_for_import))
        .collect();
    assert_eq!(attributes, [("serial", true, false), ("places", false, true)]);
    assert_eq!(schema.version, 2);
}

#[tokio::test]
async fn s99_a_create_plans_no_identity_until_it_is_known_and_applies_to_a_known_one() {
    let mut host = workshop(Shop::making(|planned, slot| {
        slot.save(Raw::new(with(planned, [("serial", text("s1")), ("size", number("1"))])));
        Ok(())
    }))
    .await;
    let config = gadget([("label", text("a"))]);
    let plan = proto::plan_resource_change::Request {
        type_name: name(),
        prior_state: sent(None),
        proposed_new_state: sent(Some(config.clone())),
        config: sent(Some(config.clone())),
        ..Default::default()
    };
    let planned = host.plan_resource_change(plan).await.unwrap().into_inner();
    assert_eq!(planned.planned_identity, None);
    let apply = proto::apply_resource_change::Request {
        type_name: name(),
        prior_state: sent(None),
        planned_state: planned.planned_state,
        config: sent(Some(config)),
        planned_identity: planned.planned_identity,
        ..Default::default()
    };
    let applied = host.apply_resource_change(apply).await.unwrap().into_inner();
    assert_eq!(applied.diagnostics, []);
    assert_eq!(received(applied.new_identity), serial("s1"));
}

#[tokio::test]
async fn s99_a_failed_update_keeps_the_identity() {
    let mut host = workshop(Shop::making(|_, _| Err(error("Lost")))).await;
    let apply = proto::apply_resource_change::Request {
        type_name: name(),
        prior_state: sent(Some(there())),
        planned_state: sent(Some(with(there(), [("label", text("b"))]))),
        config: sent(Some(gadget([("label", text("b"))]))),
        planned_identity: known_by("s1"),
        ..Default::default()
    };
    let applied = host.apply_resource_change(apply).await.unwrap().into_inner();
    assert_eq!(one_error(&applied.diagnostics).summary, "Lost");
    assert_eq!(received(applied.new_identity), serial("s1"));
}

#[tokio::test]
async fn s87_a_read_returns_the_identity_also_of_what_is_gone() {
    for found in [Some(there()), None] {
        let told = found.clone();
        let mut host = workshop(Shop::finding(move |_| Ok::<_, Diagnostics>(told.clone()))).await;
        let read = proto::read_resource::Request {
            type_name: name(),
            current_state: sent(Some(there())),
            current_identity: known_by("s1"),
            ..Default::default()
        };
        let reply = host.read_resource(read).await.unwrap().into_inner();
        assert_eq!(reply.diagnostics, []);
        assert_eq!(reply.new_state, sent(found));
        assert_eq!(received(reply.new_identity), serial("s1"));
    }
}

#[tokio::test]
async fn s97_an_import_by_identity_returns_it() {
    let mut host = workshop(Shop::finding(|known| Ok(Some(known)))).await;
    let by_identity = proto::import_resource_state::Request {
        type_name: name(),
        identity: known_by("s7"),
        ..Default::default()
    };
    let by_id = proto::import_resource_state::Request {
        type_name: name(),
        id: "s7".to_owned(),
        ..Default::default()
    };
    for import in [by_identity, by_id] {
        let reply = host.import_resource_state(import).await.unwrap().into_inner();
        assert_eq!(reply.diagnostics, []);
        let [imported] = reply.imported_resources.as_slice() else { panic!("{reply:?}") };
        assert_eq!(imported.state, sent(Some(gadget([("serial", text("s7"))]))));
        assert_eq!(received(imported.identity.clone()), serial("s7"));
    }
}

#[tokio::test]
async fn s100_a_stored_identity_is_upgraded_offline() {
    let mut host = host_of(Workshop(Shop::closed()));
    let stored = |version, json: &str| proto::upgrade_resource_identity::Request {
        type_name: name(),
        version,
        raw_identity: Some(proto::RawState { json: json.to_owned().into(), ..Default::default() }),
    };
    for (version, json) in [(1, r#"{"number": 7}"#), (2, r#"{"serial": "s7", "forgotten": 1}"#)] {
        let reply = host.upgrade_resource_identity(stored(version, json)).await.unwrap().into_inner();
        assert_eq!(reply.diagnostics, []);
        assert_eq!(received(reply.upgraded_identity), serial("s7"));
    }
    for (version, json) in [(3, "{}"), (0, "{}"), (2, ""), (2, "null"), (1, r#"{"number": "x"}"#)] {
        let reply = host.upgrade_resource_identity(stored(version, json)).await.unwrap().into_inner();
        one_error(&reply.diagnostics);
        assert_eq!(reply.upgraded_identity, None);
    }
}
