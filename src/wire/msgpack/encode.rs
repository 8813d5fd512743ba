//! Writing: one form for every value, no float ever, and an error instead of anything that its type does not
//! allow.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rmp::encode::{self, ByteBuf};

use crate::framework::mismatch::Mismatch;
use crate::framework::path::Step;
use crate::framework::value::{Number, Object, Type, Value, normal_form};

/// The bytes of `value`, which must be of the type `of` in every part.
///
/// Text leaves in normal form C, sets without duplicates, numbers as integers where they are and fit in 64
/// bits and as decimal text otherwise.
pub fn encode(value: &Value, of: &Type) -> Result<Vec<u8>, Mismatch> {
    let mut bytes = ByteBuf::new();
    put(&mut bytes, value, of)?;
    Ok(bytes.into_vec())
}

fn put(out: &mut ByteBuf, value: &Value, of: &Type) -> Result<(), Mismatch> {
    match (value, of) {
        (Value::Null, _) => put_null(out),
        (Value::Unknown, _) => out.as_mut_vec().extend_from_slice(&[0xd4, 0, 0]),
        (Value::String(text), Type::String) => put_text(out, text),
        (value, Type::String) => return Err(Mismatch::new("a string", value)),
        (Value::Number(number), Type::Number) => put_number(out, number),
        (value, Type::Number) => return Err(Mismatch::new("a number", value)),
        (Value::Bool(value), Type::Bool) => {
            let Ok(()) = encode::write_bool(out, *value);
        }
        (value, Type::Bool) => return Err(Mismatch::new("a bool", value)),
        (Value::List(elements), Type::List(of)) => {
            put_array_length(out, elements.len());
            for (index, element) in (0..).zip(elements) {
                put(out, element, of).map_err(|misfit| misfit.within(Step::Index(index)))?;
            }
        }
        (value, Type::List(_)) => return Err(Mismatch::new("a list", value)),
        (Value::Set(elements), Type::Set(of)) => {
            let elements = without_duplicates(elements);
            put_array_length(out, elements.len());
            for element in elements.as_ref() {
                put(out, element, of).map_err(Mismatch::within_set)?;
            }
        }
        (value, Type::Set(_)) => return Err(Mismatch::new("a set", value)),
        (Value::Map(elements), Type::Map(of)) => put_map(out, elements, of)?,
        (value, Type::Map(_)) => return Err(Mismatch::new("a map", value)),
        (Value::Object(object), Type::Object(of)) => put_object(out, object, of)?,
        (value, Type::Object(_)) => return Err(Mismatch::new("an object", value)),
    }
    Ok(())
}

fn put_object(out: &mut ByteBuf, object: &Object, of: &BTreeMap<String, Type>) -> Result<(), Mismatch> {
    if let Some((name, value)) = object.iter().find(|(name, _)| !of.contains_key(*name)) {
        return Err(Mismatch::superfluous(value).within(Step::Attribute(name.clone())));
    }
    put_map_length(out, of.len());
    for (name, of) in of {
        let within = |misfit: Mismatch| misfit.within(Step::Attribute(name.clone()));
        let value = object.get(name).ok_or_else(|| within(Mismatch::missing()))?;
        put_text(out, name);
        put(out, value, of).map_err(within)?;
    }
    Ok(())
}

fn put_map(out: &mut ByteBuf, elements: &BTreeMap<String, Value>, of: &Type) -> Result<(), Mismatch> {
    let elements = with_normal_keys(elements);
    put_map_length(out, elements.len());
    for (key, element) in elements.as_ref() {
        put_text(out, key);
        put(out, element, of).map_err(|misfit| misfit.within(Step::Key(key.clone())))?;
    }
    Ok(())
}

fn put_number(out: &mut ByteBuf, number: &Number) {
    if let Some(integer) = number.to_i64() {
        let Ok(_) = encode::write_sint(out, integer);
    } else if let Some(integer) = number.to_u64() {
        let Ok(_) = encode::write_uint(out, integer);
    } else {
        put_text(out, &number.to_string());
    }
}

fn put_text(out: &mut ByteBuf, text: &str) {
    if text.is_ascii() {
        let Ok(()) = encode::write_str(out, text);
    } else {
        let Ok(()) = encode::write_str(out, &normal_form(text.to_owned()));
    }
}

fn put_null(out: &mut ByteBuf) {
    let Ok(()) = encode::write_nil(out);
}

fn put_array_length(out: &mut ByteBuf, length: usize) {
    let Ok(_) = encode::write_array_len(out, u32::try_from(length).unwrap_or(u32::MAX));
}

fn put_map_length(out: &mut ByteBuf, length: usize) {
    let Ok(_) = encode::write_map_len(out, u32::try_from(length).unwrap_or(u32::MAX));
}

/// A set made with [`Value::set`] has no duplicates; one put together by hand may.
fn without_duplicates(elements: &[Value]) -> Cow<'_, [Value]> {
    let mut pairs = elements.iter().zip(elements.iter().skip(1));
    if pairs.all(|(left, right)| left < right || left == right && !left.is_wholly_known()) {
        return Cow::Borrowed(elements);
    }
    match Value::set(elements.to_vec()) {
        Value::Set(elements) => Cow::Owned(elements),
        _ => Cow::Borrowed(elements),
    }
}

fn with_normal_keys(elements: &BTreeMap<String, Value>) -> Cow<'_, BTreeMap<String, Value>> {
    if elements.keys().all(|key| key.is_ascii()) {
        return Cow::Borrowed(elements);
    }
    Cow::Owned(elements.iter().map(|(key, value)| (normal_form(key.clone()), value.clone())).collect())
}
