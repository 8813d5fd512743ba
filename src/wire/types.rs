//! Type constraints as JSON: how schemas and dynamic values name a type.
//!
//! `"string"`, `"number"`, `"bool"`, `"dynamic"`, `["list",T]`, `["set",T]`, `["map",T]`,
//! `["object",{"a":T}]` and `["tuple",[T]]`: a host that is sent anything else does not survive it, and this
//! encoder has nothing else to send.

use serde_json::Value as Json;

use crate::framework::value::{Type, normal_form};

/// Why bytes do not name a type.
#[derive(Debug, thiserror::Error)]
pub enum TypeError {
    /// Not JSON, or nested too deep.
    #[error("not JSON")]
    Json(#[source] serde_json::Error),
    /// JSON, and no type.
    #[error("no type constraint")]
    Unknown,
}

/// The JSON of `of`, compact, names in order.
pub fn encode(of: &Type) -> Vec<u8> {
    write(of).to_string().into_bytes()
}

/// The type that `bytes` name. Optional attributes of an object are read as attributes.
pub fn decode(bytes: &[u8]) -> Result<Type, TypeError> {
    read(&serde_json::from_slice(bytes).map_err(TypeError::Json)?)
}

fn write(of: &Type) -> Json {
    let pair = |kind: &str, inner: Json| Json::Array(vec![kind.into(), inner]);
    match of {
        Type::String => "string".into(),
        Type::Number => "number".into(),
        Type::Bool => "bool".into(),
        Type::Dynamic => "dynamic".into(),
        Type::List(element) => pair("list", write(element)),
        Type::Set(element) => pair("set", write(element)),
        Type::Map(element) => pair("map", write(element)),
        Type::Object(attributes) => {
            pair("object", attributes.iter().map(|(name, of)| (name.clone(), write(of))).collect())
        }
        Type::Tuple(elements) => pair("tuple", elements.iter().map(write).collect()),
    }
}

fn read(json: &Json) -> Result<Type, TypeError> {
    let parts = match json {
        Json::String(name) => {
            return match name.as_str() {
                "string" => Ok(Type::String),
                "number" => Ok(Type::Number),
                "bool" => Ok(Type::Bool),
                "dynamic" => Ok(Type::Dynamic),
                _ => Err(TypeError::Unknown),
            };
        }
        Json::Array(parts) => parts.as_slice(),
        _ => return Err(TypeError::Unknown),
    };
    match parts {
        [Json::String(kind), element] if kind == "list" => Ok(Type::List(Box::new(read(element)?))),
        [Json::String(kind), element] if kind == "set" => Ok(Type::Set(Box::new(read(element)?))),
        [Json::String(kind), element] if kind == "map" => Ok(Type::Map(Box::new(read(element)?))),
        [Json::String(kind), Json::Object(attributes)]
        | [Json::String(kind), Json::Object(attributes), Json::Array(_)]
            if kind == "object" =>
        {
            let attribute = |(name, of): (&String, &Json)| Ok((normal_form(name.clone()), read(of)?));
            attributes.iter().map(attribute).collect::<Result<_, _>>().map(Type::Object)
        }
        [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
            elements.iter().map(read).collect::<Result<_, _>>().map(Type::Tuple)
        }
        _ => Err(TypeError::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[track_caller]
    fn check(json: &str, of: &Type) {
        assert_eq!(String::from_utf8(encode(of)).unwrap(), json);
        assert_eq!(&decode(json.as_bytes()).unwrap(), of);
    }

    #[test]
    fn s40_every_type_has_its_json() {
        check("\"string\"", &Type::String);
        check("\"number\"", &Type::Number);
        check("\"bool\"", &Type::Bool);
        check("\"dynamic\"", &Type::Dynamic);
        check("[\"list\",\"string\"]", &Type::List(Box::new(Type::String)));
        check("[\"set\",[\"map\",\"bool\"]]", &Type::Set(Box::new(Type::Map(Box::new(Type::Bool)))));
        check("[\"tuple\",[]]", &Type::Tuple(Vec::new()));
        check("[\"tuple\",[\"bool\",\"dynamic\"]]", &Type::Tuple(vec![Type::Bool, Type::Dynamic]));
        let attributes = BTreeMap::from([("b".to_owned(), Type::Number), ("a".to_owned(), Type::String)]);
        check(r#"["object",{"a":"string","b":"number"}]"#, &Type::Object(attributes));
    }

    #[test]
    fn s40_the_optional_attributes_of_an_object_are_tolerated() {
        let attributes = BTreeMap::from([("a".to_owned(), Type::String)]);
        assert_eq!(decode(br#"["object",{"a":"string"},["a"]]"#).unwrap(), Type::Object(attributes));
    }

    #[test]
    fn s40_what_is_no_type_is_refused() {
        for json in [
            "",
            "\"text\"",
            "7",
            "null",
            "[]",
            "[\"list\"]",
            "[\"list\",\"string\",\"string\"]",
            "[\"tuple\",{}]",
        ] {
            decode(json.as_bytes()).unwrap_err();
        }
    }
}
