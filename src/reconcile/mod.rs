//! Pure decisions about grants: which pairs to grant, repair, adopt and revoke ([`decide`]), how to cut
//! them into the fewest calls ([`tile`]), whom to ask what exists
//! ([`ledger`]), what a list that moves has shown ([`sweep`]), how long an answer may be believed
//! ([`snapshot`]), and who of several that list a pair answers for it ([`roster`]).
//!
//! Nothing here is async or fallible, and nothing knows Terraform or HTTP: what the API allows in one call is
//! a parameter. The drivers are in `resources/grants`.

pub mod decide;
pub mod ledger;
mod pair;
pub mod roster;
pub mod snapshot;
pub mod sweep;
pub mod tile;

pub use pair::{Pair, PairError, Product};
