//! [`Cloud`] as a test sees it, continued: units, tags, what identities allow, and access policies.
//!
//! Everything that is named must be there already; a name that is not is a slip of the test and a panic.
//! Texts may be anything.

use std::collections::BTreeMap;

use crate::cloud::Cloud;
use crate::organization::{Holder, Identity, IdentityPolicy, Member, Policy};

impl Cloud {
    /// With one more unit below `parent`; the one at the top is 1001.
    #[must_use]
    pub fn with_node(mut self, id: u64, name: &str, parent: u64) -> Self {
        self.add_node(id, name, parent);
        self
    }

    /// With one more member, in this unit.
    #[must_use]
    #[track_caller]
    pub fn with_member_in(mut self, node: u64, uin: u64, name: &str) -> Self {
        self.add_member(uin, name);
        self.move_member(uin, node);
        self
    }

    /// With a tag on this member.
    #[must_use]
    #[track_caller]
    pub fn with_tag(mut self, uin: u64, key: &str, value: &str) -> Self {
        self.member(uin).tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// With this member's verified legal entity.
    #[must_use]
    #[track_caller]
    pub fn with_entity(mut self, uin: u64, name: &str) -> Self {
        name.clone_into(&mut self.member(uin).entity);
        self
    }

    /// With this description of an identity.
    #[must_use]
    #[track_caller]
    pub fn with_description(mut self, id: u64, description: &str) -> Self {
        description.clone_into(&mut self.identity(id).description);
        self
    }

    /// With one more policy, written into this identity.
    #[must_use]
    #[track_caller]
    pub fn with_document(mut self, id: u64, document: &str) -> Self {
        self.identity(id).policies.push(IdentityPolicy::Custom(document.to_owned()));
        self
    }

    /// With an access policy that lets whoever is bound to it use an identity in these members. Their grants
    /// are in use from now on.
    #[must_use]
    #[track_caller]
    pub fn with_policy(mut self, id: u64, name: &str, identity: u64, members: &[u64]) -> Self {
        self.identity(identity);
        for uin in members {
            self.member(*uin);
        }
        self.organization.add_policy(id, name, identity, self.now);
        self.policy(id).members.extend(members);
        self
    }

    /// With `holder` bound to an access policy.
    #[must_use]
    #[track_caller]
    pub fn with_binding(mut self, policy: u64, holder: Holder) -> Self {
        self.policy(policy).holders.push(holder);
        self
    }

    /// A unit is made below `parent`.
    pub fn add_node(&mut self, id: u64, name: &str, parent: u64) {
        self.organization.add_node(id, name, parent, self.now);
    }

    /// A member moves to another unit.
    ///
    /// # Panics
    /// If there is no such member or unit: a slip of the test.
    #[track_caller]
    pub fn move_member(&mut self, uin: u64, node: u64) {
        assert!(self.organization.nodes.contains_key(&node), "there is no unit {node}");
        self.member(uin).node = node;
    }

    /// An access policy is deleted, and who was bound to it is not any more.
    pub fn remove_policy(&mut self, id: u64) {
        self.organization.policies.remove(&id);
    }

    #[track_caller]
    fn member(&mut self, uin: u64) -> &mut Member {
        seeded(&mut self.organization.members, uin)
    }

    #[track_caller]
    fn identity(&mut self, id: u64) -> &mut Identity {
        seeded(&mut self.organization.identities, id)
    }

    #[track_caller]
    fn policy(&mut self, id: u64) -> &mut Policy {
        seeded(&mut self.organization.policies, id)
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "a slip of the test, which is told where it is")]
fn seeded<T>(things: &mut BTreeMap<u64, T>, id: u64) -> &mut T {
    let Some(thing) = things.get_mut(&id) else { panic!("{id} is not in the simulated organization") };
    thing
}
