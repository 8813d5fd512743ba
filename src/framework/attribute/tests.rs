use super::*;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::model::{Model, model};
use crate::framework::value::Number;

/// One of every place in which an attribute can be.
#[derive(Clone, Debug, Default, PartialEq)]
struct Box {
    name: Field<String>,
    lid: Field<Nested<Part>>,
    sides: Field<List<Nested<Part>>>,
    nails: Field<Set<Nested<Part>>>,
    labels: Field<Map<Nested<Part>>>,
}

model!(Box { name: NAME, lid: LID, sides: SIDES, nails: NAILS, labels: LABELS });

#[derive(Clone, Debug, Default, PartialEq)]
struct Part {
    size: Field<Number>,
}

model!(Part { size: SIZE });

const NAME: Attr<String> = Attr::required("name", "").validated(|name, at, report| {
    if name.is_empty() {
        report.push(Diagnostic::error("No name", format!("{at} is empty.")).at(at.clone()));
    }
});
const LID: Attr<Nested<Part>> = Attr::optional("lid", "").validated(|Nested(lid), at, report| {
    if lid.size.is_null() {
        report.push(Diagnostic::warning("No size", "").at(at.clone()));
    }
});
const SIDES: Attr<List<Nested<Part>>> = Attr::optional("sides", "");
const NAILS: Attr<Set<Nested<Part>>> = Attr::optional("nails", "");
const LABELS: Attr<Map<Nested<Part>>> = Attr::optional("labels", "");
const SIZE: Attr<Number> = Attr::optional("size", "").validated(|size, at, report| {
    if size.is_negative() {
        report.push(Diagnostic::error("Negative size", format!("{at} is {size}.")).at(at.clone()));
    }
});

fn part(size: i64) -> Field<Nested<Part>> {
    Field::Known(Nested(Part { size: Field::Known(size.into()) }))
}

/// The report on `of` tells, for each problem, where it is.
#[track_caller]
fn check(of: &Box, wanted: &[&str]) {
    let mut report = Diagnostics::new();
    of.validate(None, &mut report);
    let places: Vec<_> = report.iter().map(|found| found.path.as_ref().unwrap().to_string()).collect();
    assert_eq!(places, wanted);
}

#[test]
fn a_validator_tells_the_place_of_the_value_at_every_depth() {
    let bad = Box {
        name: Field::Known(String::new()),
        lid: part(-1),
        sides: Field::Known(List(vec![part(1), part(-1)])),
        nails: Field::Known(Set(vec![part(1), part(-2), part(-3)])),
        labels: Field::Known(Map([("a".to_owned(), part(1)), ("b".to_owned(), part(-1))].into())),
    };
    check(&bad, &["name", "lid.size", "sides[1].size", "nails", "nails", "labels[\"b\"].size"]);
    let lid = Box { lid: Field::Known(Nested(Part::default())), ..Box::default() };
    check(&lid, &["lid"]);
}

#[test]
fn nothing_is_judged_before_it_is_known() {
    check(&Box::default(), &[]);
    let (unknown, size) = (Field::Unknown, Field::Known(Nested(Part { size: Field::Unknown })));
    let undecided = Box {
        name: Field::Unknown,
        lid: Field::Unknown,
        sides: Field::Known(List(vec![Field::Unknown, size.clone()])),
        nails: Field::Known(Set(vec![Field::Unknown, size.clone()])),
        labels: Field::Known(Map([("a".to_owned(), unknown), ("b".to_owned(), size)].into())),
    };
    check(&undecided, &[]);
}

#[test]
fn what_is_said_of_an_attribute_is_declared() {
    let plain = Attr::<bool>::optional_computed("a", "What it is.");
    let declared = plain.declare();
    assert_eq!((declared.mode, declared.deprecated, declared.default), (Mode::OptionalComputed, None, None));
    let said = Attr::<bool>::optional_computed("a", "").default(|| true).deprecated("Use b.").sensitive();
    let declared = said.declare();
    assert_eq!(declared.default, Some(crate::framework::value::Value::Bool(true)));
    assert_eq!((declared.deprecated, declared.sensitive), (Some("Use b."), true));
}
