//! Lists of gadgets, which send what a closure says.

use super::{Gadget, Shop};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::list_resource::{Found, Listed};
use crate::framework::path::Path;
use crate::framework::resource::Cx;
use crate::framework::schema::{Attribute, Mode, NestedBlock};
use crate::framework::testing::{Raw, Shape, plain, text};
use crate::framework::value::Type;

/// What may be asked of a list of gadgets.
#[derive(Debug)]
pub(crate) struct Wanted;

impl Shape for Wanted {
    fn attributes() -> Vec<Attribute> {
        vec![plain("label", Type::String, Mode::Optional)]
    }

    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }
}

impl Listed for Gadget {
    const LIST_DESCRIPTION: &'static str = "Gadgets there are.";
    type Filter = Raw<Wanted>;

    /// A label of "bad" is an error.
    fn validate_filter(&self, filter: &Raw<Wanted>, report: &mut Diagnostics) {
        if filter.0.get("label") == Some(&text("bad")) {
            report.push(Diagnostic::error("Bad label", "Choose another.").at(Path::attribute("label")));
        }
    }

    async fn list(
        &self,
        cx: &Cx<'_, Shop>,
        filter: Raw<Wanted>,
        found: &mut Found<'_, Self>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.list)(cx, filter.0, found).await
    }
}
