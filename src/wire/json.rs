//! Values as JSON, directed by their type: how a state is stored, and a form that a value may arrive in.
//!
//! Like the host's own reader it takes a number or a bool as text and text as a number or a bool, and an
//! attribute that is not there as null. Digits are kept as written. Follows go-cty's `json` package.

use serde_json::Value as Json;

use super::error::{DecodeError, Problem};
use crate::framework::path::Step;
use crate::framework::value::{Object, Type, Value, normal_form};

/// What to do about attributes that the type does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// Leave them out: a stored state may have been written when the schema had more.
    Ignore,
    /// Fail.
    Refuse,
}

/// The value of type `of` that `bytes` hold.
pub fn decode(bytes: &[u8], of: &Type, extra: Extra) -> Result<Value, DecodeError> {
    Reader { extra }.read(serde_json::from_slice(bytes).map_err(Problem::Json)?, of)
}

#[derive(Clone, Copy, Debug)]
struct Reader {
    extra: Extra,
}

impl Reader {
    fn read(self, json: Json, of: &Type) -> Result<Value, DecodeError> {
        match (of, json) {
            (_, Json::Null) => Ok(Value::Null),
            (Type::String, Json::String(text)) => Ok(Value::string(text)),
            (Type::String, Json::Number(number)) => Ok(Value::string(number.to_string())),
            (Type::String, Json::Bool(value)) => Ok(Value::string(value.to_string())),
            (Type::Number, Json::Number(number)) => parse_number(&number.to_string()),
            (Type::Number, Json::String(text)) => parse_number(&text),
            (Type::Bool, Json::Bool(value)) => Ok(Value::Bool(value)),
            (Type::Bool, Json::String(text)) if text == "true" || text == "1" => Ok(Value::Bool(true)),
            (Type::Bool, Json::String(text)) if text == "false" || text == "0" => Ok(Value::Bool(false)),
            (Type::List(of), Json::Array(elements)) => self.read_elements(elements, of).map(Value::List),
            (Type::Set(of), Json::Array(elements)) => {
                self.read_elements(elements, of).map_err(DecodeError::within_set).map(Value::set)
            }
            (Type::Map(of), Json::Object(elements)) => {
                let element = |(key, json): (String, Json)| {
                    let key = normal_form(key);
                    match self.read(json, of) {
                        Ok(value) => Ok((key, value)),
                        Err(error) => Err(error.within(Step::Key(key))),
                    }
                };
                elements.into_iter().map(element).collect::<Result<_, _>>().map(Value::Map)
            }
            (Type::Object(of), Json::Object(mut found)) => {
                let mut object = Object::new();
                for (name, of) in of {
                    let within = |error: DecodeError| error.within(Step::Attribute(name.clone()));
                    // A stored state may have been written when the schema had fewer.
                    let json = found.remove(name).unwrap_or(Json::Null);
                    object.insert(name.clone(), self.read(json, of).map_err(within)?);
                }
                match found.into_iter().next() {
                    Some((name, _)) if self.extra == Extra::Refuse => {
                        Err(DecodeError::from(Problem::Superfluous).within(Step::Attribute(name)))
                    }
                    _ => Ok(Value::Object(object)),
                }
            }
            (of, json) => Err(Problem::Shape { wanted: wanted(of), found: found(&json) }.into()),
        }
    }

    fn read_elements(self, elements: Vec<Json>, of: &Type) -> Result<Vec<Value>, DecodeError> {
        let element = |(index, json): (i64, Json)| {
            self.read(json, of).map_err(|error| error.within(Step::Index(index)))
        };
        (0..).zip(elements).map(element).collect()
    }
}

fn parse_number(text: &str) -> Result<Value, DecodeError> {
    Ok(Value::Number(text.parse().map_err(Problem::Number)?))
}

fn wanted(of: &Type) -> &'static str {
    match of {
        Type::String => "a string",
        Type::Number => "a number",
        Type::Bool => "a bool",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Object(_) => "an object",
    }
}

fn found(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a bool",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::testing::{map, number, object, text};

    fn object_type<const N: usize>(attributes: [(&str, Type); N]) -> Type {
        Type::Object(attributes.into_iter().map(|(name, of)| (name.to_owned(), of)).collect())
    }

    #[track_caller]
    fn check(json: &str, of: &Type, value: &Value) {
        assert_eq!(&decode(json.as_bytes(), of, Extra::Refuse).unwrap(), value);
    }

    #[track_caller]
    fn check_refused(json: &str, of: &Type, path: &str, words: &str) {
        let error = decode(json.as_bytes(), of, Extra::Refuse).unwrap_err();
        assert_eq!(error.path().map(|path| path.to_string()).unwrap_or_default(), path);
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn s61_every_type_is_read_from_json() {
        check("\"x\"", &Type::String, &text("x"));
        check("true", &Type::Bool, &Value::Bool(true));
        check("null", &Type::Bool, &Value::Null);
        check("[1,2]", &Type::List(Box::new(Type::Number)), &Value::List(vec![number("1"), number("2")]));
        check("[2,1,2]", &Type::Set(Box::new(Type::Number)), &Value::set(vec![number("1"), number("2")]));
        check(r#"{"k":1}"#, &Type::Map(Box::new(Type::Number)), &map([("k", number("1"))]));
        check(r#"{"a":1}"#, &object_type([("a", Type::Number)]), &object([("a", number("1"))]));
    }

    #[test]
    fn s61_a_primitive_is_read_from_another_as_the_host_does() {
        check("\"7\"", &Type::Number, &number("7"));
        check("\"true\"", &Type::Bool, &Value::Bool(true));
        check("7.50", &Type::String, &text("7.50"));
        check("false", &Type::String, &text("false"));
    }

    #[test]
    fn s94_every_digit_of_a_number_survives() {
        for digits in [
            "123456789012345678901234567890",
            "100000000001",
            "9007199254740993",
            "0.12345678901234567890123",
        ] {
            check(digits, &Type::Number, &number(digits));
        }
        check_refused("1e999999999", &Type::Number, "", "number");
    }

    #[test]
    fn s94_a_missing_attribute_is_null_and_one_too_many_is_left_out_of_a_state() {
        let of = object_type([("a", Type::Number), ("b", object_type([("c", Type::Bool)]))]);
        let value = object([("a", Value::Null), ("b", object([("c", Value::Null)]))]);
        let json = br#"{"b":{"gone":[1]},"gone":{"deep":true}}"#;
        assert_eq!(decode(json, &of, Extra::Ignore).unwrap(), value);
        assert_eq!(decode(json, &of, Extra::Refuse).unwrap_err().path().unwrap().to_string(), "b.gone");
    }

    #[test]
    fn s95_what_does_not_fit_is_refused_with_its_place() {
        let of = object_type([("a", Type::Map(Box::new(Type::List(Box::new(Type::Number)))))]);
        check_refused(r#"{"a":{"k":[1,"x"]}}"#, &of, "a[\"k\"][1]", "number");
        check_refused(r#"{"a":7}"#, &of, "a", "found a number where a map should be");
        check_refused("[]", &of, "", "found an array where an object should be");
        check_refused("{", &of, "", "not JSON");
        check_refused(&"[".repeat(10_000), &Type::List(Box::new(Type::Bool)), "", "not JSON");
    }
}
