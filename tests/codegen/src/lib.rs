//! Compiles `proto/*.proto` to the Rust modules of `src/proto`, in pure Rust:
//! `protox` stands in for `protoc`, so a build machine needs nothing besides
//! Cargo. `make gen` writes the result; a test of the provider compares it with
//! what is committed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Why the protocol files could not be compiled.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

const FILES: [&str; 3] = ["tfplugin6.proto", "go_plugin.proto", "grpc_health.proto"];

/// Generates every module from the files in `proto`, as file name → text.
///
/// Works in `scratch`, a directory that the caller owns and may delete
/// afterwards. Same input, same output, byte for byte.
pub fn generate(proto: &Path, scratch: &Path) -> Result<BTreeMap<String, String>, Error> {
    let descriptors = protox::compile(FILES, [proto])?;
    tonic_prost_build::configure()
        .build_transport(false)
        .emit_rerun_if_changed(false)
        .btree_map(".")
        .bytes(".tfplugin6.DynamicValue")
        .out_dir(scratch)
        .compile_fds(descriptors)?;
    let mut modules = BTreeMap::new();
    for entry in fs::read_dir(scratch)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.extension().is_some_and(|extension| extension == "rs") {
            let module = match name {
                "grpc.health.v1.rs" => "grpc_health.rs",
                "plugin.rs" => "go_plugin.rs",
                other => other,
            };
            modules.insert(module.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(modules)
}
