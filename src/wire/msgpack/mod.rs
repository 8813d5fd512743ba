//! Values as msgpack, directed by their type: how every value travels in both directions.
//!
//! Reading is lenient in form (any width, any order, any extension is an unknown value) and strict in
//! substance (every attribute, no other, no key twice), and safe against hostile bytes. Writing has exactly
//! one form. Follows the object wire format of the plugin protocol and go-cty's `msgpack` package.

mod decode;
mod encode;

#[cfg(test)]
mod tests;

pub use decode::decode;
pub use encode::encode;
