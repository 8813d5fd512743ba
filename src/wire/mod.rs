//! The one place that sees both `proto` and `framework`: one short method per RPC, and the codecs.
//!
//! [`msgpack`] and [`json`] carry values as a type directs, [`types`] carries types; `from_proto` and
//! `to_proto` carry everything else. What an operation means is the framework's business; how bytes reach
//! [`Service`] is the plugin floor's. Follows Terraform's plugin protocol 6.11 and its object wire format.

mod error;
mod from_proto;
pub mod json;
pub mod msgpack;
mod refusal;
mod salvage;
mod server;
mod stop;
mod to_proto;
pub mod types;

#[cfg(test)]
mod tests;

pub use error::{DecodeError, Problem};
pub use server::{MESSAGE_BYTES_MAX, Service};
