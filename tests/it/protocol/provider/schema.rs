//! What the shipped provider declares, and what works before anyone has asked.

use std::fs;

use support::type_json::read_type;
use terraform_provider_tencentcloud::proto::tfplugin6::schema::{Attribute, Block};
use terraform_provider_tencentcloud::proto::tfplugin6::{get_functions, get_metadata};

use super::session::{self, IDENTITIES, MEMBERS, Session, TYPE, config, set};
use support::host::{Host, HostOptions};

fn check_attributes(attributes: &[Attribute]) {
    for attribute in attributes {
        let flags = (attribute.required, attribute.optional, attribute.computed);
        assert!(flags.0 != (flags.1 || flags.2), "{}: {flags:?}", attribute.name);
        assert!(!attribute.description.is_empty(), "{} is not described", attribute.name);
        match &attribute.nested_type {
            Some(nested) => {
                assert!(attribute.r#type.is_empty() && nested.nesting != 0, "{}", attribute.name);
                check_attributes(&nested.attributes);
            }
            None => drop(read_type(&attribute.r#type).unwrap()),
        }
    }
}

fn check_block(block: &Block) {
    check_attributes(&block.attributes);
    for nested in &block.block_types {
        assert_ne!(nested.nesting, 0, "{}", nested.type_name);
        check_block(nested.block.as_ref().unwrap());
    }
}

#[tokio::test]
async fn s41_every_attribute_that_is_shipped_is_legal_and_described() {
    let host = Host::start(HostOptions::default()).await;
    let schema = session::schema(&mut host.provider()).await;
    assert_eq!(schema.diagnostics, []);
    check_block(schema.provider.unwrap().block.as_ref().unwrap());
    for resource in schema.resource_schemas.values() {
        check_block(resource.block.as_ref().unwrap());
    }
}

#[tokio::test]
async fn s48_a_process_that_was_never_asked_for_its_schema_validates_and_plans() {
    let session = Session::start().await;
    let config = config(set(&MEMBERS), set(&IDENTITIES));
    assert_eq!(session.validate(&config).await, []);
    assert!(session.plan(None, Some(&config)).await.is_some());
}

#[tokio::test]
async fn s50_what_is_shipped_agrees_with_its_metadata() {
    let host = Host::start(HostOptions::default()).await;
    let mut provider = host.provider();
    let schema = session::schema(&mut provider).await;
    let metadata = provider.get_metadata(get_metadata::Request {}).await.unwrap().into_inner();
    let functions = provider.get_functions(get_functions::Request {}).await.unwrap().into_inner();
    assert!(schema.resource_schemas.contains_key(TYPE));
    assert!(metadata.resources.iter().map(|resource| &resource.type_name).eq(schema.resource_schemas.keys()));
    assert_eq!(metadata.server_capabilities, schema.server_capabilities);
    assert_eq!(functions.functions, schema.functions);
}

/// The inodes of the sockets in a table of `/proc/<pid>/net`.
fn inodes(process: u32, table: &str) -> Vec<String> {
    let table = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
    table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(9)).map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn s111_nothing_touches_the_network_before_the_provider_is_configured() {
    let session = Session::start().await;
    let config = config(set(&MEMBERS), set(&IDENTITIES));
    assert_eq!(session.validate(&config).await, []);
    session.plan(None, Some(&config)).await;
    let process = session.host.launched.process.id();
    let open: Vec<String> = fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .map(|link| link.to_string_lossy().into_owned())
        .collect();
    assert!(open.iter().any(|link| link.starts_with("socket:")), "the host's own connection: {open:?}");
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        for inode in inodes(process, table) {
            assert!(!open.contains(&format!("socket:[{inode}]")), "{table}");
        }
    }
}
