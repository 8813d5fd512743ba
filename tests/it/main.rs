//! The one integration binary: the real provider binary driven from outside.
//!
//! `cfg(test)` is always true here; clippy looks for it before it allows a test to unwrap and index.

#[cfg(test)]
mod cli;
#[cfg(test)]
mod codegen;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tidy;
