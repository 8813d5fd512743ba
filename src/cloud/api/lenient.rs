//! How the fields of an answer are read where the documentation and its samples disagree.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A whole number, a decimal string, `null`, or nothing.
pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    // A detour through `Value`: under `arbitrary_precision` a number reaches no visitor as a number.
    let value = Value::deserialize(from)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    };
    number.map(Some).ok_or_else(|| de::Error::custom("expected a whole number that is not negative"))
}

/// A list, or `null` for an empty one.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
