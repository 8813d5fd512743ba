//! Ctrl-C and the end of time, at every call of every operation: no call is begun any more, the state is what
//! exists, and the text says how far it came.

use std::time::Duration;

use simulator::{Behaviour, Effect, Fault};
use tokio::time::Instant;

use super::*;
use crate::framework::attribute::Nested;
use crate::framework::timeouts::Timeouts;
use crate::resources::testing::End;

/// No attempt takes longer than this when time is up.
const ONE_CALL: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Create,
    Update,
    Delete,
    Read,
}

use Operation::{Create, Delete, Read, Update};

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Create => "create",
            Update => "update",
            Delete => "delete",
            Read => "read",
        }
    }
}

fn limited(config: MemberAuthIdentity, limit: &str) -> MemberAuthIdentity {
    let limit = || Field::Known(limit.to_owned());
    let limits = Timeouts { create: limit(), read: limit(), update: limit(), delete: limit() };
    MemberAuthIdentity { timeouts: Field::Known(Nested(limits)), ..config }
}

/// 12 members × 6 identities; an update takes two members and an identity away and adds others.
async fn before(world: &World, operation: Operation, limit: &str) -> Option<MemberAuthIdentity> {
    if operation == Create {
        return None;
    }
    let state = world.done(None, config(1..=12, 11..=16)).await;
    world.next_run();
    tokio::time::advance(AGE_MAX).await;
    Some(limited(state, limit))
}

async fn act(
    world: &World,
    operation: Operation,
    before: Option<MemberAuthIdentity>,
    limit: &str,
) -> Left<MemberAuthIdentity> {
    match operation {
        Create => {
            world.apply(&OrgMemberAuthIdentity, None, Some(limited(config(1..=12, 11..=16), limit))).await
        }
        Update => {
            let config = limited(config(3..=14, 12..=17), limit);
            world.apply(&OrgMemberAuthIdentity, before, Some(config)).await
        }
        Delete => world.apply(&OrgMemberAuthIdentity, before, None).await,
        Read => world.look(before.clone(), OrgMemberAuthIdentity.read(&world.cx(), before.unwrap())).await,
    }
}

fn texts(left: &Left<MemberAuthIdentity>) -> String {
    left.report.iter().flat_map(|told| [told.summary.as_str(), ": ", &told.detail, "\n"]).collect()
}

/// What exists of ours is listed, and what is listed besides is told of.
#[track_caller]
fn assert_kept(world: &World, left: &Left<MemberAuthIdentity>, context: &str) {
    let listed = left.state.as_ref().map(super::crash_points::listed).unwrap_or_default();
    let lost: BTreeSet<_> = &world.ours() - &listed;
    assert!(lost.is_empty(), "{context}: lost {lost:?}");
    let doubtful: BTreeSet<_> = &listed - &world.ours();
    let invented: BTreeSet<_> = &doubtful - &super::crash_points::doubted(world.cloud().journal());
    assert!(invented.is_empty(), "{context}: listed for no reason: {invented:?}");
    for pair in OTHERS {
        assert!(world.cloud().snapshot().contains(&pair), "{context}: {pair:?} of others is gone");
    }
    let text = texts(left);
    assert!(
        doubtful.is_empty() || text.contains("not seen yet") || text.contains("Could not revoke"),
        "{context}: not told of {doubtful:?}: {text}"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_no_call_is_begun() {
    for operation in [Create, Update, Delete, Read] {
        for call in 1.. {
            let world = World::of(organization(14, 7));
            let before = before(&world, operation, "20m").await;
            world.cloud().behaviour =
                Behaviour { latency: Duration::from_millis(300), ..Behaviour::default() };
            world.cloud().clear_journal();
            world.interrupt(End::Stop, call);
            let left = act(&world, operation, before, "20m").await;
            if !world.was_interrupted() {
                assert!(call > 1, "{operation:?} makes no call");
                break;
            }
            let context = format!("{operation:?} stopped at call {call}");
            let begun = world.cloud().journal().len();
            assert_eq!(begun, call, "{context}: calls were begun after it");
            if left.report.has_errors() {
                let text = texts(&left);
                assert!(text.contains("Operation stopped"), "{context}: {text}");
                let counted = text.contains(" were made. ") || text.contains(" were revoked. ");
                assert!(counted || text.contains("Could not look"), "{context}: {text}");
            }
            if operation == Read {
                assert!(left.state.is_some());
            } else {
                assert_kept(&world, &left, &context);
            }
        }
    }
}

/// What goes on for ever.
fn endless() -> Vec<(&'static str, Effect)> {
    let actions = [LIST, CREATE, DELETE];
    let effects = [
        Effect::Throttle,
        Effect::StallBefore(Duration::from_hours(1)),
        Effect::StallAfterApply(Duration::from_hours(1)),
        Effect::ResetBefore,
        Effect::code("InternalError"),
    ];
    effects.into_iter().flat_map(|effect| actions.map(|action| (action, effect.clone()))).collect()
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_is_kept_to_within_one_call() {
    for operation in [Create, Update, Delete, Read] {
        for (limit, text) in [(Duration::from_secs(2), "2s"), (Duration::from_mins(1), "1m")] {
            for (action, effect) in endless() {
                let context = format!("{operation:?} within {text}, {action} always {effect:?}");
                let world = World::of(organization(14, 7));
                let before = before(&world, operation, text).await;
                world.cloud().fault(Fault::on(action, effect).always());
                let began = Instant::now();
                let left = act(&world, operation, before, text).await;
                assert!(began.elapsed() <= limit + ONE_CALL, "{context}: took {:?}", began.elapsed());
                if operation == Read {
                    assert!(left.state.is_some(), "{context}");
                } else {
                    assert_kept(&world, &left, &context);
                }
                let said = texts(&left);
                if said.contains("timeouts.") {
                    let named =
                        format!("The limit was {text}, set by timeouts.{} or its default.", operation.name());
                    assert!(said.contains(&named), "{context}: {said}");
                    let counted = said.contains(" were made. ") || said.contains(" were revoked. ");
                    assert!(counted || said.contains("Could not look"), "{context}: {said}");
                }
                world.cloud().clear_faults();
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_runs_out_of_time_says_in_what_and_how_far_it_came() {
    for (operation, action, phase, count) in [
        (Create, LIST, "Could not look which grants exist", "none was made or revoked"),
        (Create, CREATE, "Granting ended early.", "0 of 72 grants were made. "),
        (Update, CREATE, "Granting ended early.", " of 22 grants were made. "),
        (Update, DELETE, "Revoking ended early.", "0 of 22 grants were revoked. "),
        (Delete, DELETE, "Revoking ended early.", "0 of 72 grants were revoked. "),
        (Read, LIST, "Could not look which grants exist", "."),
    ] {
        let world = World::of(organization(14, 7));
        let before = before(&world, operation, "2s").await;
        world.cloud().fault(Fault::on(action, Effect::Throttle).always());
        let said = texts(&act(&world, operation, before, "2s").await);
        let limit = format!("The limit was 2s, set by timeouts.{} or its default.", operation.name());
        for part in [phase, count, &limit] {
            assert!(said.contains(part), "{operation:?}, {action}: {part:?} is not in {said}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn grants_that_never_show_use_up_the_time_and_no_more() {
    for operation in [Create, Update] {
        let world = World::of(organization(14, 7));
        let before = before(&world, operation, "20s").await;
        world.cloud().behaviour =
            Behaviour { visibility_delay: Duration::from_hours(1), ..Behaviour::default() };
        let began = Instant::now();
        let left = act(&world, operation, before, "20s").await;
        assert!(began.elapsed() <= Duration::from_secs(20) + ONE_CALL);
        let said = texts(&left);
        assert!(
            said.contains("The limit was 20s, set by timeouts.") && said.contains("not seen yet"),
            "{said}"
        );
        assert_kept(&world, &left, "never shown");
    }
}
