//! What can be said about a filter without asking anybody: nulls, empty texts, numbers that are no ids.

use std::collections::BTreeSet;

use crate::framework::attribute::{Map, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::{Path, Step};
use crate::framework::value::{Field, Number};
use crate::reconcile::grant_id::NUMBER_MAX;

/// How many tags the API takes in one question.
const TAGS_MAX: usize = 10;
/// How many bad elements of a set get an error of their own before the rest is only counted.
const ELEMENTS_NAMED: usize = 10;

/// Reports a text that says nothing.
#[expect(clippy::ptr_arg, reason = "a validator takes the value of its attribute")]
pub(super) fn text(text: &String, at: &Path, report: &mut Diagnostics) {
    if text.trim().is_empty() {
        let detail = format!(
            "{at} is empty, which would find everything. Leave it out (or set it to null) to have everything."
        );
        report.push(Diagnostic::error("Empty filter", detail).at(at.clone()));
    }
}

/// Reports what is no id.
pub(super) fn id(number: &Number, at: &Path, report: &mut Diagnostics) {
    if let Some(fault) = number.fault_as_id(NUMBER_MAX) {
        let detail = format!("{at} is {fault}. It must be a whole number from 1 to {NUMBER_MAX}.");
        report.push(Diagnostic::error("Invalid filter", detail).at(at.clone()));
    }
}

/// Reports elements that are no ids, each in the text: a set's elements have no address of their own.
pub(super) fn ids(Set(elements): &Set<Number>, at: &Path, report: &mut Diagnostics) {
    let mut faults = elements.iter().filter_map(|element| match element {
        Field::Unknown => None,
        Field::Null => Some("a null".to_owned()),
        Field::Known(number) => number.fault_as_id(NUMBER_MAX),
    });
    let mut push = |what: String| {
        let detail =
            format!("{at} contains {what}. Every element must be a whole number from 1 to {NUMBER_MAX}.");
        report.push(Diagnostic::error("Invalid filter", detail).at(at.clone()));
    };
    faults.by_ref().take(ELEMENTS_NAMED).for_each(&mut push);
    let more = faults.count();
    if more > 0 {
        push(format!("{more} more that are no ids, beside the {ELEMENTS_NAMED} that are named"));
    }
}

/// Reports tags without a key or a value, and more of them than the API takes.
pub(super) fn tags(Map(tags): &Map<String>, at: &Path, report: &mut Diagnostics) {
    if tags.len() > TAGS_MAX {
        let detail = format!(
            "{at} has {} tags, and the API takes {TAGS_MAX} at most in one question. Filter by the ones that \
             narrow it down most, and leave out the members of the answer that lack others with `if`.",
            tags.len()
        );
        report.push(Diagnostic::error("Too many tags", detail).at(at.clone()));
    }
    for (key, value) in tags {
        let place = at.clone().then(Step::Key(key.clone()));
        if key.trim().is_empty() {
            let detail = format!("{at} has a tag whose key is empty. No tag has such a key.");
            report.push(Diagnostic::error("Empty filter", detail).at(place));
        } else if value.is_null() {
            let detail = format!(
                "{place} is null. Give it the value that the tag must have, or leave it out. To ask for members that \
                 have the tag with any value, take all members and filter them with `if`."
            );
            report.push(Diagnostic::error("Invalid filter", detail).at(place));
        }
    }
}

/// The id in a filter that was judged.
pub(super) fn known_id(field: &Field<Number>) -> Option<u64> {
    field.known().and_then(Number::to_u64)
}

/// The ids in a filter that was judged; `None` if it was not set.
pub(super) fn known_ids(field: &Field<Set<Number>>) -> Option<BTreeSet<u64>> {
    let Set(elements) = field.known()?;
    Some(elements.iter().filter_map(known_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T>(validate: fn(&T, &Path, &mut Diagnostics), value: &T, wanted: &[&str]) {
        let mut report = Diagnostics::new();
        validate(value, &Path::attribute("it"), &mut report);
        let found: Vec<&str> = report.iter().map(|told| told.detail.as_str()).collect();
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.starts_with(wanted), "{found}\n  does not begin with\n{wanted}");
        }
    }

    #[test]
    fn a_text_must_say_something() {
        check(text, &"x".to_owned(), &[]);
        check(text, &"\u{202e}".to_owned(), &[]);
        for blank in ["", " ", "\n\t"] {
            check(text, &blank.to_owned(), &["it is empty, which would find everything. Leave it out"]);
        }
    }

    #[test]
    fn an_id_is_a_whole_number_that_every_reader_keeps_exact() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        for good in ["1", "100000000001", "9007199254740991", "1e3", "2.0"] {
            check(id, &number(good), &[]);
        }
        check(id, &number("0"), &["it is 0. It must be a whole number from 1 to 9007199254740991."]);
        check(id, &number("-3"), &["it is -3, which is negative."]);
        check(id, &number("1.5"), &["it is 1.5, which is not a whole number."]);
        check(id, &number("9007199254740992"), &["it is 9007199254740992, which is too large."]);
        check(id, &number("1e40"), &["it is 1"]);
    }

    #[test]
    fn each_bad_element_is_named_and_very_many_are_counted() {
        let known = |text: &str| Field::Known(text.parse::<Number>().unwrap());
        check(ids, &Set(Vec::new()), &[]);
        check(ids, &Set(vec![known("7"), Field::Unknown]), &[]);
        let bad = Set(vec![Field::Null, known("7"), known("-1")]);
        check(ids, &bad, &["it contains a null.", "it contains -1, which is negative."]);
        let many = Set((1..=14).map(|n| known(&format!("-{n}"))).collect());
        let mut report = Diagnostics::new();
        ids(&many, &Path::attribute("it"), &mut report);
        assert_eq!(report.iter().count(), 11);
        let last = report.iter().last().unwrap();
        assert!(
            last.detail.starts_with("it contains 4 more that are no ids, beside the 10"),
            "{}",
            last.detail
        );
    }

    #[test]
    fn tags_have_keys_and_values_and_are_not_too_many() {
        let tags_of = |of: &[(&str, Field<String>)]| {
            Map(of.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
        };
        let known = |text: &str| Field::Known(text.to_owned());
        check(tags, &tags_of(&[("team", known("x")), ("bare", known("")), ("later", Field::Unknown)]), &[]);
        check(tags, &tags_of(&[("team", Field::Null)]), &["it[\"team\"] is null."]);
        check(tags, &tags_of(&[("", known("x"))]), &["it has a tag whose key is empty."]);
        let many = Map((0..11).map(|n| (n.to_string(), known("x"))).collect());
        check(tags, &many, &["it has 11 tags, and the API takes 10 at most in one question."]);
    }
}
