//! Statements 39 to 112: schema, encoding, life cycle of a resource, other features.
//!
//! Most are shown on the floor that keeps them, in `src/framework` and `src/wire`. Here are those that only
//! the real binary with its real resource can show; `docs/dev/CONFORMANCE.md` lists all, and [`conformance`]
//! holds the list true.

mod conformance;
#[cfg(unix)]
mod data_sources;
#[cfg(unix)]
mod functions;
#[cfg(unix)]
mod identity;
#[cfg(unix)]
mod life;
#[cfg(unix)]
mod listed;
#[cfg(unix)]
mod schema;
#[cfg(unix)]
pub(crate) mod session;
