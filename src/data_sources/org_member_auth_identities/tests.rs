//! The data source, asked in memory.

use simulator::{Behaviour, Cloud, Order};

use super::model::GrantSearch;
use super::*;
use crate::data_sources::answer;
use crate::data_sources::testing::{World, fast};
use crate::framework::attribute::Set;
use crate::framework::model::Model;
use crate::framework::path::Path;
use crate::framework::value::{Field, Number, Object, Value};

const LIST: &str = "DescribeOrganizationMemberAuthIdentities";

/// Two members with the preset identity, two custom identities: 1 holds both, 2 one of them.
fn cloud() -> Cloud {
    Cloud::new()
        .with_behaviour(Behaviour { preset_grants: true, ..Behaviour::default() })
        .with_member(1, "one")
        .with_member(2, "two")
        .with_identity(13, "auditor")
        .with_identity(27, "operator")
        .with_grant(1, 13)
        .with_grant(1, 27)
        .with_grant(2, 13)
}

fn of(members: Option<&[u64]>, identities: Option<&[u64]>) -> GrantSearch {
    let set = |numbers: Option<&[u64]>| {
        numbers.map_or(Field::Null, |numbers| answer::set(numbers.iter().map(|number| (*number).into())))
    };
    GrantSearch { member_uins: set(members), identity_ids: set(identities), ..GrantSearch::default() }
}

fn with_preset(config: GrantSearch) -> GrantSearch {
    GrantSearch { include_preset: Field::Known(true), ..config }
}

async fn ask(world: &World, config: GrantSearch) -> Object {
    World::plain(world.ask(OrgMemberAuthIdentities, config).await).write()
}

async fn keys(world: &World, config: GrantSearch) -> Vec<String> {
    let answer = ask(world, config).await;
    let Value::Map(grants) = &answer["grants"] else { panic!("{answer:?}") };
    grants.keys().cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn a_grant_is_told_with_names_role_times_and_status() {
    let mut cloud = cloud();
    cloud.make_stale(2, 13);
    let answer = ask(&World::of(cloud), of(Some(&[2]), None)).await;
    let Value::Map(grants) = &answer["grants"] else { panic!("{answer:?}") };
    let wanted = [
        ("member_uin", Value::Number(2_u64.into())),
        ("member_name", Value::string("two")),
        ("identity_id", Value::Number(13_u64.into())),
        ("identity_name", Value::string("auditor")),
        ("description", Value::string("read only")),
        ("role_name", Value::string("role-of-13")),
        ("status", Value::string("stale")),
        ("preset", Value::Bool(false)),
        ("create_time", Value::string("2026-01-05 10:00:00")),
        ("update_time", Value::string("2026-01-05 10:00:00")),
    ];
    let wanted: Object = wanted.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(grants["2#13"], Value::Object(wanted));
    assert_eq!(grants.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn members_identities_or_both_are_asked_for_and_preset_ones_only_if_named() {
    let world = World::of(cloud());
    for (config, wanted) in [
        (of(Some(&[1, 2]), None), ["1#13", "1#27", "2#13"].as_slice()),
        (with_preset(of(Some(&[1, 2]), None)), &["1#1", "1#13", "1#27", "2#1", "2#13"]),
        (of(None, Some(&[13])), &["1#13", "2#13"]),
        (of(None, Some(&[1])), &["1#1", "2#1"]),
        (of(Some(&[1]), Some(&[27, 1])), &["1#1", "1#27"]),
        (of(Some(&[2]), Some(&[27])), &[]),
        (of(Some(&[1, 2]), Some(&[13])), &["1#13", "2#13"]),
        (of(Some(&[99]), None), &[]),
        (of(None, Some(&[99])), &[]),
        (of(Some(&[1, 99]), Some(&[13, 99])), &["1#13"]),
        (of(Some(&[]), None), &[]),
        (of(None, Some(&[])), &[]),
        (of(Some(&[]), Some(&[13])), &[]),
    ] {
        assert_eq!(keys(&world, config.clone()).await, wanted, "{config:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_side_that_takes_fewer_calls_is_asked() {
    let some = |numbers: std::ops::Range<u64>| Some(numbers.collect::<BTreeSet<u64>>());
    let by = |members, identities| matches!(side(members, identities), Side::Members(_));
    assert!(by(some(0..3), None) && !by(None, some(0..3)));
    assert!(by(some(0..1), some(0..9)));
    assert!(by(some(0..1), some(0..1)));
    assert!(!by(some(0..2), some(0..1)));
    assert!(!by(some(0..100), some(0..5)));
    assert!(by(some(0..100), some(0..60)));

    let mut cloud = fast().with_identity(13, "auditor").with_identity(27, "operator");
    for uin in 1..=120 {
        cloud = cloud.with_member(uin, &format!("m{uin}")).with_grant(uin, 13);
    }
    let world = World::of(cloud);
    let everybody: Vec<u64> = (1..=120).collect();
    assert_eq!(keys(&world, of(Some(&everybody), Some(&[13]))).await.len(), 120);
    assert_eq!(world.calls(), [(LIST.to_owned(), 3)]);
    world.cloud().clear_journal();
    assert_eq!(keys(&world, of(Some(&[5]), Some(&[13, 27]))).await, ["5#13"]);
    assert_eq!(world.calls(), [(LIST.to_owned(), 1)]);
    world.cloud().clear_journal();
    assert_eq!(keys(&world, of(Some(&[]), Some(&[13]))).await, [""; 0]);
    assert_eq!(world.calls(), []);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_grants_of_an_identity_come_whole() {
    let behaviour = Behaviour { order: Order::Shuffled(7), ..Behaviour::default() };
    let mut cloud = fast().with_behaviour(behaviour).with_identity(13, "auditor");
    for uin in 1..=10_000 {
        cloud = cloud.with_member(uin, "m").with_grant(uin, 13);
    }
    assert_eq!(keys(&World::of(cloud), of(None, Some(&[13]))).await.len(), 10_000);
}

#[tokio::test(start_paused = true)]
async fn many_members_are_asked_at_the_pace_that_the_api_allows() {
    let cloud = (1..=100).fold(Cloud::new().with_identity(13, "a"), |cloud, uin| {
        cloud.with_member(uin, "m").with_grant(uin, 13)
    });
    let world = World::of(cloud);
    let everybody: Vec<u64> = (1..=100).collect();
    assert_eq!(keys(&world, of(Some(&everybody), None)).await.len(), 100);
    assert_eq!(world.calls(), [(LIST.to_owned(), 100)]);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_cannot_be_meant_is_told_at_its_attribute_before_any_call() {
    let world = World::of(cloud());
    let set = |elements: Vec<Field<Number>>| Field::Known(Set(elements));
    let number = |text: &str| Field::Known(text.parse::<Number>().unwrap());
    let nothing = of(None, None);
    let null = GrantSearch { member_uins: set(vec![Field::Null]), ..nothing.clone() };
    let nonsense = GrantSearch { identity_ids: set(vec![number("0.5")]), ..nothing.clone() };
    for (config, attribute, summary) in [
        (nothing.clone(), "member_uins", "Nothing to look for"),
        (with_preset(nothing), "member_uins", "Nothing to look for"),
        (null, "member_uins", "Invalid filter"),
        (nonsense, "identity_ids", "Invalid filter"),
        (of(Some(&[0]), None), "member_uins", "Invalid filter"),
    ] {
        let told = world.ask(OrgMemberAuthIdentities, config.clone()).await.unwrap_err();
        let [told] = told.try_into().unwrap();
        let found = (told.summary.as_str(), told.path);
        assert_eq!(found, (summary, Some(Path::attribute(attribute))), "{config:?}");
    }
    assert_eq!(world.calls(), []);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_list_hears_which_permission_is_missing() {
    let mut cloud = cloud();
    cloud.deny(LIST);
    let told = World::of(cloud).ask(OrgMemberAuthIdentities, of(Some(&[1, 2]), None)).await.unwrap_err();
    let [told] = told.try_into().unwrap();
    assert_eq!(told.summary, "Not authorized");
    assert!(told.detail.starts_with("Could not list the grants. "), "{}", told.detail);
    assert!(told.detail.contains(&format!("organization:{LIST} ")), "{}", told.detail);
}

#[tokio::test(start_paused = true)]
async fn a_field_that_the_api_leaves_out_is_null_or_the_likeliest() {
    let behaviour = Behaviour { omit_optional_fields: true, null_items: true, ..Behaviour::default() };
    let world = World::of(cloud().with_behaviour(behaviour));
    let answer = ask(&world, of(Some(&[2]), None)).await;
    let Value::Map(grants) = &answer["grants"] else { panic!("{answer:?}") };
    let Value::Object(grant) = &grants["2#13"] else { panic!("{answer:?}") };
    assert_eq!((&grant["member_name"], &grant["status"]), (&Value::Null, &Value::string("configured")));
    assert_eq!(keys(&world, of(Some(&[99]), None)).await, [""; 0]);
}
