//! Data sources, RPC by RPC.

use super::{host_of, one_error, packed, sent_config, type_of, words_of};
use crate::framework::gadget::{Question, Shop, Workshop, error};
use crate::framework::testing::{Raw, text, with};
use crate::framework::value::{Object, Value};
use crate::proto::tfplugin6 as proto;
use crate::wire::msgpack;

fn question(label: Value) -> Object {
    let filter = Value::List(Vec::new());
    let nulls = ["serials", "wanted", "ordered"].map(|name| (name.to_owned(), Value::Null));
    with(Object::from(nulls), [("label", label), ("filter", filter)])
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent(label: Value) -> Option<proto::DynamicValue> {
    Some(packed(&Value::Object(question(label)), &type_of::<Raw<Question>>()))
}

fn read(label: &str) -> proto::read_data_source::Request {
    proto::read_data_source::Request {
        type_name: "fake_gadgets".to_owned(),
        config: sent(text(label)),
        ..Default::default()
    }
}

#[tokio::test]
async fn s102_a_data_source_is_declared_judged_and_read() {
    let shop = Shop::looking(|_, config| Ok(with(config, [("serials", Value::List(vec![text("s1")]))])));
    let mut host = host_of(Workshop(shop));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap().into_inner();
    assert_eq!(schema.diagnostics, []);
    assert!(schema.data_source_schemas["fake_gadgets"].block.is_some());
    let metadata = host.get_metadata(proto::get_metadata::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.data_sources[0].type_name, "fake_gadgets");

    let request = proto::validate_data_resource_config::Request {
        type_name: "fake_gadgets".to_owned(),
        config: sent(text("bad")),
    };
    let reply = host.validate_data_resource_config(request).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Bad label");

    let reply = host.read_data_source(read("a")).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Provider is not configured");
    assert_eq!(reply.state, None);
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let reply = host.read_data_source(read("a")).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    let answered = msgpack::decode(&reply.state.unwrap().msgpack, &type_of::<Raw<Question>>()).unwrap();
    let wanted = with(question(text("a")), [("serials", Value::List(vec![text("s1")]))]);
    assert_eq!(answered, Value::Object(wanted));
}

#[tokio::test]
async fn s101_a_data_source_waits_likewise() {
    let mut host = host_of(Workshop(Shop::closed()));
    let config = sent_config(Value::Unknown);
    host.configure_provider(proto::configure_provider::Request { config, ..Default::default() })
        .await
        .unwrap();
    let client_capabilities =
        Some(proto::ClientCapabilities { deferral_allowed: true, ..Default::default() });
    let request = proto::read_data_source::Request { client_capabilities, ..read("a") };
    let reply = host.read_data_source(request).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    assert_eq!(reply.deferred.unwrap().reason(), proto::deferred::Reason::ProviderConfigUnknown);
    let answered = msgpack::decode(&reply.state.unwrap().msgpack, &type_of::<Raw<Question>>()).unwrap();
    assert_eq!(answered, Value::Unknown);
}

#[tokio::test]
async fn s102_what_cannot_be_read_is_an_error_without_a_state() {
    let mut host = host_of(Workshop(Shop::looking(|_, _| Err(error("Not found")))));
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let reply = host.read_data_source(read("a")).await.unwrap().into_inner();
    assert_eq!(words_of(&reply.diagnostics), ["Not found"]);
    assert_eq!(reply.state, None);
}
