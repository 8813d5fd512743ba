//! One file for each function of the provider: values from values, offline and without credentials.
//!
//! What a function decides is in `reconcile`. Here are its parameters, its value, and what it says of
//! arguments that are wrong.

mod grant_id;
mod group_grants;
mod parse_grant_id;
mod product;
#[cfg(test)]
mod tests;

pub use grant_id::GrantId;
pub use group_grants::GroupGrants;
pub use parse_grant_id::ParseGrantId;
