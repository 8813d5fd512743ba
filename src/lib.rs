//! Terraform provider for access grants in a Tencent Cloud Organization.
//!
//! The floors, in reading order; each may import only what stands in its line of
//! `docs/dev/ARCHITECTURE.md`, and `tests/it/tidy.rs` holds them to it.

pub mod ambient;
pub mod causes;
pub mod cloud;
pub mod data_sources;
pub mod diagnose;
pub mod framework;
pub mod functions;
pub mod organization;
pub mod plugin;
pub mod proto;
pub mod provider;
pub mod reconcile;
pub mod resources;
pub mod wire;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use self::ambient::{ProcessEnv, SystemClock};
use self::provider::TencentCloud;
use self::wire::Service;

/// The plugin, as it introduces itself.
const PROGRAM: plugin::Program = plugin::Program {
    name: "tencentcloud",
    version: concat!(
        "terraform-provider-tencentcloud ",
        env!("CARGO_PKG_VERSION"),
        " (plugin protocol 6.11)"
    ),
    usage: concat!(
        "terraform-provider-tencentcloud ",
        env!("CARGO_PKG_VERSION"),
        "\n\n\
         This is a plugin for Terraform and OpenTofu, which start it themselves; it does nothing when run by hand.\n\n\
         To use it, name the provider under `required_providers` in your configuration and run `terraform init`\n\
         or `tofu init`. To try a copy that you built, name its directory under `dev_overrides` in a CLI\n\
         configuration file.\n\n\
         Flags:\n  \
           --version          print name, version and protocol\n  \
           --debug            serve until Ctrl-C, for hosts started with the TF_REATTACH_PROVIDERS that it prints\n  \
           --address ADDRESS  with --debug: the provider address to serve as (default: tencentcloud)\n  \
           --help             print this"
    ),
};

/// Composes the floors and runs the program; `arguments` are those after its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    plugin::run(PROGRAM, arguments, &ProcessEnv, &SystemClock, |lifetime| {
        let provider = TencentCloud::new(Arc::new(ProcessEnv), Arc::new(SystemClock));
        Service::new(provider, lifetime.stop.clone(), lifetime.work.clone()).into_server()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::server::Server;

    #[test]
    fn every_model_writes_what_it_declares() {
        framework::model::tests::check_provider::<TencentCloud>();
    }

    #[test]
    fn s41_the_schemas_are_as_a_host_wants_them() {
        let server = Server::new(TencentCloud::new(Arc::new(ProcessEnv), Arc::new(SystemClock)));
        assert_eq!(server.schema_problems(), framework::diagnostic::Diagnostics::new());
    }
}
