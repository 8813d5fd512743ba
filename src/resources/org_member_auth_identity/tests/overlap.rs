//! Grants that two resources of a run have to do with: moved from one to the other, replaced, or declared
//! twice.

use std::time::Duration;

use simulator::{Effect, Fault};

use super::*;

const SHARED: &str = "Grants declared twice";
const ADOPTED: &str = "Existing grants adopted";

#[tokio::test(start_paused = true)]
async fn a_renamed_resource_hands_its_grants_over_without_a_gap() {
    for late in [1, 20, 60, 2_000] {
        let world = slow();
        let old = world.done(None, config([1, 2], [11, 12])).await;
        world.next_run();
        world.cloud().clear_journal();
        let later = async |wait: u64| tokio::time::sleep(Duration::from_millis(wait)).await;
        let (destroyed, created) = tokio::join!(
            async {
                later(late).await;
                world.apply(&OrgMemberAuthIdentity, Some(old), None).await
            },
            world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11, 12])))
        );
        assert!(destroyed.state.is_none());
        assert!(destroyed.report.is_empty(), "{late} ms late");
        assert_eq!(summaries(&created.report), [ADOPTED], "{late} ms late");
        assert_eq!(world.count(DELETE), 0, "{late} ms late");
        world.assert_exact(created.state.as_ref());
    }
}

#[tokio::test(start_paused = true)]
async fn a_renamed_resource_whose_destroy_comes_first_keeps_what_is_left_and_has_the_rest_again() {
    for (late, revoked) in [(1, 0), (20, 0), (60, 2), (110, 3), (160, 4)] {
        let world = slow();
        let old = world.done(None, config([1, 2], [11, 12])).await;
        world.next_run();
        world.cloud().behaviour.visibility_delay = Duration::from_secs(3);
        let (destroyed, created) =
            tokio::join!(world.apply(&OrgMemberAuthIdentity, Some(old), None), async {
                tokio::time::sleep(Duration::from_millis(late)).await;
                world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11, 12]))).await
            });
        assert!(destroyed.state.is_none() && !destroyed.report.has_errors() && !created.report.has_errors());
        world.assert_exact(created.state.as_ref());
        assert_eq!((world.ours().len(), world.count(DELETE)), (4, revoked), "{late} ms late");
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_that_changes_resources_keeps_its_grants() {
    let world = slow();
    let (one, two) = {
        let one = world.done(None, config([1, 2], [11])).await;
        let two = world.run(None, Some(config([3], [11]))).await.state.unwrap();
        (one, two)
    };
    world.next_run();
    world.cloud().clear_journal();
    let (one, two) = tokio::join!(
        world.apply(&OrgMemberAuthIdentity, Some(one), Some(config([1], [11]))),
        world.apply(&OrgMemberAuthIdentity, Some(two), Some(config([2, 3], [11])))
    );
    assert_eq!((summaries(&one.report), summaries(&two.report)), (vec![], vec![ADOPTED]));
    assert_eq!(lines(&one.state.unwrap()).len() + lines(&two.state.unwrap()).len(), 3);
    assert_eq!((world.ours().len(), world.count(DELETE)), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn what_the_other_resource_did_not_get_is_revoked() {
    let world = slow();
    let old = world.done(None, config([1], [11])).await;
    world.next_run();
    world.cloud().fault(Fault::on(LIST, Effect::code("UnauthorizedOperation")).always());
    let (created, destroyed) = tokio::join!(
        world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11]))),
        world.apply(&OrgMemberAuthIdentity, Some(old), None)
    );
    assert!(created.state.is_none() && created.report.has_errors());
    assert!(destroyed.state.is_none() && destroyed.report.is_empty());
    world.assert_exact(None);
}

#[tokio::test(start_paused = true)]
async fn a_tainted_resource_is_replaced_without_a_warning_and_though_lists_lag() {
    let world = World::of(organization(2, 2));
    let tainted = world.done(None, config([1, 2], [11])).await;
    world.next_run();
    world.cloud().behaviour.visibility_delay = Duration::from_secs(3);
    let gone = world.apply(&OrgMemberAuthIdentity, Some(tainted), None).await;
    assert!(gone.state.is_none() && gone.report.is_empty());
    let made = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11, 12]))).await;
    assert_eq!(made.report, Diagnostics::new());
    world.assert_exact(made.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_resource_replaced_by_one_created_before_it_is_destroyed_leaves_it_its_grants() {
    let world = World::of(organization(2, 2));
    let tainted = world.done(None, config([1, 2], [11])).await;
    world.next_run();
    let made = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11, 12]))).await;
    let gone = world.apply(&OrgMemberAuthIdentity, Some(tainted), None).await;
    assert_eq!((summaries(&made.report), summaries(&gone.report)), (vec![ADOPTED], vec![]));
    world.assert_exact(made.state.as_ref());
}

#[tokio::test(start_paused = true)]
async fn a_grant_declared_twice_is_warned_about_and_made_once() {
    let world = slow();
    let (one, two) = tokio::join!(
        world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11, 12]))),
        world.apply(&OrgMemberAuthIdentity, None, Some(config([2, 3, 4], [11, 12])))
    );
    assert!(one.report.is_empty());
    assert_eq!(summaries(&two.report), [SHARED]);
    let told = two.report.iter().next().unwrap();
    let text = "declares 2 grants of this one as well: 2#11, 2#12.";
    assert!(told.detail.contains(text), "{}", told.detail);
    assert_eq!(world.ours().len(), 8);
    assert_eq!(world.count(CREATE), 1, "both in one call");

    // In a later run, the one lets go of what the other still declares: nobody in that run knows.
    let gone = world.run(one.state.as_ref(), None).await;
    assert!(gone.state.is_none() && gone.report.is_empty());
    assert_eq!(world.ours().len(), 4);
    let two = world.refresh(&two.state.unwrap()).await;
    let two = world.done(two.as_ref(), config([2, 3, 4], [11, 12])).await;
    let gone = world.run(Some(&two), None).await;
    assert!(gone.state.is_none() && gone.report.is_empty());
    world.assert_exact(None);
}

#[tokio::test(start_paused = true)]
async fn a_grant_declared_twice_is_warned_about_however_late_the_second_comes() {
    let world = World::of(organization(3, 1));
    let one = world.apply(&OrgMemberAuthIdentity, None, Some(config([1, 2], [11]))).await;
    let two = world.apply(&OrgMemberAuthIdentity, None, Some(config([2, 3], [11]))).await;
    assert_eq!((summaries(&one.report), summaries(&two.report)), (vec![], vec![SHARED]));
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_two_list_stays_when_one_of_them_lets_go_in_a_run_of_both() {
    let world = slow();
    let one = world.done(None, config([3], [12])).await;
    let two = world.run(None, Some(config([3], [11, 12]))).await.state.unwrap();
    world.cloud().revoke(3, 11);
    let two = world.refresh(&two).await.unwrap();
    let (gone, two) = tokio::join!(
        world.apply(&OrgMemberAuthIdentity, Some(one), None),
        world.apply(&OrgMemberAuthIdentity, Some(two), Some(config([3], [11, 12])))
    );
    assert!(gone.state.is_none() && gone.report.is_empty() && two.report.is_empty());
    world.assert_exact(two.state.as_ref());
    assert_eq!(world.ours().len(), 2);
}

/// The tainted one revokes the grant and makes it again, while the other one is still on its way to revoke
/// it.
#[tokio::test(start_paused = true)]
async fn a_tainted_resource_takes_over_what_another_one_is_slow_to_revoke() {
    let world = slow();
    let other = world.done(None, config([1, 2, 3, 4], [11, 12])).await;
    let tainted = world.run(None, Some(config([4], [12]))).await.state.unwrap();
    world.next_run();
    tokio::time::advance(AGE_MAX).await;
    let (gone, made) = tokio::join!(world.apply(&OrgMemberAuthIdentity, Some(other), None), async {
        let gone = world.apply(&OrgMemberAuthIdentity, Some(tainted), None).await;
        assert!(gone.state.is_none() && gone.report.is_empty());
        world.apply(&OrgMemberAuthIdentity, None, Some(config([4], [12]))).await
    });
    assert!(gone.state.is_none() && gone.report.is_empty() && made.report.is_empty());
    world.assert_exact(made.state.as_ref());
    assert_eq!(world.ours(), [(4, 12)].into());
}
