//! Maps from names to numbers. People know names; the API takes numbers, and does not promise that a name
//! stands for one thing only.

use std::collections::{BTreeMap, BTreeSet};

use super::answer;
use crate::diagnose::{counted, named};
use crate::framework::attribute::{Map, Set};
use crate::framework::diagnostic::Diagnostic;
use crate::framework::path::Path;
use crate::framework::value::{Field, Number, normal_form};
use crate::reconcile::grant_id::Quoted;

/// Things by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Names that stand for one thing.
    unique: BTreeMap<String, u64>,
    /// Names that stand for several.
    ambiguous: BTreeSet<String>,
}

impl Names {
    /// Takes names apart as a host does, to which texts of the same normal form are the same key. What has
    /// no name is left out.
    pub(super) fn of<'a>(things: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let mut names = Self::default();
        for (name, number) in things {
            let name = normal_form(name.to_owned());
            if name.is_empty() || names.ambiguous.contains(&name) {
                continue;
            }
            if names.unique.get(&name).is_some_and(|other| *other != number) {
                names.unique.remove(&name);
                names.ambiguous.insert(name);
            } else {
                names.unique.insert(name, number);
            }
        }
        names
    }

    /// The map from each name that stands for one thing.
    pub(super) fn unique(&self) -> Field<Map<Number>> {
        let number = |(name, number): (&String, &u64)| (name.clone(), Field::Known((*number).into()));
        Field::Known(Map(self.unique.iter().map(number).collect()))
    }

    /// The names that stand for several.
    pub(super) fn ambiguous(&self) -> Field<Set<String>> {
        answer::set(self.ambiguous.iter().cloned())
    }

    /// What to say of these, if there are any: they are missing from the map at `map`. `things` is what they
    /// stand for, in the plural.
    pub(super) fn warning(&self, things: &str, map: &Path, list: &Path) -> Option<Diagnostic> {
        if self.ambiguous.is_empty() {
            return None;
        }
        let quoted = self.ambiguous.iter().map(|name| format!("\"{}\"", Quoted::new(name))).collect();
        let detail = format!(
            "{} of more than one of the {things}, and left out of {map}: {}. Nobody can tell which one is meant. \
             Rename them so that each has a name of its own, or take their numbers from {list}.",
            match self.ambiguous.len() {
                1 => "This is the name".to_owned(),
                number => format!("These {} are those", counted(number, "name")),
            },
            named(&quoted),
        );
        Some(Diagnostic::warning("Names left out", detail).at(map.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(things: &[(&str, u64)], unique: &[(&str, u64)], ambiguous: &[&str]) {
        let names = Names::of(things.iter().copied());
        let wanted = unique.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect();
        assert_eq!(names.unique, wanted);
        assert_eq!(names.ambiguous, ambiguous.iter().map(|name| (*name).to_owned()).collect());
    }

    #[test]
    fn a_name_that_stands_for_two_things_is_in_no_map() {
        check(&[("a", 1), ("b", 2)], &[("a", 1), ("b", 2)], &[]);
        check(&[("a", 1), ("b", 2), ("a", 3)], &[("b", 2)], &["a"]);
        check(&[("a", 1), ("a", 2), ("a", 3)], &[], &["a"]);
        check(&[("a", 1), ("a", 1)], &[("a", 1)], &[]);
        check(&[("", 1), ("", 2), ("A", 3), ("a", 4)], &[("A", 3), ("a", 4)], &[]);
        // One letter, or a letter and an accent: the same key to a host.
        check(&[("caf\u{e9}", 1), ("cafe\u{301}", 2)], &[], &["caf\u{e9}"]);
        check(&[("cafe\u{301}", 2)], &[("caf\u{e9}", 2)], &[]);
    }

    #[test]
    fn the_warning_shows_what_a_name_hides() {
        let (map, list) = (Path::attribute("uins"), Path::attribute("members"));
        assert_eq!(Names::of([("a", 1)]).warning("members", &map, &list), None);
        let names = Names::of([("x\n\u{202e}", 1), ("x\n\u{202e}", 2)]);
        let warning = names.warning("members", &map, &list).unwrap();
        assert_eq!(
            warning.detail,
            "This is the name of more than one of the members, and left out of uins: \"x\\n\\u{202e}\". Nobody can tell \
             which one is meant. Rename them so that each has a name of its own, or take their numbers from members."
        );
        let many = (0..7).flat_map(|n| [(n, n), (n, n + 100)]);
        let many: Vec<(String, u64)> = many.map(|(name, number)| (name.to_string(), number)).collect();
        let many = Names::of(many.iter().map(|(name, number)| (name.as_str(), *number)));
        let warning = many.warning("members", &map, &list).unwrap();
        assert!(
            warning.detail.starts_with("These 7 names are those of more than one of the"),
            "{}",
            warning.detail
        );
        assert!(warning.detail.contains("\"4\" and 2 more. Nobody"), "{}", warning.detail);
    }
}
