//! Reads the type constraints of a schema, as a host does.

use serde_json::Value as Json;
use terraform_provider_tencentcloud::framework::value::Type;

/// The type that `bytes` name, if they name one.
pub fn read_type(bytes: &[u8]) -> Option<Type> {
    read(&serde_json::from_slice(bytes).ok()?)
}

fn read(json: &Json) -> Option<Type> {
    match json.as_array().map(Vec::as_slice) {
        None => match json.as_str()? {
            "string" => Some(Type::String),
            "number" => Some(Type::Number),
            "bool" => Some(Type::Bool),
            _ => None,
        },
        Some([kind, Json::Object(attributes)]) if kind == "object" => {
            let attribute = |(name, of): (&String, &Json)| Some((name.clone(), read(of)?));
            attributes.iter().map(attribute).collect::<Option<_>>().map(Type::Object)
        }
        Some([kind, of]) => {
            let of = Box::new(read(of)?);
            match kind.as_str()? {
                "list" => Some(Type::List(of)),
                "set" => Some(Type::Set(of)),
                "map" => Some(Type::Map(of)),
                _ => None,
            }
        }
        Some(_) => None,
    }
}
