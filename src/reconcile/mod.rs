//! Pure decisions about grants: which pairs to grant, repair, adopt and revoke ([`decide`]), how to cut them
//! into the fewest calls ([`tile`]), what to read to know what exists, and how long that may be believed
//! ([`read`]), how to make sure that pairs come to exist ([`confirm`]), and who of several that list a pair
//! answers for it ([`roster`]), and how to write down what is granted as few products ([`group()`]),
//! and whether what a plan names exists ([`existence`]), and how what is
//! granted differs from what is declared ([`review`]).
//!
//! Nothing here is async or fallible, and nothing knows Terraform or HTTP: what the API allows in one call is
//! a parameter. The drivers are in `organization`.

pub mod confirm;
pub mod decide;
pub mod existence;
mod grant;
pub mod grant_id;
mod group;
pub mod read;
pub mod review;
pub mod roster;
pub mod tile;

pub use grant::{Grant, GrantStatus, Pair, PairError, Product};
pub use group::group;
