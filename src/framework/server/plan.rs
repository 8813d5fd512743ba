//! What will be after apply: the rules that hold for every resource, around what this one knows.

use super::conformance;
use super::walk::{forget_write_only, mark_computed_unknown, set_defaults};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::{Path, Step};
use crate::framework::registry::ResourceType;
use crate::framework::resource::Planned;
use crate::framework::value::{Object, Value};

/// What a plan starts from. `None` stands for "does not exist" throughout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanRequest {
    /// The state before.
    pub prior: Option<Object>,
    /// The host's merge of configuration and prior state; `None` plans a destroy.
    pub proposed: Option<Object>,
    /// What the configuration says.
    pub config: Option<Object>,
}

impl<D> ResourceType<D> {
    /// Plans one change. Needs no configured provider; same input, same output. An error leaves nothing else
    /// to be used; warnings are beside it.
    pub fn plan(&self, request: &PlanRequest) -> Result<Planned<Option<Object>>, Diagnostics> {
        let Some(proposed) = &request.proposed else {
            return Ok(Planned { state: None, replace: Vec::new(), report: Diagnostics::new() });
        };
        let block = &self.schema.block;
        let config = request.config.as_ref().ok_or_else(|| {
            Diagnostic::bug("The host proposes an object that its configuration does not want.")
        })?;
        let mut start = proposed.clone();
        forget_write_only(block, &mut start);
        set_defaults(block, &mut start, config);
        if request.prior.as_ref() != Some(&start) {
            mark_computed_unknown(block, &mut start, config);
        }
        let Planned { mut state, replace: wanted, mut report } =
            self.resource.plan(request.prior.as_ref(), config, &start)?;
        if report.has_errors() {
            return Err(report);
        }
        block.complete(&mut state);
        forget_write_only(block, &mut state);
        report.extend(conformance::of_plan(block, config, request.prior.as_ref(), &state));
        let mut replace = Vec::new();
        if let Some(prior) = &request.prior {
            for path in wanted {
                match resolve(path, prior, &state) {
                    Ok(path) => replace.push(path),
                    Err(breach) => report.push(breach),
                }
            }
        }
        if report.has_errors() { Err(report) } else { Ok(Planned { state: Some(state), replace, report }) }
    }
}

/// `path` as the host can follow it, existing in `prior` or in `planned`: cut at a set, whose elements have
/// no address, and at what is unknown, of which every part counts as changed.
fn resolve(path: Path, prior: &Object, planned: &Object) -> Result<Path, Diagnostic> {
    [planned, prior].into_iter().find_map(|root| follow(path.steps(), root)).ok_or_else(|| {
        Diagnostic::bug(format!("The plan requires replacement on {path}, which does not exist.")).at(path)
    })
}

fn follow(steps: &[Step], root: &Object) -> Option<Path> {
    let (first, rest) = steps.split_first()?;
    let Step::Attribute(name) = first else { return None };
    let mut value = root.get(name)?;
    let mut path = Path::attribute(name.clone());
    for step in rest {
        value = match (value, step) {
            (Value::Set(_) | Value::Unknown, _) => return Some(path),
            (Value::Object(object), Step::Attribute(name)) => object.get(name)?,
            (Value::Map(elements), Step::Key(key)) => elements.get(key)?,
            (Value::List(elements), Step::Index(index)) => elements.get(usize::try_from(*index).ok()?)?,
            _ => return None,
        };
        path = path.then(step.clone());
    }
    Some(path)
}

/// Whether what stands at `path`, which [`ResourceType::plan`] came to, is another in `planned` than in
/// `prior`.
pub(super) fn changes(path: &Path, prior: &Object, planned: &Object) -> bool {
    value_at(path.steps(), prior) != value_at(path.steps(), planned)
}

fn value_at<'o>(steps: &[Step], root: &'o Object) -> Option<&'o Value> {
    let (first, rest) = steps.split_first()?;
    let Step::Attribute(name) = first else { return None };
    rest.iter().try_fold(root.get(name)?, |value, step| match (value, step) {
        (Value::Object(object), Step::Attribute(name)) => object.get(name),
        (Value::Map(elements), Step::Key(key)) => elements.get(key),
        (Value::List(elements), Step::Index(index)) => elements.get(usize::try_from(*index).ok()?),
        _ => None,
    })
}
