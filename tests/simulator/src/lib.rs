//! Tencent Cloud Organization on your own machine, for tests and demonstrations.
//!
//! The cloud is rebuilt from its published documentation and shares no code with the provider, not even the
//! signer: two readings of the same pages have to agree. Where the documentation speaks the simulator is
//! strict; where it is silent, [`Behaviour`] has a switch. It is a pure state machine, [`Cloud::handle`],
//! with two faces: [`Server`] speaks HTTP on loopback, and a test may call `handle` directly with a clock of
//! its own.
//!
//! ```no_run
//! use simulator::{Cloud, Effect, Fault, Server};
//!
//! let cloud = Cloud::new().with_member(100_000_000_001, "dev").with_identity(13, "auditor");
//! let server = Server::start(cloud)?;
//! server.cloud().fault(Fault::on("CreateOrganizationMemberAuthIdentity", Effect::ResetAfterApply));
//! // … point a client at `server.url()` with `SECRET_ID` and `SECRET_KEY`, let it grant 13 to 100000000001 …
//! assert!(server.cloud().snapshot().contains(&(100_000_000_001, 13)));
//! assert_eq!(server.cloud().calls("CreateOrganizationMemberAuthIdentity"), 1);
//! drop(server); // panics here if the reset never happened
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Where things are, in reading order:
//!
//! | File | Idea |
//! |---|---|
//! | `cloud.rs` | [`Cloud`]: what tests seed, change behind the client's back, and look at afterwards |
//! | `handle.rs` | the way of one request: gateway checks, fault, action, journal |
//! | `organization.rs` | members, identities, grants, and what a reader sees of them when |
//! | `directory.rs` | units, tags, policies and bindings: what tests seed of them |
//! | `api/` | one file per product: its actions, and the table that routes to them |
//! | `parameter.rs` | the strict reading of a request body against an action's table of fields |
//! | `account.rs` | keys, roles, and the sessions that were given out |
//! | `signature.rs` | TC3-HMAC-SHA256 |
//! | `metadata.rs` | the metadata service of a machine in the cloud |
//! | `limit.rs` | calls per second |
//! | `fault.rs` | what goes wrong, when |
//! | `http.rs`, `control.rs` | the loopback face, and `/_simulator/` for changes by hand |

mod account;
mod api;
mod behaviour;
#[cfg(test)]
mod caller;
mod cloud;
mod control;
mod directory;
mod fault;
mod handle;
mod http;
mod journal;
mod limit;
mod message;
mod metadata;
mod organization;
mod parameter;
mod refusal;
mod signature;

pub use account::Session;
pub use behaviour::{Behaviour, Order, Poisoned, PolicyRows, Rate, Unknown};
pub use cloud::{Cloud, SECRET_ID, SECRET_KEY, TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN};
pub use fault::{Effect, Fault};
pub use http::Server;
pub use journal::Call;
pub use message::{Delivery, Request, Response};
pub use organization::Holder;
