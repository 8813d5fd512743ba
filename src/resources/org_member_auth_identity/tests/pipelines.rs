//! Several runs at once on one account: processes that know nothing of each other share its rate, and
//! lengthen the lists that the others read.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use simulator::Behaviour;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::*;

const PIPELINES: u64 = 5;
const EACH: u64 = 200;

/// How long after each other they begin, in milliseconds.
const LAGS: [u64; 4] = [0, 37, 111, 500];

/// What a host takes to begin an operation, one after the other.
const BEGINNING: Duration = Duration::from_millis(8);
const READING: Duration = Duration::from_millis(2);

/// One host: it has ten operations under way and begins one at a time.
async fn host<T>(takes: Duration, operations: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let beginning = Mutex::new(());
    let begun = operations.into_iter().map(|operation| async {
        let begins = beginning.lock().await;
        sleep(takes).await;
        drop(begins);
        operation.await
    });
    stream::iter(begun).buffer_unordered(10).collect().await
}

fn account() -> World {
    let latency = Duration::from_millis(50);
    World::of(organization(PIPELINES * EACH, 1).with_behaviour(Behaviour { latency, ..Behaviour::default() }))
}

/// What the runs cost: the calls, and how many of them were refused for the rate.
fn costs(world: &World) -> (usize, usize) {
    let cloud = world.cloud();
    let refused = cloud.journal().iter().filter(|call| call.code.starts_with("RequestLimitExceeded")).count();
    (cloud.journal().len(), refused)
}

/// Has `run` done by five processes side by side.
async fn side_by_side<F: Future<Output = ()>>(
    world: &World,
    lag: u64,
    run: impl Fn(World, std::ops::RangeInclusive<u64>) -> F,
) -> Duration {
    fastrand::seed(lag);
    let began = Instant::now();
    join_all((0..PIPELINES).map(|pipeline| {
        let members = pipeline * EACH + 1..=(pipeline + 1) * EACH;
        let run = run(world.beside(), members);
        async move {
            sleep(Duration::from_millis(pipeline * lag)).await;
            run.await;
        }
    }))
    .await;
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn five_applies_share_the_rate_and_their_waves_hold_together() {
    for lag in LAGS {
        let world = account();
        let took = side_by_side(&world, lag, async |run, members| {
            let creates =
                members.map(|uin| run.apply(&OrgMemberAuthIdentity, None, Some(config([uin], [11]))));
            let left = host(BEGINNING, creates).await;
            assert!(left.iter().all(|left| left.report.is_empty() && left.state.is_some()));
        })
        .await;
        assert_eq!(world.ours().len(), 1_000);
        let (calls, refused) = costs(&world);
        let context = format!("{lag} ms apart: {took:?}, {calls} calls, {refused} refused");
        assert!(took <= Duration::from_secs(15) && calls <= 420 && refused * 16 <= calls, "{context}");
    }
}

#[tokio::test(start_paused = true)]
async fn five_plans_share_the_rate() {
    for lag in LAGS {
        let world = account();
        (1..=PIPELINES * EACH).for_each(|uin| world.cloud().grant(uin, 11));
        let took = side_by_side(&world, lag, async |run, members| {
            let reads = members.map(|uin| {
                let (run, state) = (&run, config([uin], [11]));
                async move { OrgMemberAuthIdentity.read(&run.cx(), state).await }
            });
            let seen = host(READING, reads).await;
            assert!(seen.iter().all(|seen| matches!(seen, Ok(Some(_)))));
        })
        .await;
        let (calls, refused) = costs(&world);
        let context = format!("{lag} ms apart: {took:?}, {calls} calls, {refused} refused");
        assert!(took <= Duration::from_secs(9) && refused * 6 <= calls, "{context}");
    }
}
