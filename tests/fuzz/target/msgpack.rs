//! Values as msgpack, against any type: read, written, and read again.

use fastrand::Rng;
use terraform_provider_tencentcloud::wire::{msgpack, types};

use super::{Target, coarse, shape, typed};
use crate::values::{any_type, any_value};

/// An input is a type as JSON, a line feed, and the bytes.
pub(crate) struct Msgpack;

impl Target for Msgpack {
    fn name(&self) -> &'static str {
        "msgpack"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let of = any_type(random, 3);
        let value = any_value(random, &of);
        [&types::encode(&of)[..], b"\n", &msgpack::encode(&value, &of).unwrap()].concat()
    }

    fn run(&mut self, input: &[u8]) -> String {
        let Some((of, bytes)) = typed(input) else { return "no type".to_owned() };
        match msgpack::decode(bytes, &of) {
            Ok(value) => {
                let written = msgpack::encode(&value, &of).expect("what was read can be written");
                let again = msgpack::decode(&written, &of).expect("what was written can be read");
                assert_eq!(again, value, "a value survives the way there and back");
                assert_eq!(
                    msgpack::encode(&again, &of).as_ref(),
                    Ok(&written),
                    "there is one form of each value"
                );
                format!("{} {} {}", shape(&of, 2), value.shape(), written.len().min(64))
            }
            Err(error) => {
                let steps = error.path().map_or(0, |path| path.steps().len());
                assert!(error.path().map_or(0, |path| path.to_string().len()) >= steps.saturating_sub(1));
                format!("{} {} {steps}", shape(&of, 1), coarse(&error.to_string()))
            }
        }
    }

    /// A value takes up to 64 times its bytes; a number of six bytes (`1e4095`) is written out with all its
    /// digits.
    fn allocation_max(&self, input: &[u8]) -> usize {
        (64 << 10) + 1_024 * input.len()
    }
}
