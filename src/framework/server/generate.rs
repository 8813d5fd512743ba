//! A configuration for what exists: its state without what nobody can write.

use super::walk::visit;
use crate::framework::registry::ResourceType;
use crate::framework::schema::Mode;
use crate::framework::value::{Object, Value, known_or_null};

impl<D> ResourceType<D> {
    /// A configuration that describes `state`: null for whatever only the provider sets, what should no
    /// longer be used, what no state holds, and the timeouts, which say nothing about the object. An `id`
    /// that may be set is left to the provider too, as hosts do when they generate by themselves.
    pub fn generate(&self, state: Object) -> Object {
        let mut config = self.storable(known_or_null(state));
        visit(&self.schema.block, &mut config, &mut |attribute, value| {
            let unwritable =
                attribute.mode == Mode::Computed || attribute.write_only || attribute.deprecated.is_some();
            if unwritable {
                *value = Value::Null;
            }
            !unwritable
        });
        for attribute in &self.schema.block.attributes {
            let left = match attribute.name {
                "timeouts" => true,
                "id" => attribute.mode == Mode::OptionalComputed,
                _ => false,
            };
            if left {
                config.insert(attribute.name.to_owned(), Value::Null);
            }
        }
        config
    }
}
