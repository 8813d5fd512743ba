//! Who and what there is in the organization: identities, members, units, and who may use which grant.
//!
//! Every list is whole, or an error: what decides who gets access must not be short by a page. Knows no
//! configuration and no plan.

mod existence;
mod from_api;
mod record;
mod remembered;
#[cfg(test)]
mod tests;
mod units;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use existence::Missing;
pub use record::{
    Binding, GrantRecord, Holder, HolderKind, Identity, IdentityFilter, IdentityPolicy, Member, MemberFilter,
    Node, NodeScope,
};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use self::existence::Existences;
use self::from_api::{TYPE_CUSTOM, TYPE_PRESET};
use self::remembered::Remembered;
use super::{CONCURRENT_CALLS, Halt};
use crate::cloud::api::organization::{
    DescribeOrganizationMemberAuthIdentities, DescribeOrganizationMembers,
    DescribeOrganizationMembersAuthPolicy, DescribeOrganizationNodes, ListOrganizationIdentity, PAGE_LIMIT,
    Tag,
};
use crate::cloud::{Client, Deadline};

/// With so many units at most, each is asked for its members; with more, everybody is listed.
const UNITS_ASKED_MAX: usize = 3;

/// The members, identities, units and access policies of an organization.
#[derive(Debug)]
pub struct Directory {
    client: Client,
    identities: Remembered<IdentityFilter, Vec<Identity>>,
    members: Remembered<MemberFilter, Vec<Member>>,
    nodes: Remembered<(), Vec<Node>>,
    existences: Existences,
}

impl Directory {
    /// Reaches the organization through `client`.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            identities: Remembered::default(),
            members: Remembered::default(),
            nodes: Remembered::default(),
            existences: Existences::default(),
        }
    }

    /// The identities that `filter` lets through, in ascending order of their ids, as they were a minute ago
    /// or later.
    pub async fn identities(
        &self,
        filter: &IdentityFilter,
        until: &Deadline,
    ) -> Result<Arc<Vec<Identity>>, Halt> {
        self.identities.get(filter, until, self.identities_anew(filter, until)).await
    }

    /// As [`Directory::identities`], read anew.
    pub async fn identities_anew(
        &self,
        filter: &IdentityFilter,
        until: &Deadline,
    ) -> Result<Vec<Identity>, Halt> {
        let page_at = |offset| ListOrganizationIdentity {
            offset,
            limit: PAGE_LIMIT,
            search_key: filter.search.clone(),
            identity_id: filter.id,
            identity_type: filter.is_preset.map(|preset| if preset { TYPE_PRESET } else { TYPE_CUSTOM }),
        };
        Ok(values(whole::read(&self.client, until, page_at, from_api::identities).await?))
    }

    /// The members that `filter` lets through, in ascending order of their UINs, as they were a minute ago or
    /// later. A unit that does not exist is the API's error.
    pub async fn members(&self, filter: &MemberFilter, until: &Deadline) -> Result<Arc<Vec<Member>>, Halt> {
        self.members.get(filter, until, self.read_members(filter, until)).await
    }

    async fn read_members(&self, filter: &MemberFilter, until: &Deadline) -> Result<Vec<Member>, Halt> {
        let Some(scope) = filter.node else { return self.list_members(filter, None, until).await };
        let units = if scope.recursive {
            units::below(&self.nodes(until).await?, scope.id)
        } else {
            BTreeSet::from([scope.id])
        };
        if units.len() > UNITS_ASKED_MAX {
            let everybody = MemberFilter { node: None, ..filter.clone() };
            let read = self.list_members(&everybody, None, until);
            let everybody = self.members.get(&everybody, until, read).await?;
            return Ok(everybody.iter().filter(|member| units.contains(&member.node_id)).cloned().collect());
        }
        let mut found = BTreeMap::new();
        // A unit that the tree does not have is asked for too, so that the API says so.
        for unit in if units.is_empty() { BTreeSet::from([scope.id]) } else { units.clone() } {
            let members = self.list_members(filter, Some(unit), until).await?;
            // The API may count members of the units below.
            let of_it = members.into_iter().filter(|member| member.node_id == unit);
            found.extend(of_it.map(|member| (member.uin, member)));
        }
        Ok(values(found))
    }

    async fn list_members(
        &self,
        filter: &MemberFilter,
        node_id: Option<u64>,
        until: &Deadline,
    ) -> Result<Vec<Member>, Halt> {
        let tag = |(key, value): (&String, &String)| Tag {
            tag_key: Some(key.clone()),
            tag_value: Some(value.clone()),
        };
        let page_at = |offset| DescribeOrganizationMembers {
            offset,
            limit: PAGE_LIMIT,
            search_key: filter.search.clone(),
            auth_name: filter.entity.clone(),
            product: filter.product.clone(),
            tags: filter.tags.iter().map(tag).collect(),
            node_id,
        };
        Ok(values(whole::read(&self.client, until, page_at, from_api::members).await?))
    }

    /// All units, in ascending order of their ids, as they were a minute ago or later.
    pub async fn nodes(&self, until: &Deadline) -> Result<Arc<Vec<Node>>, Halt> {
        let read = async {
            let page_at = |offset| DescribeOrganizationNodes { offset, limit: PAGE_LIMIT };
            Ok(values(whole::read(&self.client, until, page_at, from_api::nodes).await?))
        };
        self.nodes.get(&(), until, read).await
    }

    /// Who may use which grant, by the access policies of the whole organization, in ascending order. Read
    /// anew.
    pub async fn bindings(&self, until: &Deadline) -> Result<Vec<Binding>, Halt> {
        let page_at = |offset| DescribeOrganizationMembersAuthPolicy { offset, limit: PAGE_LIMIT };
        let rows = whole::read(&self.client, until, page_at, from_api::bindings).await?;
        let bindings: BTreeSet<Binding> = rows.into_values().flatten().collect();
        Ok(bindings.into_iter().collect())
    }

    /// What `member` was granted, in ascending order. Read anew; empty if there is no such member.
    pub async fn grants_of_member(&self, member: u64, until: &Deadline) -> Result<Vec<GrantRecord>, Halt> {
        self.grants(Some(member), None, until).await
    }

    /// Who was granted `identity`, in ascending order. Read anew; empty if there is no such identity.
    pub async fn grants_of_identity(
        &self,
        identity: u64,
        until: &Deadline,
    ) -> Result<Vec<GrantRecord>, Halt> {
        self.grants(None, Some(identity), until).await
    }

    /// What each of `members` was granted, likewise, in ascending order.
    pub async fn grants_of_members(
        &self,
        members: &BTreeSet<u64>,
        until: &Deadline,
    ) -> Result<Vec<GrantRecord>, Halt> {
        side_by_side(members, |member| self.grants(Some(member), None, until)).await
    }

    /// Who was granted each of `identities`, likewise, in ascending order.
    pub async fn grants_of_identities(
        &self,
        identities: &BTreeSet<u64>,
        until: &Deadline,
    ) -> Result<Vec<GrantRecord>, Halt> {
        side_by_side(identities, |identity| self.grants(None, Some(identity), until)).await
    }

    async fn grants(
        &self,
        member_uin: Option<u64>,
        identity_id: Option<u64>,
        until: &Deadline,
    ) -> Result<Vec<GrantRecord>, Halt> {
        let page_at = |offset| DescribeOrganizationMemberAuthIdentities {
            offset,
            limit: PAGE_LIMIT,
            member_uin,
            identity_id,
        };
        let split = |page| from_api::grants(member_uin, identity_id, page);
        match whole::read(&self.client, until, page_at, split).await {
            Ok(grants) => Ok(values(grants)),
            Err(Halt::Error(error)) if super::lists::is_refusal(&error) => Ok(Vec::new()),
            Err(halt) => Err(halt),
        }
    }
}

/// All that `list` gives for each of `keys`, in ascending order of pairs; the first error ends it.
async fn side_by_side<F>(keys: &BTreeSet<u64>, list: impl Fn(u64) -> F) -> Result<Vec<GrantRecord>, Halt>
where
    F: Future<Output = Result<Vec<GrantRecord>, Halt>>,
{
    let lists = stream::iter(keys.iter().copied().map(list)).buffer_unordered(CONCURRENT_CALLS);
    let mut grants: Vec<GrantRecord> = lists.try_concat().await?;
    grants.sort_unstable_by_key(|grant| grant.pair);
    Ok(grants)
}

fn values<K, T>(map: BTreeMap<K, T>) -> Vec<T> {
    map.into_values().collect()
}
