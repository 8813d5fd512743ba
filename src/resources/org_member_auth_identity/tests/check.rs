//! What a plan tells of members and identities that do not exist, and what it costs.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use simulator::{Behaviour, Effect, Fault};
use tokio::time::Instant;

use super::{LIST, config, organization, summaries};
use crate::framework::check::Checked as _;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::resource::{Change, Planned, Resource as _};
use crate::resources::org_member_auth_identity::{MemberAuthIdentity, OrgMemberAuthIdentity};
use crate::resources::testing::World;

const MEMBERS: &str = "DescribeOrganizationMembers";
const IDENTITIES: &str = "ListOrganizationIdentity";
const NO_MEMBER: &str = "Member account not found in the organization";
const NO_IDENTITY: &str = "Access identity does not exist";

/// What the check of a plan tells.
async fn plan(world: &World, prior: Option<&MemberAuthIdentity>, config: MemberAuthIdentity) -> Diagnostics {
    let change = Change { prior: prior.cloned(), config: config.clone() };
    let mut planned = Planned { state: config, replace: Vec::new(), report: Diagnostics::new() };
    OrgMemberAuthIdentity.plan(&change, &mut planned);
    let mut report = Diagnostics::new();
    OrgMemberAuthIdentity.check(&world.cx(), &change, &planned.state, &mut report).await;
    report
}

/// How many calls were made of the two lists, and that no other was.
#[track_caller]
fn looks(world: &World) -> (usize, usize) {
    let found = (world.count(MEMBERS), world.count(IDENTITIES));
    assert_eq!(world.cloud().journal().len(), found.0 + found.1, "{:?}", world.calls());
    found
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_is_told_on_its_attribute_with_what_is_most_like_it() {
    let world = World::of(organization(4, 2));
    assert_eq!(plan(&world, None, config([1, 2], [11])).await, Diagnostics::new());
    let report = plan(&world, None, config([1, 5], [11, 21, 12])).await;
    assert_eq!(summaries(&report), [NO_MEMBER, NO_IDENTITY]);
    let told: Vec<String> =
        report.iter().map(|told| format!("{}: {}", told.path.as_ref().unwrap(), told.detail)).collect();
    assert!(told[0].starts_with("member_uins: member_uins contains 5, and no member"), "{told:?}");
    assert!(told[0].contains("Most like it are 1 (\"member-1\"), 2 (\"member-2\"), 3 ("), "{told:?}");
    assert!(told[1].starts_with("identity_ids: identity_ids contains 21, and the organization"), "{told:?}");
    assert!(told[1].contains("Most like it are 1 (\"admin\"), 11 ("), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_plan_without_a_new_grant_makes_no_call_and_one_with_a_few_looks_them_up() {
    let world = World::of(organization(200, 3));
    let state = world.done(None, config(1..=20, [11, 12])).await;
    world.next_run();
    world.cloud().clear_journal();
    assert_eq!(plan(&world, Some(&state), config(1..=20, [11, 12])).await, Diagnostics::new());
    assert_eq!(plan(&world, Some(&state), config(1..=10, [11])).await, Diagnostics::new());
    assert_eq!(looks(&world), (0, 0));
    assert_eq!(plan(&world, Some(&state), config(1..=22, [11, 12])).await, Diagnostics::new());
    assert_eq!(looks(&world), (2, 0), "the identities have grants in the state");
    assert_eq!(plan(&world, Some(&state), config(1..=22, [11, 12, 13])).await, Diagnostics::new());
    assert_eq!(looks(&world), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_since_it_was_declared_holds_up_no_plan() {
    let world = World::of(organization(4, 2));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    world.cloud().remove_member(2);
    world.cloud().remove_identity(12);
    let state = world.refresh(&state).await.unwrap();
    world.cloud().clear_journal();
    assert_eq!(plan(&world, Some(&state), config([1, 2], [11, 12])).await, Diagnostics::new());
    assert_eq!(looks(&world), (0, 0));
    let report = plan(&world, Some(&state), config([1, 2, 77], [11, 12])).await;
    assert_eq!(summaries(&report), [NO_MEMBER, NO_IDENTITY], "a new grant of what is gone");
}

#[tokio::test(start_paused = true)]
async fn three_hundred_new_resources_are_planned_within_forty_five_calls() {
    for members in [300, 1_000] {
        let world = World::of(organization(members, 5));
        let plans = (0..300).map(|n| plan(&world, None, config([members - n], [11 + n % 5])));
        let reports: Vec<Diagnostics> = stream::iter(plans).buffer_unordered(10).collect().await;
        assert!(reports.iter().all(Diagnostics::is_empty));
        let (of_members, of_identities) = looks(&world);
        assert!(of_members + of_identities <= 45, "{of_members} and {of_identities}");
        assert_eq!(of_identities, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_just_joined_is_not_told_to_be_missing() {
    let world = World::of(organization(20, 2));
    assert_eq!(plan(&world, None, config(1..=10, [11])).await, Diagnostics::new());
    world.cloud().add_member(77, "late");
    world.cloud().add_identity(77, "late");
    assert_eq!(plan(&world, None, config([77], [77])).await, Diagnostics::new());
    assert_eq!(looks(&world), (2, 2), "a list, and a look");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_look_plans_as_without_a_check() {
    let world = World::of(organization(4, 2));
    world.cloud().deny(MEMBERS);
    let report = plan(&world, None, config([1, 77], [11, 98])).await;
    assert_eq!(summaries(&report), [NO_IDENTITY], "what may be looked at is told");
    world.cloud().deny(IDENTITIES);
    world.next_run();
    world.cloud().clear_journal();
    let plans = (0..30).map(|n| plan(&world, None, config([77 + n], [98])));
    assert!(join_all(plans).await.iter().all(Diagnostics::is_empty));
    assert_eq!(looks(&world), (1, 1), "nobody asks for what was denied");
}

#[tokio::test(start_paused = true)]
async fn an_api_that_is_down_or_slow_holds_a_plan_up_for_seconds_and_is_asked_by_one_alone() {
    let slow = Behaviour { latency: Duration::from_secs(20), ..Behaviour::default() };
    let down = || Fault::any(Effect::code("InternalError")).always();
    for (behaviour, fault) in [(slow, None), (Behaviour::default(), Some(down()))] {
        let world = World::of(organization(4, 2).with_behaviour(behaviour));
        if let Some(fault) = fault {
            world.cloud().fault(fault);
        }
        let started = Instant::now();
        let plans = (0..100).map(|n| plan(&world, None, config([77 + n], [98])));
        let reports: Vec<Diagnostics> = stream::iter(plans).buffer_unordered(10).collect().await;
        assert!(reports.iter().all(Diagnostics::is_empty));
        assert!(started.elapsed() <= Duration::from_secs(6), "{:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_applies_looks_no_further() {
    let slow = Behaviour { latency: Duration::from_millis(50), ..Behaviour::default() };
    let world = World::of(organization(200, 2).with_behaviour(slow));
    let planning = (3..=10).map(|n| plan(&world, None, config([n], [11])));
    let (reports, applied) =
        tokio::join!(join_all(planning), world.apply(&OrgMemberAuthIdentity, None, Some(config([1], [11]))));
    assert!(reports.iter().all(Diagnostics::is_empty) && applied.report.is_empty());
    assert!(world.count(MEMBERS) + world.count(IDENTITIES) <= 2, "{:?}", world.calls());
    world.cloud().clear_journal();
    assert_eq!(plan(&world, None, config([7_777], [98])).await, Diagnostics::new());
    assert_eq!(looks(&world), (0, 0));
    assert_eq!(world.count(LIST), 0);
}

#[tokio::test(start_paused = true)]
async fn of_very_many_that_do_not_exist_ten_are_told() {
    let world = World::of(organization(100, 2));
    let report = plan(&world, None, config(7_000..7_500, [11])).await;
    assert_eq!(summaries(&report), [NO_MEMBER; 10]);
    assert!(looks(&world).0 <= 1 + 3 + 10, "{:?}", looks(&world));
}
