//! What can be sent of a state that does not fit its schema.
//!
//! Only a bug makes such a state. But it says what exists, and a host that is not told of an object cannot
//! manage or remove it.

use super::{from_proto, msgpack};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::registry::ResourceType;
use crate::framework::value::{Object, Type, Value, known_or_null};
use crate::proto::tfplugin6::apply_resource_change::Request;

/// What can be sent of `state`, which the apply of `request` left. What does not fit is as it was before or,
/// of a new object, as it was planned. Fails where the request itself does not decode.
pub(super) fn of_apply<D>(
    request: &Request,
    resource: &ResourceType<D>,
    state: Value,
) -> Result<Option<Object>, Diagnostics> {
    let Value::Object(state) = state else { return Ok(None) };
    let of = resource.state_type();
    let prior = from_proto::object(request.prior_state.as_ref(), of)?;
    let planned = from_proto::object(request.planned_state.as_ref(), of)?.map(known_or_null);
    let instead: Vec<_> = prior.into_iter().chain(planned).collect();
    let mut fitting = fitting(&state, &instead, of);
    resource.schema().block.complete(&mut fitting);
    Ok(Some(fitting))
}

/// `state` as far as it fits the type `of`. An attribute of which nothing fits is taken from the first of
/// `instead` that has one that does, and else is null. The result encodes.
fn fitting(state: &Object, instead: &[Object], of: &Type) -> Object {
    let Type::Object(types) = of else { return Object::new() };
    let attribute = |(name, of): (&String, &Type)| {
        let value = state.get(name).and_then(|value| part(value, of));
        let other = || instead.iter().find_map(|object| object.get(name).filter(|value| fits(value, of)));
        (name.clone(), value.or_else(|| other().cloned()).unwrap_or(Value::Null))
    };
    types.iter().map(attribute).collect()
}

fn fits(value: &Value, of: &Type) -> bool {
    msgpack::encode(value, of).is_ok()
}

/// `value` without the elements and attributes that do not fit.
fn part(value: &Value, of: &Type) -> Option<Value> {
    if fits(value, of) {
        return Some(value.clone());
    }
    match (value, of) {
        (Value::List(elements), Type::List(of)) => Some(Value::List(parts(elements, of))),
        (Value::Set(elements), Type::Set(of)) => Some(Value::set(parts(elements, of))),
        (Value::Map(elements), Type::Map(of)) => {
            let element = |(key, element): (&String, &Value)| Some((key.clone(), part(element, of)?));
            Some(Value::Map(elements.iter().filter_map(element).collect()))
        }
        (Value::Object(object), of @ Type::Object(_)) => Some(Value::Object(fitting(object, &[], of))),
        _ => None,
    }
}

fn parts(elements: &[Value], of: &Type) -> Vec<Value> {
    elements.iter().filter_map(|element| part(element, of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::testing::{map, number, object, text};

    #[track_caller]
    fn check(value: Value, of: Type, expected: Value) {
        let of = Type::Object([("a".to_owned(), of)].into());
        let fitted = fitting(&Object::from([("a".to_owned(), value)]), &[], &of);
        assert_eq!(fitted, Object::from([("a".to_owned(), expected)]));
        assert!(fits(&Value::Object(fitted), &of));
    }

    #[test]
    fn what_fits_is_kept_around_what_does_not() {
        let item = || Type::Object([("k".to_owned(), Type::String), ("l".to_owned(), Type::Number)].into());
        let good = || object([("k", text("x")), ("l", number("1"))]);
        let bad = || object([("k", number("7")), ("l", number("2")), ("more", Value::Null)]);
        let mended = || object([("k", Value::Null), ("l", number("2"))]);
        check(text("x"), Type::String, text("x"));
        check(number("7"), Type::String, Value::Null);
        check(Value::List(vec![bad(), text("x"), good()]), Type::List(Box::new(item())), {
            Value::List(vec![mended(), good()])
        });
        check(Value::set(vec![bad(), text("x"), good()]), Type::Set(Box::new(item())), {
            Value::set(vec![mended(), good()])
        });
        check(map([("b", bad()), ("g", good()), ("t", text("x"))]), Type::Map(Box::new(item())), {
            map([("b", mended()), ("g", good())])
        });
    }

    #[test]
    fn what_does_not_fit_at_all_is_taken_from_elsewhere() {
        let of = Type::Object([("a".to_owned(), Type::String)].into());
        let of_a = |value| Object::from([("a".to_owned(), value)]);
        let instead = [Object::new(), of_a(number("1")), of_a(text("y")), of_a(text("z"))];
        assert_eq!(fitting(&of_a(Value::Bool(true)), &instead, &of), of_a(text("y")));
        assert_eq!(fitting(&Object::new(), &instead, &of), of_a(text("y")));
    }
}
