//! The data source, asked in memory.

use simulator::{Behaviour, Cloud, Effect, Fault, Order};

use super::model::IdentitySearch;
use super::*;
use crate::data_sources::testing::World;
use crate::framework::model::Model;
use crate::framework::path::Path;
use crate::framework::value::{Field, Number, Object, Value};

const LIST: &str = "ListOrganizationIdentity";

fn cloud() -> Cloud {
    Cloud::new()
        .with_identity(27, "operator")
        .with_identity(13, "auditor")
        .with_description(13, "for auditors")
        .with_document(13, r#"{"version":"2.0"}"#)
}

async fn ask(world: &World, config: IdentitySearch) -> Object {
    World::plain(world.ask(OrgIdentities, config).await).write()
}

fn named(name: &str) -> IdentitySearch {
    IdentitySearch { name: Field::Known(name.to_owned()), ..IdentitySearch::default() }
}

/// One attribute of each of `identities`.
fn column(answer: &Object, name: &str) -> Vec<Value> {
    let Value::List(items) = &answer["identities"] else { panic!("{answer:?}") };
    let field = |item: &Value| match item {
        Value::Object(item) => item[name].clone(),
        other => panic!("{other:?}"),
    };
    items.iter().map(field).collect()
}

fn numbers<const N: usize>(numbers: [u64; N]) -> Vec<Value> {
    numbers.map(|number| Value::Number(number.into())).into()
}

#[tokio::test(start_paused = true)]
async fn identities_come_in_ascending_order_with_what_they_allow() {
    let world = World::of(cloud());
    let answer = ask(&world, IdentitySearch::default()).await;
    assert_eq!(column(&answer, "id"), numbers([1, 13, 27]));
    assert_eq!(column(&answer, "type"), ["preset", "custom", "custom"].map(Value::string));
    assert_eq!(column(&answer, "description")[1], Value::string("for auditors"));
    assert_eq!(column(&answer, "update_time")[1], Value::string("2026-01-05 10:00:00"));
    let Value::List(policies) = &column(&answer, "policies")[1] else { panic!("{answer:?}") };
    let policy = |id: Value, name: Value, origin: &str, document: Value| {
        let policy = [("id", id), ("name", name), ("type", Value::string(origin)), ("document", document)];
        Value::Object(policy.map(|(name, value)| (name.to_owned(), value)).into())
    };
    let written = Value::string(r#"{"version":"2.0"}"#);
    assert_eq!(
        policies[..],
        [
            policy(numbers([13]).remove(0), Value::string("ReadOnlyAccess"), "preset", Value::Null),
            policy(Value::Null, Value::Null, "custom", written),
        ]
    );
    let Value::Map(ids) = &answer["ids"] else { panic!("{answer:?}") };
    assert_eq!(ids.keys().collect::<Vec<_>>(), ["admin", "auditor", "operator"]);
    assert_eq!(ids["auditor"], Value::Number(13_u64.into()));
    assert_eq!(answer["ambiguous_names"], Value::set(Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn filters_narrow_the_list_and_what_is_not_there_is_empty() {
    let world = World::of(cloud());
    let id = |id: u64| IdentitySearch { identity_id: Field::Known(id.into()), ..IdentitySearch::default() };
    let of = |origin: &str| IdentitySearch {
        r#type: Field::Known(origin.to_owned()),
        ..IdentitySearch::default()
    };
    for (config, wanted) in [
        (named("audit"), numbers([13]).as_slice()),
        (named("nobody"), &[]),
        (id(27), &numbers([27])),
        (id(99), &[]),
        (of("preset"), &numbers([1])),
        (of("custom"), &numbers([13, 27])),
    ] {
        let answer = ask(&world, config.clone()).await;
        assert_eq!(column(&answer, "id"), wanted, "{config:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_page_is_read_whatever_their_order() {
    for order in [Order::NewestFirst, Order::OldestFirst, Order::Shuffled(3)] {
        let behaviour = Behaviour { order, omit_optional_fields: true, ..Behaviour::default() };
        let cloud = Cloud::new().with_behaviour(behaviour);
        let cloud = (2..=130).fold(cloud, |cloud, id| cloud.with_identity(id, &format!("identity-{id}")));
        let world = World::of(cloud);
        let answer = ask(&world, IdentitySearch::default()).await;
        assert_eq!(
            column(&answer, "id"),
            (1..=130_u64).map(|id| Value::Number(id.into())).collect::<Vec<_>>()
        );
        assert_eq!(world.calls(), [(LIST.to_owned(), 3)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_of_two_identities_is_in_no_map_and_told() {
    let world = World::of(cloud().with_identity(40, "twin").with_identity(41, "twin"));
    let (answer, told) = world.ask(OrgIdentities, IdentitySearch::default()).await.unwrap();
    let answer = answer.write();
    assert_eq!(column(&answer, "id"), numbers([1, 13, 27, 40, 41]));
    let Value::Map(ids) = &answer["ids"] else { panic!("{answer:?}") };
    assert!(!ids.contains_key("twin"));
    assert_eq!(answer["ambiguous_names"], Value::set(vec![Value::string("twin")]));
    let [told] = told.try_into().unwrap();
    assert_eq!((told.summary.as_str(), told.path), ("Names left out", Some(Path::attribute("ids"))));
    assert!(told.detail.contains("\"twin\""), "{}", told.detail);
}

#[tokio::test(start_paused = true)]
async fn names_are_handed_on_but_for_what_steers_a_terminal() {
    let names = [
        ("a \"quoted\" name", "a \"quoted\" name"),
        ("${danger}", "${danger}"),
        ("%{ if true }", "%{ if true }"),
        ("名前", "名前"),
        ("two\nlines", "two lines"),
        ("\u{202e}txt.exe", " txt.exe"),
    ];
    let cloud = names.iter().zip(100..);
    let cloud = cloud.fold(Cloud::new(), |cloud, ((name, _), id)| cloud.with_identity(id, name));
    let answer = ask(&World::of(cloud), IdentitySearch::default()).await;
    let Value::Map(ids) = &answer["ids"] else { panic!("{answer:?}") };
    for ((_, shown), id) in names.iter().zip(100_u64..) {
        assert_eq!(ids.get(*shown), Some(&Value::Number(id.into())), "{shown:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_cannot_be_meant_is_told_at_its_attribute_before_any_call() {
    let world = World::of(cloud());
    let id = |text: &str| IdentitySearch {
        identity_id: Field::Known(text.parse::<Number>().unwrap()),
        ..IdentitySearch::default()
    };
    let of = |origin: &str| IdentitySearch {
        r#type: Field::Known(origin.to_owned()),
        ..IdentitySearch::default()
    };
    for (config, attribute, summary) in [
        (named(""), "name", "Empty filter"),
        (named(" \n"), "name", "Empty filter"),
        (id("0"), "identity_id", "Invalid filter"),
        (id("1.5"), "identity_id", "Invalid filter"),
        (id("1e30"), "identity_id", "Invalid filter"),
        (of("Preset"), "type", "Invalid filter"),
        (of(""), "type", "Invalid filter"),
    ] {
        let [told] = world.ask(OrgIdentities, config.clone()).await.unwrap_err().try_into().unwrap();
        assert_eq!(
            (told.summary.as_str(), told.path),
            (summary, Some(Path::attribute(attribute))),
            "{config:?}"
        );
    }
    assert_eq!(world.calls(), []);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_list_hears_which_permission_is_missing() {
    let mut cloud = cloud();
    cloud.deny(LIST);
    let [told] =
        World::of(cloud).ask(OrgIdentities, IdentitySearch::default()).await.unwrap_err().try_into().unwrap();
    assert_eq!(told.summary, "Not authorized");
    assert!(told.detail.starts_with("Could not list the access identities. "), "{}", told.detail);
    assert!(told.detail.contains("organization:ListOrganizationIdentity"), "{}", told.detail);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_on_the_way_is_made_again() {
    let mut cloud = cloud();
    cloud.fault(Fault::on(LIST, Effect::ResetBefore));
    cloud.fault(Fault::on(LIST, Effect::Throttle).nth(2));
    let world = World::of(cloud);
    assert_eq!(column(&ask(&world, IdentitySearch::default()).await, "id"), numbers([1, 13, 27]));
    world.cloud().verify();
}
