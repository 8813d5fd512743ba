//! States that gadgets are made of, beside their own: of version 1, and of two other types.

use super::resource::{Gadget, Parts, gadget};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::schema::{Attribute, Block, BlockNesting, Mode, NestedBlock};
use crate::framework::stored::{MovesFrom, Source, UpgradesFrom};
use crate::framework::testing::{Raw, Shape, plain, text};
use crate::framework::value::{Type, Value};

/// A gadget of version 1, when the label was a name and the rules were ports.
#[derive(Debug)]
pub(crate) struct OldParts;

impl Shape for OldParts {
    fn attributes() -> Vec<Attribute> {
        vec![plain("title", Type::String, Mode::Required), plain("serial", Type::String, Mode::Computed)]
    }

    fn blocks() -> Vec<NestedBlock> {
        let attributes = vec![plain("port", Type::Number, Mode::Required)];
        let block = Block { attributes, ..Block::default() };
        vec![NestedBlock { name: "ports", nesting: BlockNesting::List, block, min_items: 0, max_items: 0 }]
    }
}

impl UpgradesFrom<Raw<OldParts>> for Gadget {
    const FROM: i64 = 1;

    /// A title of "bad" is refused, and of one of "lost" nobody knows the size.
    fn upgrade(&self, old: Raw<OldParts>) -> Result<Raw<Parts>, Diagnostics> {
        let (title, ports) = (old.0["title"].clone(), old.0["ports"].clone());
        if title == text("bad") {
            return Err(super::error("Bad title"));
        }
        let size = if title == text("lost") { Value::Unknown } else { Value::Null };
        let attributes =
            [("label", title), ("serial", old.0["serial"].clone()), ("rules", ports), ("size", size)];
        Ok(Raw::new(gadget(attributes)))
    }
}

/// What `null_resource` has in its state.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Shape for Nothing {
    fn attributes() -> Vec<Attribute> {
        vec![
            plain("id", Type::String, Mode::Computed),
            plain("triggers", Type::Map(Box::new(Type::String)), Mode::Optional),
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }
}

impl MovesFrom<Raw<Nothing>> for Gadget {
    const SOURCE: Source = Source { provider: "hashicorp/null", type_name: "null_resource" };

    /// Its version becomes the label.
    fn moved(&self, version: i64, old: Raw<Nothing>) -> Result<Raw<Parts>, Diagnostics> {
        let label = text(&format!("version {version}"));
        Ok(Raw::new(gadget([("label", label), ("serial", old.0["id"].clone())])))
    }
}

/// What the gadgets of another provider have in their state.
#[derive(Debug)]
pub(crate) struct Foreign;

impl Shape for Foreign {
    fn attributes() -> Vec<Attribute> {
        vec![plain("number", Type::String, Mode::Computed)]
    }

    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }
}

impl MovesFrom<Raw<Foreign>> for Gadget {
    const SOURCE: Source = Source { provider: "acme", type_name: "acme_gadget" };

    fn moved(&self, _: i64, old: Raw<Foreign>) -> Result<Raw<Parts>, Diagnostics> {
        Ok(Raw::new(gadget([("label", text("foreign")), ("serial", old.0["number"].clone())])))
    }
}
