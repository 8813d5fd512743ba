//! Judging a configuration without network and without a configured provider. Unknown means "cannot judge
//! yet".

use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::{Path, Step};
use crate::framework::registry::ResourceType;
use crate::framework::schema::{Attribute, Block, Kind, Mode};
use crate::framework::value::{Object, Value};

impl<D> ResourceType<D> {
    /// Judges `config`. `write_only_allowed`: whether the host knows write-only attributes; one that does not
    /// would store them, so their use is an error then.
    pub fn validate(&self, config: &Object, write_only_allowed: bool) -> Diagnostics {
        let mut report = against_schema(&self.schema.block, config);
        if !write_only_allowed {
            let refuse = |_, attribute: &Attribute, value: &Value| {
                (attribute.write_only && !value.is_null()).then(|| {
                    Diagnostic::error(
                        "Write-only attribute not supported by this version of Terraform",
                        format!(
                            "{:?} is never stored, which needs Terraform 1.11 or later. Upgrade, or leave the attribute out.",
                            attribute.name
                        ),
                    )
                })
            };
            report.extend(Walk::over(&self.schema.block, config, &refuse));
        }
        report.extend(self.resource.validate(config));
        report
    }
}

/// What the schema alone says about `config`. The host checks that required arguments are written, but lets
/// an explicit null pass, and does not look into nested attributes. A nested block is left to it: a group
/// block is there, all null, even when nobody wrote it.
pub(super) fn against_schema(block: &Block, config: &Object) -> Diagnostics {
    Walk::over(block, config, &|holder, attribute, value| {
        let required = holder != Holder::Block && attribute.mode == Mode::Required;
        (required && value.is_null()).then(|| {
            Diagnostic::error(
                "Missing required argument",
                format!("The argument {:?} is required, but its value is null here.", attribute.name),
            )
        })
    })
}

/// A visit of every attribute that a configuration holds.
struct Walk<'a> {
    judge: Judge<'a>,
    place: Vec<Step>,
    report: Diagnostics,
}

/// What an attribute is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    Root,
    Block,
    Attribute,
}

type Judge<'a> = &'a dyn Fn(Holder, &Attribute, &Value) -> Option<Diagnostic>;

impl<'a> Walk<'a> {
    fn over(block: &Block, config: &Object, judge: Judge<'a>) -> Diagnostics {
        let mut walk = Walk { judge, place: Vec::new(), report: Diagnostics::new() };
        walk.block(Holder::Root, block, config);
        walk.report
    }

    fn block(&mut self, holder: Holder, block: &Block, config: &Object) {
        self.attributes(holder, &block.attributes, config);
        for nested in &block.blocks {
            let Some(value) = config.get(nested.name) else { continue };
            self.step(Step::Attribute(nested.name.to_owned()), |walk| {
                walk.each(value, &|walk, object| walk.block(Holder::Block, &nested.block, object));
            });
        }
    }

    fn attributes(&mut self, holder: Holder, attributes: &[Attribute], config: &Object) {
        for attribute in attributes {
            let value = config.get(attribute.name).unwrap_or(&Value::Null);
            self.step(Step::Attribute(attribute.name.to_owned()), |walk| {
                if let Some(diagnostic) = (walk.judge)(holder, attribute, value) {
                    let path = Path::from_steps(walk.place.clone());
                    walk.report.push(Diagnostic { path, ..diagnostic });
                }
                if let Kind::Nested(_, nested) = &attribute.kind {
                    walk.each(value, &|walk, object| walk.attributes(Holder::Attribute, nested, object));
                }
            });
        }
    }

    fn each(&mut self, value: &Value, visit: &dyn Fn(&mut Self, &Object)) {
        match value {
            Value::Object(object) => visit(self, object),
            Value::List(elements) => {
                for (index, element) in (0..).zip(elements) {
                    self.step(Step::Index(index), |walk| walk.each(element, visit));
                }
            }
            Value::Map(elements) => {
                for (key, element) in elements {
                    self.step(Step::Key(key.clone()), |walk| walk.each(element, visit));
                }
            }
            Value::Set(elements) => {
                // An element of a set has no address: what is found in one is told at the set.
                let outside = std::mem::take(&mut self.report);
                for element in elements {
                    self.each(element, visit);
                }
                let inside = std::mem::replace(&mut self.report, outside);
                let set = Path::from_steps(self.place.clone());
                self.report.extend(inside.into_iter().map(|found| Diagnostic { path: set.clone(), ..found }));
            }
            _ => {}
        }
    }

    fn step(&mut self, step: Step, visit: impl FnOnce(&mut Self)) {
        self.place.push(step);
        visit(self);
        self.place.pop();
    }
}
