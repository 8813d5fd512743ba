//! Where nothing goes wrong.

use std::time::Duration;

use simulator::{Behaviour, Effect, Fault, Order};

use super::*;
use crate::framework::attribute::Nested;
use crate::framework::timeouts::Timeouts;

#[tokio::test(start_paused = true)]
async fn a_product_is_granted_in_one_call_and_seen() {
    let world = World::of(organization(2, 2));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    assert_eq!(world.calls(), [LIST, LIST, CREATE, LIST, LIST]);
    assert_eq!(state.id, Field::Known("1,2#11,12".to_owned()));
    assert_eq!(lines(&state).len(), 4);
    assert!(lines(&state).iter().all(|line| line.ends_with("configured")), "{:?}", lines(&state));
    assert_eq!(world.refresh(&state).await, Some(state.clone()));
    let left = world.run(Some(&state), None).await;
    assert!(left.state.is_none() && left.report.is_empty());
    world.assert_exact(None);
    assert_eq!(world.count(DELETE), 4);
}

#[tokio::test(start_paused = true)]
async fn a_large_product_takes_the_fewest_grants_and_asks_the_shorter_side() {
    let world = World::of(organization(12, 6));
    world.done(None, config(1..=12, 11..=16)).await;
    assert_eq!(world.count(CREATE), 4);
    assert_eq!(world.count(LIST), 12, "page one of six identities, before and after");
}

#[tokio::test(start_paused = true)]
async fn what_exists_already_is_adopted_with_a_warning() {
    let world = World::of(organization(3, 1).with_grant(1, 11).with_grant(2, 11));
    let left = world.run(None, Some(config([1, 2, 3], [11]))).await;
    assert_eq!(summaries(&left.report), ["Existing grants adopted"]);
    assert!(!left.report.has_errors());
    world.assert_exact(left.state.as_ref());
    assert_eq!(world.count(CREATE), 1);
    let body = world.cloud().journal().iter().find(|call| call.action == CREATE).unwrap().body.clone();
    assert_eq!(body, serde_json::json!({"MemberUins": [3], "IdentityIds": [11]}));
}

#[tokio::test(start_paused = true)]
async fn a_swap_grants_before_it_revokes_and_touches_nothing_else() {
    let world = World::of(organization(3, 2));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    world.cloud().clear_journal();
    let state = world.done(Some(&state), config([2, 3], [11, 12])).await;
    assert_eq!(state.id, Field::Known("2,3#11,12".to_owned()));
    assert_eq!(world.calls(), [LIST, CREATE, LIST, DELETE, DELETE]);
}

#[tokio::test(start_paused = true)]
async fn both_sets_can_change_at_once() {
    let world = World::of(organization(4, 4));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    let state = world.done(Some(&state), config([3, 4], [13, 14])).await;
    assert_eq!(world.ours(), [(3, 13), (3, 14), (4, 13), (4, 14)].into());
    assert_eq!(state.id, Field::Known("3,4#13,14".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_grant_revoked_outside_is_read_as_missing_and_repaired_alone() {
    let world = World::of(organization(2, 2));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    world.cloud().revoke(2, 12);
    let state = world.refresh(&state).await.unwrap();
    world.assert_exact(Some(&state));
    world.cloud().clear_journal();
    world.done(Some(&state), config([1, 2], [11, 12])).await;
    assert_eq!(world.calls(), [LIST, CREATE, LIST]);
}

#[tokio::test(start_paused = true)]
async fn a_stale_grant_is_read_as_stale_and_granted_again() {
    let world = World::of(organization(1, 2));
    let state = world.done(None, config([1], [11, 12])).await;
    world.cloud().make_stale(1, 12);
    let state = world.refresh(&state).await.unwrap();
    assert!(lines(&state)[1].ends_with("stale"), "{:?}", lines(&state));
    let state = world.done(Some(&state), config([1], [11, 12])).await;
    assert!(lines(&state)[1].ends_with("configured"), "{:?}", lines(&state));
    assert!(!world.cloud().is_stale(1, 12));
    assert_eq!(world.count(DELETE), 0);
}

#[tokio::test(start_paused = true)]
async fn a_repair_is_over_only_when_the_list_shows_it() {
    let world = World::of(organization(1, 1));
    let state = world.done(None, config([1], [11])).await;
    world.cloud().make_stale(1, 11);
    let state = world.refresh(&state).await.unwrap();
    world.cloud().fault(Fault::on(CREATE, Effect::Lag(Duration::from_secs(3))));
    let state = world.done(Some(&state), config([1], [11])).await;
    assert!(lines(&state)[0].ends_with("configured"), "{:?}", lines(&state));
}

#[tokio::test(start_paused = true)]
async fn new_timeouts_alone_call_nothing() {
    let world = World::of(organization(1, 1));
    let state = world.done(None, config([1], [11])).await;
    world.cloud().clear_journal();
    let timeouts = Timeouts { create: Field::Known("1m".to_owned()), ..Timeouts::default() };
    let config = MemberAuthIdentity { timeouts: Field::Known(Nested(timeouts)), ..config([1], [11]) };
    let left = world.run(Some(&state), Some(config.clone())).await;
    assert_eq!(left.state.map(|state| state.timeouts), Some(config.timeouts));
    assert_eq!(world.calls(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn when_nothing_is_left_the_resource_is_gone() {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1, 2], [11])).await;
    world.cloud().remove_member(1);
    world.cloud().revoke(2, 11);
    assert_eq!(world.refresh(&state).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_left_can_be_destroyed_and_taken_out() {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1, 2], [11])).await;
    world.cloud().remove_member(2);
    let left = world.run(Some(&state), Some(config([1], [11]))).await;
    assert!(left.report.is_empty(), "{:?}", left.report);
    let left = world.run(Some(&state), None).await;
    assert!(left.report.is_empty(), "{:?}", left.report);
    assert!(world.ours().is_empty());
}

/// More grants of one identity than a page holds, in every order, and the samples' habit of leaving fields
/// out.
#[tokio::test(start_paused = true)]
async fn long_lists_are_read_to_their_end_in_any_order() {
    for order in [Order::NewestFirst, Order::OldestFirst, Order::Shuffled(7)] {
        for omit_optional_fields in [false, true] {
            let cloud = organization(130, 2);
            let behaviour =
                Behaviour { order, omit_optional_fields, null_items: true, ..Behaviour::default() };
            let world = World::of(cloud.with_behaviour(behaviour));
            let state = world.done(None, config(1..=130, [11, 12])).await;
            assert_eq!(world.count(CREATE), 13);
            assert_eq!(world.refresh(&state).await.map(|state| lines(&state).len()), Some(260));
            let left = world.run(Some(&state), None).await;
            assert!(left.report.is_empty() && world.ours().is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn few_members_of_a_widely_granted_identity_are_asked_themselves() {
    let mut cloud = organization(400, 1);
    for uin in 4..=400 {
        cloud.grant(uin, 11);
    }
    let world = World::of(cloud);
    let state = world.run(None, Some(config([1, 2], [11]))).await.state.unwrap();
    world.cloud().clear_journal();
    world.refresh(&state).await;
    assert!(
        world.count(LIST) <= 3,
        "page one of the identity at most, then the two members: {}",
        world.count(LIST)
    );
}
