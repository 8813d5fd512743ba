//! One folder per resource type.
//!
//! A resource puts three floors together: it reads and writes models (`framework`), lets `reconcile` decide,
//! and acts through `organization`. It holds no retry, no header and no clock.

pub mod org_member_auth_identity;
#[cfg(test)]
pub(crate) mod testing;
