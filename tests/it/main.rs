//! The one integration binary: the real provider binary driven from outside.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "this is a test, and so are the functions that its tests share"
)]

mod boundary;
#[cfg(unix)]
mod chaos;
mod cli;
mod codegen;
mod docs;
mod protocol;
mod tidy;
