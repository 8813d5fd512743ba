//! Planning what the configuration leaves out and the schema has a default for; judging what it says.

use tokio_util::sync::CancellationToken;

use super::error_paths;
use crate::framework::attribute::{Attr, Map, Nested};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::model::model;
use crate::framework::registry::Registry;
use crate::framework::resource::{Cx, Resource, StateSlot};
use crate::framework::server::PlanRequest;
use crate::framework::testing::{map, number, object, text, with};
use crate::framework::value::{Field, Number, Object, Value};

#[derive(Clone, Debug, PartialEq)]
struct Box {
    size: Field<Number>,
    id: Field<String>,
    parts: Field<Map<Nested<Part>>>,
}

model!(Box { size: SIZE, id: ID, parts: PARTS });

#[derive(Clone, Debug, PartialEq)]
struct Part {
    count: Field<Number>,
    mark: Field<String>,
}

model!(Part { count: COUNT, mark: MARK });

const SIZE: Attr<Number> =
    Attr::optional_computed("size", "").default(|| Number::from(5_u64)).validated(|size, at, report| {
        if size.is_negative() {
            report.push(Diagnostic::error("Negative size", "").at(at.clone()));
        }
    });
const ID: Attr<String> = Attr::computed("id", "");
const PARTS: Attr<Map<Nested<Part>>> = Attr::optional("parts", "");
const COUNT: Attr<Number> = Attr::optional_computed("count", "").default(|| Number::from(1_u64));
const MARK: Attr<String> = Attr::optional_computed("mark", "");

struct Boxes;

impl Resource for Boxes {
    const TYPE: &'static str = "fake_box";
    const DESCRIPTION: &'static str = "A box.";
    type Data = ();
    type Model = Box;

    fn validate(&self, _: &Box, report: &mut Diagnostics) {
        report.push(Diagnostic::warning("Looked at as a whole", ""));
    }

    async fn create(
        &self,
        _: &Cx<'_, ()>,
        planned: Box,
        state: &mut StateSlot<Box>,
    ) -> Result<(), Diagnostics> {
        let named =
            |field: Field<String>| if field.is_unknown() { Field::Known("made".to_owned()) } else { field };
        state.save(Box { id: named(planned.id), ..planned });
        Ok(())
    }

    async fn read(&self, _: &Cx<'_, ()>, prior: Box) -> Result<Option<Box>, Diagnostics> {
        Ok(Some(prior))
    }

    async fn update(
        &self,
        cx: &Cx<'_, ()>,
        _: Box,
        planned: Box,
        state: &mut StateSlot<Box>,
    ) -> Result<(), Diagnostics> {
        self.create(cx, planned, state).await
    }

    async fn delete(&self, _: &Cx<'_, ()>, _: Box, _: &mut StateSlot<Box>) -> Result<(), Diagnostics> {
        Ok(())
    }
}

fn box_of<const N: usize>(attributes: [(&str, Value); N]) -> Object {
    with(
        with(Object::new(), [("size", Value::Null), ("id", Value::Null), ("parts", Value::Null)]),
        attributes,
    )
}

fn plan(prior: Option<&Object>, proposed: &Object, config: &Object) -> Object {
    let mut registry = Registry::new();
    registry.resource(Boxes);
    let request =
        PlanRequest { prior: prior.cloned(), proposed: Some(proposed.clone()), config: Some(config.clone()) };
    registry.find_resource("fake_box").unwrap().plan(&request).unwrap().state.unwrap()
}

#[test]
fn s66_what_is_left_out_is_planned_as_its_default_at_every_depth() {
    let part = |count, mark| object([("count", count), ("mark", mark)]);
    let config = box_of([(
        "parts",
        map([("a", part(Value::Null, Value::Null)), ("b", part(number("2"), text("x")))]),
    )]);
    let parts = map([("a", part(number("1"), Value::Unknown)), ("b", part(number("2"), text("x")))]);
    let wanted = box_of([("size", number("5")), ("id", Value::Unknown), ("parts", parts)]);
    assert_eq!(plan(None, &config, &config), wanted);
}

#[test]
fn s71_a_value_at_its_default_is_no_change() {
    let prior = box_of([("size", number("5")), ("id", text("made"))]);
    assert_eq!(plan(Some(&prior), &prior, &box_of([])), prior);
}

/// The host proposes the prior value of what the configuration leaves out.
#[test]
fn s72_a_value_taken_out_of_the_configuration_goes_back_to_its_default() {
    let prior = box_of([("size", number("7")), ("id", text("made"))]);
    let wanted = box_of([("size", number("5")), ("id", Value::Unknown)]);
    assert_eq!(plan(Some(&prior), &prior, &box_of([])), wanted);
}

#[test]
fn s67_a_default_never_takes_the_place_of_what_is_configured() {
    for size in [number("7"), Value::Unknown] {
        let config = box_of([("size", size.clone())]);
        assert_eq!(plan(None, &config, &config)["size"], size);
    }
}

#[tokio::test]
async fn s80_a_planned_default_is_what_is_applied() {
    let mut registry = Registry::new();
    registry.resource(Boxes);
    let resource = registry.find_resource("fake_box").unwrap();
    let planned = plan(None, &box_of([]), &box_of([]));
    let (stop, config) = (CancellationToken::new(), box_of([]));
    let made = resource.apply(&Configured::Ready(()), &stop, Vec::new(), None, Some(planned), Some(&config));
    let made = made.await;
    let wanted = box_of([("size", number("5")), ("id", text("made"))]);
    assert_eq!((made.value, made.report), (Some(wanted), Diagnostics::new()));
}

#[test]
fn a_configuration_is_judged_attribute_by_attribute_and_then_as_a_whole() {
    let mut registry = Registry::new();
    registry.resource(Boxes);
    let resource = registry.find_resource("fake_box").unwrap();
    let judged = |size| error_paths(&resource.validate(&box_of([("size", size)]), true));
    assert_eq!(judged(number("-1")), ["size", ""]);
    for sound in [number("1"), Value::Null, Value::Unknown] {
        assert_eq!(judged(sound), [""]);
    }
}
