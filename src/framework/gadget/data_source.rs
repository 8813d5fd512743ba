//! A data source whose answer is a closure.

use super::Shop;
use crate::framework::data_source::DataSource;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::resource::Cx;
use crate::framework::schema::{Attribute, Block, BlockNesting, Kind, Mode, NestedBlock, Nesting};
use crate::framework::testing::{Raw, Shape, attribute, plain, text};
use crate::framework::value::Type;

/// Looks for gadgets.
pub(crate) struct Gadgets;

/// The arguments and answers of [`Gadgets`].
#[derive(Debug)]
pub(crate) struct Question;

impl Shape for Question {
    fn attributes() -> Vec<Attribute> {
        let nested =
            || vec![plain("key", Type::String, Mode::Required), plain("count", Type::Number, Mode::Computed)];
        vec![
            plain("label", Type::String, Mode::Optional),
            plain("serials", Type::List(Box::new(Type::String)), Mode::Computed),
            attribute("wanted", Kind::Nested(Nesting::Set, nested()), Mode::Optional),
            attribute("ordered", Kind::Nested(Nesting::List, nested()), Mode::Optional),
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        let attributes = vec![plain("name", Type::String, Mode::Required)];
        let block = Block { attributes, ..Block::default() };
        vec![NestedBlock { name: "filter", nesting: BlockNesting::List, block, min_items: 0, max_items: 0 }]
    }
}

impl DataSource for Gadgets {
    const TYPE: &'static str = "fake_gadgets";
    const DESCRIPTION: &'static str = "Gadgets.";
    type Data = Shop;
    type Model = Raw<Question>;

    /// A label of "bad" is an error.
    fn validate(&self, config: &Raw<Question>, report: &mut Diagnostics) {
        if config.0.get("label") == Some(&text("bad")) {
            report.push(Diagnostic::error("Bad label", "Choose another.").at(Path::attribute("label")));
        }
    }

    async fn read(&self, cx: &Cx<'_, Shop>, config: Raw<Question>) -> Result<Raw<Question>, Diagnostics> {
        (cx.data()?.look)(cx, config.0).map(Raw::new)
    }
}
