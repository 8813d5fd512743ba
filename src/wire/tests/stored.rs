//! States of older versions and of other types, RPC by RPC, on a host that never configures anything.

use super::{host_of, one_error, packed, type_of};
use crate::framework::gadget::{Parts, Serial, Shop, Workshop, gadget, identity};
use crate::framework::testing::{Raw, text};
use crate::framework::value::{Object, Value};
use crate::proto::tfplugin6 as proto;
use crate::wire::msgpack;

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn raw(json: &str) -> Option<proto::RawState> {
    Some(proto::RawState { json: json.to_owned().into(), ..Default::default() })
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it is compared with")]
fn sent(state: Object) -> Option<proto::DynamicValue> {
    Some(packed(&Value::Object(state), &type_of::<Raw<Parts>>()))
}

#[tokio::test]
async fn s95_a_state_of_version_1_is_upgraded() {
    let mut host = host_of(Workshop(Shop::closed()));
    let stored = |version, json| proto::upgrade_resource_state::Request {
        type_name: "fake_gadget".to_owned(),
        version,
        raw_state: raw(json),
    };
    let json = r#"{"title": "a", "serial": "s1", "forgotten": {}}"#;
    let reply = host.upgrade_resource_state(stored(1, json)).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    assert_eq!(reply.upgraded_state, sent(gadget([("label", text("a")), ("serial", text("s1"))])));
    for (version, json) in
        [(1, "null"), (1, r#"{"title": "bad"}"#), (1, r#"{"title": []}"#), (2, "{}"), (4, "{}")]
    {
        let reply = host.upgrade_resource_state(stored(version, json)).await.unwrap().into_inner();
        one_error(&reply.diagnostics);
        assert_eq!(reply.upgraded_state, None);
    }
}

#[tokio::test]
async fn s98_a_state_of_another_type_is_taken_over_with_an_identity() {
    let mut host = host_of(Workshop(Shop::closed()));
    let from = |provider: &str, json| proto::move_resource_state::Request {
        source_provider_address: format!("registry.terraform.io/{provider}"),
        source_type_name: "null_resource".to_owned(),
        source_schema_version: 2,
        source_state: raw(json),
        source_private: b"theirs".to_vec(),
        target_type_name: "fake_gadget".to_owned(),
        ..Default::default()
    };
    let json = r#"{"id": "s1", "triggers": {"a": "b"}}"#;
    let reply = host.move_resource_state(from("hashicorp/null", json)).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    assert_eq!(reply.target_state, sent(gadget([("label", text("version 2")), ("serial", text("s1"))])));
    assert_eq!(reply.target_private, b"");
    let known_by = reply.target_identity.unwrap().identity_data.unwrap();
    let known_by = msgpack::decode(&known_by.msgpack, &type_of::<Raw<Serial>>()).unwrap();
    assert_eq!(known_by, Value::Object(identity(text("s1"))));

    for (provider, json) in [("other/null", json), ("hashicorp/null", ""), ("hashicorp/null", "null")] {
        let reply = host.move_resource_state(from(provider, json)).await.unwrap().into_inner();
        one_error(&reply.diagnostics);
        assert_eq!(reply.target_state, None);
    }
}

#[tokio::test]
async fn s98_that_states_can_be_taken_over_is_declared_where_they_can() {
    let mut workshop = host_of(Workshop(Shop::closed()));
    let metadata = workshop.get_metadata(proto::get_metadata::Request {}).await.unwrap().into_inner();
    assert!(metadata.server_capabilities.unwrap().move_resource_state);
    let schema = workshop.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    assert_eq!(schema.into_inner().server_capabilities, metadata.server_capabilities);
    let mut other =
        host_of(crate::framework::testing::FakeProvider::new(crate::framework::testing::World::closed()));
    let metadata = other.get_metadata(proto::get_metadata::Request {}).await.unwrap().into_inner();
    let without = proto::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: false,
    };
    assert_eq!(metadata.server_capabilities, Some(without));
}
