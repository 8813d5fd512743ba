//! What an object is known by.

use tokio_util::sync::CancellationToken;

use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::gadget::{Gadget, Parts, Shop, error, gadget, identity};
use crate::framework::identity::{Identified, IdentityModel};
use crate::framework::registry::{Registry, ResourceType};
use crate::framework::resource::{Cx, Resource, StateSlot};
use crate::framework::schema::{Attribute, Mode, NestedBlock};
use crate::framework::server::{Answer, ImportKey, PlanRequest};
use crate::framework::testing::{Fake, Raw, Shape, World, number, plain, text};
use crate::framework::value::{Field, Object, Type, Value};

fn with_gadget<T>(test: impl FnOnce(&ResourceType<Shop>) -> T) -> T {
    let mut registry = Registry::new();
    registry.resource(Gadget).importable().identified().upgrades_identity_from();
    assert_eq!(registry.problems(), Diagnostics::new());
    test(registry.find_resource("fake_gadget").unwrap())
}

fn there() -> Object {
    gadget([("label", text("a")), ("serial", text("s1")), ("size", number("1"))])
}

/// The planned identity of a gadget that was there before (or not) with the identity s1.
fn planned(before: Option<Object>, config: Object) -> Option<Object> {
    let known_by = before.as_ref().map(|_| identity(text("s1")));
    let request = PlanRequest { prior: before, proposed: Some(config.clone()), config: Some(config) };
    with_gadget(|resource| {
        let planned = resource.plan(&request).unwrap();
        resource.planned_identity(&request, &planned, known_by).unwrap()
    })
}

#[test]
fn s99_an_identity_that_is_not_known_is_left_out_only_of_what_is_made_anew() {
    assert_eq!(planned(None, gadget([("label", text("a"))])), None);
    let resized = gadget([("label", text("a")), ("size", number("2"))]);
    assert_eq!(planned(Some(there()), resized), None);
    let relabelled = gadget([("label", text("b")), ("size", number("1"))]);
    assert_eq!(planned(Some(there()), relabelled), Some(identity(text("s1"))));
    let same = gadget([("label", text("a")), ("size", number("1"))]);
    assert_eq!(planned(Some(there()), same), Some(identity(text("s1"))));
}

#[test]
fn s99_an_update_is_planned_with_the_identity_from_before_also_where_the_host_has_none() {
    let config = gadget([("label", text("b")), ("size", number("1"))]);
    let request = PlanRequest { prior: Some(there()), proposed: Some(config.clone()), config: Some(config) };
    with_gadget(|resource| {
        let planned = resource.plan(&request).unwrap();
        assert_eq!(planned.state.as_ref().unwrap()["serial"], Value::Unknown);
        let known_by = resource.planned_identity(&request, &planned, None);
        assert_eq!(known_by, Ok(Some(identity(text("s1")))));
    });
}

#[test]
fn s99_a_destroy_is_planned_with_the_identity_from_before() {
    let request = PlanRequest { prior: Some(there()), ..PlanRequest::default() };
    with_gadget(|resource| {
        let planned = resource.plan(&request).unwrap();
        let known_by = Some(identity(text("s1")));
        assert_eq!(resource.planned_identity(&request, &planned, known_by.clone()), Ok(known_by));
    });
}

#[test]
fn s99_a_state_has_a_known_identity_or_the_one_from_before_and_else_it_is_a_bug() {
    let known = || Some(identity(text("s1")));
    let unnamed = gadget([("label", text("a"))]);
    with_gadget(|resource| {
        assert_eq!(resource.identity_of(Some(&there()), None), Ok(known()));
        assert_eq!(resource.identity_of(Some(&there()), Some(identity(text("s0")))), Ok(known()));
        assert_eq!(resource.identity_of(Some(&unnamed), known()), Ok(known()));
        assert_eq!(resource.identity_of(None, known()), Ok(known()));
        assert_eq!(resource.identity_of(None, Some(identity(Value::Unknown))), Ok(None));
        let bug = resource.identity_of(Some(&unnamed), Some(identity(Value::Unknown))).unwrap_err();
        assert!(bug.iter().next().unwrap().detail.contains("fake_gadget has a state and no identity"));
    });
}

#[test]
fn s99_a_failed_apply_leaves_as_much_of_an_identity_as_is_known() {
    with_gadget(|resource| {
        let mut report = error("Lost");
        let unnamed = gadget([("label", text("a"))]);
        assert_eq!(resource.identity_of_applied(Some(&unnamed), None, &mut report), None);
        assert_eq!(report, error("Lost"));
        let left = resource.identity_of_applied(Some(&there()), Some(identity(Value::Unknown)), &mut report);
        assert_eq!(left, Some(identity(text("s1"))));
        let mut report = Diagnostics::new();
        assert_eq!(resource.identity_of_applied(Some(&unnamed), None, &mut report), None);
        assert!(report.has_errors());
    });
}

async fn import(key: ImportKey<'_>) -> Result<Answer<Object>, Diagnostics> {
    let mut registry = Registry::new();
    registry.resource(Gadget).importable().identified();
    let resource = registry.find_resource("fake_gadget").unwrap();
    resource
        .import(&Configured::Ready(Shop::finding(|known| Ok(Some(known)))), &CancellationToken::new(), key)
        .await
}

#[tokio::test]
async fn s97_an_import_is_by_id_or_by_identity() {
    let found = gadget([("serial", text("s7"))]);
    assert_eq!(import(ImportKey::Id("s7")).await.unwrap().value, found);
    assert_eq!(import(ImportKey::Identity(identity(text("s7")))).await.unwrap().value, found);
    for missing in [Value::Null, Value::Unknown] {
        let report = import(ImportKey::Identity(identity(missing))).await.unwrap_err();
        assert!(report.iter().next().unwrap().detail.contains("needs a value for \"serial\""), "{report:?}");
    }
    let report = import(ImportKey::Id("")).await.unwrap_err();
    assert!(report.iter().next().unwrap().detail.contains("`identity` with serial, places"), "{report:?}");
}

#[tokio::test]
async fn s97_what_is_imported_by_identity_alone_says_so() {
    let mut registry = Registry::new();
    registry.resource(Gadget).identified();
    let resource = registry.find_resource("fake_gadget").unwrap();
    let imported = resource
        .import(&Configured::Ready(Shop::closed()), &CancellationToken::new(), ImportKey::Id("s1"))
        .await;
    assert_eq!(imported.unwrap_err().iter().next().unwrap().summary, "Import by id is not supported");
}

#[test]
fn s100_an_identity_of_an_older_version_is_read_by_the_type_of_that_version() {
    with_gadget(|resource| {
        assert_eq!(resource.stored_identity_type(2), Ok(resource.identity_type().unwrap()));
        let same = identity(text("s1"));
        assert_eq!(resource.upgrade_identity(2, Some(same.clone())), Ok(same.clone()));
        let Ok(Type::Object(old)) = resource.stored_identity_type(1) else { panic!("no type") };
        assert_eq!(old.keys().collect::<Vec<_>>(), ["number"]);
        let stored = |value| Some(Object::from([("number".to_owned(), number(value))]));
        assert_eq!(resource.upgrade_identity(1, stored("1")), Ok(same));
        assert_eq!(resource.upgrade_identity(1, stored("0")), Err(error("No such number")));
        assert!(resource.upgrade_identity(2, None).unwrap_err().has_errors());
        for (version, words) in [(0, "older than"), (3, "newer than")] {
            let report = resource.stored_identity_type(version).unwrap_err();
            let told = report.iter().next().unwrap();
            assert_eq!(told.summary, "Identity does not fit this provider's schema");
            assert!(told.detail.contains(words), "{}", told.detail);
        }
    });
    let mut registry = Registry::<World>::new();
    registry.resource(Fake::plain());
    let unidentified = registry.find_resource("fake_thing").unwrap();
    assert!(unidentified.stored_identity_type(0).unwrap_err().has_errors());
}

/// An identity whose author made mistakes.
#[derive(Debug)]
struct Broken;

impl Shape for Broken {
    fn attributes() -> Vec<Attribute> {
        vec![
            plain("computed", Type::String, Mode::Computed),
            plain("set", Type::Set(Box::new(Type::String)), Mode::Required),
            plain("deep", Type::List(Box::new(Type::List(Box::new(Type::String)))), Mode::Optional),
            Attribute { sensitive: true, ..plain("secret", Type::String, Mode::Required) },
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        Parts::blocks()
    }
}

impl IdentityModel for Raw<Broken> {
    const VERSION: i64 = -1;
}

struct Unfit;

impl Resource for Unfit {
    const TYPE: &'static str = "fake_unfit";
    const DESCRIPTION: &'static str = "";
    type Data = Shop;
    type Model = Raw<Parts>;

    async fn create(
        &self,
        _: &Cx<'_, Shop>,
        _: Raw<Parts>,
        _: &mut StateSlot<Raw<Parts>>,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn read(&self, _: &Cx<'_, Shop>, _: Raw<Parts>) -> Result<Option<Raw<Parts>>, Diagnostics> {
        Ok(None)
    }

    async fn update(
        &self,
        _: &Cx<'_, Shop>,
        _: Raw<Parts>,
        _: Raw<Parts>,
        _: &mut StateSlot<Raw<Parts>>,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn delete(
        &self,
        _: &Cx<'_, Shop>,
        _: Raw<Parts>,
        _: &mut StateSlot<Raw<Parts>>,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }
}

impl Identified for Unfit {
    type Identity = Raw<Broken>;

    fn identity(&self, _: &Raw<Parts>) -> Field<Raw<Broken>> {
        Field::Null
    }

    async fn import_identity(&self, _: &Cx<'_, Shop>, _: Raw<Broken>) -> Result<Raw<Parts>, Diagnostics> {
        Err(error("Not found"))
    }
}

#[test]
fn s46_an_identity_is_made_of_required_and_optional_primitives_and_lists() {
    let mut registry = Registry::new();
    registry.resource(Unfit).identified();
    let words = [
        "version is negative",
        "no blocks",
        "\"computed\" is neither required nor optional",
        "\"set\" is neither text",
        "\"deep\" is neither text",
        "\"secret\" is secret",
    ];
    let problems = registry.problems();
    let details: Vec<&str> = problems.iter().map(|problem: &Diagnostic| problem.detail.as_str()).collect();
    assert_eq!(details.len(), words.len(), "{details:?}");
    assert!(details.iter().zip(words).all(|(detail, words)| detail.contains(words)), "{details:?}");
    let mut registry = Registry::new();
    registry.resource(Gadget).upgrades_identity_from();
    assert!(registry.problems().iter().next().unwrap().detail.contains("registered wrong"));
}
