//! What the provider declares.

use super::host_of;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::gadget::{Shop, Workshop};
use crate::framework::provider::Provider;
use crate::framework::registry::Registry;
use crate::framework::schema::{Attribute, Block, Mode, Schema};
use crate::framework::testing::{Fake, FakeProvider, Region, World, plain};
use crate::framework::value::Type;
use crate::proto::tfplugin6 as proto;
use crate::wire::to_proto;

async fn schema() -> proto::get_provider_schema::Response {
    let mut host = host_of(FakeProvider::new(World::closed()));
    host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap().into_inner()
}

fn check_block(block: &proto::schema::Block) {
    check_attributes(&block.attributes);
    for nested in &block.block_types {
        assert_ne!(nested.nesting, 0, "{}", nested.type_name);
        check_block(nested.block.as_ref().unwrap());
    }
}

fn check_attributes(attributes: &[proto::schema::Attribute]) {
    for attribute in attributes {
        let name = &attribute.name;
        let flags = (attribute.required, attribute.optional, attribute.computed);
        let legal = [(true, false, false), (false, true, false), (false, false, true), (false, true, true)];
        assert!(legal.contains(&flags), "{name}: {flags:?}");
        assert_ne!(attribute.r#type.is_empty(), attribute.nested_type.is_none(), "{name}");
        match &attribute.nested_type {
            Some(nested) => {
                assert_ne!(nested.nesting, 0, "{name}");
                check_attributes(&nested.attributes);
            }
            None => drop(serde_json::from_slice::<serde_json::Value>(&attribute.r#type).unwrap()),
        }
    }
}

#[tokio::test]
async fn s39_the_schema_has_a_provider_with_a_block() {
    let schema = schema().await;
    assert!(schema.provider.unwrap().block.is_some());
    assert!(schema.resource_schemas.values().all(|schema| schema.block.is_some()));
}

#[tokio::test]
async fn s40_every_type_in_the_schema_is_type_json() {
    check_block(schema().await.resource_schemas["fake_thing"].block.as_ref().unwrap());
}

#[tokio::test]
async fn s41_every_attribute_has_legal_flags_and_one_kind_of_type() {
    let schema = schema().await;
    assert_eq!(schema.diagnostics, []);
    let block = schema.resource_schemas["fake_thing"].block.as_ref().unwrap();
    check_block(block);
    let modes = |name: &str| {
        let attribute = block.attributes.iter().find(|attribute| attribute.name == name).unwrap();
        (attribute.required, attribute.optional, attribute.computed, attribute.write_only)
    };
    assert_eq!(modes("name"), (true, false, false, false));
    assert_eq!(modes("note"), (false, true, false, false));
    assert_eq!(modes("id"), (false, false, true, false));
    assert_eq!(modes("size"), (false, true, true, false));
    assert_eq!(modes("secret"), (false, true, false, true));
}

#[test]
fn s44_whatever_has_a_deprecation_message_is_deprecated() {
    for deprecated in [None, Some("Use another.")] {
        let attribute = Attribute { deprecated, ..plain("a", Type::String, Mode::Optional) };
        let block = Block { attributes: vec![attribute], ..Block::default() };
        let sent = to_proto::schema(&Schema { version: 0, block }).block.unwrap();
        assert_eq!(sent.attributes[0].deprecated, deprecated.is_some());
        assert_eq!(sent.attributes[0].deprecation_message, deprecated.unwrap_or_default());
    }
}

#[tokio::test]
async fn s48_every_rpc_works_in_a_process_that_was_never_asked_for_its_schema() {
    let capabilities = schema().await.server_capabilities.unwrap();
    assert!(capabilities.get_provider_schema_optional);
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = proto::validate_resource_config::Request {
        type_name: super::type_name(),
        config: super::sent(super::named("a")),
        client_capabilities: None,
    };
    assert_eq!(host.validate_resource_config(request).await.unwrap().into_inner().diagnostics, []);
}

/// A provider whose author made mistakes.
struct Broken;

impl Provider for Broken {
    const DESCRIPTION: &'static str = "";
    type Config = Region;
    type Data = World;

    async fn configure(&self, _: &str, _: Region, _: &mut Diagnostics) -> Result<World, Diagnostics> {
        Ok(World::closed())
    }

    fn register(registry: &mut Registry<World>) {
        registry.resource(Fake::plain());
        registry.resource(Fake::plain());
    }
}

#[tokio::test]
async fn s49_a_mistake_in_the_schema_is_a_diagnostic_of_the_schema() {
    let mut host = host_of(Broken);
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    let schema = schema.into_inner();
    assert!(super::one_error(&schema.diagnostics).detail.contains("fake_thing is registered twice"));
    assert!(schema.provider.unwrap().block.is_some());
}

/// What `provider` says it has is the same wherever it says so.
async fn check_declarations<P: Provider>(provider: P) {
    let mut host = host_of(provider);
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap().into_inner();
    let metadata = host.get_metadata(proto::get_metadata::Request {}).await.unwrap().into_inner();
    let functions = host.get_functions(proto::get_functions::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.server_capabilities, schema.server_capabilities);
    assert_eq!(functions.functions, schema.functions);
    let named = metadata.resources.iter().map(|resource| &resource.type_name);
    assert!(named.eq(schema.resource_schemas.keys()));
    let named = metadata.functions.iter().map(|function| &function.name);
    assert!(named.eq(schema.functions.keys()));
    let named = metadata.data_sources.iter().map(|data_source| &data_source.type_name);
    assert!(named.eq(schema.data_source_schemas.keys()));
    let named = metadata.list_resources.iter().map(|list| &list.type_name);
    assert!(named.eq(schema.list_resource_schemas.keys()));
}

#[tokio::test]
async fn s50_metadata_and_functions_agree_with_the_schema() {
    check_declarations(FakeProvider::new(World::closed())).await;
    check_declarations(Workshop(Shop::closed())).await;
}
