//! The data source, asked in memory.

use std::collections::BTreeMap;

use simulator::{Behaviour, Cloud, Effect, Fault, Order};

use super::model::MemberSearch;
use super::*;
use crate::data_sources::testing::{World, fast};
use crate::framework::attribute::Map;
use crate::framework::model::Model;
use crate::framework::path::{Path, Step};
use crate::framework::value::{Field, Number, Object, Value};

const LIST: &str = "DescribeOrganizationMembers";
const NODES: &str = "DescribeOrganizationNodes";

/// Research (2001) has a lab (2002) with a cellar (2003); sales (3001) stands beside it.
fn cloud() -> Cloud {
    Cloud::new()
        .with_node(2001, "Research", 1001)
        .with_node(2002, "Lab", 2001)
        .with_node(2003, "Cellar", 2002)
        .with_node(3001, "Sales", 1001)
        .with_member(11, "head office")
        .with_member_in(2001, 21, "research")
        .with_member_in(2002, 22, "lab")
        .with_member_in(2003, 23, "cellar")
        .with_member_in(3001, 31, "sales")
        .with_tag(21, "env", "prod")
        .with_tag(23, "env", "prod")
        .with_tag(23, "team", "x")
        .with_tag(31, "env", "prod")
        .with_entity(31, "Sales Ltd")
}

fn all() -> MemberSearch {
    MemberSearch::default()
}

fn text(text: &str) -> Field<String> {
    Field::Known(text.to_owned())
}

fn in_unit(node: u64, recursive: bool) -> MemberSearch {
    MemberSearch { node_id: Field::Known(node.into()), recursive: Field::Known(recursive), ..all() }
}

fn tagged(tags: &[(&str, &str)]) -> MemberSearch {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), text(value)));
    MemberSearch { tags: Field::Known(Map(tags.collect())), ..all() }
}

async fn ask(world: &World, config: MemberSearch) -> Object {
    World::plain(world.ask(OrgMembers, config).await).write()
}

async fn error(world: &World, config: MemberSearch) -> crate::framework::diagnostic::Diagnostic {
    let [told] = world.ask(OrgMembers, config).await.unwrap_err().try_into().unwrap();
    told
}

fn members(answer: &Object) -> Vec<Object> {
    let Value::List(items) = &answer["members"] else { panic!("{answer:?}") };
    let item = |item: &Value| match item {
        Value::Object(item) => item.clone(),
        other => panic!("{other:?}"),
    };
    items.iter().map(item).collect()
}

fn uins(answer: &Object) -> Vec<u64> {
    let uin = |item: &Object| match &item["uin"] {
        Value::Number(uin) => uin.to_u64().unwrap(),
        other => panic!("{other:?}"),
    };
    let uins: Vec<u64> = members(answer).iter().map(uin).collect();
    let set = uins.iter().map(|uin| Value::Number((*uin).into())).collect();
    assert_eq!(answer["member_uins"], Value::set(set));
    uins
}

#[tokio::test(start_paused = true)]
async fn a_member_is_told_with_all_that_is_known_of_it() {
    let answer = ask(&World::of(cloud()), all()).await;
    assert_eq!(uins(&answer), [11, 21, 22, 23, 31]);
    let tags = [("env", "prod"), ("team", "x")].map(|(key, value)| (key.to_owned(), Value::string(value)));
    let wanted = [
        ("uin", Value::Number(23_u64.into())),
        ("name", Value::string("cellar")),
        ("nick_name", Value::string("cellar")),
        ("type", Value::string("Create")),
        ("node_id", Value::Number(2003_u64.into())),
        ("node_name", Value::string("Cellar")),
        ("remark", Value::string("")),
        ("tags", Value::Map(BTreeMap::from(tags))),
        ("permission_status", Value::string("Confirmed")),
        ("bind_status", Value::string("Unbound")),
        ("may_quit", Value::Bool(false)),
        ("create_time", Value::string("2026-01-05 10:00:00")),
        ("update_time", Value::string("2026-01-05 10:00:00")),
    ];
    let wanted: Object = wanted.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(members(&answer)[3], wanted);
    let Value::Map(by_name) = &answer["uins"] else { panic!("{answer:?}") };
    assert_eq!(by_name["lab"], Value::Number(22_u64.into()));
    assert_eq!(by_name.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn filters_narrow_the_list_together() {
    let world = World::of(cloud());
    let both = MemberSearch { search: text("a"), ..in_unit(2001, true) };
    let tagged_below = MemberSearch { tags: tagged(&[("env", "prod")]).tags, ..in_unit(2001, true) };
    for (config, wanted) in [
        (MemberSearch { search: text("sal"), ..all() }, [31].as_slice()),
        (MemberSearch { search: text("nobody"), ..all() }, &[]),
        (MemberSearch { entity_name: text("Sales Ltd"), ..all() }, &[31]),
        (MemberSearch { product: text("cloudaudit"), ..all() }, &[11, 21, 22, 23, 31]),
        (tagged(&[("env", "prod")]), &[21, 23, 31]),
        (tagged(&[("env", "prod"), ("team", "x")]), &[23]),
        (tagged(&[("env", "test")]), &[]),
        (tagged(&[]), &[11, 21, 22, 23, 31]),
        (both, &[21, 22, 23]),
        (tagged_below, &[21, 23]),
    ] {
        assert_eq!(uins(&ask(&world, config.clone()).await), wanted, "{config:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_unit_has_its_own_members_and_with_recursion_those_below() {
    for units_reach_down in [false, true] {
        let behaviour = Behaviour { units_reach_down, ..Behaviour::default() };
        let world = World::of(cloud().with_behaviour(behaviour));
        for (node, recursive, wanted) in [
            (2001, false, [21].as_slice()),
            (2001, true, &[21, 22, 23]),
            (2003, true, &[23]),
            (1001, false, &[11]),
            (1001, true, &[11, 21, 22, 23, 31]),
        ] {
            assert_eq!(uins(&ask(&world, in_unit(node, recursive)).await), wanted, "{node} {recursive}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_unit_without_members_is_empty_and_one_that_does_not_exist_an_error() {
    let world = World::of(cloud().with_node(4001, "Empty", 1001));
    for recursive in [false, true] {
        assert_eq!(uins(&ask(&world, in_unit(4001, recursive)).await), [0; 0]);
        let told = error(&world, in_unit(9999, recursive)).await;
        assert_eq!((told.summary.as_str(), told.path), ("Unit not found", Some(Path::attribute("node_id"))));
    }
    // Where no unit is asked for, nothing is blamed on it.
    world.cloud().fault(Fault::on(LIST, Effect::code("ResourceNotFound.OrganizationServiceNotExist")));
    let told = error(&world, MemberSearch { product: text("nothing"), ..all() }).await;
    assert_eq!((told.summary.as_str(), told.path), ("Something does not exist", None));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_members_come_whole_and_in_order() {
    let behaviour = Behaviour { order: Order::Shuffled(5), ..Behaviour::default() };
    let cloud = (1..=10_000).fold(fast().with_behaviour(behaviour), |cloud, uin| {
        cloud.with_member(100_000_000_000 + uin, &format!("m{uin}"))
    });
    let world = World::of(cloud);
    let answer = ask(&world, all()).await;
    assert_eq!(uins(&answer), (100_000_000_001..=100_000_010_000).collect::<Vec<u64>>());
    assert_eq!(world.calls(), [(LIST.to_owned(), 200)]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_members_of_two_hundred_units_take_twenty_four_calls() {
    // With the one at the top, 200 units, each below the one before.
    let cloud = (2..=200).fold(fast(), |cloud, n| cloud.with_node(1000 + n, "unit", 999 + n));
    let cloud = (0..1000).fold(cloud, |cloud, n| cloud.with_member_in(1001 + n % 200, 1 + n, "m"));
    let world = World::of(cloud);
    let (answer, _) = world.ask(OrgMembers, in_unit(1001, true)).await.unwrap();
    assert_eq!(uins(&answer.write()), (1..=1000).collect::<Vec<u64>>());
    assert_eq!(world.calls(), [(LIST.to_owned(), 20), (NODES.to_owned(), 4)]);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_leaves_between_two_pages_takes_nobody_along() {
    // Newest first: when 120 has gone, 70 slips from the second page to the first, which was read.
    let cloud = (1..=120).fold(Cloud::new(), |cloud, uin| cloud.with_member(uin, &format!("m{uin}")));
    let world = World::of(cloud);
    world.cloud().fault(Fault::on(LIST, Effect::MemberLeaves(120)));
    assert_eq!(uins(&ask(&world, all()).await), (1..=119).collect::<Vec<u64>>());
    world.cloud().verify();
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_holds_still_is_an_error_and_no_short_list() {
    let cloud = (1..=120).fold(Cloud::new(), |cloud, uin| cloud.with_member(uin, &format!("m{uin}")));
    let world = World::of(cloud);
    for uin in 0..9 {
        world
            .cloud()
            .fault(Fault::on(LIST, Effect::MemberLeaves(120 - uin)).nth(usize::try_from(uin).unwrap() + 1));
    }
    let told = error(&world, all()).await;
    assert_eq!(told.summary, "List is not complete");
    assert!(told.detail.starts_with("Could not list the member accounts. "), "{}", told.detail);
    world.cloud().clear_faults();
}

#[tokio::test(start_paused = true)]
async fn a_name_of_two_members_is_in_no_map_and_told() {
    let world = World::of(cloud().with_member(41, "sales"));
    let (answer, told) = world.ask(OrgMembers, all()).await.unwrap();
    let answer = answer.write();
    assert_eq!(uins(&answer), [11, 21, 22, 23, 31, 41]);
    let Value::Map(by_name) = &answer["uins"] else { panic!("{answer:?}") };
    assert!(!by_name.contains_key("sales") && by_name.contains_key("lab"));
    assert_eq!(answer["ambiguous_names"], Value::set(vec![Value::string("sales")]));
    let [told] = told.try_into().unwrap();
    assert_eq!((told.summary.as_str(), told.path), ("Names left out", Some(Path::attribute("uins"))));
}

#[tokio::test(start_paused = true)]
async fn names_and_tags_are_handed_on_but_for_what_steers_a_terminal() {
    let names = [
        ("\"quoted\"", "\"quoted\""),
        ("${danger}", "${danger}"),
        ("%{ if true }", "%{ if true }"),
        ("名前", "名前"),
        ("two\nlines", "two lines"),
        ("\u{202e}txt.exe", " txt.exe"),
    ];
    let cloud = names
        .iter()
        .zip(1..)
        .fold(Cloud::new(), |cloud, ((name, _), uin)| cloud.with_member(uin, name).with_tag(uin, name, name));
    let world = World::of(cloud);
    let answer = ask(&world, all()).await;
    let Value::Map(by_name) = &answer["uins"] else { panic!("{answer:?}") };
    for ((name, shown), uin) in names.iter().zip(1_u64..) {
        assert_eq!(by_name.get(*shown), Some(&Value::Number(uin.into())), "{shown:?}");
        // A filter is sent as it is written.
        let found = ask(&world, tagged(&[(name, name)])).await;
        assert_eq!(uins(&found), [uin], "{name:?}");
        let tags = Value::Map([((*shown).to_owned(), Value::string(*shown))].into());
        assert_eq!(members(&found)[0]["tags"], tags);
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_cannot_be_meant_is_told_at_its_attribute_before_any_call() {
    let world = World::of(cloud());
    let at = Path::attribute;
    let node = |text: &str| MemberSearch { node_id: Field::Known(text.parse::<Number>().unwrap()), ..all() };
    let null_tag =
        MemberSearch { tags: Field::Known(Map([("team".to_owned(), Field::Null)].into())), ..all() };
    let many: Vec<(String, &str)> = (0..11).map(|number| (number.to_string(), "x")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let tag = |key: &str| at("tags").then(Step::Key(key.to_owned()));
    for (config, place, summary) in [
        (MemberSearch { search: text(""), ..all() }, at("search"), "Empty filter"),
        (MemberSearch { entity_name: text(" "), ..all() }, at("entity_name"), "Empty filter"),
        (MemberSearch { product: text("\t"), ..all() }, at("product"), "Empty filter"),
        (node("0"), at("node_id"), "Invalid filter"),
        (node("-1"), at("node_id"), "Invalid filter"),
        (node("0.5"), at("node_id"), "Invalid filter"),
        (MemberSearch { recursive: Field::Known(true), ..all() }, at("recursive"), "Invalid filter"),
        (tagged(&[("", "x")]), tag(""), "Empty filter"),
        (null_tag, tag("team"), "Invalid filter"),
        (tagged(&many), at("tags"), "Too many tags"),
    ] {
        let told = error(&world, config.clone()).await;
        assert_eq!((told.summary.as_str(), told.path), (summary, Some(place)), "{config:?}");
    }
    assert_eq!(world.calls(), []);
    // Nothing is asked of the units below where none is named, and nothing is said of that.
    assert_eq!(uins(&ask(&world, MemberSearch { recursive: Field::Known(false), ..all() }).await).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_list_hears_which_permission_is_missing() {
    for (denied, config) in [(LIST, all()), (LIST, in_unit(2001, false)), (NODES, in_unit(2001, true))] {
        let mut cloud = cloud();
        cloud.deny(denied);
        let told = error(&World::of(cloud), config).await;
        assert_eq!(told.summary, "Not authorized");
        assert!(told.detail.contains(&format!("organization:{denied} ")), "{}", told.detail);
    }
    // The units are nobody's business who asks for one.
    let mut cloud = cloud();
    cloud.deny(NODES);
    assert_eq!(uins(&ask(&World::of(cloud), in_unit(2001, false)).await), [21]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_read() {
    let world = World::of(cloud());
    world.stop.cancel();
    assert_eq!(error(&world, all()).await.summary, "Operation stopped");
    assert_eq!(world.calls(), []);
}
