//! Who signs, and where credentials come from.
//!
//! The client does not hold a key pair but a source of one ([`ProvideCredentials`]), which it asks for each
//! attempt through a cache, so that what a run signs with may expire and be renewed on the way. A source may
//! call the API itself, with a client of its own: nothing here that the client needs knows any source.
//!
//! | File | Where from |
//! |---|---|
//! | `fixed.rs`, `environment.rs` | what the caller was handed; variables |
//! | `profile.rs`, `sdk_file.rs` | files of the vendor's command line, and of its SDKs |
//! | `instance_role.rs`, `pod_identity.rs` | the machine, or the pod, that this runs on |
//! | `assume_role.rs`, `saml.rs`, `web_identity.rs`, `session_token.rs` | STS, as a session |
//! | `account_guard.rs` | another source, if it is of the right account |
//! | `chain.rs` | the first of several |

mod account_guard;
mod assume_role;
pub(crate) mod cache;
mod chain;
mod environment;
mod error;
mod fixed;
mod instance_role;
mod key_pair;
mod pod_identity;
mod profile;
mod provide;
mod saml;
mod sdk_file;
mod session;
mod session_token;
#[cfg(test)]
mod tests;
mod text_file;
mod web_identity;

pub use account_guard::{Accounts, GuardedSource};
pub use assume_role::RoleSource;
pub use chain::{Candidate, Chosen, first};
pub use environment::{EnvironmentSource, security_token};
pub use error::{CredentialsError, Looked};
pub use fixed::FixedSource;
pub use instance_role::{InstanceRoleSource, METADATA_URL};
pub use key_pair::Credentials;
pub use pod_identity::pod_identity;
pub use profile::Profile;
pub use provide::ProvideCredentials;
pub use saml::SamlSource;
pub use sdk_file::SdkFileSource;
pub use session_token::SessionTokenSource;
pub use web_identity::{TextFrom, WebIdentity, WebIdentitySource};
