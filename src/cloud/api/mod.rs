//! The API's actions as types, one file per product, under the API's own names.
//!
//! Requests hold what we send; answers hold every documented field, each optional, because the documentation
//! of several years called all of them nullable. Unknown fields are ignored, and a whole number is also
//! accepted as a decimal string, as some published samples have it. What is in no answer type is skipped
//! without being kept.

pub(super) mod lenient;
pub mod organization;
