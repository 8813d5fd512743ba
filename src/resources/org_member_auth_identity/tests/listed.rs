//! What is granted, found without a state: results, names, calls, and how a list ends.

use futures_util::FutureExt as _;
use simulator::{Effect, Fault};
use tokio::sync::mpsc;

use super::crash_points::{Pairs, Trouble, troubles};
use super::*;
use crate::framework::list_resource::ListEvent;
use crate::framework::registry::Registry;
use crate::framework::server::ListRequest;
use crate::framework::testing::{number, text};
use crate::framework::value::Object;
use crate::organization::Organization;
use crate::reconcile::Pair;

fn registry() -> Registry<Organization> {
    let mut registry = Registry::new();
    registry.resource(OrgMemberAuthIdentity).identified().listed();
    registry
}

fn set(numbers: &[u64]) -> Value {
    Value::set(numbers.iter().map(|of| number(&of.to_string())).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn filter<const N: usize>(arguments: [(&str, Value); N]) -> Option<Object> {
    let names = ["member_uins", "identity_ids", "include_preset", "group_by"];
    let mut filter: Object = names.map(|name| (name.to_owned(), Value::Null)).into();
    filter.extend(arguments.map(|(name, value)| (name.to_owned(), value)));
    Some(filter)
}

fn grouped() -> Option<Object> {
    filter([("group_by", text("identities"))])
}

fn request(filter: Option<Object>, limit: i64) -> ListRequest {
    ListRequest { filter, limit, wants_state: true }
}

/// What was found: the state and the name of each, and what was told at the end.
async fn list(world: &World, request: ListRequest) -> (Vec<(MemberAuthIdentity, String)>, Vec<String>) {
    let registry = registry();
    let resource = registry.resources().next().unwrap();
    let (sender, mut events) = mpsc::channel(1);
    let taken = async {
        let (mut found, mut told) = (Vec::new(), Vec::new());
        while let Some(event) = events.recv().await {
            match event {
                ListEvent::Found(listing) => {
                    let state = MemberAuthIdentity::read(&listing.state.unwrap()).unwrap();
                    found.push((state, listing.display_name));
                }
                ListEvent::Told(report) => told.extend(report.iter().map(|of| of.summary.clone())),
            }
        }
        (found, told)
    };
    tokio::join!(resource.list(world.data(), world.stop_token(), request, sender), taken).1
}

/// The ids and names of what is found, when nothing is told.
async fn found(world: &World, filter: Option<Object>) -> Vec<String> {
    let (found, told) = list(world, request(filter, 10_000)).await;
    assert_eq!(told, [""; 0]);
    found.iter().map(|(state, name)| format!("{} {name}", state.id.known().unwrap())).collect()
}

/// Members 1 and 2 hold 11 and 12, member 3 holds 13 and the preset identity; and what others granted.
fn granted() -> World {
    let pairs = [(1, 11), (1, 12), (2, 11), (2, 12), (3, 13), (3, 1)];
    World::of(pairs.into_iter().fold(organization(4, 3), |cloud, (uin, id)| cloud.with_grant(uin, id)))
}

#[tokio::test(start_paused = true)]
async fn there_is_one_result_for_each_member_with_all_that_it_holds() {
    let world = granted();
    assert_eq!(
        found(&world, None).await,
        [
            "1#11,12,99 member-1 (1): identity-11, identity-12, others",
            "2#11,12 member-2 (2): identity-11, identity-12",
            "3#13 member-3 (3): identity-13",
            "9999#11,99 others (9999): identity-11, others",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn grouped_there_is_one_for_each_set_of_identities_with_all_who_hold_exactly_it() {
    let world = granted();
    world.cloud().revoke(1, 99);
    assert_eq!(
        found(&world, grouped()).await,
        [
            "1,2#11,12 identity-11, identity-12: member-1 (1), member-2 (2)",
            "9999#11,99 identity-11, others: others (9999)",
            "3#13 identity-13: member-3 (3)",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_result_is_the_state_that_an_import_reads() {
    let world = granted();
    world.cloud().make_stale(2, 12);
    for filter in [None, grouped()] {
        let (found, told) = list(&world, request(filter, 100)).await;
        assert_eq!(told, [""; 0]);
        for (state, _) in found {
            let read = OrgMemberAuthIdentity.read(&world.cx(), state.clone()).await.unwrap();
            assert_eq!(read, Some(state));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn filters_hold_together_and_a_preset_identity_counts_only_when_asked_for() {
    let world = granted();
    let yes = Value::Bool(true);
    for (wanted, arguments) in [
        (&["2#11,12"][..], filter([("member_uins", set(&[2, 777]))])),
        (&["1#12", "2#12"], filter([("identity_ids", set(&[12]))])),
        (&["1#11"], filter([("member_uins", set(&[1, 3])), ("identity_ids", set(&[11]))])),
        (&["3#1,13"], filter([("member_uins", set(&[3])), ("include_preset", yes.clone())])),
        (&["3#1"], filter([("identity_ids", set(&[1]))])),
        (&["1,2,9999#11"], filter([("identity_ids", set(&[11])), ("group_by", text("identities"))])),
        (&["3#13"], filter([("member_uins", set(&[3, 4])), ("group_by", text("members"))])),
        (&[], filter([("identity_ids", set(&[777]))])),
    ] {
        let ids: Vec<String> = found(&world, arguments).await;
        let ids: Vec<&str> = ids.iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(ids, wanted);
    }
}

#[test]
fn a_filter_is_told_all_that_is_wrong_with_it() {
    let registry = registry();
    let resource = registry.resources().next().unwrap();
    for (bad, place, summary) in [
        (("member_uins", set(&[])), "member_uins", "No member UINs"),
        (("member_uins", set(&[0])), "member_uins", "Invalid member UIN"),
        (("identity_ids", Value::set(vec![Value::Null])), "identity_ids", "Invalid identity id"),
        (("identity_ids", Value::set(vec![number("1.5")])), "identity_ids", "Invalid identity id"),
        (("group_by", text("identity")), "group_by", "Invalid grouping"),
    ] {
        let report = resource.validate_filter(&filter([bad]).unwrap()).unwrap();
        let told = report.iter().next().unwrap();
        assert_eq!(
            (told.path.as_ref().unwrap().to_string().as_str(), told.summary.as_str()),
            (place, summary)
        );
    }
    let undecided = filter([("member_uins", Value::Unknown), ("group_by", Value::Unknown)]).unwrap();
    assert_eq!(resource.validate_filter(&undecided), Ok(Diagnostics::new()));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_members_in_twelve_departments_are_twelve_results_in_few_calls() {
    let mut cloud = Cloud::new();
    for id in 11..=70 {
        cloud.add_identity(id, &format!("identity-{id}"));
    }
    for uin in 1..=1_000 {
        cloud.add_member(uin, &format!("member-{uin}"));
        let department = uin % 12;
        for id in 0..5 {
            cloud.grant(uin, 11 + department * 5 + id);
        }
    }
    let world = World::of(cloud);
    let (found, told) = list(&world, request(grouped(), 100)).await;
    assert_eq!((found.len(), told.len()), (12, 0));
    let pairs: BTreeSet<Pair> =
        found.iter().flat_map(|(state, _)| state.product().unwrap().pairs().collect::<Vec<_>>()).collect();
    assert_eq!(pairs.len(), 5_000);
    assert!(world.calls().len() <= 130, "{} calls", world.calls().len());
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_members_are_listed_whole_by_either_grouping() {
    let mut cloud = Cloud::new();
    cloud.add_identity(11, "auditor");
    cloud.add_identity(12, "billing");
    for uin in 1..=10_000 {
        cloud.add_member(uin, &format!("member-{uin}"));
        cloud.grant(uin, 11 + uin % 2);
    }
    let world = World::of(cloud);
    assert_eq!(found(&world, grouped()).await.len(), 2);
    assert_eq!(found(&world, None).await.len(), 10_000);
    assert!(world.calls().len() <= 2 * 205, "{} calls", world.calls().len());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_leaves_while_a_list_is_read_takes_nobody_else_along() {
    for call in 1..=4 {
        let mut cloud = organization(200, 1);
        for uin in 1..=200 {
            cloud.grant(uin, 11);
        }
        let latency = Duration::from_millis(50);
        let world = World::of(cloud.with_behaviour(Behaviour { latency, ..Behaviour::default() }));
        let leaving = async {
            while world.count(LIST) < call {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            for uin in [3, 120, 199] {
                world.cloud().remove_member(uin);
            }
        };
        let arguments = filter([("identity_ids", set(&[11]))]);
        let ((found, told), ()) = tokio::join!(list(&world, request(arguments, 1_000)), leaving);
        let members: BTreeSet<u64> =
            found.iter().flat_map(|(state, _)| state.product().unwrap().members).collect();
        let stayed = (1..=200).filter(|uin| ![3, 120, 199].contains(uin));
        assert!(!told.is_empty() || stayed.into_iter().all(|uin| members.contains(&uin)), "{call} {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_members_among_thousands_are_asked_one_by_one() {
    let mut cloud = organization(2_000, 1);
    for uin in 1..=2_000 {
        cloud.grant(uin, 11);
    }
    let world = World::of(cloud);
    let members: Vec<u64> = (1..=5).collect();
    assert_eq!(found(&world, filter([("member_uins", set(&members))])).await.len(), 5);
    assert_eq!(world.calls(), [LIST; 5]);
    let members: Vec<u64> = (1..=300).collect();
    world.cloud().clear_journal();
    assert_eq!(
        found(&world, filter([("member_uins", set(&members)), ("identity_ids", set(&[11]))])).await.len(),
        300
    );
    assert!(world.calls().len() <= 41, "{} calls", world.calls().len());
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_before_the_result_before_was_taken_nor_after_the_limit_a_drop_or_a_stop() {
    let few = || filter([("member_uins", set(&[1, 2, 3, 9999]))]);
    let (found, told) = list(&granted(), request(few(), 2)).await;
    assert_eq!((found.len(), told.len()), (2, 0));
    let world = granted();
    list(&world, request(few(), 1)).await;
    assert_eq!(world.calls(), [LIST]);

    let registry = registry();
    let resource = registry.resources().next().unwrap();
    let world = granted();
    let (sender, mut events) = mpsc::channel(1);
    let mut listing =
        std::pin::pin!(resource.list(world.data(), world.stop_token(), request(few(), 100), sender));
    for taken in 1..=2 {
        for _ in 0..5 {
            assert!((&mut listing).now_or_never().is_none());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(world.calls().len(), taken);
        assert!(events.try_recv().is_ok());
    }
    drop(events);
    listing.await;
    assert_eq!(world.calls().len(), 2, "nobody takes more");

    let world = granted();
    world.stop();
    let (found, told) = list(&world, request(few(), 100)).await;
    assert_eq!((found.len(), told), (0, vec!["Operation stopped".to_owned()]));
    assert_eq!(world.calls(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn whoever_may_not_list_is_told_the_action() {
    for (action, filter) in [("ListOrganizationIdentity", grouped()), (LIST, None)] {
        let world = granted();
        world.cloud().deny(action);
        let (found, told) = list(&world, request(filter, 100)).await;
        assert_eq!((found.len(), told), (0, vec!["Not authorized".to_owned()]));
    }
}

/// Whatever happens at whichever call: a list is whole, or ends with an error, and what it has sent exists.
#[tokio::test(start_paused = true)]
async fn a_list_loses_nothing_whatever_happens_at_whichever_call() {
    let filters = || [None, grouped(), filter([("member_uins", set(&[1, 2, 3, 9999]))])];
    for filter in filters() {
        let world = granted();
        let whole = list(&world, request(filter.clone(), 100)).await.0;
        let calls = world.calls().len();
        for trouble in troubles() {
            for call in 1..=calls {
                fastrand::seed(call as u64);
                let world = granted();
                match &trouble {
                    Trouble::Api(Effect::StallBefore(_) | Effect::StallAfterApply(_)) => continue,
                    Trouble::Api(effect) => world.cloud().fault(Fault::any(effect.clone()).nth(call)),
                    Trouble::Process(end) => world.interrupt(*end, call),
                }
                let listing = list(&world, request(filter.clone(), 100)).map(Ok);
                let listed = world.look(None, listing.map(|listed: Result<_, Diagnostics>| listed.map(Some)));
                let Some((found, told)) = listed.await.state else { continue };
                assert!(
                    found == whole || (!told.is_empty() && whole.starts_with(&found)),
                    "{filter:?}, call {call}, {trouble:?}: {found:?} {told:?}"
                );
            }
        }
        let pairs: Pairs = whole.iter().flat_map(|(state, _)| super::crash_points::listed(state)).collect();
        assert!(!pairs.is_empty());
    }
}
