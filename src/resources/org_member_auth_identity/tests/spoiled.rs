//! Two hundred pairs of which many cannot be granted: every good one is granted all the same, the bad ones
//! are named, and the search for them comes to an end.

use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use proptest::prelude::*;
use proptest::sample::select;
use simulator::{Behaviour, Effect, Fault, Poisoned};
use tokio::runtime::Builder;
use tokio::time::Instant;

use super::*;

const CALLS_MAX: usize = 250;
const TIME_MAX: Duration = Duration::from_mins(1);

/// Two hundred pairs each: members and identities.
const SHAPES: [(u64, u64); 4] = [(200, 1), (20, 10), (40, 5), (1, 200)];

/// The identities of a shape. Others hold number 99.
fn identities(count: u64) -> RangeInclusive<u64> {
    101..=100 + count
}

fn far(members: u64) -> Cloud {
    organization(members, 290)
        .with_behaviour(Behaviour { latency: Duration::from_millis(50), ..Behaviour::default() })
}

#[tokio::test(start_paused = true)]
async fn two_hundred_pairs_that_all_fail_are_given_up_within_250_calls_and_a_minute() {
    for code in [
        "FailedOperation.CreateRole",
        "FailedOperation",
        "UnsupportedOperation",
        "ResourceNotFound.OrganizationMemberNotExist",
        "ResourceNotFound.OrganizationIdentityNotExist",
    ] {
        for (members, count) in SHAPES {
            let world = World::of(far(members));
            world.cloud().fault(Fault::on(CREATE, Effect::code(code)).always());
            let began = Instant::now();
            let declared = config(1..=members, identities(count));
            let left = world.apply(&OrgMemberAuthIdentity, None, Some(declared)).await;
            let (calls, took) = (world.calls().len(), began.elapsed());
            assert_eq!(left.report.iter().count(), 1, "{:?}", left.report);
            assert!(left.state.is_none());
            assert!(
                calls <= CALLS_MAX && took <= TIME_MAX,
                "{code}, {members} × {count}: {calls} calls, {took:?}"
            );
        }
    }
}
#[tokio::test(start_paused = true)]
async fn as_many_resources_of_one_pair_do_not_take_more() {
    for code in ["FailedOperation.CreateRole", "UnsupportedOperation"] {
        let world = World::of(far(200));
        world.cloud().fault(Fault::on(CREATE, Effect::code(code)).always());
        let began = Instant::now();
        let all: Vec<_> = stream::iter(1..=200)
            .map(|uin| world.apply(&OrgMemberAuthIdentity, None, Some(config([uin], [101]))))
            .buffered(10)
            .collect()
            .await;
        let (calls, took) = (world.calls().len(), began.elapsed());
        assert!(all.iter().all(|left| left.state.is_none() && left.report.has_errors()));
        assert!(calls <= CALLS_MAX && took <= TIME_MAX, "{code}, one by one: {calls} calls, {took:?}");
    }
}

/// What is bad, and whether a pair is.
type Bad = (&'static str, fn(u64, u64) -> bool);

const BAD: [Bad; 6] = [
    ("one member", |uin, _| uin == 3),
    ("every second member", |uin, _| uin % 2 == 0),
    ("all members but one", |uin, _| uin != 17),
    ("the first half", |uin, _| uin <= 10),
    ("one identity", |_, id| id == 102),
    ("one pair", |uin, id| (uin, id) == (4, 103)),
];

#[tokio::test(start_paused = true)]
async fn every_good_pair_among_bad_ones_is_granted() {
    for (members, count) in [(200, 1), (20, 10), (40, 5)] {
        for (what, is_bad) in BAD {
            let world = World::of(far(members));
            let declared = config(1..=members, identities(count));
            let pairs = declared.product().unwrap();
            let (bad, good): (BTreeSet<_>, BTreeSet<_>) = pairs
                .pairs()
                .map(|pair| (pair.member_uin, pair.identity_id))
                .partition(|(uin, id)| is_bad(*uin, *id));
            for (uin, id) in &bad {
                world.cloud().block_role(*uin, *id);
            }
            let began = Instant::now();
            let left = world.apply(&OrgMemberAuthIdentity, None, Some(declared)).await;
            let context = format!("{what} of {members} × {count}");
            assert_eq!(world.ours(), good, "{context}");
            world.assert_exact(left.state.as_ref());
            assert_eq!(left.report.has_errors(), !bad.is_empty());
            let (calls, took) = (world.calls().len(), began.elapsed());
            assert!(calls <= CALLS_MAX + 75 && took <= TIME_MAX, "{context}: {calls} calls, {took:?}");
        }
    }
}

/// The roles of some identities cannot be made in any account, and they are asked for first.
#[tokio::test(start_paused = true)]
async fn a_member_is_not_given_up_for_the_roles_of_some_identities() {
    let world = World::of(far(1));
    (101..=105).for_each(|id| world.cloud().block_role(1, id));
    let left = world.apply(&OrgMemberAuthIdentity, None, Some(config([1], 101..=300))).await;
    assert_eq!(world.ours(), (106..=300).map(|id| (1, id)).collect());
    world.assert_exact(left.state.as_ref());
    let told = left.report.iter().next().unwrap();
    assert!(
        told.detail.starts_with("Could not grant 1#101, 1#102, 1#103, 1#104, 1#105. Tencent"),
        "{}",
        told.detail
    );
}

/// A refused call and a refused part of it are about the same pair.
#[tokio::test(start_paused = true)]
async fn a_member_is_not_given_up_for_the_roles_of_two_identities_in_whatever_order_they_are_asked_for() {
    for (one, other) in (101..=106).flat_map(|one| (one + 1..=106).map(move |other| (one, other))) {
        let world = World::of(far(1));
        let bad = BTreeSet::from([one, other]);
        for id in &bad {
            world.cloud().block_role(1, *id);
        }
        let left = world.apply(&OrgMemberAuthIdentity, None, Some(config([1], 101..=106))).await;
        let good = (101..=106).filter(|id| !bad.contains(id)).map(|id| (1, id)).collect();
        assert_eq!(world.ours(), good, "{bad:?}");
        world.assert_exact(left.state.as_ref());
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_given_up_as_a_whole_is_named() {
    let world = World::of(far(3));
    (101..=120).for_each(|id| world.cloud().block_role(2, id));
    let left = world.apply(&OrgMemberAuthIdentity, None, Some(config(1..=3, 101..=120))).await;
    assert_eq!(world.ours().len(), 40);
    world.assert_exact(left.state.as_ref());
    let told = left.report.iter().next().unwrap();
    assert!(
        told.detail.starts_with(
            "Could not grant 2#101, 2#102, 2#103, 2#104, 2#105 and 15 more. Nothing could be granted to member 2,"
        ),
        "{}",
        told.detail
    );
    let asked: usize = {
        let cloud = world.cloud();
        cloud
            .journal()
            .iter()
            .filter(|call| call.action == CREATE && call.body["MemberUins"] == serde_json::json!([2]))
            .count()
    };
    assert!(asked <= 3 + 4, "{asked} calls about a member whose role always fails");
}

#[tokio::test(start_paused = true)]
async fn roles_that_fail_for_a_few_seconds_are_made_in_the_end() {
    for (members, count) in SHAPES {
        let world = World::of(far(members));
        for (uin, id) in (1..=members).flat_map(|uin| (identities(count)).map(move |id| (uin, id))) {
            world.cloud().block_role(uin, id);
        }
        let passing = async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            world.cloud().unblock_roles();
            std::future::pending::<()>().await;
        };
        let create = world.apply(&OrgMemberAuthIdentity, None, Some(config(1..=members, identities(count))));
        let left = tokio::select! {
            left = create => left,
            () = passing => unreachable!(),
        };
        assert_eq!(left.report, Diagnostics::new(), "{members} × {count}");
        assert_eq!(world.ours().len(), 200);
        world.assert_exact(left.state.as_ref());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Whatever is bad, for whatever reason: what is good is granted, and nothing is lost or invented.
    #[test]
    fn what_is_good_is_granted_whatever_else_is_bad(
        members in 1_u64..30,
        count in 1_u64..13,
        roleless in prop::collection::btree_set((1_u64..30, 101_u64..114), 0..40),
        gone in prop::collection::btree_set(1_u64..30, 0..3),
        old in prop::collection::btree_set(1_u64..30, 0..3),
        broken in prop::collection::btree_set(101_u64..114, 0..2),
        poisoned in select(vec![Poisoned::Nothing, Poisoned::UpToTheBad, Poisoned::AllTheGood]),
        unclear in prop::collection::vec(1_usize..40, 0..3),
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let world = World::of(far(30));
            world.cloud().behaviour.poisoned = poisoned;
            for (uin, id) in &roleless {
                world.cloud().block_role(*uin, *id);
            }
            for uin in gone.iter().filter(|uin| **uin != 1) {
                world.cloud().remove_member(*uin);
            }
            for uin in &old {
                world.cloud().make_unconfigurable(*uin);
            }
            for id in &broken {
                world.cloud().break_identity(*id);
            }
            for call in unclear {
                world.cloud().fault(Fault::on(CREATE, Effect::CodeAfterApply("InternalError".to_owned())).nth(call));
            }
            let bad = |(uin, id): &(u64, u64)| {
                roleless.contains(&(*uin, *id)) || (gone.contains(uin) && *uin != 1) || old.contains(uin) || broken.contains(id)
            };
            let hopeless = |uin: u64| roleless.iter().filter(|pair| pair.0 == uin).count() >= 3;
            let declared = config(1..=members, identities(count));
            let pairs: BTreeSet<_> =
                declared.product().unwrap().pairs().map(|pair| (pair.member_uin, pair.identity_id)).collect();
            let left = world.apply(&OrgMemberAuthIdentity, None, Some(declared)).await;
            let ours = world.ours();
            world.assert_exact(left.state.as_ref());
            assert!(ours.iter().all(|pair| !bad(pair)));
            let missing: Vec<_> = pairs.iter().filter(|pair| !ours.contains(pair) && !bad(pair)).collect();
            assert!(missing.iter().all(|pair| hopeless(pair.0)), "{missing:?}");
            assert_eq!(left.report.has_errors(), ours != pairs);
        });
    }
}
