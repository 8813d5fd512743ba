//! Values as JSON, against any type: how a state is stored.

use fastrand::Rng;
use terraform_provider_tencentcloud::framework::value::Type;
use terraform_provider_tencentcloud::wire::json::{self, Extra};
use terraform_provider_tencentcloud::wire::{Problem, msgpack, types};

use super::{Target, coarse, shape, typed};
use crate::values::{any_type, any_value, to_json};

/// An input is a type as JSON, a line feed, and the JSON of the value.
pub(crate) struct Json;

impl Target for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let of = any_type(random, 3);
        let value = to_json(&any_value(random, &of));
        [&types::encode(&of)[..], b"\n", value.to_string().as_bytes()].concat()
    }

    fn run(&mut self, input: &[u8]) -> String {
        let Some((of, bytes)) = typed(input) else { return "no type".to_owned() };
        let strict = json::decode(bytes, &of, Extra::Refuse);
        match json::decode(bytes, &of, Extra::Ignore) {
            Ok(value) => {
                match &strict {
                    Ok(strict) => {
                        assert_eq!(strict, &value, "leniency changes nothing about what is in order");
                    }
                    Err(error) => assert!(matches!(error.problem(), Problem::Superfluous), "{error}"),
                }
                let written = msgpack::encode(&value, &of).expect("what was read can be sent");
                let again = msgpack::decode(&written, &of).expect("what was sent can be read");
                assert_eq!(again, value, "a stored value survives the way to the host");
                format!("{} {} {} {}", shape(&of, 2), value.shape(), strict.is_ok(), written.len().min(64))
            }
            Err(error) => {
                assert!(strict.is_err(), "what is refused as a state is refused as a value");
                let steps = error.path().map_or(0, |path| path.steps().len());
                format!("{} {} {steps}", shape(&of, 1), coarse(&error.to_string()))
            }
        }
    }

    /// As in msgpack; but an attribute that is not there is null, so that `{}` becomes as many as its type
    /// has.
    fn allocation_max(&self, input: &[u8]) -> usize {
        let attributes = typed(input).map_or(1, |(of, _)| 1 + attributes(&of));
        (64 << 10) + 1_024 * input.len() * attributes
    }
}

fn attributes(of: &Type) -> usize {
    match of {
        Type::String | Type::Number | Type::Bool => 0,
        Type::List(of) | Type::Set(of) | Type::Map(of) => attributes(of),
        Type::Object(of) => of.len() + of.values().map(attributes).sum::<usize>(),
    }
}
