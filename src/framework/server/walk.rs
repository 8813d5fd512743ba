//! A walk over a planned or stored object beside the configuration it came from, attribute by attribute.

use super::pairing::{Shape, pair};
use crate::framework::schema::{Attribute, Block, Kind};
use crate::framework::value::{Object, Value};

/// What a visit does to one attribute: it gets its declaration, its value, and what the configuration says
/// (null where it says nothing), and answers whether to go on inside.
type Visit<'v> = &'v mut dyn FnMut(&Attribute, &mut Value, &Value) -> bool;

/// Gives every attribute that the configuration leaves null its default, if it has one.
pub(super) fn set_defaults(block: &Block, planned: &mut Object, config: &Object) {
    visit_object(block.into(), planned, Some(config), &mut |attribute, value, config| {
        let undecided = config.is_null() && attribute.mode.is_computed();
        if let (true, Some(default)) = (undecided, &attribute.default) {
            value.clone_from(default);
        }
        !undecided
    });
}

/// Makes every computed attribute that the configuration leaves null unknown, unless it has a default.
pub(super) fn mark_computed_unknown(block: &Block, planned: &mut Object, config: &Object) {
    visit_object(block.into(), planned, Some(config), &mut |attribute, value, config| {
        let undecided = config.is_null() && attribute.mode.is_computed();
        if undecided && attribute.default.is_none() {
            *value = Value::Unknown;
        }
        !undecided
    });
}

/// Makes every write-only attribute null, as it must be in everything that is stored.
pub(super) fn forget_write_only(block: &Block, state: &mut Object) {
    visit_object(block.into(), state, None, &mut |attribute, value, _| {
        if attribute.write_only {
            *value = Value::Null;
        }
        !attribute.write_only
    });
}

/// Gives every write-only attribute the value that the configuration has for it.
pub(super) fn recall_write_only(block: &Block, planned: &mut Object, config: &Object) {
    visit_object(block.into(), planned, Some(config), &mut |attribute, value, config| {
        if attribute.write_only {
            value.clone_from(config);
        }
        !attribute.write_only
    });
}

/// Visits every attribute of `object`.
pub(super) fn visit(
    block: &Block,
    object: &mut Object,
    each: &mut dyn FnMut(&Attribute, &mut Value) -> bool,
) {
    visit_object(block.into(), object, None, &mut |attribute, value, _| each(attribute, value));
}

fn visit_object(shape: Shape<'_>, object: &mut Object, config: Option<&Object>, visit: Visit<'_>) {
    let at = |name: &str| config.and_then(|config| config.get(name)).unwrap_or(&Value::Null);
    for attribute in shape.attributes {
        let Some(value) = object.get_mut(attribute.name) else { continue };
        let config = at(attribute.name);
        if let (true, Kind::Nested(_, nested)) = (visit(attribute, value, config), &attribute.kind) {
            visit_each(nested.as_slice().into(), value, config, visit);
        }
    }
    for nested in shape.blocks {
        if let Some(value) = object.get_mut(nested.name) {
            visit_each((&nested.block).into(), value, at(nested.name), visit);
        }
    }
}

/// Visits the objects in `value` beside those in `config`: paired by position, by key, or, in a set, by what
/// they say.
fn visit_each(shape: Shape<'_>, value: &mut Value, config: &Value, visit: Visit<'_>) {
    match value {
        Value::Object(object) => visit_object(shape, object, as_object(config), visit),
        Value::List(elements) => {
            let config: &[Value] = match config {
                Value::List(config) => config,
                _ => &[],
            };
            for (index, element) in elements.iter_mut().enumerate() {
                visit_each(shape, element, config.get(index).unwrap_or(&Value::Null), visit);
            }
        }
        Value::Map(elements) => {
            let config = if let Value::Map(config) = config { Some(config) } else { None };
            for (key, element) in elements {
                let config = config.and_then(|config| config.get(key)).unwrap_or(&Value::Null);
                visit_each(shape, element, config, visit);
            }
        }
        Value::Set(elements) => {
            let config: &[Value] = if let Value::Set(config) = config { config } else { &[] };
            let origins = pair(shape, elements, config);
            for (position, element) in elements.iter_mut().enumerate() {
                visit_each(shape, element, origins.get(&position).unwrap_or(&&Value::Null), visit);
            }
            *value = Value::set(std::mem::take(elements));
        }
        _ => {}
    }
}

fn as_object(value: &Value) -> Option<&Object> {
    if let Value::Object(object) = value { Some(object) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::{Mode, Nesting};
    use crate::framework::testing::{attribute, object, plain, text};
    use crate::framework::value::Type;

    fn block() -> Block {
        let nested = vec![
            plain("key", Type::String, Mode::Required),
            plain("mark", Type::String, Mode::OptionalComputed),
        ];
        let set = attribute("set", Kind::Nested(Nesting::Set, nested), Mode::Optional);
        Block { attributes: vec![set], ..Block::default() }
    }

    fn items<const N: usize>(items: [(&str, Value); N]) -> Object {
        let item = |(key, mark)| object([("key", text(key)), ("mark", mark)]);
        Object::from([("set".to_owned(), Value::set(items.map(item).to_vec()))])
    }

    #[track_caller]
    fn check<const N: usize>(mut planned: Object, config: [(&str, Value); N], expected: [(&str, Value); N]) {
        mark_computed_unknown(&block(), &mut planned, &items(config));
        assert_eq!(planned, items(expected));
    }

    #[test]
    fn s66_an_element_of_a_set_is_told_from_the_others_by_what_the_configuration_says() {
        let (a, b) = (("a", text("x")), ("b", Value::Null));
        check(items([a.clone(), b.clone()]), [a.clone(), b], [a, ("b", Value::Unknown)]);
    }

    #[test]
    fn s66_an_element_that_leaves_a_mark_open_takes_no_other_ones_mark() {
        let (x, y, open) = (("a", text("x")), ("a", text("y")), ("a", Value::Null));
        check(items([x.clone(), y.clone()]), [open.clone(), x.clone()], [("a", Value::Unknown), x.clone()]);
        check(items([x, y.clone()]), [open, y.clone()], [("a", Value::Unknown), y]);
    }
}
