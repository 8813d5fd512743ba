//! One folder per resource type, and the drivers they share.
//!
//! A resource puts three floors together: it reads and writes models (`framework`), lets `reconcile` decide,
//! and acts through [`grants`] on `cloud`. It holds no retry, no header and no clock.

pub mod access;
pub mod grants;
pub mod org_member_auth_identity;
#[cfg(test)]
pub(crate) mod world;
