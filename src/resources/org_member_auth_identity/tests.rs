//! The life of the resource against the simulator: what the state says, what the cloud holds, which calls
//! were made.

mod any_order;
mod check;
mod crash_points;
mod crowd;
mod faults;
mod fruitless;
mod handover;
mod histories;
mod import;
mod life;
mod listed;
mod lists;
mod many;
mod moved;
mod overlap;
mod pipelines;
mod sessions;
mod spoiled;
mod stop;
mod texts;

use std::collections::BTreeSet;
use std::time::Duration;

use simulator::{Behaviour, Cloud};

use super::{MemberAuthIdentity, OrgMemberAuthIdentity};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::model::Model;
use crate::framework::resource::Resource;
use crate::framework::value::{Field, Value};
use crate::reconcile::Product;
use crate::reconcile::read::cache::AGE_MAX;
use crate::resources::testing::{Left, World};

const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
const DELETE: &str = "DeleteOrganizationMemberAuthIdentity";
const LIST: &str = "DescribeOrganizationMemberAuthIdentities";

/// Members 1 to `members` and identities 11 upwards, and a grant of others that nothing may touch.
fn organization(members: u64, identities: u64) -> Cloud {
    let mut cloud = Cloud::new();
    for uin in 1..=members {
        cloud.add_member(uin, &format!("member-{uin}"));
    }
    for id in 11..11 + identities {
        cloud.add_identity(id, &format!("identity-{id}"));
    }
    cloud.add_member(9999, "others");
    cloud.add_identity(99, "others");
    cloud.with_grant(9999, 99).with_grant(9999, 11).with_grant(1, 99)
}

/// Members 1 to 4 and identities 11 and 12, slow enough that operations of a run overlap.
fn slow() -> World {
    let latency = Duration::from_millis(50);
    World::of(organization(4, 2).with_behaviour(Behaviour { latency, ..Behaviour::default() }))
}

const OTHERS: [(u64, u64); 3] = [(1, 99), (9999, 11), (9999, 99)];

fn config(
    members: impl IntoIterator<Item = u64>,
    identities: impl IntoIterator<Item = u64>,
) -> MemberAuthIdentity {
    let product =
        Product { members: members.into_iter().collect(), identities: identities.into_iter().collect() };
    MemberAuthIdentity { id: Field::Null, ..MemberAuthIdentity::declaring(&product) }
}

impl World {
    /// One run, by a process of its own, a while after the one before.
    async fn run(
        &self,
        prior: Option<&MemberAuthIdentity>,
        config: Option<MemberAuthIdentity>,
    ) -> Left<MemberAuthIdentity> {
        self.next_run();
        tokio::time::advance(AGE_MAX).await;
        self.apply(&OrgMemberAuthIdentity, prior.cloned(), config).await
    }

    /// Applies what must succeed without a word, and returns the state.
    async fn done(
        &self,
        prior: Option<&MemberAuthIdentity>,
        config: MemberAuthIdentity,
    ) -> MemberAuthIdentity {
        let left = self.run(prior, Some(config)).await;
        assert_eq!(left.report, Diagnostics::new());
        let state = left.state.expect("a state");
        self.assert_exact(Some(&state));
        state
    }

    /// Reads as the next run would, which has seen nothing of what this one read.
    async fn refresh(&self, prior: &MemberAuthIdentity) -> Option<MemberAuthIdentity> {
        self.next_run();
        tokio::time::advance(AGE_MAX).await;
        OrgMemberAuthIdentity.read(&self.cx(), prior.clone()).await.expect("a readable cloud")
    }

    fn ours(&self) -> BTreeSet<(u64, u64)> {
        self.cloud().snapshot().into_iter().filter(|pair| !OTHERS.contains(pair)).collect()
    }

    /// The state lists exactly the grants of ours that exist, and those of others are all there.
    #[track_caller]
    fn assert_exact(&self, state: Option<&MemberAuthIdentity>) {
        let listed: BTreeSet<(u64, u64)> = state
            .map(|state| {
                state.recorded().into_keys().map(|pair| (pair.member_uin, pair.identity_id)).collect()
            })
            .unwrap_or_default();
        assert_eq!(listed, self.ours(), "left: in the state, right: in the cloud");
        for pair in OTHERS {
            assert!(self.cloud().snapshot().contains(&pair), "{pair:?} of others is gone");
        }
    }

    fn count(&self, action: &str) -> usize {
        self.cloud().calls(action)
    }
}

/// Each grant in the state as `key role status`.
fn lines(state: &MemberAuthIdentity) -> Vec<String> {
    let Value::Map(grants) = state.write().remove("grants").unwrap() else { panic!("not a map") };
    grants
        .iter()
        .map(|(key, grant)| {
            let Value::Object(grant) = grant else { panic!("not an object") };
            let show = |name: &str| match &grant[name] {
                Value::String(text) => text.clone(),
                other => format!("{other:?}"),
            };
            format!("{key} {} {}", show("role_name"), show("status"))
        })
        .collect()
}

/// Summaries of what was told, in order.
fn summaries(report: &Diagnostics) -> Vec<&str> {
    report.iter().map(|told| told.summary.as_str()).collect()
}
