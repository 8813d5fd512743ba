//! What a host demands of a schema, checked here so that a mistake is told as what it is.
//!
//! Half of the host's rules cannot be broken at all (see [`super::Mode`], [`super::Kind`] and
//! [`crate::framework::value::Type`]). Those that can are here, as the host's `configschema` validation
//! states them.

use std::collections::BTreeSet;

use super::{Attribute, Block, BlockNesting, Kind, Mode, NestedBlock, Nesting, Schema};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};

/// Names that Terraform's language takes for itself in a resource block.
const TAKEN_IN_RESOURCE: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];
/// Names that Terraform's language takes for itself in a provider block.
const TAKEN_IN_PROVIDER: [&str; 2] = ["alias", "version"];

impl Schema {
    /// What is wrong with this as the schema of the resource type `name`. Empty: nothing.
    pub fn problems_of_resource(&self, name: &str) -> Diagnostics {
        self.problems_of("resource type", name, |_| None)
    }

    /// What is wrong with this as the schema of the data source `name`. Empty: nothing.
    pub fn problems_of_data_source(&self, name: &str) -> Diagnostics {
        self.problems_of("data source", name, |attribute| {
            if attribute.default.is_some() {
                return Some("a data source is not planned, so it has no defaults");
            }
            attribute.write_only.then_some("a data source has nothing that is write-only")
        })
    }

    /// What is wrong with this as the schema of the list of the resource type `name`. Empty: nothing.
    pub fn problems_of_list(&self, name: &str) -> Diagnostics {
        self.problems_of("list resource", name, |attribute| {
            (attribute.write_only || attribute.mode.is_computed())
                .then_some("a filter has nothing that is computed or write-only")
        })
    }

    fn problems_of(&self, kind: &str, name: &str, forbidden: Forbidden) -> Diagnostics {
        let mut check = Check { root: format!("{kind} {name:?}"), forbidden, found: Diagnostics::new() };
        if !is_name(name) || !name.contains('_') {
            check.report(
                name,
                "the type name must be the provider's name, an underscore, and more of [a-z0-9_]",
            );
        }
        check.schema(self, &TAKEN_IN_RESOURCE);
        check.found
    }

    /// What is wrong with this as the schema of the provider block. Empty: nothing.
    pub fn problems_of_provider(&self) -> Diagnostics {
        let forbidden: Forbidden = |attribute| {
            attribute.mode.is_computed().then_some("a provider block has nothing that is computed")
        };
        let mut check = Check { root: "provider block".to_owned(), forbidden, found: Diagnostics::new() };
        check.schema(self, &TAKEN_IN_PROVIDER);
        check.found
    }
}

/// What is wrong with an attribute where this schema stands, if anything is.
type Forbidden = fn(&Attribute) -> Option<&'static str>;

struct Check {
    root: String,
    forbidden: Forbidden,
    found: Diagnostics,
}

impl Check {
    fn report(&mut self, place: &str, problem: &str) {
        let root = &self.root;
        self.found
            .push(Diagnostic::bug(format!("The schema of the {root} is wrong at {place:?}: {problem}.")));
    }

    fn schema(&mut self, schema: &Schema, taken: &[&str]) {
        if schema.version < 0 {
            self.report("version", "it is negative");
        }
        let attributes = schema.block.attributes.iter().map(|attribute| attribute.name);
        for name in attributes.chain(schema.block.blocks.iter().map(|nested| nested.name)) {
            if taken.contains(&name) {
                self.report(name, "the name is taken by the language");
            }
        }
        self.block("", &schema.block, false);
    }

    fn block(&mut self, place: &str, block: &Block, in_set: bool) {
        self.attributes(place, &block.attributes, in_set);
        let mut names: BTreeSet<_> = block.attributes.iter().map(|attribute| attribute.name).collect();
        for nested in &block.blocks {
            let place = join(place, nested.name);
            if !is_name(nested.name) {
                self.report(&place, "a name is made of [a-z0-9_]");
            }
            if !names.insert(nested.name) {
                self.report(&place, "the name is used twice");
            }
            if let Some(problem) = count_problem(nested) {
                self.report(&place, problem);
            }
            self.block(&place, &nested.block, in_set || nested.nesting == BlockNesting::Set);
        }
    }

    fn attributes(&mut self, place: &str, attributes: &[Attribute], in_set: bool) {
        let mut names = BTreeSet::new();
        for attribute in attributes {
            let place = join(place, attribute.name);
            if !is_name(attribute.name) {
                self.report(&place, "a name is made of [a-z0-9_]");
            }
            if !names.insert(attribute.name) {
                self.report(&place, "the name is used twice");
            }
            self.attribute(&place, attribute, in_set);
        }
    }

    fn attribute(&mut self, place: &str, attribute: &Attribute, in_set: bool) {
        if let Some(problem) = (self.forbidden)(attribute) {
            self.report(place, problem);
        }
        if attribute.write_only && attribute.mode.is_computed() {
            self.report(place, "what is write-only cannot be computed");
        }
        if attribute.default.is_some() && attribute.mode != Mode::OptionalComputed {
            self.report(place, "what has a default must be optional and computed");
        }
        if attribute.write_only && in_set {
            self.report(place, "what is in a set cannot be write-only");
        }
        match &attribute.kind {
            Kind::Type(_) => {}
            Kind::Nested(nesting, nested) => {
                if attribute.write_only && nested.iter().any(|inner| inner.mode == Mode::Computed) {
                    self.report(place, "what is write-only cannot hold what is computed");
                }
                self.attributes(place, nested, in_set || *nesting == Nesting::Set);
            }
        }
    }
}

fn count_problem(nested: &NestedBlock) -> Option<&'static str> {
    let (min, max) = (nested.min_items, nested.max_items);
    match nested.nesting {
        _ if min < 0 || max < 0 => Some("a count is negative"),
        BlockNesting::Single if min != max || max > 1 => Some("a single block occurs 0 or 1 times, exactly"),
        BlockNesting::List | BlockNesting::Set if max != 0 && min > max => {
            Some("the fewest is more than the most")
        }
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(legal)
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::testing::{attribute, plain};
    use crate::framework::value::{Type, Value};

    fn schema(attributes: Vec<Attribute>, blocks: Vec<NestedBlock>) -> Schema {
        Schema { version: 0, block: Block { description: String::new(), attributes, blocks } }
    }

    fn nested_block(name: &'static str, nesting: BlockNesting, attributes: Vec<Attribute>) -> NestedBlock {
        let block = Block { description: String::new(), attributes, blocks: Vec::new() };
        NestedBlock { name, nesting, block, min_items: 0, max_items: 0 }
    }

    /// The only problem of a schema has `words` in it; no words, no problem.
    #[track_caller]
    fn check(schema: &Schema, words: &[&str]) {
        let problems = schema.problems_of_resource("fake_thing");
        let details: Vec<_> = problems.iter().map(|problem| problem.detail.as_str()).collect();
        assert_eq!(details.len(), words.len(), "{details:?}");
        for (detail, words) in details.iter().zip(words) {
            assert!(detail.contains(words), "{detail}");
        }
    }

    #[track_caller]
    fn check_attribute(attribute: Attribute, words: &[&str]) {
        check(&schema(vec![attribute], Vec::new()), words);
    }

    fn text(name: &'static str) -> Attribute {
        plain(name, Type::String, Mode::Optional)
    }

    #[test]
    fn s41_a_name_is_legal_and_used_once() {
        check_attribute(text("name_1"), &[]);
        check_attribute(text("Name"), &["[a-z0-9_]"]);
        check_attribute(text("count"), &["taken by the language"]);
        check(&schema(vec![text("a"), text("a")], Vec::new()), &["used twice"]);
        let nested = attribute("a", Kind::Nested(Nesting::List, vec![text("b"), text("b")]), Mode::Optional);
        check_attribute(nested, &["\"a.b\": the name is used twice"]);
    }

    #[test]
    fn s41_what_is_write_only_is_not_computed() {
        let secret = |mode| Attribute { write_only: true, ..plain("a", Type::String, mode) };
        check_attribute(secret(Mode::Optional), &[]);
        check_attribute(secret(Mode::Required), &[]);
        check_attribute(secret(Mode::Computed), &["cannot be computed"]);
        check_attribute(secret(Mode::OptionalComputed), &["cannot be computed"]);
    }

    #[test]
    fn s67_what_has_a_default_is_optional_and_computed() {
        let with_default = |mode| Attribute { default: Some(Value::Null), ..plain("a", Type::String, mode) };
        check_attribute(with_default(Mode::OptionalComputed), &[]);
        for mode in [Mode::Required, Mode::Optional, Mode::Computed] {
            check_attribute(with_default(mode), &["default must be optional and computed"]);
        }
    }

    #[test]
    fn only_a_resource_computes_what_is_left_out() {
        let with_default =
            Attribute { default: Some(Value::Null), ..plain("a", Type::String, Mode::OptionalComputed) };
        let schema = schema(vec![with_default], Vec::new());
        let problems = [
            schema.problems_of_resource("fake_thing"),
            schema.problems_of_data_source("fake_thing"),
            schema.problems_of_list("fake_thing"),
            schema.problems_of_provider(),
        ];
        assert_eq!(problems.map(|problems| problems.iter().count()), [0, 1, 1, 1]);
    }

    #[test]
    fn s42_a_set_holds_nothing_write_only() {
        let secret = || Attribute { write_only: true, ..text("b") };
        let nested = |nesting, inner| attribute("a", Kind::Nested(nesting, vec![inner]), Mode::Optional);
        check_attribute(nested(Nesting::List, secret()), &[]);
        check_attribute(nested(Nesting::Set, secret()), &["cannot be write-only"]);
        let deep =
            nested(Nesting::Set, attribute("c", Kind::Nested(Nesting::Map, vec![secret()]), Mode::Optional));
        check_attribute(deep, &["\"a.c.b\""]);
        let in_block = |inner| schema(Vec::new(), vec![nested_block("s", BlockNesting::Set, vec![inner])]);
        check(&in_block(secret()), &["cannot be write-only"]);
    }

    #[test]
    fn s43_blocks_have_legal_names_and_counts() {
        let with = |block| schema(vec![text("a")], vec![block]);
        let block = |name, nesting, min_items, max_items| NestedBlock {
            min_items,
            max_items,
            ..nested_block(name, nesting, Vec::new())
        };
        check(&with(block("b", BlockNesting::List, 0, 0)), &[]);
        check(&with(block("b", BlockNesting::Set, 1, 3)), &[]);
        check(&with(block("b", BlockNesting::Single, 1, 1)), &[]);
        check(&with(block("B", BlockNesting::List, 0, 0)), &["[a-z0-9_]"]);
        check(&with(block("a", BlockNesting::List, 0, 0)), &["used twice"]);
        check(&with(block("b", BlockNesting::List, -1, 0)), &["negative"]);
        check(&with(block("b", BlockNesting::List, 3, 2)), &["more than the most"]);
        check(&with(block("b", BlockNesting::Single, 0, 1)), &["0 or 1 times"]);
        check(&with(block("b", BlockNesting::Single, 2, 2)), &["0 or 1 times"]);
    }

    #[test]
    fn versions_and_type_names_are_legal() {
        check(&Schema { version: -1, ..schema(Vec::new(), Vec::new()) }, &["negative"]);
        assert!(schema(Vec::new(), Vec::new()).problems_of_resource("thing").has_errors());
        assert!(schema(vec![text("alias")], Vec::new()).problems_of_provider().has_errors());
        assert!(schema(vec![text("count")], Vec::new()).problems_of_provider().is_empty());
    }
}
