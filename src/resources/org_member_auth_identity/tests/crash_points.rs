//! Every trouble at every call of every operation, in memory: what the state says afterwards, that one more
//! apply heals, and that a destroy then leaves nothing of ours and all of others'.
//!
//! `tests/it/chaos` does the same to the real binary, where a case costs seconds; here it costs milliseconds.

use std::collections::BTreeMap;
use std::time::Duration;

use simulator::{Call, Effect, Fault};

use super::*;
use crate::ambient::{Env as _, ProcessEnv};
use crate::framework::attribute::Nested;
use crate::framework::resource::ImportResource;
use crate::framework::timeouts::Timeouts;
use crate::resources::testing::End;

pub(super) type Pairs = BTreeSet<(u64, u64)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Operation {
    Create,
    Update,
    Delete,
    Refresh,
    Import,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    Api(Effect),
    Process(End),
}

/// What is there before the operation, and what it is about.
struct Scene {
    operation: Operation,
    /// Granted by others, and declared by the resource: adopted when it applies.
    shared: Pairs,
    before: Option<MemberAuthIdentity>,
    config: MemberAuthIdentity,
}

const LONG: Duration = Duration::from_mins(1);
/// A call that stalls outlives it.
const SHORT: &str = "3s";
/// Long enough for 72 revokes at 20 a second, and too short for one that stalls besides.
const SHORT_DELETE: &str = "6s";

pub(super) fn troubles() -> Vec<Trouble> {
    let internal = || "InternalError".to_owned();
    let effects = [
        Effect::Throttle,
        Effect::code("InternalError"),
        Effect::CodeAfterApply(internal()),
        Effect::Html(502),
        Effect::HtmlAfterApply(502),
        Effect::ResetBefore,
        Effect::ResetAfterApply,
        Effect::Truncate,
        Effect::Garbage,
        Effect::StallBefore(LONG),
        Effect::StallAfterApply(LONG),
        Effect::Partial { pairs: 3, code: internal() },
        Effect::Lag(Duration::from_secs(3)),
    ];
    let ends = [End::Stop, End::KillBefore, End::KillAfter];
    effects.map(Trouble::Api).into_iter().chain(ends.map(Trouble::Process)).collect()
}

fn cloud() -> Cloud {
    organization(13, 7)
}

/// 12 members by 6 identities; an update adds member 13, removes member 1 and swaps identity 16 for 17.
fn wanted(operation: Operation) -> MemberAuthIdentity {
    match operation {
        Operation::Update => config(2..=13, [11, 12, 13, 14, 15, 17]),
        _ => config(1..=12, 11..=16),
    }
}

impl Scene {
    async fn of(operation: Operation, with_shared: bool, hurried: bool) -> Self {
        let limited = |config: MemberAuthIdentity| {
            let short = || Field::Known(SHORT.to_owned());
            let delete = Field::Known(SHORT_DELETE.to_owned());
            let limits = Timeouts { create: short(), read: short(), update: short(), delete };
            let timeouts = if hurried { Field::Known(Nested(limits)) } else { Field::Null };
            MemberAuthIdentity { timeouts, ..config }
        };
        let shared = match operation {
            _ if !with_shared => Pairs::new(),
            Operation::Update => [(13, 11), (5, 17)].into(),
            _ => [(3, 12), (9, 14)].into(),
        };
        let world = World::of(cloud());
        let before = match operation {
            Operation::Create => None,
            _ => world.run(None, Some(limited(wanted(Operation::Create)))).await.state,
        };
        Self { operation, shared, before, config: limited(wanted(operation)) }
    }

    /// A world as it is before the operation.
    fn set(&self) -> World {
        let mut cloud = cloud();
        for (uin, id) in self.before.iter().flat_map(listed).chain(self.shared.iter().copied()) {
            cloud.grant(uin, id);
        }
        if self.operation == Operation::Refresh {
            cloud.revoke(4, 13);
        }
        World::of(cloud)
    }

    async fn act(&self, world: &World) -> Left<MemberAuthIdentity> {
        let before = self.before.clone();
        match self.operation {
            Operation::Create | Operation::Update => {
                world.apply(&OrgMemberAuthIdentity, before, Some(self.config.clone())).await
            }
            Operation::Delete => world.apply(&OrgMemberAuthIdentity, before, None).await,
            Operation::Refresh => {
                world.look(before.clone(), OrgMemberAuthIdentity.read(&world.cx(), before.unwrap())).await
            }
            Operation::Import => {
                let cx = world.cx();
                let imported = async {
                    let imported =
                        OrgMemberAuthIdentity.import(&cx, "1,2,3,4,5,6,7,8,9,10,11,12#11,12,13,14,15,16");
                    OrgMemberAuthIdentity.read(&world.cx(), imported.await?).await
                };
                world.look(None, imported).await
            }
        }
    }

    /// The calls of the operation when all is well.
    async fn calls(&self) -> usize {
        let world = self.set();
        let left = self.act(&world).await;
        assert!(!left.report.has_errors(), "{:?}", left.report);
        let calls = world.calls();
        let revoking = calls.iter().skip_while(|call| *call != DELETE);
        assert_eq!(revoking.filter(|call| *call == CREATE).count(), 0, "grants come before revokes");
        calls.len()
    }
}

pub(super) fn listed(state: &MemberAuthIdentity) -> Pairs {
    state.recorded().into_keys().map(|pair| (pair.member_uin, pair.identity_id)).collect()
}

pub(super) fn declared(config: &MemberAuthIdentity) -> Pairs {
    config.product().unwrap().pairs().map(|pair| (pair.member_uin, pair.identity_id)).collect()
}

/// Pairs that a call was about which did not go well: whether they exist may be unknown.
pub(super) fn doubted(journal: &[Call]) -> Pairs {
    journal.iter().filter(|call| call.is_doubtful()).flat_map(Call::pairs).collect()
}

/// What the case came to, for the tables; an error says which promise was broken.
async fn play(scene: &Scene, trouble: &Trouble, call: usize) -> Result<&'static str, String> {
    fastrand::seed(call as u64);
    let world = scene.set();
    match trouble {
        Trouble::Api(effect) => world.cloud().fault(Fault::any(effect.clone()).nth(call)),
        Trouble::Process(end) => world.interrupt(*end, call),
    }
    let left = scene.act(&world).await;
    let came = match trouble {
        Trouble::Api(_) => world.cloud().journal().iter().any(|call| call.fault.is_some()),
        Trouble::Process(_) => world.was_interrupted(),
    };
    if !came {
        return Err("the trouble never came".to_owned());
    }

    // The state holds what exists.
    let state = left.state.as_ref().map(listed).unwrap_or_default();
    // What of others' was not adopted is still others'.
    let gone: Pairs = &(&scene.shared - &state) - &world.ours();
    if !gone.is_empty() {
        return Err(format!("others' grants are gone, and in no state: {gone:?}"));
    }
    let exists: Pairs = &world.ours() - &(&scene.shared - &state);
    let unlisted: Pairs = &exists - &state;
    let changes = !matches!(scene.operation, Operation::Refresh | Operation::Import);
    let outcome = if !left.answered {
        "killed"
    } else if !changes && left.report.has_errors() {
        "error, state as it was"
    } else if !unlisted.is_empty() {
        return Err(format!("lost: {unlisted:?}; {:?}", left.report));
    } else if state != exists {
        let doubtful: Pairs = &state - &exists;
        let invented: Pairs = &doubtful - &doubted(world.cloud().journal());
        if !invented.is_empty() {
            return Err(format!("listed for no reason: {invented:?}; {:?}", left.report));
        }
        let told = left
            .report
            .iter()
            .any(|told| told.detail.contains("not seen yet") || told.detail.contains("Could not revoke"));
        if !told {
            return Err(format!("listed, does not exist, and not told of: {doubtful:?}; {:?}", left.report));
        }
        "error, state holds what may exist"
    } else if left.report.has_errors() {
        "error, state exact"
    } else {
        "done"
    };
    let target = if scene.operation == Operation::Delete { Pairs::new() } else { declared(&scene.config) };
    if outcome == "done" && changes && exists != target {
        return Err(format!("done, but what exists is not what was wanted: {:?}", &exists ^ &target));
    }

    // One more apply heals, as the host would go about it.
    world.cloud().clear_faults();
    let tainted = scene.operation == Operation::Create && left.report.has_errors();
    let mut state = match left.state {
        Some(state) => world.refresh(&state).await,
        None => None,
    };
    tokio::time::advance(AGE_MAX).await;
    let refreshed = state.as_ref().map(listed).unwrap_or_default();
    if left.answered && changes && refreshed != exists {
        return Err(format!("refreshed state differs from what exists: {:?}", &refreshed ^ &exists));
    }
    world.next_run();
    if tainted && state.is_some() {
        let gone = world.apply(&OrgMemberAuthIdentity, state.take(), None).await;
        if gone.report.has_errors() || gone.state.is_some() {
            return Err(format!("what is tainted cannot be destroyed: {:?}", gone.report));
        }
    }
    let healed = world.apply(&OrgMemberAuthIdentity, state, Some(scene.config.clone())).await;
    if healed.report.has_errors() {
        return Err(format!("does not heal: {:?}", healed.report));
    }
    let Some(state) = healed.state else { return Err("healed to nothing".to_owned()) };
    if listed(&state) != world.ours() || world.ours() != declared(&scene.config) {
        return Err(format!("not healed: {:?}", &world.ours() ^ &declared(&scene.config)));
    }

    let destroyed = world.run(Some(&state), None).await;
    if destroyed.report.has_errors() || !world.ours().is_empty() {
        return Err(format!("not destroyed: {:?}, {:?}", world.ours(), destroyed.report));
    }
    for pair in OTHERS {
        if !world.cloud().snapshot().contains(&pair) {
            return Err(format!("{pair:?} of others is gone"));
        }
    }
    Ok(outcome)
}

/// Runs `operation` through everything, and counts what came of it. Revokes are alike, so of a delete's calls
/// each is met by a quarter of the troubles; by all of them with `CHAOS_FULL=1`.
async fn check(operation: Operation) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    let thinned = operation == Operation::Delete && ProcessEnv.var("CHAOS_FULL").is_none();
    let adopts = matches!(operation, Operation::Create | Operation::Update);
    for with_shared in if adopts { vec![false, true] } else { vec![false] } {
        for (number, trouble) in troubles().into_iter().enumerate() {
            let hurried =
                matches!(trouble, Trouble::Api(Effect::StallBefore(_) | Effect::StallAfterApply(_)));
            for hurried in if hurried { vec![false, true] } else { vec![false] } {
                let scene = Scene::of(operation, with_shared, hurried).await;
                for call in 1..=scene.calls().await {
                    if thinned && (call + number) % 4 != 0 {
                        continue;
                    }
                    match play(&scene, &trouble, call).await {
                        Ok(outcome) => *counts.entry(outcome).or_default() += 1,
                        Err(why) => broken.push(format!(
                            "{operation:?}, shared {with_shared}, hurried {hurried}, call {call}, {trouble:?}: {why}"
                        )),
                    }
                }
            }
        }
    }
    let total = counts.values().sum::<usize>() + broken.len();
    eprintln!("{operation:?}, in memory: {total} cases, {counts:?}");
    assert!(broken.is_empty(), "{} of {total} cases:\n{}\n{counts:?}", broken.len(), broken.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_create_loses_nothing_whatever_happens_at_whichever_call() {
    check(Operation::Create).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_loses_nothing_whatever_happens_at_whichever_call() {
    check(Operation::Update).await;
}

#[tokio::test(start_paused = true)]
async fn a_delete_loses_nothing_whatever_happens_at_whichever_call() {
    check(Operation::Delete).await;
}

#[tokio::test(start_paused = true)]
async fn a_refresh_loses_nothing_whatever_happens_at_whichever_call() {
    check(Operation::Refresh).await;
}

#[tokio::test(start_paused = true)]
async fn an_import_loses_nothing_whatever_happens_at_whichever_call() {
    check(Operation::Import).await;
}
