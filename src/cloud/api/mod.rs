//! The API's actions as types, one file per product, under the API's own names.
//!
//! Requests hold what we send; answers hold every documented field, each optional, because the documentation
//! of several years called all of them nullable. Unknown fields are ignored, and a whole number is also
//! accepted as a decimal string, as some published samples have it. What is in no answer type is skipped
//! without being kept.

pub(super) mod lenient;
pub mod organization;
pub mod sts;

/// The most items one page can have (`Limit` is 1 to 50; `Offset` must be a whole multiple of it). Documented
/// at every action with pages, for one <https://www.tencentcloud.com/document/product/1031/52053>.
pub const PAGE_LIMIT: u64 = 50;
