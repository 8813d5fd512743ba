//! Lists that lie, contradict themselves, or are not given at all: what exists is never taken for gone, and
//! nobody is stuck.

use std::time::Duration;

use simulator::{Behaviour, Effect, Fault, Order, Unknown};

use super::*;
use crate::framework::resource::ImportResource;

/// Looks as the next run would.
async fn looked(world: &World, prior: &MemberAuthIdentity) -> Left<MemberAuthIdentity> {
    world.next_run();
    world.cloud().clear_journal();
    tokio::time::advance(AGE_MAX).await;
    let cx = world.cx();
    world.look(Some(prior.clone()), OrgMemberAuthIdentity.read(&cx, prior.clone())).await
}

/// An organization whose identity 11 is granted to so many members.
fn crowded(members: u64) -> World {
    let mut cloud = organization(members, 1);
    (1..=members).for_each(|uin| cloud.grant(uin, 11));
    World::of(cloud)
}

#[tokio::test(start_paused = true)]
async fn a_length_that_cannot_be_is_no_reason_to_lose_a_grant() {
    for total in [u64::MAX / 2, u64::MAX, 50_000_000_000, 30_000, 1] {
        let world = World::of(organization(60, 1));
        let state = world.done(None, config(1..=30, [11])).await;
        world.cloud().behaviour.claimed_total = Some(total);
        let left = looked(&world, &state).await;
        assert_eq!(left.state.as_ref().map(lines), Some(lines(&state)), "{total}: {:?}", left.report);
        assert!(world.count(LIST) < 150, "{total}: {} calls", world.count(LIST));

        // What is asked for and not shown may be anything, and nothing is lost by saying so.
        let more = world.run(Some(&state), Some(config(1..=33, [11]))).await;
        assert_eq!(summaries(&more.report), ["Lists contradict themselves"], "{total}");
        world.assert_exact(more.state.as_ref());

        // But what was granted shows, and then it is there.
        world.cloud().behaviour.claimed_total = None;
        let world = World::of(organization(60, 1));
        let lying = async {
            while world.count(CREATE) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            world.cloud().behaviour.claimed_total = Some(total);
        };
        let (left, ()) = tokio::join!(world.run(None, Some(config(1..=33, [11]))), lying);
        assert_eq!(left.report, Diagnostics::new(), "{total}");
        world.assert_exact(left.state.as_ref());
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_page_for_ever_ends_after_two() {
    let world = crowded(1_000);
    let state = world.run(None, Some(config(1..=1_000, [11]))).await.state.unwrap();
    world.cloud().behaviour = Behaviour { first_page_only: true, ..Behaviour::default() };
    let left = looked(&world, &state).await;
    assert_eq!(left.state, Some(state), "each member's own list says it");
    assert!(world.count(LIST) < 1_050, "{} calls", world.count(LIST));

    let world = World::of(organization(1, 88));
    let state = world.done(None, config([1], 11..=98)).await;
    world.cloud().behaviour.first_page_only = true;
    let left = looked(&world, &state).await;
    assert_eq!(left.state.as_ref().map(|state| lines(state).len()), Some(88), "{:?}", left.report);
    assert!(world.count(LIST) < 200, "{} calls", world.count(LIST));
}

/// Both lists count a grant that neither shows.
#[tokio::test(start_paused = true)]
async fn what_lists_count_and_do_not_show_is_not_taken_for_gone() {
    for order in [Order::NewestFirst, Order::OldestFirst, Order::Shuffled(7)] {
        let world = World::of(organization(3, 35));
        world.cloud().behaviour.order = order;
        let state = world.done(None, config([1], 11..=45)).await;
        let other = world.run(None, Some(config([2], [11]))).await.state.unwrap();
        world.cloud().behaviour.hidden = (20..35).map(|id| (1, id)).collect();
        let left = looked(&world, &state).await;
        assert_eq!(summaries(&left.report), ["Lists contradict themselves"]);
        let told = left.report.iter().next().unwrap();
        assert!(told.detail.contains("1#20, 1#21, 1#22, 1#23, 1#24 and 10 more exist"), "{}", told.detail);
        assert_eq!(left.state, Some(state.clone()));
        assert_eq!(looked(&world, &other).await.state, Some(other), "it was shown");

        world.cloud().behaviour.hidden.clear();
        assert_eq!(looked(&world, &state).await.state, Some(state));
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_whose_list_does_not_add_up_is_found_in_the_lists_of_its_identities() {
    let world = World::of(organization(3, 3));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    // Only the list of member 1 counts it.
    world.cloud().grant(1, 13);
    world.cloud().behaviour.hidden = [(1, 13)].into();
    assert_eq!(looked(&world, &state).await.state, Some(state.clone()));
    world.cloud().revoke(1, 12);
    let left = looked(&world, &state).await;
    assert_eq!(left.state.as_ref().map(lines).unwrap().len(), 3, "{:?}", left.report);
    world.cloud().revoke(1, 13);
}

#[tokio::test(start_paused = true)]
async fn a_new_grant_is_looked_for_until_a_list_that_lags_adds_up() {
    let world = World::of(organization(2, 1));
    world.cloud().behaviour.hidden = [(1, 11)].into();
    let (left, ()) = tokio::join!(world.run(None, Some(config([1], [11]))), async {
        tokio::time::sleep(Duration::from_secs(15)).await;
        world.cloud().behaviour.hidden.clear();
    });
    assert_eq!(left.report, Diagnostics::new());
    world.assert_exact(left.state.as_ref());
}

/// A member left, an identity was deleted, or both, and listing them is an error.
#[tokio::test(start_paused = true)]
async fn whoever_is_gone_blocks_neither_plan_nor_destroy() {
    for unknown in [Unknown::Empty, Unknown::NotFound, Unknown::Invalid] {
        for (members, identities) in [(&[1][..], &[][..]), (&[], &[11]), (&[1], &[11]), (&[1, 2], &[11, 12])]
        {
            let world = World::of(organization(2, 2));
            let state = world.done(None, config([1, 2], [11, 12])).await;
            world.cloud().behaviour.unknown = unknown;
            for uin in members {
                world.cloud().remove_member(*uin);
            }
            for id in identities {
                world.cloud().remove_identity(*id);
            }
            let left = looked(&world, &state).await;
            assert_eq!(left.report, Diagnostics::new(), "{unknown:?}: {members:?} {identities:?}");
            let exist = (2 - members.len()) * (2 - identities.len());
            assert_eq!(left.state.as_ref().map_or(0, |state| lines(state).len()), exist);
            assert!(world.count(LIST) <= 8, "{} calls", world.count(LIST));

            let unrefreshed = world.run(Some(&state), None).await;
            assert_eq!(unrefreshed.report, Diagnostics::new(), "{unknown:?}: {members:?} {identities:?}");
            assert!(unrefreshed.state.is_none() && world.cloud().snapshot().len() <= 3);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_whose_list_is_refused_is_granted_or_named() {
    for unknown in [Unknown::NotFound, Unknown::Invalid] {
        let world = World::of(organization(2, 1));
        world.cloud().behaviour.unknown = unknown;
        world.cloud().remove_member(2);
        let left = world.run(None, Some(config([1, 2], [11]))).await;
        assert_eq!(summaries(&left.report), ["Member account not found in the organization"]);
        assert_eq!(world.ours(), [(1, 11)].into());
    }
}

/// What refuses every list says nothing about any member or identity.
#[tokio::test(start_paused = true)]
async fn a_cloud_that_gives_no_list_is_not_taken_for_empty() {
    for (code, summary) in [
        ("InvalidParameter", "Tencent Cloud refused the values"),
        ("ResourceNotFound", "Something does not exist"),
        ("ResourceNotFound.OrganizationNotExist", "These credentials administer no organization"),
        ("AuthFailure.SecretIdNotFound", "Authentication failed"),
        ("UnauthorizedOperation", "Not authorized"),
    ] {
        let world = World::of(organization(2, 2));
        let state = world.done(None, config([1, 2], [11, 12])).await;
        world.cloud().fault(Fault::on(LIST, Effect::code(code)).always());
        let left = looked(&world, &state).await;
        assert_eq!(summaries(&left.report), [summary], "{code}");
        assert_eq!(left.state, Some(state));
        assert!(world.count(LIST) <= 6, "{} calls", world.count(LIST));
    }
}

#[tokio::test(start_paused = true)]
async fn an_import_of_what_is_gone_lists_what_exists() {
    let world = World::of(organization(2, 1).with_grant(2, 11));
    world.cloud().behaviour.unknown = Unknown::NotFound;
    world.cloud().remove_member(1);
    let told = OrgMemberAuthIdentity.import(&world.cx(), "1,2#77").await.unwrap_err();
    assert_eq!(summaries(&told), ["Nothing to import"]);
    assert!(told.iter().next().unwrap().detail.contains("\"2#11\""), "{told:?}");
}
