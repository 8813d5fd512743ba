//! Tencent Cloud over HTTP: sign, send, classify, retry, pace. Does not know who uses it.
//!
//! [`Client::call`] is the only way out. It takes a typed [`Action`] (they live in [`api`], with the API's
//! own names) and a [`Deadline`], and gives the typed answer or an [`ApiError`] whose [`Kind`] says what the
//! caller can do about it. The order of one call is fixed and written down in `client.rs`; everything else
//! here is a pure piece that `client.rs` puts together: `request`, `sign`, `envelope`, `classify`, `retry`,
//! `limiter`.
//! What an error code means is in one table, in `codes.rs`.
//!
//! Follows the API 3.0 documentation: <https://www.tencentcloud.com/document/product/1031/52041> and the
//! pages named in each file.

mod action;
mod agent;
pub mod api;
mod ca_bundle;
mod classify;
mod client;
mod clock_skew;
mod codes;
pub mod credentials;
mod deadline;
mod endpoint;
mod endpoints;
mod envelope;
mod error;
mod file;
mod http;
mod kind;
mod limiter;
mod network;
mod printable;
mod proxy;
mod redact;
mod request;
mod resolver;
mod retry;
mod settings;
mod sign;
#[cfg(test)]
mod tests;
mod thread;
mod transport;

pub use action::{Action, Authentication, Effect, Product};
pub use agent::Agent;
pub use ca_bundle::{CaBundle, CaBundleError};
pub use client::Client;
pub use codes::{Blame, Meaning};
pub use credentials::{Credentials, CredentialsError, ProvideCredentials};
pub use deadline::{Deadline, DeadlineError};
pub use endpoint::{DEFAULT_DOMAIN, DomainError, Endpoint, EndpointError, Protocol};
pub use endpoints::Endpoints;
pub use error::ApiError;
pub use kind::Kind;
pub use proxy::ProxyError;
pub use settings::{Settings, SettingsError};
pub use transport::{HttpRequest, HttpResponse, Method, Transport, TransportError};
