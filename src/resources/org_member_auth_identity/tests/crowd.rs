//! Many resources in trouble. They share tiles and sweep a list of several pages, most of which is others',
//! and something goes wrong at each call in turn. The states list what exists, one more run heals, and a
//! destroy leaves what others had.

use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::future::join_all;
use simulator::{Effect, Fault};
use tokio::time::Instant;

use super::crash_points::{Pairs, Trouble, declared, doubted, listed, troubles};
use super::*;
use crate::framework::attribute::Nested;
use crate::framework::timeouts::Timeouts;
use crate::resources::testing::End;

const RESOURCES: u64 = 12;

/// They hold the identity too, so that its list takes three pages.
const FOREIGN: RangeInclusive<u64> = 101..=220;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Create,
    Update,
    Delete,
    Refresh,
}

use Operation::{Create, Delete, Refresh, Update};

/// All resources, each with its state, or with what became of it.
type All<T> = Vec<T>;

fn crowd(own: &Pairs) -> Cloud {
    let mut cloud = organization(*FOREIGN.end(), 1);
    // Others' are newer, so that ours are on the last page.
    for (uin, id) in own.iter().copied().chain(FOREIGN.map(|uin| (uin, 11))) {
        cloud.grant(uin, id);
    }
    cloud
}

/// Number n has member n; an update adds member n + 12, and takes member n from every third.
fn wanted(operation: Operation, n: u64) -> Option<MemberAuthIdentity> {
    match operation {
        Create | Refresh => Some(config([n], [11])),
        Update if n.is_multiple_of(3) => Some(config([n + RESOURCES], [11])),
        Update => Some(config([n, n + RESOURCES], [11])),
        Delete => None,
    }
}

fn own(world: &World) -> Pairs {
    world.ours().into_iter().filter(|(uin, _)| !FOREIGN.contains(uin)).collect()
}

fn all_listed<'a>(states: impl IntoIterator<Item = &'a Option<MemberAuthIdentity>>) -> Pairs {
    states.into_iter().flatten().flat_map(listed).collect()
}

async fn act(
    world: &World,
    operation: Operation,
    before: &All<Option<MemberAuthIdentity>>,
) -> All<Left<MemberAuthIdentity>> {
    join_all((1..).zip(before).map(|(n, state)| async move {
        if operation == Refresh {
            let (cx, state) = (world.cx(), state.clone());
            return world.look(state.clone(), OrgMemberAuthIdentity.read(&cx, state.unwrap())).await;
        }
        world.apply(&OrgMemberAuthIdentity, state.clone(), wanted(operation, n)).await
    }))
    .await
}

/// A run of its own that refreshes all.
async fn refresh(world: &World, states: All<Option<MemberAuthIdentity>>) -> All<Option<MemberAuthIdentity>> {
    world.next_run();
    tokio::time::advance(AGE_MAX).await;
    join_all(states.into_iter().map(async |state| match state {
        Some(state) => OrgMemberAuthIdentity.read(&world.cx(), state).await.expect("a readable cloud"),
        None => None,
    }))
    .await
}

async fn play(
    operation: Operation,
    before: &All<Option<MemberAuthIdentity>>,
    trouble: &Trouble,
    call: usize,
) -> Result<(), String> {
    fastrand::seed(call as u64);
    let world = World::of(crowd(&all_listed(before)));
    match trouble {
        Trouble::Api(effect) => world.cloud().fault(Fault::any(effect.clone()).nth(call)),
        Trouble::Process(end) => world.interrupt(*end, call),
    }
    let left = act(&world, operation, before).await;
    let came = match trouble {
        Trouble::Api(_) => world.cloud().journal().iter().any(|call| call.fault.is_some()),
        Trouble::Process(_) => world.was_interrupted(),
    };
    if !came {
        return Err("the trouble never came".to_owned());
    }
    let (exists, answered) = (own(&world), left.iter().all(|left| left.answered));
    let doubted = doubted(world.cloud().journal());
    world.cloud().clear_faults();

    let (states, tainted): (All<_>, All<_>) =
        left.into_iter().map(|left| (left.state, operation == Create && left.report.has_errors())).unzip();
    let writes = operation != Refresh;
    if answered && writes {
        let said = all_listed(&states);
        let (lost, invented) = (&exists - &said, &(&said - &exists) - &doubted);
        if !lost.is_empty() || !invented.is_empty() {
            return Err(format!("lost {lost:?}, listed for no reason {invented:?}"));
        }
    }

    let states = refresh(&world, states).await;
    if answered && writes && all_listed(&states) != exists {
        return Err(format!("not seen by a refresh: {:?}", &all_listed(&states) ^ &exists));
    }
    world.next_run();
    let healed = join_all((1..).zip(states).zip(tainted).map(|((n, mut state), tainted)| {
        let (world, wanted) = (&world, wanted(operation, n));
        async move {
            if tainted && state.is_some() {
                state = world.apply(&OrgMemberAuthIdentity, state, None).await.state;
            }
            (world.apply(&OrgMemberAuthIdentity, state, wanted.clone()).await, wanted)
        }
    }))
    .await;
    for (left, wanted) in &healed {
        let (listed, declared) = (left.state.as_ref().map(listed), wanted.as_ref().map(declared));
        if left.report.has_errors() || listed != declared {
            return Err(format!("does not heal: {listed:?} for {declared:?}; {:?}", left.report));
        }
    }
    let states = healed.into_iter().map(|(left, _)| left.state).collect();
    if all_listed(&states) != own(&world) {
        return Err(format!("not healed: {:?}", &all_listed(&states) ^ &own(&world)));
    }

    world.next_run();
    act(&world, Delete, &states).await;
    let foreign: Pairs = FOREIGN.map(|uin| (uin, 11)).chain(OTHERS).collect();
    let remain = world.cloud().snapshot().into_iter().collect();
    if foreign == remain { Ok(()) } else { Err(format!("after the destroy: {:?}", &foreign ^ &remain)) }
}

/// Plays all troubles at all calls.
async fn check(operation: Operation) {
    let mut before: All<_> = (0..RESOURCES).map(|_| None).collect();
    if operation != Create {
        let world = World::of(crowd(&Pairs::new()));
        before = act(&world, Create, &before).await.into_iter().map(|left| left.state).collect();
    }
    let world = World::of(crowd(&all_listed(&before)));
    let left = act(&world, operation, &before).await;
    assert!(left.iter().all(|left| !left.report.has_errors()));
    let calls = world.calls();
    let swept = world.cloud().journal().iter().any(|call| call.body["Offset"].as_u64() > Some(0));
    assert_eq!(swept, operation != Delete, "a list was read page by page");

    let (mut total, mut broken) = (0, Vec::new());
    for trouble in troubles() {
        for (call, action) in (1..).zip(&calls) {
            total += 1;
            if let Err(why) = play(operation, &before, &trouble, call).await {
                broken.push(format!("call {call} ({action}), {trouble:?}: {why}"));
            }
        }
    }
    eprintln!("{operation:?} of {RESOURCES} resources, in memory: {total} cases, {} broken", broken.len());
    assert!(broken.is_empty(), "{operation:?}:\n{}", broken.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_crowd_is_created_without_loss_whatever_happens() {
    check(Create).await;
}

#[tokio::test(start_paused = true)]
async fn a_crowd_is_updated_without_loss_whatever_happens() {
    check(Update).await;
}

#[tokio::test(start_paused = true)]
async fn a_crowd_is_destroyed_without_loss_whatever_happens() {
    check(Delete).await;
}

#[tokio::test(start_paused = true)]
async fn a_crowd_is_refreshed_without_loss_whatever_happens() {
    check(Refresh).await;
}

/// A bug of ours in a call that several share costs those their reply, and nobody else.
#[tokio::test(start_paused = true)]
async fn a_panic_in_a_shared_call_is_told_and_nothing_waits_for_it() {
    for call in 1..=5 {
        let world = World::of(organization(4, 2));
        world.interrupt(End::Panic, call);
        let left = join_all(
            [1, 2].map(|uin| world.apply(&OrgMemberAuthIdentity, None, Some(config([uin], [11, 12])))),
        )
        .await;
        assert!(world.was_interrupted(), "call {call}");
        for left in &left {
            let told: String = left.report.iter().map(|told| told.summary.as_str()).collect();
            assert!(told.is_empty() || told == "Bug in the provider", "call {call}: {told}");
        }
        assert!(left.iter().any(|left| left.report.has_errors()), "call {call}");
        let listed: Pairs = left.iter().filter_map(|left| left.state.as_ref()).flat_map(listed).collect();
        assert!(own(&world).is_subset(&listed), "call {call}: what may exist is kept");
        let next = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11, 12]))).await;
        assert!(!next.report.has_errors(), "call {call}: the same process goes on: {:?}", next.report);
    }
}

/// Two share a call that is refused for ever, and one has less time: it ends in its time, and no call is
/// about it any more.
#[tokio::test(start_paused = true)]
async fn a_hurried_resource_ends_in_its_time_though_others_have_more() {
    let limited = |uin, limit: &str| {
        let timeouts = Timeouts { create: Field::Known(limit.to_owned()), ..Timeouts::default() };
        MemberAuthIdentity { timeouts: Field::Known(Nested(timeouts)), ..config([uin], [11]) }
    };
    let world = World::of(organization(2, 1));
    world.cloud().fault(Fault::on(CREATE, Effect::Throttle).always());
    let began = Instant::now();
    let create = async |config| {
        let left = world.apply(&OrgMemberAuthIdentity, None, Some(config)).await;
        (left, began.elapsed(), world.cloud().journal().len())
    };
    let (hurried, patient) = tokio::join!(create(limited(1, "5s")), create(limited(2, "1m")));
    for ((left, took, _), limit) in [(&hurried, 5), (&patient, 60)] {
        assert!(*took <= Duration::from_secs(limit + 1), "{limit} s took {took:?}");
        assert!(left.report.iter().all(|told| told.detail.contains("timeouts.create")), "{:?}", left.report);
        assert!(left.state.is_none());
    }
    let later: Vec<_> =
        world.cloud().journal()[hurried.2..].iter().map(|call| call.body["MemberUins"].clone()).collect();
    assert!(!later.is_empty() && later.iter().all(|uins| *uins == serde_json::json!([2])), "{later:?}");
}
