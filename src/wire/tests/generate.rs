//! Configurations for what exists, RPC by RPC, on a host that never configures anything.

use super::{host_of, packed, type_of};
use crate::framework::gadget::{Parts, Shop, Workshop, gadget};
use crate::framework::testing::{Raw, text};
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;

#[tokio::test]
async fn s106_a_generated_configuration_passes_our_own_validation() {
    let mut host = host_of(Workshop(Shop::closed()));
    let sent = |value| Some(packed(&value, &type_of::<Raw<Parts>>()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap().into_inner();
    assert!(schema.server_capabilities.unwrap().generate_resource_config);
    let state = gadget([("label", text("a")), ("serial", text("s1")), ("name", text("old"))]);
    let generate = |state| proto::generate_resource_config::Request {
        type_name: "fake_gadget".to_owned(),
        state: sent(state),
    };
    let reply = host.generate_resource_config(generate(Value::Object(state))).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    assert_eq!(reply.config, sent(Value::Object(gadget([("label", text("a"))]))));
    let validate = proto::validate_resource_config::Request {
        type_name: "fake_gadget".to_owned(),
        config: reply.config,
        client_capabilities: None,
    };
    assert_eq!(host.validate_resource_config(validate).await.unwrap().into_inner().diagnostics, []);
    let reply = host.generate_resource_config(generate(Value::Null)).await.unwrap().into_inner();
    assert_eq!((reply.config, reply.diagnostics.len()), (sent(Value::Null), 0));
}
