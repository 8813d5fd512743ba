//! One voice for every failure, shared by all types: what was tried, what came of it, what the API said, and
//! the next step.
//!
//! A data source that could not be read takes [`read_failed`]; a resource says with [`Failed`] which of its
//! operations failed. What to do about an error is in `remedy.rs`, unless the type knows better
//! ([`OwnRemedies`]). Nothing here knows an attribute or makes a call.

mod failed;
mod grants;
mod remedy;
mod subject;
#[cfg(test)]
mod tests;
mod words;

pub use failed::{Failed, read_failed};
pub use grants::{not_granted, not_revoked};
pub use remedy::{OwnRemedies, Remedy};
pub use subject::Subject;
pub use words::{counted, named};
