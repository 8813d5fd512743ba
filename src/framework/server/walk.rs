//! A walk over a planned or stored object beside the configuration it came from, attribute by attribute.

use crate::framework::schema::{Attribute, Block, Kind};
use crate::framework::value::{Object, Value};

/// What a visit does to one attribute: it gets its declaration, its value, and what the configuration says
/// (null where it says nothing), and answers whether to go on inside.
type Visit<'v> = &'v mut dyn FnMut(&Attribute, &mut Value, &Value) -> bool;

/// Makes every computed attribute that the configuration leaves null unknown.
pub(super) fn mark_computed_unknown(block: &Block, planned: &mut Object, config: &Object) {
    visit_block(block, planned, Some(config), &mut |attribute, value, config| {
        let undecided = config.is_null() && attribute.mode.is_computed();
        if undecided {
            *value = Value::Unknown;
        }
        !undecided
    });
}

/// Makes every write-only attribute null, as it must be in everything that is stored.
pub(super) fn forget_write_only(block: &Block, state: &mut Object) {
    visit_block(block, state, None, &mut |attribute, value, _| {
        if attribute.write_only {
            *value = Value::Null;
        }
        !attribute.write_only
    });
}

/// Gives every write-only attribute the value that the configuration has for it.
pub(super) fn recall_write_only(block: &Block, planned: &mut Object, config: &Object) {
    visit_block(block, planned, Some(config), &mut |attribute, value, config| {
        if attribute.write_only {
            value.clone_from(config);
        }
        !attribute.write_only
    });
}

fn visit_block(block: &Block, object: &mut Object, config: Option<&Object>, visit: Visit<'_>) {
    visit_attributes(&block.attributes, object, config, visit);
    for nested in &block.blocks {
        let config = config.and_then(|config| config.get(nested.name)).unwrap_or(&Value::Null);
        if let Some(value) = object.get_mut(nested.name) {
            visit_each(value, config, &mut |object, config| {
                visit_block(&nested.block, object, config, visit);
            });
        }
    }
}

fn visit_attributes(
    attributes: &[Attribute],
    object: &mut Object,
    config: Option<&Object>,
    visit: Visit<'_>,
) {
    for attribute in attributes {
        let config = config.and_then(|config| config.get(attribute.name)).unwrap_or(&Value::Null);
        let Some(value) = object.get_mut(attribute.name) else { continue };
        if let (true, Kind::Nested(_, nested)) = (visit(attribute, value, config), &attribute.kind) {
            visit_each(value, config, &mut |object, config| {
                visit_attributes(nested, object, config, visit);
            });
        }
    }
}

/// Pairs the objects in `value` with those in `config`: by position, by key, or, in a set, by agreement.
fn visit_each(value: &mut Value, config: &Value, visit: &mut dyn FnMut(&mut Object, Option<&Object>)) {
    match value {
        Value::Object(object) => visit(object, as_object(config)),
        Value::List(elements) | Value::Tuple(elements) => {
            let config: &[Value] = match config {
                Value::List(config) | Value::Tuple(config) => config,
                _ => &[],
            };
            for (index, element) in elements.iter_mut().enumerate() {
                visit_each(element, config.get(index).unwrap_or(&Value::Null), visit);
            }
        }
        Value::Map(elements) => {
            let config = if let Value::Map(config) = config { Some(config) } else { None };
            for (key, element) in elements {
                visit_each(element, config.and_then(|config| config.get(key)).unwrap_or(&Value::Null), visit);
            }
        }
        Value::Set(elements) => {
            let config: &[Value] = if let Value::Set(config) = config { config } else { &[] };
            for element in elements.iter_mut() {
                let origin = config.iter().find(|config| agrees(element, config)).cloned();
                visit_each(element, &origin.unwrap_or(Value::Null), visit);
            }
            *value = Value::set(std::mem::take(elements));
        }
        Value::Dynamic(_, value) => match config {
            Value::Dynamic(_, config) => visit_each(value, config, visit),
            _ => visit_each(value, config, visit),
        },
        _ => {}
    }
}

/// Whether `value` says what `config` says, wherever that says something.
fn agrees(value: &Value, config: &Value) -> bool {
    match (value, config) {
        (_, Value::Null) => true,
        (Value::Object(value), Value::Object(config)) => {
            config.iter().all(|(name, config)| value.get(name).is_some_and(|value| agrees(value, config)))
        }
        (value, config) => value == config,
    }
}

fn as_object(value: &Value) -> Option<&Object> {
    if let Value::Object(object) = value { Some(object) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::fake::{attribute, object, plain, text};
    use crate::framework::schema::{Mode, Nesting};
    use crate::framework::value::Type;

    #[test]
    fn s66_an_element_of_a_set_is_told_from_the_others_by_what_the_configuration_says() {
        let nested = vec![
            plain("key", Type::String, Mode::Required),
            plain("mark", Type::String, Mode::OptionalComputed),
        ];
        let set = attribute("set", Kind::Nested(Nesting::Set, nested), Mode::Optional);
        let block = Block { attributes: vec![set], ..Block::default() };
        let items = |mark_of_b: Value| {
            let item = |key, mark| object([("key", text(key)), ("mark", mark)]);
            Object::from([("set".to_owned(), Value::set(vec![item("a", text("x")), item("b", mark_of_b)]))])
        };
        let mut planned = items(Value::Null);
        mark_computed_unknown(&block, &mut planned, &items(Value::Null));
        assert_eq!(planned, items(Value::Unknown));
    }
}
