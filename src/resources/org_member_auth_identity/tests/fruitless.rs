//! Grants that the API accepts and that nevertheless do not work: what is asked for again, when it is given
//! up, and what is said.

use std::time::Duration;

use simulator::{Effect, Fault};
use tokio::time::Instant;

use super::*;

/// Three times ten seconds, and what calls take.
const GIVEN_UP: Duration = Duration::from_secs(35);

fn never() -> Effect {
    Effect::Lag(Duration::from_hours(24))
}

/// Does `meddle` to the cloud every ten milliseconds while `work` lasts.
async fn meddled<T>(world: &World, work: impl Future<Output = T>, mut meddle: impl FnMut(&mut Cloud)) -> T {
    let meddling = async {
        loop {
            meddle(&mut world.cloud());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        done = work => done,
        () = meddling => unreachable!(),
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_accepted_and_never_listed_is_given_up_after_three_times_ten_seconds() {
    let world = World::of(organization(3, 1));
    world.cloud().behaviour.visibility_delay = Duration::from_hours(24);
    let began = Instant::now();
    let left = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2, 3], [11]))).await;
    assert!(began.elapsed() > Duration::from_secs(25) && began.elapsed() < GIVEN_UP, "{:?}", began.elapsed());
    assert_eq!(summaries(&left.report), ["Grant accepted but not listed"]);
    assert_eq!(world.count(CREATE), 3);
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn what_somebody_revokes_at_once_is_asked_for_again_alone() {
    let world = World::of(organization(3, 1));
    world.cloud().behaviour.latency = Duration::from_millis(50);
    let mut revoked = false;
    let create = Box::pin(world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2, 3], [11]))));
    let left = meddled(&world, create, |cloud| {
        if !revoked && cloud.snapshot().contains(&(2, 11)) {
            cloud.revoke(2, 11);
            revoked = true;
        }
    })
    .await;
    assert_eq!(left.report, Diagnostics::new());
    world.assert_exact(left.state.as_ref());
    assert_eq!(world.ours().len(), 3);
    let asked: Vec<_> = {
        let cloud = world.cloud();
        let creates = cloud.journal().iter().filter(|call| call.action == CREATE);
        creates.map(|call| call.body["MemberUins"].clone()).collect()
    };
    assert_eq!(asked, [serde_json::json!([1, 2, 3]), serde_json::json!([2])]);
}

#[tokio::test(start_paused = true)]
async fn what_stays_to_be_configured_again_is_given_up_and_stays_in_the_state() {
    let world = World::of(organization(2, 1));
    world.cloud().behaviour.latency = Duration::from_millis(50);
    let began = Instant::now();
    let create = Box::pin(world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11]))));
    let left = meddled(&world, create, |cloud| cloud.make_stale(2, 11)).await;
    assert!(began.elapsed() < GIVEN_UP, "{:?}", began.elapsed());
    assert_eq!(summaries(&left.report), ["Grant still reports that it must be configured again"]);
    let told = left.report.iter().next().unwrap();
    assert!(told.detail.starts_with("Asked three times to grant 2#11,"), "{}", told.detail);
    assert_eq!(world.count(CREATE), 3);
    world.assert_exact(left.state.as_ref());
}

/// Asked again for what is in no list, the API refuses; the first time it had said yes.
#[tokio::test(start_paused = true)]
async fn a_no_that_follows_a_yes_does_not_take_a_grant_out_of_the_state() {
    let world = World::of(organization(1, 1));
    world.cloud().fault(Fault::on(CREATE, never()));
    world.cloud().fault(Fault::on(CREATE, Effect::code("LimitExceeded")).always());
    let left = world.apply(&OrgMemberAuthIdentity, None, Some(config([1], [11]))).await;
    assert_eq!(summaries(&left.report), ["Quota reached"]);
    assert_eq!(world.count(CREATE), 2);
    world.assert_exact(left.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_destroy_does_not_wait_long_for_a_grant_that_never_shows() {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1, 2], [11])).await;
    world.next_run();
    world.cloud().revoke(1, 11);
    world.cloud().fault(Fault::on(CREATE, never()).always());
    let began = Instant::now();
    let destroy = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let left = world.apply(&OrgMemberAuthIdentity, Some(state), None).await;
        (left, began.elapsed())
    };
    let (created, (destroyed, took)) =
        tokio::join!(world.apply(&OrgMemberAuthIdentity, None, Some(config([1], [11]))), destroy);
    assert_eq!(summaries(&created.report), ["Grant accepted but not listed"]);
    assert!(destroyed.state.is_none() && destroyed.report.is_empty(), "{:?}", destroyed.report);
    assert!(took < GIVEN_UP, "{took:?}");
    world.assert_exact(created.state.as_ref());
}
