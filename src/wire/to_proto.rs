//! What the framework has, as the host is sent it.

use super::{msgpack, types};
use crate::framework::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::framework::function::{FunctionError, Parameter};
use crate::framework::path::{Path, Step};
use crate::framework::registry::{FunctionType, IdentityType};
use crate::framework::schema::{self, BlockNesting, Kind, Mode, Nesting};
use crate::framework::value::{Object, Type, Value};
use crate::proto::tfplugin6 as proto;
use proto::attribute_path::step::Selector;
use proto::diagnostic::Severity as ProtoSeverity;
use proto::schema::nested_block::NestingMode as BlockNestingMode;
use proto::schema::object::NestingMode;

/// `object` as a value of the type `of`, always in msgpack. A part that does not fit the type is a bug, told
/// with its path.
pub(super) fn object(object: Option<Object>, of: &Type) -> Result<proto::DynamicValue, Diagnostics> {
    value(&object.map_or(Value::Null, Value::Object), of)
}

/// The same of `value`, which is an object or null.
pub(super) fn value(value: &Value, of: &Type) -> Result<proto::DynamicValue, Diagnostics> {
    let msgpack = msgpack::encode(value, of).map_err(Diagnostic::from)?;
    Ok(proto::DynamicValue { msgpack: msgpack.into(), ..Default::default() })
}

pub(super) fn diagnostics(report: Diagnostics) -> Vec<proto::Diagnostic> {
    report.into_iter().map(diagnostic).collect()
}

fn diagnostic(diagnostic: Diagnostic) -> proto::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => ProtoSeverity::Error,
        Severity::Warning => ProtoSeverity::Warning,
    };
    proto::Diagnostic {
        severity: severity.into(),
        summary: plain(diagnostic.summary),
        detail: plain(diagnostic.detail),
        attribute: diagnostic.path.as_ref().map(path),
    }
}

/// `text` without what steers a terminal: it may quote a configuration, a state, or whoever answered a call,
/// and the host prints it as it is.
fn plain(text: String) -> String {
    let steers = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if text.contains(steers) { text.replace(steers, "\u{fffd}") } else { text }
}

pub(super) fn path(path: &Path) -> proto::AttributePath {
    let step = |step: &Step| {
        let selector = match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        };
        proto::attribute_path::Step { selector: Some(selector) }
    };
    proto::AttributePath { steps: path.steps().iter().map(step).collect() }
}

pub(super) fn schema(schema: &schema::Schema) -> proto::Schema {
    proto::Schema { version: schema.version, block: Some(block(&schema.block)) }
}

/// `identity` of type `of`, for a resource type that has one.
pub(super) fn identity(
    identity: Option<Object>,
    of: Option<&Type>,
) -> Result<Option<proto::ResourceIdentityData>, Diagnostics> {
    let (Some(identity), Some(of)) = (identity, of) else { return Ok(None) };
    Ok(Some(proto::ResourceIdentityData { identity_data: Some(object(Some(identity), of)?) }))
}

pub(super) fn identity_schema<D>(identity: &IdentityType<D>) -> proto::ResourceIdentitySchema {
    let attribute = |attribute: &schema::Attribute| proto::resource_identity_schema::IdentityAttribute {
        name: attribute.name.to_owned(),
        r#type: types::encode(&attribute.kind.implied_type()),
        required_for_import: attribute.mode == Mode::Required,
        optional_for_import: attribute.mode == Mode::Optional,
        description: attribute.description.to_owned(),
    };
    proto::ResourceIdentitySchema {
        version: identity.version,
        identity_attributes: identity.attributes.iter().map(attribute).collect(),
    }
}

pub(super) fn function(function: &FunctionType) -> proto::Function {
    proto::Function {
        parameters: function.parameters.positional.iter().map(parameter).collect(),
        variadic_parameter: function.parameters.variadic.as_ref().map(parameter),
        r#return: Some(proto::function::Return { r#type: types::encode(&function.returns) }),
        summary: function.summary.to_owned(),
        description: function.description.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        deprecation_message: function.deprecated.unwrap_or_default().to_owned(),
    }
}

fn parameter(parameter: &Parameter) -> proto::function::Parameter {
    proto::function::Parameter {
        name: parameter.name.to_owned(),
        r#type: types::encode(&parameter.of),
        allow_null_value: parameter.allows_null,
        allow_unknown_values: parameter.allows_unknown,
        description: parameter.description.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
    }
}

pub(super) fn function_error(error: &FunctionError) -> proto::FunctionError {
    let argument = error.argument().and_then(|index| i64::try_from(index).ok());
    proto::FunctionError { text: plain(error.to_string()), function_argument: argument }
}

fn block(block: &schema::Block) -> proto::schema::Block {
    proto::schema::Block {
        attributes: block.attributes.iter().map(attribute).collect(),
        block_types: block.blocks.iter().map(nested_block).collect(),
        description: block.description.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        ..Default::default()
    }
}

fn attribute(attribute: &schema::Attribute) -> proto::schema::Attribute {
    let (of, nested_type) = match &attribute.kind {
        Kind::Type(of) => (types::encode(of), None),
        Kind::Nested(nesting, attributes) => (Vec::new(), Some(nested_object(*nesting, attributes))),
    };
    proto::schema::Attribute {
        name: attribute.name.to_owned(),
        r#type: of,
        nested_type,
        description: attribute.description.to_owned(),
        description_kind: proto::StringKind::Markdown.into(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.mode.is_computed(),
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.unwrap_or_default().to_owned(),
    }
}

fn nested_object(nesting: Nesting, attributes: &[schema::Attribute]) -> proto::schema::Object {
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..Default::default()
    }
}

fn nested_block(nested: &schema::NestedBlock) -> proto::schema::NestedBlock {
    let nesting = match nested.nesting {
        BlockNesting::Single => BlockNestingMode::Single,
        BlockNesting::List => BlockNestingMode::List,
        BlockNesting::Set => BlockNestingMode::Set,
    };
    proto::schema::NestedBlock {
        type_name: nested.name.to_owned(),
        block: Some(block(&nested.block)),
        nesting: nesting.into(),
        min_items: nested.min_items,
        max_items: nested.max_items,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_diagnostic_steers_a_terminal() {
        let told = Diagnostic::warning("a\u{1b}[31m\r", "first line\n\tsecond\u{9b}2J\u{7}\0 é");
        let sent = diagnostics(told.into());
        assert_eq!(sent[0].summary, "a\u{fffd}[31m\u{fffd}");
        assert_eq!(sent[0].detail, "first line\n\tsecond\u{fffd}2J\u{fffd}\u{fffd} é");
    }
}
