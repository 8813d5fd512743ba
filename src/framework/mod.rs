//! Terraform's rules, with no gRPC, clock, environment or network.
//!
//! A resource author meets, in this order: [`model::Model`] and [`attribute::Attr`] (a type's attributes,
//! declared once and read and written exactly), [`value::Field`] (null, unknown or known, to the last line of
//! resource code), [`resource::Resource`] (what a type does) and [`diagnostic::Diagnostics`] (what the
//! practitioner is told). The floor below, `wire`, drives all of them through [`server`] and is the only one
//! that knows protobuf. Rules and wording follow Terraform's plugin protocol 6.

pub mod attribute;
pub mod block;
pub mod check;
pub mod configured;
pub mod data_source;
pub mod diagnostic;
mod erased;
pub mod fence;
pub mod function;
#[cfg(test)]
pub(crate) mod gadget;
pub mod identity;
pub mod list_resource;
pub mod mismatch;
pub mod model;
pub mod path;
pub mod provider;
pub mod registry;
pub mod resource;
pub mod schema;
pub mod server;
pub mod stored;
#[cfg(test)]
pub(crate) mod testing;
pub mod timeouts;
pub mod value;
