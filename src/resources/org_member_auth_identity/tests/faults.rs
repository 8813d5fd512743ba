//! Where something goes wrong: nothing is lost, the state is exact, the next apply heals.

use std::time::Duration;

use simulator::{Behaviour, Effect, Fault, Poisoned};

use super::*;
use crate::framework::attribute::Nested;
use crate::framework::timeouts::Timeouts;
use crate::resources::testing::End;

/// Whatever was left: one more apply on a healthy cloud ends as configured, and a destroy leaves nothing of
/// ours.
async fn heals(world: &World, left: Left<MemberAuthIdentity>, config: MemberAuthIdentity) {
    world.cloud().clear_faults();
    let healed = world.run(left.state.as_ref(), Some(config.clone())).await;
    assert!(!healed.report.has_errors(), "{:?}", healed.report);
    world.assert_exact(healed.state.as_ref());
    let declared =
        config.product().unwrap().pairs().map(|pair| (pair.member_uin, pair.identity_id)).collect();
    assert_eq!(world.ours(), declared);
    let destroyed = world.run(healed.state.as_ref(), None).await;
    assert!(destroyed.state.is_none(), "{:?}", destroyed.report);
    world.assert_exact(None);
}

/// Every way that a grant call can go wrong and the run still succeeds.
#[tokio::test(start_paused = true)]
async fn an_unclear_outcome_is_looked_up_and_repeated_where_needed() {
    for (effect, creates) in [
        (Effect::Throttle, 2),
        (Effect::code("InternalError"), 2),
        (Effect::CodeAfterApply("InternalError".to_owned()), 1),
        (Effect::Partial { pairs: 2, code: "InternalError".to_owned() }, 2),
        (Effect::Html(502), 2),
        (Effect::HtmlAfterApply(502), 1),
        (Effect::ResetBefore, 2),
        (Effect::ResetAfterApply, 1),
        (Effect::Truncate, 1),
        (Effect::Garbage, 1),
        (Effect::StallBefore(Duration::from_mins(1)), 2),
        (Effect::StallAfterApply(Duration::from_mins(1)), 1),
        (Effect::Lag(Duration::from_secs(3)), 1),
    ] {
        let world = World::of(organization(2, 2));
        world.cloud().fault(Fault::on(CREATE, effect.clone()));
        let left = world.run(None, Some(config([1, 2], [11, 12]))).await;
        assert_eq!(left.report, Diagnostics::new(), "{effect:?}");
        world.assert_exact(left.state.as_ref());
        assert_eq!(world.count(CREATE), creates, "{effect:?}");
        heals(&world, left, config([1, 2], [11, 12])).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_and_a_late_list_together_lose_nothing() {
    let world = World::of(organization(2, 2));
    world.cloud().behaviour = Behaviour { visibility_delay: Duration::from_secs(3), ..Behaviour::default() };
    world.cloud().fault(Fault::on(CREATE, Effect::ResetAfterApply));
    let left = world.run(None, Some(config([1, 2], [11, 12]))).await;
    assert_eq!(left.report, Diagnostics::new());
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn what_never_gets_through_is_told_and_kept_out_of_the_state() {
    let world = World::of(organization(2, 2));
    world.cloud().fault(Fault::on(CREATE, Effect::code("InternalError")).always());
    let left = world.run(None, Some(config([1, 2], [11, 12]))).await;
    assert_eq!(summaries(&left.report), ["Tencent Cloud reported an internal error"]);
    assert!(left.state.is_none());
    heals(&world, left, config([1, 2], [11, 12])).await;
}

#[tokio::test(start_paused = true)]
async fn a_bad_member_is_named_and_the_others_are_granted() {
    for poisoned in [Poisoned::Nothing, Poisoned::UpToTheBad, Poisoned::AllTheGood] {
        let world =
            World::of(organization(12, 6).with_behaviour(Behaviour { poisoned, ..Behaviour::default() }));
        world.cloud().remove_member(7);
        let left = world.run(None, Some(config(1..=12, 11..=16))).await;
        assert_eq!(summaries(&left.report), ["Member account not found in the organization"]);
        let told = left.report.iter().next().unwrap();
        assert_eq!(told.path.as_ref().map(ToString::to_string), Some("member_uins".to_owned()));
        assert!(
            told.detail.starts_with("Could not grant 7#11, 7#12, 7#13, 7#14, 7#15 and 1 more."),
            "{}",
            told.detail
        );
        assert!(told.detail.contains("66 of 72 grants were made."), "{}", told.detail);
        world.assert_exact(left.state.as_ref());
        assert_eq!(world.ours().len(), 66);
        assert!(world.count(CREATE) <= 13, "{} calls to find one of twelve", world.count(CREATE));
        world.cloud().add_member(7, "back");
        heals(&world, left, config(1..=12, 11..=16)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_member_and_a_bad_identity_are_both_named() {
    let world = World::of(organization(3, 3));
    world.cloud().remove_member(2);
    world.cloud().break_identity(12);
    let left = world.run(None, Some(config(1..=3, 11..=13))).await;
    let mut told = summaries(&left.report);
    told.sort_unstable();
    assert_eq!(
        told,
        ["Access identity has invalid policies", "Member account not found in the organization"]
    );
    assert_eq!(world.ours(), [(1, 11), (1, 13), (3, 11), (3, 13)].into());
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_cannot_be_configured_does_not_keep_the_others() {
    let world = World::of(organization(4, 2));
    world.cloud().make_unconfigurable(3);
    let left = world.run(None, Some(config(1..=4, 11..=12))).await;
    assert_eq!(summaries(&left.report), ["Member account cannot be given identities"]);
    assert_eq!(world.ours().len(), 6);
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_role_that_fails_for_a_moment_is_tried_again() {
    let world = World::of(organization(1, 1));
    world.cloud().fault(Fault::on(CREATE, Effect::code("FailedOperation.CreateRole")).times(2));
    world.done(None, config([1], [11])).await;
    assert_eq!(world.count(CREATE), 3);
}

#[tokio::test(start_paused = true)]
async fn a_clear_no_ends_an_earlier_doubt() {
    let world = World::of(organization(1, 1));
    world.cloud().fault(Fault::on(CREATE, Effect::code("InternalError")));
    world
        .cloud()
        .fault(Fault::on(CREATE, Effect::code("ResourceNotFound.OrganizationMemberNotExist")).always());
    let left = world.run(None, Some(config([1], [11]))).await;
    assert_eq!(summaries(&left.report), ["Member account not found in the organization"]);
    assert!(left.state.is_none(), "what was refused is not kept to be on the safe side");
}

/// The reply of a call that worked is lost, and when it is repeated the API refuses for a reason that says
/// nothing of the first.
#[tokio::test(start_paused = true)]
async fn a_no_that_may_come_of_the_first_call_does_not_end_the_doubt() {
    for code in ["FailedOperation.CreateRole", "LimitExceeded", "ResourceInUse"] {
        for delay in [0, 3] {
            let world = World::of(organization(1, 1));
            world.cloud().behaviour.visibility_delay = Duration::from_secs(delay);
            world.cloud().fault(Fault::on(CREATE, Effect::ResetAfterApply));
            world.cloud().fault(Fault::on(CREATE, Effect::code(code)).always());
            let left = world.run(None, Some(config([1], [11]))).await;
            assert_eq!(left.report, Diagnostics::new(), "{code}, {delay} s");
            world.assert_exact(left.state.as_ref());
            heals(&world, left, config([1], [11])).await;
        }
    }
}

/// A call that a bad member spoils may have granted others, and then the run is stopped, or denied, before
/// they are asked for one by one: the state keeps what exists.
#[tokio::test(start_paused = true)]
async fn what_a_refused_call_granted_all_the_same_is_kept_when_the_run_ends_early() {
    for poisoned in [Poisoned::UpToTheBad, Poisoned::AllTheGood] {
        for call in 2..=8 {
            for stopped in [true, false] {
                let cloud =
                    organization(12, 2).with_behaviour(Behaviour { poisoned, ..Behaviour::default() });
                let world = World::of(cloud);
                world.cloud().remove_member(7);
                if stopped {
                    world.interrupt(End::Stop, call);
                } else {
                    let denied = Fault::any(Effect::code("UnauthorizedOperation")).nth(call);
                    world.cloud().fault(denied.always());
                }
                let left = world.apply(&OrgMemberAuthIdentity, None, Some(config(1..=10, [11, 12]))).await;
                let context = format!("{poisoned:?}, call {call}, stopped {stopped}: {:?}", left.report);
                let listed = left.state.as_ref().map(super::crash_points::listed).unwrap_or_default();
                let lost: BTreeSet<_> = &world.ours() - &listed;
                assert!(lost.is_empty(), "lost {lost:?} {context}");
                let more: BTreeSet<_> = &listed - &world.ours();
                assert!(
                    more.is_empty() || left.report.iter().any(|told| told.detail.contains("not seen yet")),
                    "{more:?} {context}"
                );
                heals(&world, left, config((1..=10).filter(|uin| *uin != 7), [11, 12])).await;
            }
        }
    }
}

/// A grant that exists but does not work, because its role cannot be made, is listed.
#[tokio::test(start_paused = true)]
async fn a_stale_grant_that_cannot_be_repaired_stays_in_the_state() {
    let world = World::of(organization(1, 1));
    let state = world.done(None, config([1], [11])).await;
    world.cloud().make_stale(1, 11);
    let state = world.refresh(&state).await.unwrap();
    world.cloud().fault(Fault::on(CREATE, Effect::code("FailedOperation.CreateRole")).always());
    let left = world.run(Some(&state), Some(config([1], [11]))).await;
    assert_eq!(summaries(&left.report), ["Role could not be created in the member account"]);
    world.assert_exact(left.state.as_ref());
    heals(&world, left, config([1], [11])).await;
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_is_made_once() {
    let world = World::of(organization(12, 6));
    world.cloud().deny(CREATE);
    let left = world.run(None, Some(config(1..=12, 11..=16))).await;
    assert_eq!(summaries(&left.report), ["Not authorized"]);
    assert!(left.state.is_none());
    assert!(world.count(CREATE) <= 2, "one a lane: {}", world.count(CREATE));
}

#[tokio::test(start_paused = true)]
async fn a_failed_second_tile_leaves_the_first_in_the_state() {
    let world = World::of(organization(2, 7));
    world.cloud().fault(Fault::on(CREATE, Effect::code("UnauthorizedOperation")).nth(2).always());
    let left = world.run(None, Some(config([1, 2], 11..=17))).await;
    assert_eq!(summaries(&left.report), ["Not authorized"]);
    assert_eq!(world.ours().len(), 10);
    world.assert_exact(left.state.as_ref());
    heals(&world, left, config([1, 2], 11..=17)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_grant_keeps_the_old_ones() {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1], [11])).await;
    world.cloud().deny(CREATE);
    let left = world.run(Some(&state), Some(config([2], [11]))).await;
    let told = left.report.iter().next().unwrap();
    assert!(told.detail.contains("Nothing was revoked, so that access does not drop"), "{}", told.detail);
    assert_eq!(world.ours(), [(1, 11)].into());
    world.assert_exact(left.state.as_ref());
    world.cloud().allow(CREATE);
    heals(&world, left, config([2], [11])).await;
}

#[tokio::test(start_paused = true)]
async fn a_grant_in_use_blocks_itself_alone_and_stays_in_the_state() {
    let world = World::of(organization(2, 2));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    world.cloud().bind_policy(2, 12);
    let left = world.run(Some(&state), None).await;
    assert_eq!(summaries(&left.report), ["Grant still in use"]);
    let told = left.report.iter().next().unwrap();
    assert!(told.detail.starts_with("Could not revoke 2#12."), "{}", told.detail);
    assert!(told.detail.contains("3 of 4 grants were revoked."), "{}", told.detail);
    assert_eq!(world.ours(), [(2, 12)].into());
    world.assert_exact(left.state.as_ref());
    let refreshed = world.refresh(left.state.as_ref().unwrap()).await;
    world.assert_exact(refreshed.as_ref());
    world.cloud().unbind_policy(2, 12);
    let left = world.run(refreshed.as_ref(), None).await;
    assert!(left.state.is_none() && left.report.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_blocked_revoke_of_an_update_is_not_forgotten() {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1, 2], [11])).await;
    world.cloud().bind_policy(2, 11);
    let left = world.run(Some(&state), Some(config([1], [11]))).await;
    assert_eq!(summaries(&left.report), ["Grant still in use"]);
    world.assert_exact(left.state.as_ref());
    let refreshed = world.refresh(left.state.as_ref().unwrap()).await.unwrap();
    world.assert_exact(Some(&refreshed));
    world.cloud().unbind_policy(2, 11);
    let state = world.done(Some(&refreshed), config([1], [11])).await;
    assert_eq!(lines(&state).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unclear_revoke_is_repeated() {
    for effect in [
        Effect::code("InternalError"),
        Effect::CodeAfterApply("InternalError".to_owned()),
        Effect::ResetBefore,
        Effect::ResetAfterApply,
        Effect::Html(502),
        Effect::Truncate,
        Effect::Throttle,
        Effect::StallAfterApply(Duration::from_mins(1)),
    ] {
        let world = World::of(organization(1, 2));
        let state = world.done(None, config([1], [11, 12])).await;
        world.cloud().fault(Fault::on(DELETE, effect.clone()));
        let left = world.run(Some(&state), None).await;
        assert!(left.state.is_none() && left.report.is_empty(), "{effect:?}: {:?}", left.report);
        world.assert_exact(None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wrong_account_is_an_error_and_never_gone() {
    let world = World::of(organization(1, 1));
    let state = world.done(None, config([1], [11])).await;
    let missing = || Effect::code("ResourceNotFound.OrganizationNotExist");
    world.cloud().fault(Fault::on(LIST, missing()).always());
    world.cloud().fault(Fault::on(DELETE, missing()).always());
    world.next_run();
    let error = OrgMemberAuthIdentity.read(&world.cx(), state.clone()).await.unwrap_err();
    assert_eq!(summaries(&error), ["These credentials administer no organization"]);
    let left = world.run(Some(&state), None).await;
    assert_eq!(summaries(&left.report), ["These credentials administer no organization"]);
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_failing_look_changes_nothing() {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1], [11])).await;
    world.cloud().fault(Fault::on(LIST, Effect::Html(502)).always());
    let left = world.run(Some(&state), Some(config([1, 2], [11]))).await;
    assert_eq!(left.state, Some(state));
    assert_eq!(world.count(CREATE), 1);
}

#[tokio::test(start_paused = true)]
async fn grants_that_cannot_be_seen_are_kept_to_be_on_the_safe_side() {
    let world = World::of(organization(1, 1));
    world.cloud().fault(Fault::on(LIST, Effect::Html(502)).nth(2).always());
    let left = world.run(None, Some(config([1], [11]))).await;
    assert!(left.report.has_errors());
    world.assert_exact(left.state.as_ref());
    heals(&world, left, config([1], [11])).await;
}

#[tokio::test(start_paused = true)]
async fn time_running_out_keeps_what_was_done() {
    let world = World::of(organization(2, 2));
    world.cloud().behaviour =
        Behaviour { visibility_delay: Duration::from_hours(24), ..Behaviour::default() };
    let timeouts = Timeouts { create: Field::Known("20s".to_owned()), ..Timeouts::default() };
    let config = MemberAuthIdentity { timeouts: Field::Known(Nested(timeouts)), ..config([1, 2], [11, 12]) };
    let left = world.run(None, Some(config)).await;
    assert_eq!(summaries(&left.report), ["Operation ran out of time"]);
    let told = left.report.iter().next().unwrap();
    assert!(told.detail.contains("timeouts.create"), "{}", told.detail);
    assert!(told.detail.contains("Asked for but not seen yet, and kept in the state to be on the safe side: 1#11, 1#12, 2#11, 2#12."), "{}", told.detail);
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_stop_makes_no_further_call_and_keeps_what_was_done() {
    let world = World::of(organization(40, 20));
    world.cloud().behaviour = Behaviour { latency: Duration::from_millis(300), ..Behaviour::default() };
    let apply = world.run(None, Some(config(1..=40, 11..=30)));
    let stop = async {
        while world.count(CREATE) < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        world.stop();
        world.cloud().calls(CREATE)
    };
    let (left, made) = tokio::join!(apply, stop);
    assert_eq!(world.count(CREATE), made, "a call was begun after the stop");
    assert_eq!(summaries(&left.report), ["Operation stopped"]);
    world.assert_exact(left.state.as_ref());
    assert!(!world.ours().is_empty());
}
