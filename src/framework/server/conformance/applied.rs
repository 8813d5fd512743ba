//! Whether a state keeps what its plan promised.

use super::{Check, at};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::path::Step;
use crate::framework::value::{Object, Value};

/// What is wrong with `state` as the outcome of applying `planned`.
pub(in crate::framework::server) fn of_apply(planned: &Object, state: &Object) -> Diagnostics {
    let mut check = Check::default();
    check.all_known(state);
    for (name, planned) in planned {
        check.inside(Step::Attribute(name.clone()), |check| {
            check.kept(planned, at(state, name));
        });
    }
    check.breaches
}

impl Check {
    /// Whether `actual` is what `planned` promised.
    fn kept(&mut self, planned: &Value, actual: &Value) {
        match (planned, actual) {
            (planned, actual) if planned.is_unknown() || planned == actual => {}
            (Value::Set(planned), Value::Set(actual)) => self.set_kept(planned, actual),
            (Value::List(planned), Value::List(actual)) => {
                if planned.len() != actual.len() {
                    return self.breach("returned another number of elements than planned");
                }
                for (index, (planned, actual)) in (0..).zip(planned.iter().zip(actual)) {
                    self.inside(Step::Index(index), |check| check.kept(planned, actual));
                }
            }
            (Value::Map(planned), Value::Map(actual)) => {
                if !planned.keys().eq(actual.keys()) {
                    return self.breach("returned other keys than planned");
                }
                for ((key, planned), actual) in planned.iter().zip(actual.values()) {
                    self.inside(Step::Key(key.clone()), |check| check.kept(planned, actual));
                }
            }
            (Value::Object(planned), Value::Object(actual)) => {
                for (name, planned) in planned {
                    self.inside(Step::Attribute(name.clone()), |check| {
                        check.kept(planned, at(actual, name));
                    });
                }
            }
            _ => self.breach("returned something else than planned"),
        }
    }

    /// Every planned element has one that keeps it, and the other way round. Not one to one, as in core:
    /// elements that became known may have become equal, and what a plan left open may be told by any of
    /// them.
    fn set_kept(&mut self, planned: &[Value], actual: &[Value]) {
        let keeps = |planned: &Value, actual: &Value| {
            let mut check = Self::default();
            check.kept(planned, actual);
            check.breaches.is_empty()
        };
        // Most elements are there as they are, and a set is sorted; only the others are compared with all.
        let has = |set: &[Value], element: &Value| set.binary_search(element).is_ok();
        let lost = planned
            .iter()
            .any(|planned| !has(actual, planned) && !actual.iter().any(|actual| keeps(planned, actual)));
        let grown = actual.len() > planned.len()
            || actual
                .iter()
                .any(|actual| !has(planned, actual) && !planned.iter().any(|planned| keeps(planned, actual)));
        if lost || grown {
            self.breach("returned other elements than planned");
        }
    }
}
