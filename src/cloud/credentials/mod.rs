//! Who signs, and where credentials come from.
//!
//! The client does not hold a key pair but a source of one ([`ProvideCredentials`]), which it asks for each
//! attempt through a cache, so that what a run signs with may expire and be renewed on the way. A source may
//! call the API itself, with a client of its own: nothing here that the client needs knows any source.

pub(crate) mod cache;
mod environment;
mod error;
mod fixed;
mod key_pair;
mod provide;

pub use environment::EnvironmentSource;
pub use error::CredentialsError;
pub use fixed::FixedSource;
pub use key_pair::Credentials;
pub use provide::ProvideCredentials;
