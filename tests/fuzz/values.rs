//! Types and values by chance, and values as JSON the way a state holds them.

use fastrand::Rng;
use serde_json::Value as Json;
use terraform_provider_tencentcloud::framework::value::{Number, Type, Value};

/// A type, nested at most `depth` deep.
pub(crate) fn any_type(random: &mut Rng, depth: u8) -> Type {
    let kinds = if depth == 0 { 3 } else { 7 };
    let inner = |random: &mut Rng| any_type(random, depth.saturating_sub(1));
    match random.u8(..kinds) {
        0 => Type::String,
        1 => Type::Number,
        2 => Type::Bool,
        3 => Type::List(Box::new(inner(random))),
        4 => Type::Set(Box::new(inner(random))),
        5 => Type::Map(Box::new(inner(random))),
        _ => {
            let names = ["a", "b", "id", "name", "é", "member_uins"].into_iter();
            let chosen: Vec<&str> = names.filter(|_| random.bool()).collect();
            Type::Object(chosen.into_iter().map(|name| (name.to_owned(), inner(random))).collect())
        }
    }
}

/// A value of the type `of`, null and unknown parts included.
pub(crate) fn any_value(random: &mut Rng, of: &Type) -> Value {
    match random.u8(..12) {
        0 => return Value::Null,
        1 => return Value::Unknown,
        _ => {}
    }
    let elements = |random: &mut Rng, of: &Type| -> Vec<Value> {
        let length = if random.u8(..20) == 0 { random.usize(..40) } else { random.usize(..4) };
        (0..length).map(|_| any_value(random, of)).collect()
    };
    match of {
        Type::String => Value::string(any_text(random)),
        Type::Number => Value::Number(any_number(random)),
        Type::Bool => Value::Bool(random.bool()),
        Type::List(of) => Value::List(elements(random, of)),
        Type::Set(of) => Value::set(elements(random, of)),
        Type::Map(of) => {
            let elements = elements(random, of);
            let named = elements.into_iter().map(|element| match Value::string(any_text(random)) {
                Value::String(key) => (key, element),
                _ => (String::new(), element),
            });
            Value::Map(named.collect())
        }
        Type::Object(of) => {
            Value::Object(of.iter().map(|(name, of)| (name.clone(), any_value(random, of))).collect())
        }
    }
}

/// A number, often at the edge of some representation.
pub(crate) fn any_number(random: &mut Rng) -> Number {
    let digits = |random: &mut Rng, most: usize| -> String {
        (0..random.usize(1..=most)).map(|_| random.digit(10)).collect()
    };
    let text = match random.u8(..6) {
        0 => return Number::from(random.i64(..)),
        1 => return Number::from(random.u64(..)),
        2 => return Number::from(random.u64(..300)),
        3 => format!("{}e{}", digits(random, 20), random.i32(-4000..4000)),
        4 => format!("-{}.{}", digits(random, 40), digits(random, 40)),
        _ => digits(random, 40),
    };
    text.parse().unwrap_or_else(|_| Number::from(0_u64))
}

fn any_text(random: &mut Rng) -> String {
    let length = if random.u8(..30) == 0 { random.usize(..300) } else { random.usize(..6) };
    let characters = ['a', '1', '#', '"', '\\', '\0', '\n', 'é', 'e', '\u{301}', '\u{1d160}', '\u{10ffff}'];
    (0..length)
        .map(|_| if random.bool() { random.alphanumeric() } else { characters[random.usize(..12)] })
        .collect()
}

/// A value as a state's JSON has it; what is unknown becomes null.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Value::String(text) => Json::String(text.clone()),
        Value::List(elements) | Value::Set(elements) => elements.iter().map(to_json).collect(),
        Value::Map(elements) | Value::Object(elements) => {
            elements.iter().map(|(key, element)| (key.clone(), to_json(element))).collect()
        }
    }
}
