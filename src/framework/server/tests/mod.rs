//! The operations, driven with a resource whose behaviour is a closure.

mod apply;
mod call_function;
mod check;
mod configure;
mod coordinate;
mod defaults;
mod generate;
mod identity;
mod list;
mod plan;
mod read;
mod read_data;
mod stored;
mod validate;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Answer, PlanRequest};
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::registry::{Registry, ResourceType};
use crate::framework::resource::{Change, Planned};
use crate::framework::testing::{Fake, Thing, World};
use crate::framework::value::Object;

/// Calls `test` with a registered resource that plans as `plan` says.
fn with_resource<T>(
    plan: impl Fn(&Change<Thing>, &mut Planned<Thing>) + Send + Sync + 'static,
    test: impl FnOnce(&ResourceType<World>) -> T,
) -> T {
    let mut registry = Registry::new();
    registry.resource(Fake(Arc::new(plan))).importable();
    test(registry.find_resource("fake_thing").unwrap())
}

/// What the resource plans when the framework alone decides.
fn plan(prior: Option<&Object>, proposed: &Object, config: &Object) -> Planned<Option<Object>> {
    plan_as(|_, _| {}, prior, proposed, config).unwrap()
}

fn plan_as(
    resource: impl Fn(&Change<Thing>, &mut Planned<Thing>) + Send + Sync + 'static,
    prior: Option<&Object>,
    proposed: &Object,
    config: &Object,
) -> Result<Planned<Option<Object>>, Diagnostics> {
    let request =
        PlanRequest { prior: prior.cloned(), proposed: Some(proposed.clone()), config: Some(config.clone()) };
    with_resource(resource, |resource| resource.plan(&request))
}

async fn apply(
    world: World,
    prior: Option<&Object>,
    planned: Option<&Object>,
    config: Option<&Object>,
) -> Answer<Option<Object>> {
    let mut registry = Registry::new();
    registry.resource(Fake::plain());
    let resource = registry.find_resource("fake_thing").unwrap();
    let stop = CancellationToken::new();
    resource
        .apply(&Configured::Ready(world), &stop, Vec::new(), prior.cloned(), planned.cloned(), config)
        .await
}

/// Where the errors in `report` point, as a user would write it.
fn error_paths(report: &Diagnostics) -> Vec<String> {
    let path = |error: &Diagnostic| error.path.as_ref().map(ToString::to_string).unwrap_or_default();
    report.iter().map(path).collect()
}
