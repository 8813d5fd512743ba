//! `tencentcloud_org_member_auth_identity`: keeps every one of some access identities granted to every one of
//! some member accounts.
//!
//! It owns the product of its two sets, additively: grants outside the product are never touched. What the
//! operations promise is in `framework::resource`; what they do, step by step, is one file each.

mod apply;
mod check;
mod coordinate;
mod failures;
mod identity;
mod import;
mod inherited;
mod list;
mod model;
mod moved;
mod plan;
mod private;
mod read;
mod remedy;
#[cfg(test)]
mod tests;
mod validate;
mod warnings;

pub use identity::ResourceIdentity;
pub use list::Filter;
pub use model::MemberAuthIdentity;
pub use moved::Attachment;

use std::collections::BTreeSet;

use crate::framework::check::Checked;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::identity::Identified;
use crate::framework::resource::{
    Change, CoordinateResource, Cx, ImportResource, Planned, Resource, StateSlot,
};
use crate::framework::value::Field;
use crate::organization::Organization;
use crate::reconcile::Pair;

/// The identity that Tencent Cloud itself gives to the members it creates, with administrator access. It is
/// no user's to manage by accident.
const PRESET_IDENTITY: u64 = 1;

/// The resource type.
#[derive(Clone, Copy, Debug)]
pub struct OrgMemberAuthIdentity;

impl Resource for OrgMemberAuthIdentity {
    const TYPE: &'static str = "tencentcloud_org_member_auth_identity";
    const DESCRIPTION: &'static str = "Grants access identities to member accounts of a Tencent Cloud Organization: every member in \
        `member_uins` gets every identity in `identity_ids`.\n\n\
        The resource owns exactly these grants. Other grants of the same members and identities are never touched, \
        neither by an update nor by destroy. Every change is made in place, and new grants are made before old \
        ones are revoked.";
    type Data = Organization;
    type Model = MemberAuthIdentity;

    fn plan(&self, change: &Change<MemberAuthIdentity>, planned: &mut Planned<MemberAuthIdentity>) {
        plan::plan(change, planned);
    }

    async fn create(
        &self,
        cx: &Cx<'_, Organization>,
        planned: MemberAuthIdentity,
        state: &mut StateSlot<MemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        cx.data()?.directory.end_looks();
        apply::create(cx, planned, state).await
    }

    async fn read(
        &self,
        cx: &Cx<'_, Organization>,
        prior: MemberAuthIdentity,
    ) -> Result<Option<MemberAuthIdentity>, Diagnostics> {
        read::read(cx, prior).await
    }

    async fn update(
        &self,
        cx: &Cx<'_, Organization>,
        prior: MemberAuthIdentity,
        planned: MemberAuthIdentity,
        state: &mut StateSlot<MemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        cx.data()?.directory.end_looks();
        apply::update(cx, &prior, planned, state).await
    }

    async fn delete(
        &self,
        cx: &Cx<'_, Organization>,
        prior: MemberAuthIdentity,
        state: &mut StateSlot<MemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        cx.data()?.directory.end_looks();
        apply::delete(cx, prior, state).await
    }
}

impl CoordinateResource for OrgMemberAuthIdentity {
    async fn coordinate(
        &self,
        cx: &Cx<'_, Organization>,
        prior: Option<&MemberAuthIdentity>,
        planned: Option<&mut MemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        coordinate::coordinate(cx, prior, planned).await
    }
}

impl Checked for OrgMemberAuthIdentity {
    async fn check(
        &self,
        cx: &Cx<'_, Organization>,
        change: &Change<MemberAuthIdentity>,
        planned: &MemberAuthIdentity,
        report: &mut Diagnostics,
    ) {
        check::check(cx, change, planned, report).await;
    }
}

impl ImportResource for OrgMemberAuthIdentity {
    async fn import(&self, cx: &Cx<'_, Organization>, id: &str) -> Result<MemberAuthIdentity, Diagnostics> {
        import::by_id(cx, id).await
    }
}

impl Identified for OrgMemberAuthIdentity {
    type Identity = ResourceIdentity;

    fn identity(&self, state: &MemberAuthIdentity) -> Field<ResourceIdentity> {
        Field::Known(ResourceIdentity::of(state))
    }

    async fn import_identity(
        &self,
        cx: &Cx<'_, Organization>,
        id: ResourceIdentity,
    ) -> Result<MemberAuthIdentity, Diagnostics> {
        import::by_identity(cx, &id).await
    }
}

/// Warns with `text` about `pairs`, if there are any.
fn warn_about(cx: &Cx<'_, Organization>, pairs: &BTreeSet<Pair>, text: fn(&BTreeSet<Pair>) -> Diagnostic) {
    if !pairs.is_empty() {
        cx.warn(text(pairs));
    }
}
