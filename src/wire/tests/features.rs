//! What nothing here declares answers all the same: with one clean error, in the place where the host looks
//! for it.

use super::{configured, host_of, one_error, type_name};
use crate::framework::testing::{FakeProvider, World};
use crate::proto::tfplugin6 as proto;

/// Calls each RPC for something that does not exist; the reply's `$field` is one error with these words.
macro_rules! refused {
    ($host:ident, $($rpc:ident($request:expr).$field:ident: $words:expr),* $(,)?) => {
        $({
            let reply = $host.$rpc($request).await.unwrap().into_inner();
            let error = one_error(&reply.$field);
            assert!(error.detail.contains($words), "{error:?}");
        })*
    };
}

fn name() -> String {
    "fake_other".to_owned()
}

#[tokio::test]
async fn every_rpc_about_a_resource_type_that_does_not_exist_says_so() {
    let mut host = configured(World::closed()).await;
    let words = "no resource type \"fake_other\"";
    refused!(
        host,
        validate_resource_config(proto::validate_resource_config::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
        upgrade_resource_state(proto::upgrade_resource_state::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
        read_resource(proto::read_resource::Request { type_name: name(), ..Default::default() }).diagnostics: words,
        plan_resource_change(proto::plan_resource_change::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
        apply_resource_change(proto::apply_resource_change::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
        import_resource_state(proto::import_resource_state::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
    );
}

#[tokio::test]
async fn s45_no_function_is_declared() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    assert_eq!(schema.into_inner().functions.len(), 0);
}

#[tokio::test]
async fn s47_no_list_resource_is_declared_while_no_type_has_an_identity() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    assert_eq!(schema.into_inner().list_resource_schemas.len(), 0);
}

#[tokio::test]
async fn s46_no_type_has_an_identity_and_the_host_is_told_so() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = proto::get_resource_identity_schemas::Request {};
    let reply = host.get_resource_identity_schemas(request).await.unwrap().into_inner();
    assert_eq!((reply.identity_schemas.len(), reply.diagnostics.len()), (0, 0));
}

#[tokio::test]
async fn s97_an_import_by_identity_is_refused() {
    let mut host = configured(World::closed()).await;
    let identity = Some(proto::ResourceIdentityData { identity_data: None });
    let request =
        proto::import_resource_state::Request { type_name: type_name(), identity, ..Default::default() };
    refused!(host, import_resource_state(request).diagnostics: "imported by id, not by identity");
}

#[tokio::test]
async fn s98_a_move_is_refused_and_names_source_and_target() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = || proto::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/hashicorp/null".to_owned(),
        source_type_name: "null_resource".to_owned(),
        target_type_name: type_name(),
        ..Default::default()
    };
    refused!(
        host,
        move_resource_state(request()).diagnostics: "null_resource of provider registry.terraform.io/hashicorp/null",
        move_resource_state(request()).diagnostics: "fake_thing",
    );
}

#[tokio::test]
async fn s100_an_upgrade_of_an_identity_is_refused() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = proto::upgrade_resource_identity::Request { type_name: type_name(), ..Default::default() };
    refused!(host, upgrade_resource_identity(request).diagnostics: "no resource identity \"fake_thing\"");
}

#[tokio::test]
async fn s102_a_data_source_that_does_not_exist_says_so() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let words = "no data source \"fake_other\"";
    refused!(
        host,
        validate_data_resource_config(proto::validate_data_resource_config::Request {
            type_name: name(),
            ..Default::default()
        })
        .diagnostics: words,
        read_data_source(proto::read_data_source::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
    );
}

#[tokio::test]
async fn s103_a_function_that_does_not_exist_says_so() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = proto::call_function::Request { name: "nope".to_owned(), arguments: Vec::new() };
    let reply = host.call_function(request).await.unwrap().into_inner();
    assert!(reply.error.unwrap().text.starts_with("This provider has no function \"nope\"."));
    assert_eq!(reply.result, None);
}

#[tokio::test]
async fn s104_an_ephemeral_resource_that_does_not_exist_says_so() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let words = "no ephemeral resource \"fake_other\"";
    refused!(
        host,
        validate_ephemeral_resource_config(proto::validate_ephemeral_resource_config::Request {
            type_name: name(),
            ..Default::default()
        })
        .diagnostics: words,
        open_ephemeral_resource(proto::open_ephemeral_resource::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
        renew_ephemeral_resource(proto::renew_ephemeral_resource::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
        close_ephemeral_resource(proto::close_ephemeral_resource::Request { type_name: name(), ..Default::default() })
            .diagnostics: words,
    );
}

#[tokio::test]
async fn s105_a_list_that_does_not_exist_says_so_in_its_only_event() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = proto::validate_list_resource_config::Request { type_name: name(), ..Default::default() };
    refused!(host, validate_list_resource_config(request).diagnostics: "no list resource \"fake_other\"");
    let request = proto::list_resource::Request { type_name: name(), limit: 100, ..Default::default() };
    let mut events = host.list_resource(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    assert!(one_error(&event.diagnostic).detail.contains("no list resource"));
    assert!(events.message().await.unwrap().is_none());
}

#[tokio::test]
async fn s106_that_configurations_are_generated_is_not_declared_where_nothing_is_listed() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    assert!(!schema.into_inner().server_capabilities.unwrap().generate_resource_config);
    let request = proto::generate_resource_config::Request { type_name: name(), state: None };
    refused!(host, generate_resource_config(request).diagnostics: "no resource type \"fake_other\"");
}

#[tokio::test]
async fn s107_an_action_that_does_not_exist_completes_with_an_error() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let words = "no action \"fake_other\"";
    refused!(
        host,
        validate_action_config(proto::validate_action_config::Request { type_name: name(), config: None })
            .diagnostics: words,
        plan_action(proto::plan_action::Request { action_type: name(), ..Default::default() }).diagnostics: words,
    );
    let request = proto::invoke_action::Request { action_type: name(), ..Default::default() };
    let mut events = host.invoke_action(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    let Some(proto::invoke_action::event::Type::Completed(completed)) = event.r#type else {
        panic!("{event:?}")
    };
    assert!(one_error(&completed.diagnostics).detail.contains(words));
    assert!(events.message().await.unwrap().is_none());
}

#[tokio::test]
async fn a_state_store_says_that_there_is_none_and_still_has_capabilities() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let words = "no state store";
    let configured = host.configure_state_store(proto::configure_state_store::Request::default()).await;
    let capabilities = configured.unwrap().into_inner().capabilities.unwrap();
    assert!((1..=128 << 20).contains(&capabilities.chunk_size));
    refused!(
        host,
        validate_state_store_config(proto::validate_state_store::Request::default()).diagnostics: words,
        configure_state_store(proto::configure_state_store::Request::default()).diagnostics: words,
        get_states(proto::get_states::Request::default()).diagnostics: words,
        delete_state(proto::delete_state::Request::default()).diagnostics: words,
        lock_state(proto::lock_state::Request::default()).diagnostics: words,
        unlock_state(proto::unlock_state::Request::default()).diagnostics: words,
        write_state_bytes(tokio_stream::iter([proto::write_state_bytes::RequestChunk::default()])).diagnostics: words,
    );
    let mut chunks =
        host.read_state_bytes(proto::read_state_bytes::Request::default()).await.unwrap().into_inner();
    let chunk = chunks.message().await.unwrap().unwrap();
    assert!(one_error(&chunk.diagnostics).detail.contains(words));
}
