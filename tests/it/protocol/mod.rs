//! The real binary, spoken to by the mini-host: the statements of the protocol checklist.

mod plugin;
pub(crate) mod provider;
