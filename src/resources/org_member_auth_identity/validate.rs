//! What can be said about a configuration without asking anybody.

use std::collections::BTreeSet;

use crate::framework::attribute::Set;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};
use crate::reconcile::grant_id::NUMBER_MAX;

/// How many bad elements of a set get an error of their own before the rest is only counted. The host prints
/// the source with each, so that thousands would take minutes and hide everything else.
const ELEMENTS_NAMED: usize = 10;

/// How messages speak of the elements of one set.
pub(super) struct Words {
    pub(super) one: &'static str,
    many: &'static str,
    where_to_find: &'static str,
}

pub(super) const MEMBER: Words = Words {
    one: "member UIN",
    many: "member UINs",
    where_to_find: "A member's UIN is the number of its account, shown in Organization > Member accounts.",
};
pub(super) const IDENTITY: Words = Words {
    one: "identity id",
    many: "identity ids",
    where_to_find: "An identity's id is shown in Organization > Member login > Identities.",
};

/// Reports what is wrong with `member_uins`.
pub(super) fn members(uins: &Set<Number>, at: &Path, report: &mut Diagnostics) {
    granted(uins, at, &MEMBER, report);
}

/// Reports what is wrong with `identity_ids`.
pub(super) fn identities(ids: &Set<Number>, at: &Path, report: &mut Diagnostics) {
    granted(ids, at, &IDENTITY, report);
}

/// A set's elements have no address of their own, so the text names the element.
fn granted(Set(elements): &Set<Number>, name: &Path, words: &Words, report: &mut Diagnostics) {
    if elements.is_empty() {
        let detail = format!(
            "{name} is empty, so there is nothing to grant. List at least one {}, or remove the resource to revoke what \
             it granted.",
            words.one
        );
        report.push(Diagnostic::error(format!("No {}", words.many), detail).at(name.clone()));
    }
    ids(elements, name, words, report);
}

/// Reports what is wrong with a list that names something: it must have elements, and none of them twice.
/// `because` says what an empty one comes to.
pub(super) fn names(
    elements: &[Field<Number>],
    name: &Path,
    words: &Words,
    because: &str,
    report: &mut Diagnostics,
) {
    if elements.is_empty() {
        let detail = format!("{name} is empty{because}");
        report.push(Diagnostic::error(format!("No {}", words.many), detail).at(name.clone()));
    }
    ids(elements, name, words, report);
    let mut seen = BTreeSet::new();
    let mut twice: BTreeSet<&Number> =
        elements.iter().filter_map(Field::known).filter(|number| !seen.insert(*number)).collect();
    let Some(first) = twice.pop_first() else { return };
    let more = match twice.len() {
        0 => String::new(),
        1 => ", and one more likewise".to_owned(),
        more => format!(", and {more} more likewise"),
    };
    let detail = format!("{name} contains {first} more than once{more}. List every {} once.", words.one);
    report.push(Diagnostic::error(format!("Duplicate {}", words.one), detail).at(name.clone()));
}

/// Reports which elements are no ids: the first [`ELEMENTS_NAMED`], and how many more there are.
pub(super) fn ids(elements: &[Field<Number>], name: &Path, words: &Words, report: &mut Diagnostics) {
    let mut faults = elements.iter().filter_map(fault);
    for fault in faults.by_ref().take(ELEMENTS_NAMED) {
        let detail = format!(
            "{name} contains {fault}. Every element must be a whole number from 1 to {NUMBER_MAX}. {}",
            words.where_to_find
        );
        report.push(Diagnostic::error(format!("Invalid {}", words.one), detail).at(name.clone()));
    }
    let more = faults.count();
    if more > 0 {
        let detail = format!(
            "{name} contains the {ELEMENTS_NAMED} elements named beside this, and {more} more that are no whole number from 1 \
             to {NUMBER_MAX}. {}",
            words.where_to_find
        );
        report.push(Diagnostic::error(format!("Invalid {}", words.many), detail).at(name.clone()));
    }
}

/// What is wrong with an element, if anything can be said yet.
fn fault(element: &Field<Number>) -> Option<String> {
    match element {
        Field::Unknown => None,
        Field::Null => Some("a null".to_owned()),
        Field::Known(number) => number.fault_as_id(NUMBER_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::attribute::Nested;
    use crate::framework::model::Model;
    use crate::framework::timeouts::Timeouts;
    use crate::resources::org_member_auth_identity::MemberAuthIdentity;

    fn check(members: &[Field<&str>], wanted: &[&str]) {
        let set = |elements: &[Field<&str>]| {
            Field::Known(Set(elements
                .iter()
                .map(|element| element.map(|text| text.parse().unwrap()))
                .collect()))
        };
        let config = MemberAuthIdentity {
            member_uins: set(members),
            identity_ids: set(&[Field::Known("13")]),
            ..MemberAuthIdentity::default()
        };
        let mut report = Diagnostics::new();
        config.validate(None, &mut report);
        let found: Vec<String> = report
            .iter()
            .map(|found| {
                format!("{}: {}", found.path.as_ref().unwrap(), found.detail.split('.').next().unwrap())
            })
            .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn sound_elements_and_unknown_ones_pass() {
        check(&[Field::Known("100000000001"), Field::Known("1"), Field::Known("9007199254740991")], &[]);
        check(&[Field::Unknown, Field::Known("1.0")], &[]);
    }

    #[test]
    fn every_bad_element_is_named() {
        check(
            &[
                Field::Known("0"),
                Field::Known("-3"),
                Field::Known("9007199254740993"),
                Field::Known("123456789012345678901234567890"),
                Field::Null,
            ],
            &[
                "member_uins: member_uins contains 0",
                "member_uins: member_uins contains -3, which is negative",
                "member_uins: member_uins contains 9007199254740993, which is too large",
                "member_uins: member_uins contains 123456789012345678901234567890, which is too large",
                "member_uins: member_uins contains a null",
            ],
        );
        check(&[Field::Known("1.5")], &["member_uins: member_uins contains 1"]);
    }

    #[test]
    fn of_many_bad_elements_ten_are_named_and_the_rest_is_counted() {
        let texts: Vec<String> = (0..20_000).map(|number| format!("-{}", number + 1)).collect();
        let bad: Vec<Field<&str>> = texts.iter().map(|text| Field::Known(text.as_str())).collect();
        let mut wanted: Vec<String> = (1..=10)
            .map(|number| format!("member_uins: member_uins contains -{number}, which is negative"))
            .collect();
        check(&bad[..10], &wanted.iter().map(String::as_str).collect::<Vec<_>>());
        wanted.push(
            "member_uins: member_uins contains the 10 elements named beside this, and 19990 more that are no whole \
             number from 1 to 9007199254740991"
                .to_owned(),
        );
        check(&bad, &wanted.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn an_empty_set_is_refused() {
        check(&[], &["member_uins: member_uins is empty, so there is nothing to grant"]);
    }

    #[test]
    fn nothing_is_said_about_what_is_unknown_or_not_set() {
        let config = MemberAuthIdentity {
            member_uins: Field::Unknown,
            timeouts: Field::Known(Nested(Timeouts { create: Field::Unknown, ..Timeouts::default() })),
            ..MemberAuthIdentity::default()
        };
        let mut report = Diagnostics::new();
        config.validate(None, &mut report);
        assert!(report.is_empty(), "{report:?}");
    }
}
