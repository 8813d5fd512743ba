//! Pure decisions about grants: which pairs to grant, repair, adopt and revoke ([`decide`]), how to cut
//! them into the fewest calls ([`tile`]), and whom to ask what exists ([`ask`]).
//!
//! Nothing here is async or fallible, and nothing knows Terraform or HTTP: what the API allows in one call is a
//! parameter. The drivers are in `resources/grants`.

pub mod ask;
pub mod decide;
mod pair;
pub mod tile;

pub use pair::{Pair, PairError, Product};
