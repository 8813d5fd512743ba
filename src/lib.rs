//! Terraform provider for access grants in a Tencent Cloud Organization.
//!
//! The floors, in reading order; each may import only what stands in its line of
//! `docs/dev/ARCHITECTURE.md`, and `tests/it/tidy.rs` holds them to it.

pub mod ambient;
pub mod cloud;
pub mod framework;
pub mod plugin;
pub mod proto;
pub mod provider;
pub mod reconcile;
pub mod resources;
pub mod wire;
