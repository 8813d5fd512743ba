//! Type constraints as JSON: how schemas name a type.
//!
//! `"string"`, `"number"`, `"bool"`, `["list",T]`, `["set",T]`, `["map",T]` and `["object",{"a":T}]`: a host
//! that is sent what it does not know does not survive it, and this encoder has nothing else to send.

use serde_json::Value as Json;

use crate::framework::value::Type;

/// The JSON of `of`, compact, names in order.
pub fn encode(of: &Type) -> Vec<u8> {
    write(of).to_string().into_bytes()
}

fn write(of: &Type) -> Json {
    let pair = |kind: &str, inner: Json| Json::Array(vec![kind.into(), inner]);
    match of {
        Type::String => "string".into(),
        Type::Number => "number".into(),
        Type::Bool => "bool".into(),
        Type::List(element) => pair("list", write(element)),
        Type::Set(element) => pair("set", write(element)),
        Type::Map(element) => pair("map", write(element)),
        Type::Object(attributes) => {
            pair("object", attributes.iter().map(|(name, of)| (name.clone(), write(of))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[track_caller]
    fn check(json: &str, of: &Type) {
        assert_eq!(String::from_utf8(encode(of)).unwrap(), json);
    }

    #[test]
    fn s40_every_type_has_its_json() {
        check("\"string\"", &Type::String);
        check("\"number\"", &Type::Number);
        check("\"bool\"", &Type::Bool);
        check("[\"list\",\"string\"]", &Type::List(Box::new(Type::String)));
        check("[\"set\",[\"map\",\"bool\"]]", &Type::Set(Box::new(Type::Map(Box::new(Type::Bool)))));
        let attributes = BTreeMap::from([("b".to_owned(), Type::Number), ("a".to_owned(), Type::String)]);
        check(r#"["object",{"a":"string","b":"number"}]"#, &Type::Object(attributes));
    }
}
