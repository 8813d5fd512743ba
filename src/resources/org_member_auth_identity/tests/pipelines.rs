//! Several runs at once on one account: processes that know nothing of each other share its rate, and lengthen the lists that the
//! others read.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use simulator::{Behaviour, Order, Rate};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::*;

const PIPELINES: u64 = 5;
const EACH: u64 = 200;

/// What a host takes to begin an operation, one after the other: the more hosts share a machine, the longer.
const BEGINNING: Duration = Duration::from_millis(8);
const READING: Duration = Duration::from_millis(2);

/// One host: it has ten operations under way and begins one at a time.
async fn host<T>(
    beginning_takes: Duration,
    operations: impl IntoIterator<Item = impl Future<Output = T>>,
) -> Vec<T> {
    let beginning = Mutex::new(());
    let begun = operations.into_iter().map(|operation| async {
        let begins = beginning.lock().await;
        tokio::time::sleep(beginning_takes).await;
        drop(begins);
        operation.await
    });
    stream::iter(begun).buffer_unordered(10).collect().await
}

/// What the runs took, and of how many calls how many were refused for the rate.
struct Took {
    time: Duration,
    creates: usize,
    lists: usize,
    refused: usize,
}

fn took(world: &World, began: Instant) -> Took {
    let cloud = world.cloud();
    let refused = cloud.journal().iter().filter(|call| call.code.starts_with("RequestLimitExceeded")).count();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for call in cloud.journal() {
        let kind = if call.action == LIST {
            if call.body.get("IdentityId").is_some() {
                format!("page {}", call.body["Offset"].as_u64().unwrap_or(0) / 50)
            } else {
                "member".to_owned()
            }
        } else {
            format!("create {}", call.body["MemberUins"].as_array().unwrap().len())
        };
        let count = kinds.entry(kind).or_default();
        count.0 += 1;
        count.1 += usize::from(!call.code.is_empty());
    }
    let took =
        Took { time: began.elapsed(), creates: cloud.calls(CREATE), lists: cloud.calls(LIST), refused };
    eprintln!("{:?}: {} + {}, {} refused; {kinds:?}", took.time, took.creates, took.lists, took.refused);
    took
}

fn account() -> World {
    let latency = Duration::from_millis(50);
    World::of(organization(PIPELINES * EACH, 1).with_behaviour(Behaviour { latency, ..Behaviour::default() }))
}

fn members(pipeline: u64) -> std::ops::RangeInclusive<u64> {
    pipeline * EACH + 1..=(pipeline + 1) * EACH
}

async fn apply_all(world: &World, lag: u64) -> Took {
    let began = Instant::now();
    join_all((0..PIPELINES).map(|pipeline| {
        let run = world.beside();
        async move {
            tokio::time::sleep(Duration::from_millis(pipeline * lag)).await;
            let left = host(
                BEGINNING,
                members(pipeline)
                    .map(|uin| run.apply(&OrgMemberAuthIdentity, None, Some(config([uin], [11])))),
            )
            .await;
            assert!(left.iter().all(|left| left.report.is_empty() && left.state.is_some()));
            eprintln!("  {pipeline} ends {:?}", began.elapsed());
        }
    }))
    .await;
    took(world, began)
}

#[tokio::test(start_paused = true)]
async fn five_applies_share_the_rate() {
    for lag in [0, 37, 111, 500] {
        fastrand::seed(lag);
        let world = account();
        let took = apply_all(&world, lag).await;
        assert_eq!(world.ours().len(), 1000);
    }
}

#[tokio::test(start_paused = true)]
async fn five_plans_share_the_rate() {
    for lag in [0, 37, 111, 500] {
        fastrand::seed(lag);
        let world = account();
        for uin in 1..=PIPELINES * EACH {
            world.cloud().grant(uin, 11);
        }
        let began = Instant::now();
        join_all((0..PIPELINES).map(|pipeline| {
            let run = world.beside();
            async move {
                tokio::time::sleep(Duration::from_millis(pipeline * lag)).await;
                let seen = host(
                    READING,
                    members(pipeline).map(|uin| {
                        let (run, state) = (&run, config([uin], [11]));
                        async move { OrgMemberAuthIdentity.read(&run.cx(), state).await }
                    }),
                )
                .await;
                assert!(seen.iter().all(|seen| matches!(seen, Ok(Some(_)))));
            }
        }))
        .await;
        took(&world, began);
    }
}
