//! The one integration binary: the real provider binary driven from outside.

mod cli;
mod codegen;
mod docs;
mod protocol;
mod support;
mod tidy;
