//! What a host demands of a schema, checked here so that a mistake is told as what it is.
//!
//! Half of the host's rules cannot be broken at all (see [`super::Mode`], [`super::Kind`] and [`crate::framework::value::Type`]).
//! Those that can are here, as the host's `configschema` validation states them.

use std::collections::BTreeSet;

use super::{Attribute, Block, BlockNesting, Kind, Mode, NestedBlock, Nesting, Schema};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::value::Type;

/// Names that Terraform's language takes for itself in a resource block.
const TAKEN_IN_RESOURCE: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];
/// Names that Terraform's language takes for itself in a provider block.
const TAKEN_IN_PROVIDER: [&str; 2] = ["alias", "version"];

impl Schema {
    /// What is wrong with this as the schema of the resource type `name`. Empty: nothing.
    pub fn problems_of_resource(&self, name: &str) -> Diagnostics {
        let mut check = Check { root: format!("resource type {name:?}"), found: Diagnostics::new() };
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
        let mut check = Check { root: "provider block".to_owned(), found: Diagnostics::new() };
        check.schema(self, &TAKEN_IN_PROVIDER);
        check.found
    }
}

struct Check {
    root: String,
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
        if attribute.write_only && attribute.mode.is_computed() {
            self.report(place, "what is write-only cannot be computed");
        }
        if attribute.write_only && in_set {
            self.report(place, "what is in a set cannot be write-only");
        }
        match &attribute.kind {
            Kind::Type(of) if has_dynamic_in_set(of) || in_set && of.contains_dynamic() => {
                self.report(place, "what is in a set cannot be dynamic");
            }
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
        BlockNesting::Group | BlockNesting::Map if min != 0 || max != 0 => {
            Some("a group or a map of blocks has no counts")
        }
        BlockNesting::List | BlockNesting::Set if max != 0 && min > max => {
            Some("the fewest is more than the most")
        }
        _ => None,
    }
}

fn has_dynamic_in_set(of: &Type) -> bool {
    match of {
        Type::Set(element) => element.contains_dynamic(),
        Type::List(element) | Type::Map(element) => has_dynamic_in_set(element),
        Type::Object(attributes) => attributes.values().any(has_dynamic_in_set),
        Type::Tuple(elements) => elements.iter().any(has_dynamic_in_set),
        Type::String | Type::Number | Type::Bool | Type::Dynamic => false,
    }
}

fn is_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(legal)
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}
