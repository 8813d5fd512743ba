//! What the integration tests share.

pub(crate) mod host;
pub(crate) mod terraform;
pub(crate) mod workspace;
