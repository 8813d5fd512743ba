//! Many resources at once, as Terraform runs them: ten operations at a time. What they cost together is what
//! counts.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use simulator::{Behaviour, Effect, Fault, Order, Poisoned};
use tokio::time::Instant;

use super::*;
use crate::reconcile::Pair;

/// What Terraform itself needs between the end of an operation and the beginning of the next.
const THINKING: Duration = Duration::from_millis(1);

fn busy(cloud: Cloud, order: Order) -> Cloud {
    cloud.with_behaviour(Behaviour { order, latency: Duration::from_millis(50), ..Behaviour::default() })
}

impl World {
    /// Applies `configs` from nothing, ten at a time, and returns what each left.
    async fn create_all(&self, configs: Vec<MemberAuthIdentity>) -> Vec<Left<MemberAuthIdentity>> {
        stream::iter(configs)
            .map(|config| async {
                tokio::time::sleep(THINKING).await;
                self.apply(&OrgMemberAuthIdentity, None, Some(config)).await
            })
            .buffered(10)
            .collect()
            .await
    }

    async fn refresh_all(&self, states: &[MemberAuthIdentity]) -> Vec<Option<MemberAuthIdentity>> {
        self.next_run();
        // A new process does not know how often the one before called in this second.
        tokio::time::advance(Duration::from_secs(1)).await;
        self.cloud().clear_journal();
        stream::iter(states)
            .map(|state| async {
                tokio::time::sleep(THINKING).await;
                OrgMemberAuthIdentity.read(&self.cx(), state.clone()).await.expect("a readable cloud")
            })
            .buffered(10)
            .collect()
            .await
    }

    fn refusals(&self) -> usize {
        self.cloud().journal().iter().filter(|call| call.code.starts_with("RequestLimitExceeded")).count()
    }
}

fn states(left: Vec<Left<MemberAuthIdentity>>) -> Vec<MemberAuthIdentity> {
    left.into_iter()
        .map(|left| {
            assert!(left.report.is_empty(), "{:?}", left.report);
            left.state.expect("a state")
        })
        .collect()
}

/// Creates, refreshes and destroys 1,000 one-pair resources of one identity, and says how many calls each
/// took.
async fn thousand(order: Order) -> [usize; 3] {
    let world = World::of(busy(organization(1000, 2), order));
    let states = states(world.create_all((1..=1000).map(|uin| config([uin], [12])).collect()).await);
    assert_eq!(world.ours().len(), 1000);
    let created = world.calls().len();

    let refreshed = world.refresh_all(&states).await;
    assert!(refreshed.iter().zip(&states).all(|(new, old)| new.as_ref() == Some(old)));
    let read = world.calls().len();

    world.cloud().clear_journal();
    world.next_run();
    let destroyed: Vec<_> = stream::iter(&states)
        .map(|state| world.apply(&OrgMemberAuthIdentity, Some(state.clone()), None))
        .buffered(10)
        .collect()
        .await;
    assert!(destroyed.iter().all(|left| left.state.is_none()));
    world.assert_exact(None);
    assert_eq!(world.refusals(), 0);
    [created, read, world.calls().len()]
}

#[tokio::test(start_paused = true)]
async fn a_thousand_grants_take_a_hundred_tiles_and_forty_reads() {
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let [created, read, destroyed] = thousand(order).await;
        assert!(created <= 240, "{created} calls to create, {order:?}");
        assert!(read <= 41, "{read} calls to read, {order:?}");
        assert_eq!(destroyed, 1000);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_in_random_order_costs_calls_but_no_refusal() {
    let [created, read, _] = thousand(Order::Shuffled(3)).await;
    assert!(created <= 1500, "{created} calls to create");
    assert!(read <= 41, "{read} calls to read");
}

#[tokio::test(start_paused = true)]
async fn many_identities_are_each_read_once() {
    let world = World::of(busy(organization(1000, 20), Order::NewestFirst));
    let configs = (1..=1000).map(|uin| config([uin], [11 + uin % 20])).collect();
    let states = states(world.create_all(configs).await);
    world.refresh_all(&states).await;
    let optimum = 20;
    assert!(world.calls().len() <= 2 * optimum + 20, "{} calls", world.calls().len());
}

#[tokio::test(start_paused = true)]
async fn products_are_read_by_the_cheaper_side() {
    let world = World::of(busy(organization(1000, 5), Order::NewestFirst));
    let configs = (0..100).map(|n| config(n * 10 + 1..=n * 10 + 10, 11..=15)).collect();
    let states = states(world.create_all(configs).await);
    assert_eq!(world.count(CREATE), 100);
    world.refresh_all(&states).await;
    let (optimum, members_at_first) = (5 * 20, 5);
    assert!(world.calls().len() <= optimum + members_at_first, "{} calls", world.calls().len());
}

#[tokio::test(start_paused = true)]
async fn one_large_resource_takes_the_fewest_calls() {
    let world = World::of(busy(organization(200, 6), Order::NewestFirst));
    world.done(None, config(1..=200, 12..=16)).await;
    assert_eq!(world.count(CREATE), 20);
    assert!(world.calls().len() <= 45, "{} calls", world.calls().len());
}

/// Who asks while a list is under way waits for it, and who asks soon after needs no call at all.
#[tokio::test(start_paused = true)]
async fn a_list_is_read_once_for_all_who_ask_meanwhile() {
    let mut cloud = organization(30, 1);
    (1..=30).for_each(|uin| cloud.grant(uin, 11));
    let world = World::of(busy(cloud, Order::NewestFirst));
    let left = world.apply(&OrgMemberAuthIdentity, None, Some(config(1..=10, [11]))).await;
    let state = left.state.unwrap();
    world.next_run();
    world.cloud().clear_journal();
    let began = Instant::now();
    let read = async |after: u64| {
        tokio::time::sleep(Duration::from_millis(after)).await;
        let seen = OrgMemberAuthIdentity.read(&world.cx(), state.clone()).await;
        assert_eq!(seen, Ok(Some(state.clone())));
        began.elapsed()
    };
    let [first, second, third] = tokio::join!(read(0), read(30), read(500)).into();
    assert_eq!(world.calls(), [LIST]);
    assert_eq!((first, third), (second, Duration::from_millis(500)), "with the first's answer, and at once");
}

/// What was read first is forgotten before the last has been read, and nothing is asked again.
#[tokio::test(start_paused = true)]
async fn a_look_that_takes_longer_than_readings_last_comes_to_an_end() {
    let mut cloud = organization(60 * 51, 1);
    (1..=60 * 51).for_each(|uin| cloud.grant(uin, 11));
    let world = World::of(cloud);
    let state = world.apply(&OrgMemberAuthIdentity, None, Some(config(1..=56, [11]))).await.state.unwrap();
    world.next_run();
    world.cloud().clear_journal();
    world.cloud().behaviour.latency = Duration::from_secs(25);
    let seen = OrgMemberAuthIdentity.read(&world.cx(), state.clone()).await;
    assert_eq!(seen, Ok(Some(state)));
    assert!(world.calls().len() <= 2 * 56, "{} calls", world.calls().len());
}

/// A list that shows new grants late says nothing about the page on which they will be.
#[tokio::test(start_paused = true)]
async fn a_late_list_is_not_taken_for_one_in_another_order() {
    let mut cloud = organization(1_000, 1);
    (101..=1_000).for_each(|uin| cloud.grant(uin, 11));
    let world = World::of(cloud);
    let create = async |n: u64| {
        world.cloud().clear_journal();
        let members = 5 * n..5 * n + 5;
        let left = world.apply(&OrgMemberAuthIdentity, None, Some(config(members, [11]))).await;
        assert!(left.report.is_empty(), "{:?}", left.report);
        world.count(LIST)
    };
    create(1).await;
    let usual = create(2).await;
    world.cloud().behaviour.visibility_delay = Duration::from_millis(200);
    assert!(create(3).await > usual);
    world.cloud().behaviour.visibility_delay = Duration::ZERO;
    assert!(create(4).await <= usual);
    assert_eq!(create(5).await, 1, "the page that shows what is new");
}

/// Others take out a grant while a list is read, and it becomes a page shorter.
#[tokio::test(start_paused = true)]
async fn a_list_that_becomes_shorter_while_it_is_read_hides_nothing() {
    // One more is others'.
    let mut cloud = organization(100, 1);
    (1..=50).for_each(|uin| cloud.grant(uin, 11));
    let world = World::of(busy(cloud, Order::OldestFirst));
    let state = world.apply(&OrgMemberAuthIdentity, None, Some(config(1..=50, [11]))).await.state.unwrap();
    world.next_run();
    world.cloud().clear_journal();
    let cx = world.cx();
    let reading = OrgMemberAuthIdentity.read(&cx, state);
    let revoking = async {
        while world.calls().is_empty() {
            tokio::time::sleep(THINKING).await;
        }
        world.cloud().revoke(7, 11);
    };
    let (seen, ()) = tokio::join!(reading, revoking);
    let seen = seen.unwrap().expect("a state").recorded();
    let lost: Vec<u64> = (1..=50).filter(|uin| !seen.keys().any(|pair| pair.member_uin == *uin)).collect();
    assert!(lost.is_empty() || lost == [7], "{lost:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lone_create_is_not_kept_waiting() {
    let world = World::of(organization(1, 1));
    let started = Instant::now();
    world.create_all(vec![config([1], [11])]).await;
    assert!(started.elapsed() <= Duration::from_millis(50), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn each_resource_hears_of_its_own_pairs_only() {
    let world = World::of(organization(9, 1));
    world.cloud().behaviour.poisoned = Poisoned::UpToTheBad;
    world.cloud().remove_member(5);
    let left = world.create_all((1..=9).map(|uin| config([uin], [11])).collect()).await;
    for (uin, left) in (1..=9).zip(&left) {
        if uin == 5 {
            assert_eq!(summaries(&left.report), ["Member account not found in the organization"]);
            assert!(left.report.iter().all(|told| !told.detail.contains("4#11")));
            assert!(left.state.is_none());
        } else {
            assert!(left.report.is_empty(), "{uin}: {:?}", left.report);
            let listed: Vec<Pair> = left.state.as_ref().unwrap().recorded().into_keys().collect();
            assert_eq!(listed, [Pair { member_uin: uin, identity_id: 11 }]);
        }
    }
    assert_eq!(world.ours().len(), 8);
}

/// Of two tiles that went out together one is refused for good: who has its answer is not concerned.
#[tokio::test(start_paused = true)]
async fn an_end_of_the_round_concerns_only_who_has_no_answer() {
    let world = World::of(organization(2, 2));
    world.cloud().fault(Fault::on(CREATE, Effect::code("UnauthorizedOperation")).nth(2).always());
    let left = world.create_all(vec![config([1], [11]), config([2], [12])]).await;
    let told: Vec<Vec<&str>> = left.iter().map(|left| summaries(&left.report)).collect();
    assert!(told.contains(&vec![]) && told.contains(&vec!["Not authorized"]), "{told:?}");
    assert_eq!(world.ours().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_of_a_shared_call_is_everybodys_but_costs_nobody() {
    for effect in
        [Effect::ResetAfterApply, Effect::ResetBefore, Effect::CodeAfterApply("InternalError".to_owned())]
    {
        let world = World::of(organization(8, 2));
        world.cloud().fault(Fault::on(CREATE, effect));
        let states = states(world.create_all((1..=8).map(|uin| config([uin], [12])).collect()).await);
        assert_eq!((states.len(), world.ours().len()), (8, 8));
    }
}

#[tokio::test(start_paused = true)]
async fn overlapping_resources_share_a_pair_without_harm_and_say_so() {
    let world = World::of(organization(3, 1));
    let left = world.create_all(vec![config([1, 2], [11]), config([2, 3], [11])]).await;
    assert!(left.iter().all(|left| !left.report.has_errors()));
    assert_eq!(world.ours(), [(1, 11), (2, 11), (3, 11)].into());
    assert_eq!(world.count(CREATE), 1);
    let told: Vec<&str> = left.iter().flat_map(|left| summaries(&left.report)).collect();
    assert_eq!(told, ["Grants declared twice"], "the second to come");
}

/// A pair moves from one resource to another in one apply, in whatever order the host runs them.
#[tokio::test(start_paused = true)]
async fn a_pair_that_moves_between_resources_is_never_lost() {
    for (giver_waits, taker_waits) in [(0, 0), (0, 30), (30, 0), (0, 120), (120, 0), (400, 0), (0, 400)] {
        let world = World::of(busy(organization(3, 1), Order::NewestFirst));
        let giver = world.run(None, Some(config([1, 2], [11]))).await.state.unwrap();
        let taker = world.run(None, Some(config([3], [11]))).await.state.unwrap();
        world.next_run();
        let run = async |wait: u64, state: &MemberAuthIdentity, config| {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            world.apply(&OrgMemberAuthIdentity, Some(state.clone()), Some(config)).await
        };
        let (given, taken) = tokio::join!(
            run(giver_waits, &giver, config([1], [11])),
            run(taker_waits, &taker, config([2, 3], [11]))
        );
        assert!(!given.report.has_errors() && !taken.report.has_errors(), "{given:?}, {taken:?}");
        assert_eq!(world.ours(), [(1, 11), (2, 11), (3, 11)].into(), "{giver_waits}, {taker_waits}");
        assert_eq!(lines(&taken.state.unwrap()).len(), 2);
    }
}

/// `create_before_destroy`: the new object finds the pairs of the old one, and must not lose them to its end.
#[tokio::test(start_paused = true)]
async fn an_object_that_is_replaced_does_not_take_its_successors_grants_along() {
    let world = World::of(organization(2, 1));
    let old = world.done(None, config([1, 2], [11])).await;
    world.next_run();
    let new = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11]))).await;
    assert_eq!(summaries(&new.report), ["Existing grants adopted"]);
    let destroyed = world.apply(&OrgMemberAuthIdentity, Some(old), None).await;
    assert!(destroyed.state.is_none() && destroyed.report.is_empty());
    world.assert_exact(new.state.as_ref());
    assert_eq!(world.count(DELETE), 0);
}

/// The usual replacement of a tainted object, the other way round, is no sharing.
#[tokio::test(start_paused = true)]
async fn an_object_that_is_destroyed_first_leaves_no_claim() {
    let world = World::of(organization(2, 1));
    let old = world.done(None, config([1, 2], [11])).await;
    world.next_run();
    let destroyed = world.apply(&OrgMemberAuthIdentity, Some(old), None).await;
    assert!(destroyed.state.is_none());
    let new = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11]))).await;
    assert!(new.report.is_empty(), "{:?}", new.report);
    world.assert_exact(new.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_write_is_never_answered_from_before_it() {
    let world = World::of(organization(1, 1));
    let state = world.done(None, config([1], [11])).await;
    world.next_run();
    assert!(OrgMemberAuthIdentity.read(&world.cx(), state.clone()).await.unwrap().is_some());
    let left = world.apply(&OrgMemberAuthIdentity, Some(state.clone()), None).await;
    assert!(left.state.is_none());
    let seen = OrgMemberAuthIdentity.read(&world.cx(), state).await.unwrap();
    assert_eq!(seen, None, "read within the same run, just after the revoke");
}
