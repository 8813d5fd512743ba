//! Types as JSON, as dynamic values bring them along.

use fastrand::Rng;
use terraform_provider_tencentcloud::wire::types;

use super::{Target, coarse, shape};
use crate::values::any_type;

pub(crate) struct Types;

impl Target for Types {
    fn name(&self) -> &'static str {
        "types"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        types::encode(&any_type(random, 4))
    }

    fn run(&mut self, input: &[u8]) -> String {
        match types::decode(input) {
            Ok(of) => {
                let written = types::encode(&of);
                assert_eq!(
                    types::decode(&written).as_ref().ok(),
                    Some(&of),
                    "a type survives the way there and back"
                );
                shape(&of, 4)
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                format!("{} {}", coarse(&error.to_string()), coarse(&cause))
            }
        }
    }

    fn allocation_max(&self, input: &[u8]) -> usize {
        (16 << 10) + 256 * input.len()
    }
}
