//! The provider's executable.
fn main() {}
