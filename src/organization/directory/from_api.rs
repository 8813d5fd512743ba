//! From the API's items, in which everything may be missing, to the directory's records.

use super::record::{Binding, GrantRecord, Holder, HolderKind, Identity, IdentityPolicy, Member, Node};
use super::whole::PageOf;
use crate::cloud::api::organization as api;
use crate::organization::lists::status;
use crate::reconcile::Pair;

/// `IdentityType` of one that Tencent Cloud made.
pub(super) const TYPE_PRESET: u64 = 1;
/// `IdentityType` of one that the organization made.
pub(super) const TYPE_CUSTOM: u64 = 2;
/// `PolicyType` of one that Tencent Cloud made; also what one is that does not say.
const POLICY_PRESET: u64 = 2;
/// `BindType` of a user group.
const BIND_GROUP: u64 = 2;

pub(super) fn identities(page: api::IdentityPage) -> PageOf<u64, Identity> {
    let record = |item: api::Identity| Identity {
        id: item.identity_id.unwrap_or_default(),
        name: item.identity_alias_name.unwrap_or_default(),
        description: item.description.unwrap_or_default(),
        is_preset: item.identity_type == Some(TYPE_PRESET),
        policies: item.identity_policy.into_iter().map(policy).collect(),
        updated: item.update_time.unwrap_or_default(),
    };
    let items = page.items.into_iter().map(|item| (item.identity_id, record(item)));
    (page.total, items.collect())
}

fn policy(item: api::IdentityPolicy) -> IdentityPolicy {
    IdentityPolicy {
        id: item.policy_id.unwrap_or_default(),
        name: item.policy_name.unwrap_or_default(),
        is_preset: item.policy_type.unwrap_or(POLICY_PRESET) == POLICY_PRESET,
        document: item.policy_document.unwrap_or_default(),
    }
}

pub(super) fn members(page: api::MemberPage) -> PageOf<u64, Member> {
    let tag = |tag: api::Tag| Some((tag.tag_key?, tag.tag_value.unwrap_or_default()));
    let record = |item: api::Member| Member {
        uin: item.member_uin.unwrap_or_default(),
        name: item.name.unwrap_or_default(),
        nick_name: item.nick_name.unwrap_or_default(),
        kind: item.member_type.unwrap_or_default(),
        node_id: item.node_id.unwrap_or_default(),
        node_name: item.node_name.unwrap_or_default(),
        remark: item.remark.unwrap_or_default(),
        permission_status: item.permission_status.unwrap_or_default(),
        bind_status: item.bind_status.unwrap_or_default(),
        may_quit: item.is_allow_quit.as_deref() == Some("Allow"),
        tags: item.tags.into_iter().filter_map(tag).collect(),
        created: item.create_time.unwrap_or_default(),
        updated: item.update_time.unwrap_or_default(),
    };
    let items = page.items.into_iter().map(|item| (item.member_uin, record(item)));
    (page.total, items.collect())
}

pub(super) fn nodes(page: api::NodePage) -> PageOf<u64, Node> {
    let record = |item: api::Node| Node {
        id: item.node_id.unwrap_or_default(),
        name: item.name.unwrap_or_default(),
        parent_id: item.parent_node_id.unwrap_or_default(),
    };
    let items = page.items.into_iter().map(|item| (item.node_id, record(item)));
    (page.total, items.collect())
}

/// Grants of `member` or of `identity`: what an item says of the other side is its key.
pub(super) fn grants(
    member: Option<u64>,
    identity: Option<u64>,
    page: api::AuthIdentityPage,
) -> PageOf<Pair, GrantRecord> {
    let record = |item: api::AuthIdentity| {
        let member_uin = member.or(item.member_uin);
        let identity_id = identity.or(item.identity_id);
        let key =
            member_uin.zip(identity_id).map(|(member_uin, identity_id)| Pair { member_uin, identity_id });
        let record = GrantRecord {
            pair: key.unwrap_or(Pair { member_uin: 0, identity_id: 0 }),
            member_name: item.member_name.unwrap_or_default(),
            identity_name: item.identity_role_alias_name.unwrap_or_default(),
            description: item.description.unwrap_or_default(),
            is_preset: item.identity_type == Some(TYPE_PRESET),
            role_name: item.identity_role_name.unwrap_or_default(),
            status: status(item.status),
            created: item.create_time.unwrap_or_default(),
            updated: item.update_time.unwrap_or_default(),
        };
        (key, record)
    };
    (page.total, page.items.into_iter().map(record).collect())
}

/// A row about an access policy: one binding for each member that it names. A row that names nobody who may
/// use it has none.
pub(super) fn bindings(page: api::AuthPolicyPage) -> PageOf<RowKey, Vec<Binding>> {
    let row = |item: api::AuthPolicy| {
        let key = RowKey(
            item.policy_id,
            item.identity_id,
            item.member_uin,
            item.bind_type,
            item.org_sub_account_uin,
        );
        (Some(key), bindings_of(item))
    };
    (page.total, page.items.into_iter().map(row).collect())
}

/// What tells one row from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey(Option<u64>, Option<u64>, Option<u64>, Option<u64>, Option<u64>);

fn bindings_of(item: api::AuthPolicy) -> Vec<Binding> {
    let (Some(identity_id), Some(id)) = (item.identity_id, item.org_sub_account_uin.filter(|id| *id > 0))
    else {
        return Vec::new();
    };
    let kind = if item.bind_type == Some(BIND_GROUP) { HolderKind::UserGroup } else { HolderKind::SubUser };
    let holder = Holder { kind, id, name: item.org_sub_account_name.unwrap_or_default() };
    let members = item.members.iter().filter_map(|member| member.member_uin);
    let members: std::collections::BTreeSet<u64> = members.chain(item.member_uin).collect();
    let binding = |member_uin| Binding {
        pair: Pair { member_uin, identity_id },
        policy_id: item.policy_id.unwrap_or_default(),
        policy_name: item.policy_name.clone().unwrap_or_default(),
        holder: holder.clone(),
    };
    members.into_iter().map(binding).collect()
}
