//! Whether what a resource returned keeps the promises that the host checks, told as the bug it is.
//!
//! These are the rules of core's `plan_valid` and `compatible`, restated. Whether a value fits its type is
//! left to the encoder, which cannot send one that does not.

mod applied;

pub(super) use applied::of_apply;

use super::pairing::pair;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::{Path, Step};
use crate::framework::schema::{Attribute, Block, BlockNesting, Kind, NestedBlock, Nesting};
use crate::framework::value::{Object, Value};

/// What is wrong with `planned` as the plan for `config`.
pub(super) fn of_plan(
    block: &Block,
    config: &Object,
    prior: Option<&Object>,
    planned: &Object,
) -> Diagnostics {
    let mut check = Check::default();
    check.planned_block(block, config, prior, planned);
    check.breaches
}

/// What is wrong with `state` as something that was read.
pub(super) fn of_state(state: &Object) -> Diagnostics {
    let mut check = Check::default();
    check.all_known(state);
    check.breaches
}

/// What is wrong with `state` as what a data source read for `config`.
pub(super) fn of_data(block: &Block, config: &Object, state: &Object) -> Diagnostics {
    let mut check = Check { made: Made::Read, ..Check::default() };
    check.planned_block(block, config, None, state);
    check.all_known(state);
    check.breaches
}

/// How an object came out of a configuration.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Made {
    #[default]
    Planned,
    Read,
}

#[derive(Default)]
struct Check {
    made: Made,
    place: Vec<Step>,
    breaches: Diagnostics,
}

/// Checks one nested object: the configuration, the prior state if there is one, the plan.
type CheckElement<'c> = &'c dyn Fn(&mut Check, &Object, Option<&Object>, &Object);

impl Check {
    fn breach(&mut self, what: &str) {
        match Path::from_steps(self.place.clone()) {
            Some(path) => {
                self.breaches.push(Diagnostic::bug(format!("The provider {what} at {path}.")).at(path));
            }
            None => self.breaches.push(Diagnostic::bug(format!("The provider {what}."))),
        }
    }

    /// The same of something that does not follow from the configuration.
    fn stray(&mut self, what: &str) {
        let made = match self.made {
            Made::Planned => "planned",
            Made::Read => "read",
        };
        self.breach(&format!("{made} {what}"));
    }

    fn inside(&mut self, step: Step, check: impl FnOnce(&mut Self)) {
        self.place.push(step);
        check(self);
        self.place.pop();
    }

    fn planned_block(&mut self, block: &Block, config: &Object, prior: Option<&Object>, planned: &Object) {
        self.planned_attributes(&block.attributes, config, prior, planned);
        for nested in &block.blocks {
            let prior = prior.map(|prior| at(prior, nested.name));
            let (config, planned) = (at(config, nested.name), at(planned, nested.name));
            self.inside(Step::Attribute(nested.name.to_owned()), |check| {
                check.planned_blocks(nested, config, prior, planned);
            });
        }
    }

    fn planned_blocks(
        &mut self,
        nested: &NestedBlock,
        config: &Value,
        prior: Option<&Value>,
        planned: &Value,
    ) {
        if config.is_unknown() {
            if !planned.is_unknown() {
                self.breach("decided blocks that the configuration has not decided yet");
            }
            return;
        }
        if planned.is_unknown() {
            return self.stray("unknown blocks where the configuration knows them");
        }
        if planned.is_null() && nested.nesting != BlockNesting::Single {
            return self.stray("null where no block must be an empty collection");
        }
        self.planned_elements(config, prior, planned, &|check, config, prior, planned| {
            check.planned_block(&nested.block, config, prior, planned);
        });
    }

    fn planned_attributes(
        &mut self,
        attributes: &[Attribute],
        config: &Object,
        prior: Option<&Object>,
        planned: &Object,
    ) {
        for attribute in attributes {
            let prior = prior.map(|prior| at(prior, attribute.name));
            let (config, planned) = (at(config, attribute.name), at(planned, attribute.name));
            self.inside(Step::Attribute(attribute.name.to_owned()), |check| {
                check.planned_attribute(attribute, config, prior, planned);
            });
        }
    }

    fn planned_attribute(
        &mut self,
        attribute: &Attribute,
        config: &Value,
        prior: Option<&Value>,
        planned: &Value,
    ) {
        if attribute.write_only {
            return;
        }
        if config.is_null() {
            if !attribute.mode.is_computed() && !planned.is_null() {
                self.stray("a value that the configuration does not set");
            }
            return;
        }
        if planned == config || prior.is_some_and(|prior| !prior.is_null() && planned == prior) {
            return;
        }
        match &attribute.kind {
            Kind::Type(_) => self.stray("something else than the configuration says"),
            Kind::Nested(_, _) if config.is_unknown() || planned.is_unknown() => {
                self.stray("something else than the configuration says");
            }
            // Elements of a set cannot be told apart, so the host trusts those of a plan, and so do we. What
            // a data source reads has nothing to be compared with later, so its elements are paired here.
            Kind::Nested(Nesting::Set, _) if self.made == Made::Planned => {}
            Kind::Nested(Nesting::Set, nested) => match (config, planned) {
                (Value::Set(config), Value::Set(planned))
                    if config.len() == planned.len()
                        && pair(nested.as_slice().into(), planned, config).len() == config.len() => {}
                _ => self.stray("other elements than the configuration has"),
            },
            Kind::Nested(_, nested) => {
                self.planned_elements(config, prior, planned, &|check, config, prior, planned| {
                    check.planned_attributes(nested, config, prior, planned);
                });
            }
        }
    }

    fn planned_elements(
        &mut self,
        config: &Value,
        prior: Option<&Value>,
        planned: &Value,
        check: CheckElement<'_>,
    ) {
        match (config, planned) {
            (Value::Object(config), Value::Object(planned)) => {
                let prior = if let Some(Value::Object(prior)) = prior { Some(prior) } else { None };
                check(self, config, prior, planned);
            }
            (Value::List(config), Value::List(planned)) => {
                if config.len() != planned.len() {
                    return self.stray("another number of elements than the configuration has");
                }
                for (position, (config, planned)) in config.iter().zip(planned).enumerate() {
                    let prior = match prior {
                        Some(Value::List(prior)) => prior.get(position),
                        _ => None,
                    };
                    let index = i64::try_from(position).unwrap_or(i64::MAX);
                    self.inside(Step::Index(index), |inner| {
                        inner.planned_elements(config, prior, planned, check);
                    });
                }
            }
            (Value::Map(config), Value::Map(planned)) => {
                if !config.keys().eq(planned.keys()) {
                    return self.stray("other keys than the configuration has");
                }
                for ((key, config), planned) in config.iter().zip(planned.values()) {
                    let prior = if let Some(Value::Map(prior)) = prior { prior.get(key) } else { None };
                    self.inside(Step::Key(key.clone()), |inner| {
                        inner.planned_elements(config, prior, planned, check);
                    });
                }
            }
            (Value::Set(_), Value::Set(_)) => {}
            (config, planned) if config == planned => {}
            _ => self.stray("something else than the configuration says"),
        }
    }

    fn all_known(&mut self, state: &Object) {
        for (name, value) in state {
            self.inside(Step::Attribute(name.clone()), |check| check.known(value));
        }
    }

    fn known(&mut self, value: &Value) {
        match value {
            Value::Unknown => self.breach("left an unknown value"),
            Value::Set(elements) => {
                if !elements.iter().all(Value::is_wholly_known) {
                    self.breach("left an unknown value");
                }
            }
            Value::List(elements) => {
                for (index, element) in (0..).zip(elements) {
                    self.inside(Step::Index(index), |check| check.known(element));
                }
            }
            Value::Map(elements) => {
                for (key, element) in elements {
                    self.inside(Step::Key(key.clone()), |check| check.known(element));
                }
            }
            Value::Object(attributes) => self.all_known(attributes),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn at<'o>(object: &'o Object, name: &str) -> &'o Value {
    object.get(name).unwrap_or(&Value::Null)
}
