//! Reading, importing and upgrading.

use tokio_util::sync::CancellationToken;

use super::{error_paths, with_resource};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::registry::Registry;
use crate::framework::server::{Answer, ImportKey};
use crate::framework::testing::{Fake, World, map, number, text, thing, with};
use crate::framework::value::{Object, Value};

fn finding(found: Result<Option<Object>, Diagnostics>) -> World {
    World::reading(move |_, _| {
        let found = found.clone();
        Box::pin(async { found })
    })
}

async fn read(world: World, current: Option<Object>) -> Result<Answer<Option<Object>>, Diagnostics> {
    let mut registry = Registry::new();
    registry.resource(Fake::plain());
    let resource = registry.find_resource("fake_thing").unwrap();
    resource.read(&Configured::Ready(world), &CancellationToken::new(), Vec::new(), current).await
}

async fn import(world: World, id: &str) -> Result<Answer<Object>, Diagnostics> {
    let mut registry = Registry::new();
    registry.resource(Fake::plain()).importable();
    let resource = registry.find_resource("fake_thing").unwrap();
    resource.import(&Configured::Ready(world), &CancellationToken::new(), ImportKey::Id(id)).await
}

fn there() -> Object {
    thing([("name", text("a")), ("id", text("i"))])
}

#[tokio::test]
async fn s86_gone_is_only_what_the_resource_confirms_gone() {
    assert_eq!(read(finding(Ok(None)), Some(there())).await.unwrap().value, None);
    let error = Diagnostics::from(Diagnostic::error("Unavailable", ""));
    assert_eq!(read(finding(Err(error.clone())), Some(there())).await, Err(error));
    let panic = World::reading(|_, _| Box::pin(async { panic!("in the middle") }));
    assert!(read(panic, Some(there())).await.unwrap_err().has_errors());
}

#[tokio::test]
async fn s88_nothing_known_reads_as_nothing_there_without_asking() {
    assert_eq!(read(World::closed(), None).await.unwrap().value, None);
}

#[tokio::test]
async fn s89_an_unknown_value_read_is_a_bug_with_a_path() {
    let found = with(there(), [("map", map([("m", Value::Unknown)]))]);
    let report = read(finding(Ok(Some(found))), Some(there())).await.unwrap_err();
    assert_eq!(error_paths(&report), ["map[\"m\"]"]);
}

#[tokio::test]
async fn a_warning_is_told_beside_the_bug_that_spoils_a_read() {
    let world = World::reading(|cx, _| {
        cx.warn(Diagnostic::warning("Mind this", "").at(Path::attribute("size")));
        Box::pin(async { Ok(Some(with(there(), [("id", Value::Unknown)]))) })
    });
    assert_eq!(error_paths(&read(world, Some(there())).await.unwrap_err()), ["size", "id"]);
}

#[tokio::test]
async fn s90_a_write_only_value_read_or_imported_is_null() {
    let found = finding(Ok(Some(with(there(), [("secret", text("hush"))]))));
    assert_eq!(read(found.clone(), Some(there())).await.unwrap().value, Some(there()));
    assert_eq!(import(found, "a").await.unwrap().value, there());
}

#[tokio::test]
async fn s69_absent_blocks_are_empty_when_read_and_imported() {
    let mut bare = there();
    for name in ["rules", "ports", "single"] {
        bare.insert(name.to_owned(), Value::Null);
    }
    let found = finding(Ok(Some(bare)));
    assert_eq!(read(found.clone(), Some(there())).await.unwrap().value, Some(there()));
    assert_eq!(import(found, "a").await.unwrap().value, there());
}

#[tokio::test]
async fn s96_an_import_by_id_finds_one_wholly_known_object() {
    let found = with(there(), [("size", Value::Unknown)]);
    let answer = import(finding(Ok(Some(found))), "a").await.unwrap();
    assert_eq!(answer.value, there());
    assert!(import(finding(Ok(None)), "a").await.unwrap_err().has_errors());
}

#[tokio::test]
async fn s96_a_type_without_import_says_so() {
    let mut registry = Registry::new();
    registry.resource(Fake::plain());
    let resource = registry.find_resource("fake_thing").unwrap();
    let (world, key) = (Configured::Ready(World::closed()), ImportKey::Id("a"));
    let report = resource.import(&world, &CancellationToken::new(), key).await.unwrap_err();
    assert_eq!(report.iter().next().unwrap().summary, "Import is not supported");
}

#[test]
fn s94_a_state_of_the_current_version_is_completed() {
    let mut stored = with(there(), [("size", number("123456789012345678901234567890"))]);
    stored.remove("rules");
    stored.remove("note");
    let wanted = with(there(), [("size", number("123456789012345678901234567890"))]);
    with_resource(
        |_, _| {},
        |resource| {
            assert_eq!(resource.stored_type(2), Ok(resource.state_type()));
            assert_eq!(resource.upgrade(2, Some(stored)), Ok(wanted));
            assert!(resource.upgrade(2, None).unwrap_err().has_errors());
        },
    );
}

#[test]
fn s95_a_state_of_another_version_is_refused_by_name() {
    with_resource(
        |_, _| {},
        |resource| {
            for (version, words) in [(0, "older"), (1, "older"), (3, "newer")] {
                let report = resource.stored_type(version).unwrap_err();
                let error = report.iter().next().unwrap();
                assert_eq!(error.summary, "State does not fit this provider's schema");
                assert!(error.detail.contains(words), "{}", error.detail);
            }
        },
    );
}
