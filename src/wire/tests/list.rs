//! Lists, RPC by RPC.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{host_of, one_error, packed, type_of, words_of};
use crate::framework::gadget::{Parts, Serial, Shop, Wanted, Workshop, gadget, identity};
use crate::framework::testing::{Raw, text};
use crate::framework::value::{Object, Value};
use crate::proto::tfplugin6 as proto;

/// Lists gadgets without end, and counts those that were asked for.
fn endless(asked: &Arc<AtomicUsize>) -> Shop {
    let asked = Arc::clone(asked);
    Shop::listing(move |_, filter, found| {
        let asked = Arc::clone(&asked);
        Box::pin(async move {
            loop {
                let serial = asked.fetch_add(1, Ordering::Relaxed);
                let state =
                    gadget([("serial", text(&format!("s{serial}"))), ("label", filter["label"].clone())]);
                found.send(Raw::new(state), format!("Gadget {serial}")).await?;
            }
        })
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent(label: Value) -> Option<proto::DynamicValue> {
    let filter = Object::from([("label".to_owned(), label)]);
    Some(packed(&Value::Object(filter), &type_of::<Raw<Wanted>>()))
}

fn list(limit: i64) -> proto::list_resource::Request {
    proto::list_resource::Request {
        type_name: "fake_gadget".to_owned(),
        config: sent(text("a")),
        include_resource_object: true,
        limit,
    }
}

#[tokio::test]
async fn s47_a_list_is_declared_beside_its_resource_and_its_filter_is_judged_offline() {
    let mut host = host_of(Workshop(Shop::closed()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap().into_inner();
    assert_eq!(schema.diagnostics, []);
    assert!(schema.list_resource_schemas["fake_gadget"].block.is_some());
    assert!(schema.resource_schemas.contains_key("fake_gadget"));
    let metadata = host.get_metadata(proto::get_metadata::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.list_resources[0].type_name, "fake_gadget");
    for (label, errors) in [(text("a"), 0), (text("bad"), 1), (Value::Unknown, 0)] {
        let request = proto::validate_list_resource_config::Request {
            type_name: "fake_gadget".to_owned(),
            config: sent(label),
            ..Default::default()
        };
        let reply = host.validate_list_resource_config(request).await.unwrap().into_inner();
        assert_eq!(reply.diagnostics.len(), errors);
    }
}

#[tokio::test]
async fn s105_a_list_sends_as_many_as_were_asked_for_each_with_identity_name_and_object() {
    let asked = Arc::default();
    let mut host = host_of(Workshop(endless(&asked)));
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let mut events = host.list_resource(list(3)).await.unwrap().into_inner();
    for number in 0..3 {
        let serial = text(&format!("s{number}"));
        let event = events.message().await.unwrap().unwrap();
        assert_eq!(event.diagnostic, []);
        assert_eq!(event.display_name, format!("Gadget {number}"));
        let known_by = packed(&Value::Object(identity(serial.clone())), &type_of::<Raw<Serial>>());
        assert_eq!(event.identity.unwrap().identity_data, Some(known_by));
        let state = gadget([("serial", serial), ("label", text("a"))]);
        assert_eq!(event.resource_object, Some(packed(&Value::Object(state), &type_of::<Raw<Parts>>())));
    }
    assert_eq!(events.message().await.unwrap(), None);
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn s105_a_dropped_stream_stops_the_list_and_leaves_the_server_well() {
    let asked = Arc::default();
    let mut host = host_of(Workshop(endless(&asked)));
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let mut events = host.list_resource(list(1000)).await.unwrap().into_inner();
    assert!(events.message().await.unwrap().is_some());
    drop(events);
    let until_then = asked.load(Ordering::Relaxed);
    tokio::task::yield_now().await;
    assert_eq!(asked.load(Ordering::Relaxed), until_then);
    let mut events = host.list_resource(list(1)).await.unwrap().into_inner();
    assert!(events.message().await.unwrap().is_some());
}

#[tokio::test]
async fn s105_what_cannot_be_listed_says_so_in_the_only_event() {
    let mut host = host_of(Workshop(Shop::closed()));
    let mut events = host.list_resource(list(1)).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    assert_eq!(one_error(&event.diagnostic).summary, "Provider is not configured");
    assert_eq!(events.message().await.unwrap(), None);

    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let mut events = host.list_resource(list(1)).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    assert_eq!((words_of(&event.diagnostic), event.identity), (vec!["Bug in the provider"], None));
}

#[tokio::test]
async fn s105_a_stop_ends_the_stream_with_an_error() {
    let mut host = host_of(Workshop(Shop::listing(|_, _, found| {
        Box::pin(async move {
            loop {
                found.send(Raw::new(gadget([("serial", text("s1"))])), "one").await?;
            }
        })
    })));
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let mut events = host.list_resource(list(1000)).await.unwrap().into_inner();
    assert_eq!(events.message().await.unwrap().unwrap().diagnostic, []);
    host.stop_provider(proto::stop_provider::Request {}).await.unwrap();
    let mut last = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        last = event.diagnostic;
    }
    assert_eq!(one_error(&last).summary, "Operation stopped");
}
