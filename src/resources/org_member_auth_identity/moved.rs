//! Takes over the state of the public provider's resource for one member.
//!
//! That resource reads everything that its member holds, so its state lists, beside what it granted, whatever
//! others granted, and nothing tells the two apart. Therefore nothing of it is recorded as ours: `grants` is
//! null, which no other state has. What becomes of such pairs is said in `inherited.rs`.

use super::model::MemberAuthIdentity;
use super::{OrgMemberAuthIdentity, validate};
use crate::framework::attribute::{Attr, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::model::model;
use crate::framework::stored::{MovesFrom, Source};
use crate::framework::value::{Field, Number};
use crate::reconcile::Product;
use crate::reconcile::grant_id::{self, GrantId};

const SOURCE_TYPE: &str = "tencentcloud_organization_org_member_auth_identity_attachment";

const ID: Attr<String> = Attr::computed("id", "UIN of the member account.");
const MEMBER_UIN: Attr<Number> = Attr::required("member_uin", "UIN of the member account.");
const IDENTITY_IDS: Attr<Set<Number>> = Attr::required("identity_ids", "Ids of the access identities.");

/// What is needed of a `tencentcloud_organization_org_member_auth_identity_attachment`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachment {
    /// The bare UIN.
    pub(super) id: Field<String>,
    /// UIN of the member account.
    pub(super) member_uin: Field<Number>,
    /// Whatever the member held, but for the preset identity 1.
    pub(super) identity_ids: Field<Set<Number>>,
}

model!(Attachment { id: ID, member_uin: MEMBER_UIN, identity_ids: IDENTITY_IDS });

impl MovesFrom<Attachment> for OrgMemberAuthIdentity {
    const SOURCE: Source = Source { provider: "tencentcloud", type_name: SOURCE_TYPE };

    fn moved(&self, _: i64, old: Attachment) -> Result<MemberAuthIdentity, Diagnostics> {
        let mut report = Diagnostics::new();
        let member = member(&old)
            .ok_or_else(|| "neither its member_uin nor its id is the UIN of a member account".to_owned());
        let identities = old.identity_ids.known().cloned().unwrap_or(Set(Vec::new()));
        validate::ids(&identities.0, &IDENTITY_IDS.path(), &validate::IDENTITY, &mut report);
        let identities = match report.iter().next() {
            Some(bad) => Err(bad.detail.clone()),
            None if identities.0.is_empty() => Err("it lists no identity_ids".to_owned()),
            None => Ok(identities.0.iter().filter_map(|id| id.known()?.to_u64()).collect()),
        };
        match (member, identities) {
            (Ok(member), Ok(identities)) => {
                Ok(MemberAuthIdentity::declaring(&Product { members: [member].into(), identities }))
            }
            (Err(problem), _) | (_, Err(problem)) => Err(impossible(&problem).into()),
        }
    }
}

/// The member of `old`; its id is a bare UIN.
fn member(old: &Attachment) -> Option<u64> {
    let typed = match old.member_uin.known() {
        Some(uin) => uin.to_string(),
        None => old.id.known()?.clone(),
    };
    match grant_id::parse(&typed) {
        Ok(GrantId::Members(members)) if members.len() == 1 => members.into_iter().next(),
        _ => None,
    }
}

fn impossible(problem: &str) -> Diagnostic {
    Diagnostic::error(
        "Move is not possible",
        format!(
            "The state of the {} names no grants: {}. Take it out of the state with a `removed` block, and bring the \
             grants in with an `import` block.",
            SOURCE_TYPE,
            problem.trim_end_matches('.')
        ),
    )
}
