//! States of older versions and of other types.

use super::error_paths;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::gadget::{Foreign, Gadget, Nothing, OldParts, Shop, error, gadget};
use crate::framework::registry::{Registry, ResourceType};
use crate::framework::server::MoveRequest;
use crate::framework::testing::{Raw, number, object, text};
use crate::framework::value::{Object, Type, Value};

fn with_gadget<T>(test: impl FnOnce(&ResourceType<Shop>) -> T) -> T {
    let mut registry = Registry::new();
    registry
        .resource(Gadget)
        .upgrades_from::<Raw<OldParts>>()
        .moves_from::<Raw<Nothing>>()
        .moves_from::<Raw<Foreign>>();
    assert_eq!(registry.problems(), Diagnostics::new());
    test(registry.find_resource("fake_gadget").unwrap())
}

fn upgrade(title: &str) -> Result<Object, Diagnostics> {
    let old = [("title".to_owned(), text(title)), ("serial".to_owned(), text("s1"))];
    with_gadget(|resource| resource.upgrade(1, Some(Object::from(old))))
}

#[test]
fn s95_a_state_of_an_older_version_is_read_by_the_type_of_that_version() {
    with_gadget(|resource| {
        let Ok(Type::Object(old)) = resource.stored_type(1) else { panic!("no type") };
        assert_eq!(old.keys().collect::<Vec<_>>(), ["ports", "serial", "title"]);
        assert_eq!(resource.stored_type(3), Ok(resource.state_type()));
    });
    assert_eq!(upgrade("a"), Ok(gadget([("label", text("a")), ("serial", text("s1"))])));
    assert_eq!(upgrade("bad"), Err(error("Bad title")));
}

#[test]
fn s95_blocks_of_an_older_version_are_upgraded_with_what_they_lack_as_null() {
    let port = |port| object([("port", number(port))]);
    let old = [("title".to_owned(), text("a")), ("ports".to_owned(), Value::List(vec![port("1")]))];
    let rules = Value::List(vec![object([("port", number("1")), ("handle", Value::Null)])]);
    with_gadget(|resource| {
        let upgraded = resource.upgrade(1, Some(Object::from(old)));
        assert_eq!(upgraded, Ok(gadget([("label", text("a")), ("rules", rules)])));
        assert!(resource.upgrade(1, None).unwrap_err().has_errors());
    });
}

#[test]
fn s95_an_upgrade_to_something_unknown_is_a_bug_with_a_path() {
    assert_eq!(error_paths(&upgrade("lost").unwrap_err()), ["size"]);
}

#[test]
fn s95_versions_without_a_way_are_refused_by_name() {
    with_gadget(|resource| {
        for (version, words) in [(0, "version 0 of its schema, older"), (2, "older"), (4, "newer")] {
            let report = resource.stored_type(version).unwrap_err();
            assert!(report.iter().next().unwrap().detail.contains(words), "{report:?}");
        }
    });
}

fn from<'m>(provider: &'m str, type_name: &'m str) -> MoveRequest<'m> {
    MoveRequest { provider, type_name, version: 5 }
}

#[test]
fn s98_a_state_is_taken_over_from_each_source_whatever_host_its_provider_comes_from() {
    with_gadget(|resource| {
        for host in ["registry.terraform.io", "registry.opentofu.org"] {
            let provider = format!("{host}/hashicorp/null");
            let source = from(&provider, "null_resource");
            let Ok(Type::Object(of)) = resource.moved_type(&source) else { panic!("no type") };
            assert_eq!(of.keys().collect::<Vec<_>>(), ["id", "triggers"]);
            let stored = Object::from([("id".to_owned(), text("s1"))]);
            let moved = resource.move_from(&source, Some(stored));
            assert_eq!(moved, Ok(gadget([("label", text("version 5")), ("serial", text("s1"))])));
        }
        let stored = Object::from([("number".to_owned(), text("s2"))]);
        let moved = resource.move_from(&from("example.org/tools/acme", "acme_gadget"), Some(stored));
        assert_eq!(moved, Ok(gadget([("label", text("foreign")), ("serial", text("s2"))])));
        assert!(resource.moves());
    });
}

#[test]
fn s98_any_other_source_is_refused_by_name_and_told_what_there_is() {
    with_gadget(|resource| {
        for (provider, type_name) in [
            ("registry.terraform.io/other/null", "null_resource"),
            ("registry.terraform.io/hashicorp/null", "null_data_source"),
        ] {
            let report = resource.moved_type(&from(provider, type_name)).unwrap_err();
            let detail = &report.iter().next().unwrap().detail;
            for words in
                [provider, type_name, "fake_gadget", "null_resource of a provider hashicorp/null", "acme"]
            {
                assert!(detail.contains(words), "{detail}");
            }
        }
        let report = resource.move_from(&from("hashicorp/null", "null_resource"), None).unwrap_err();
        assert_eq!(report.iter().next().unwrap().summary, "Move is not possible");
    });
}

#[test]
fn a_capability_that_makes_no_sense_is_told_with_the_schema() {
    let mut registry = Registry::new();
    registry
        .resource(Gadget)
        .upgrades_from::<Raw<OldParts>>()
        .upgrades_from::<Raw<OldParts>>()
        .moves_from::<Raw<Nothing>>()
        .moves_from::<Raw<Nothing>>();
    let problems = registry.problems();
    let details: Vec<&str> = problems.iter().map(|problem: &Diagnostic| problem.detail.as_str()).collect();
    let words = ["version 1 is upgraded twice", "moved from null_resource twice"];
    assert!(
        details.len() == 2 && details.iter().zip(words).all(|(told, words)| told.contains(words)),
        "{details:?}"
    );
}
