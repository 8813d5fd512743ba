//! The service, spoken to over its own gRPC encoding, without a socket.

mod check;
mod concurrency;
mod data_source;
mod features;
mod function;
mod generate;
mod identity;
mod life;
mod list;
mod salvage;
mod schema;
mod stored;
mod values;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::framework::diagnostic::Diagnostics;
use crate::framework::model::Model;
use crate::framework::provider::Provider;
use crate::framework::schema::Block;
use crate::framework::testing::{FakeProvider, Region, Thing, World, thing};
use crate::framework::value::{Object, Type, Value};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::proto::tfplugin6::provider_server::ProviderServer;
use crate::wire::{Service, msgpack};

type Client<P> = ProviderClient<ProviderServer<Service<P>>>;

/// A host of `provider`, which is not configured.
fn host_of<P: Provider>(provider: P) -> Client<P> {
    ProviderClient::new(Service::new(provider, CancellationToken::new(), TaskTracker::new()).into_server())
}

/// A host of a provider whose configuration yields `world`.
async fn configured(world: World) -> Client<FakeProvider> {
    let mut host = host_of(FakeProvider::new(world));
    let configured = host.configure_provider(proto::configure_provider::Request::default()).await;
    assert_eq!(configured.unwrap().into_inner().diagnostics, []);
    host
}

/// The type of a thing as a value.
fn thing_type() -> Type {
    type_of::<Thing>()
}

fn type_of<M: Model>() -> Type {
    let (attributes, blocks) = (M::attributes(), M::blocks());
    Block { description: String::new(), attributes, blocks }.implied_type()
}

/// `object` as the host sends it.
#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent(object: Object) -> Option<proto::DynamicValue> {
    Some(packed(&Value::Object(object), &thing_type()))
}

/// A provider block as the host sends it.
#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent_config(region: Value) -> Option<proto::DynamicValue> {
    Some(packed(&Value::Object([("region".to_owned(), region)].into()), &type_of::<Region>()))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent_null() -> Option<proto::DynamicValue> {
    Some(packed(&Value::Null, &Type::Bool))
}

fn packed(value: &Value, of: &Type) -> proto::DynamicValue {
    let msgpack = msgpack::encode(value, of).unwrap().into();
    proto::DynamicValue { msgpack, ..Default::default() }
}

/// The object that a reply carries, which must be msgpack.
fn received(value: Option<proto::DynamicValue>) -> Option<Object> {
    let value = value.unwrap();
    assert!(!value.msgpack.is_empty() && value.json.is_empty());
    match msgpack::decode(&value.msgpack, &thing_type()).unwrap() {
        Value::Object(object) => Some(object),
        Value::Null => None,
        other => panic!("{other:?}"),
    }
}

fn type_name() -> String {
    "fake_thing".to_owned()
}

/// The only diagnostic, which must be a legal error.
#[track_caller]
fn one_error(diagnostics: &[proto::Diagnostic]) -> &proto::Diagnostic {
    let [error] = diagnostics else { panic!("{diagnostics:?}") };
    assert_eq!(error.severity, i32::from(proto::diagnostic::Severity::Error));
    assert!(!error.summary.is_empty() && !error.summary.ends_with('.'), "{error:?}");
    error
}

/// The summaries of what is told.
fn words_of(diagnostics: &[proto::Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|told| told.summary.as_str()).collect()
}

/// An operation that saves what was planned, with what is unknown in it as null.
fn obedient() -> World {
    World::applying(|_, _, planned, slot| {
        if let Some(planned) = planned {
            slot.save(Thing::new(crate::framework::value::known_or_null(planned)));
        }
        Box::pin(async { Ok::<(), Diagnostics>(()) })
    })
}

/// A thing with this name.
fn named(name: &str) -> Object {
    thing([("name", Value::string(name))])
}
