//! The wire types of Terraform's plugin protocol 6.11 and of go-plugin, compiled from `proto/`.
//!
//! Everything beside this file is written by `make gen` and never edited; a test compares it with what
//! the compiler makes of `proto/` today. Only `wire` and `plugin` may name this module. The client half of
//! each service is here for the tests' mini-host; the linker leaves it out of the shipped binary.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::disallowed_types,
    clippy::allow_attributes_without_reason,
    reason = "generated code"
)]

/// `tfplugin6`: the provider service.
#[rustfmt::skip]
pub mod tfplugin6;

/// `plugin`: controller, stdio and broker.
#[rustfmt::skip]
pub mod go_plugin;

/// `grpc.health.v1`.
#[rustfmt::skip]
pub mod grpc_health;
