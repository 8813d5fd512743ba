//! What the tests of the provider's binary, the benches and the fuzz targets share. Never part of a release.
//!
//! | Module | What it is |
//! |---|---|
//! | [`feature`] | which host has what since which version |
//! | [`host`] | the mini-host: go-plugin's client, which plays Terraform |
//! | [`sandbox`] | a directory for runs of a real host, with nothing of the developer's machine |
//! | [`workspace`] | the steps of an acceptance test in a sandbox, against a simulated cloud |
//! | [`terraform`] | the real hosts, and what they say |
//! | [`organization`] | simulated organizations in few words |
//! | [`transport`] | a client of a simulated cloud in memory, without a network |
//! | [`type_json`] | the type constraints of a schema |
//!
//! Everything here fails by panicking: whoever calls it is a test.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "only tests call this, and they are to fail"
)]

pub mod feature;
pub mod host;
pub mod organization;
pub mod sandbox;
pub mod terraform;
pub mod transport;
pub mod type_json;
pub mod workspace;

use std::path::PathBuf;

/// The provider that `cargo` built beside the test that is running.
pub fn provider() -> PathBuf {
    let binary = beside(&format!("terraform-provider-tencentcloud{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.exists(), "no provider at {}: it is built for integration tests only", binary.display());
    binary
}

/// A place in the directory of the build profile, such as `target/debug`; this program is in its `deps`.
fn beside(name: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.parent().and_then(|deps| deps.parent()).unwrap().join(name)
}
