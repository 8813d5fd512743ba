//! Who and what there is in the organization: identities, members, units, and who may use which grant.

mod record;

pub use record::{
    Binding, GrantRecord, Holder, HolderKind, Identity, IdentityFilter, IdentityPolicy, Member, MemberFilter,
    Node, NodeScope,
};

use crate::cloud::Client;

/// The members, identities, units and access policies of an organization.
#[derive(Debug)]
pub struct Directory {
    client: Client,
}

impl Directory {
    /// Reaches the organization through `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The client.
    #[expect(dead_code, reason = "the lists follow")]
    fn client(&self) -> &Client {
        &self.client
    }
}
