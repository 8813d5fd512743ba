//! Plans settled with the other instances of a run.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::framework::configured::Configured;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::registry::Registry;
use crate::framework::server::PlanRequest;
use crate::framework::testing::{Fake, World, text, thing};

#[tokio::test]
async fn a_warning_of_a_plan_is_told_beside_what_refuses_it_later() {
    let mut registry = Registry::new();
    registry
        .resource(Fake(Arc::new(|_, planned| planned.report.push(Diagnostic::warning("Mind", "")))))
        .coordinated();
    let resource = registry.find_resource("fake_thing").unwrap();
    let config = thing([("name", text("a"))]);
    let request = PlanRequest { prior: None, proposed: Some(config.clone()), config: Some(config) };
    let planned = resource.plan(&request).unwrap();
    let (world, stop) = (Configured::Ready(World::closed()), CancellationToken::new());
    let refused = resource.coordinate(&world, &stop, b"keep".to_vec(), &request, planned).await.unwrap_err();
    assert_eq!(
        refused.iter().map(|told| told.summary.as_str()).collect::<Vec<_>>(),
        ["Mind", "Kept by another"]
    );
}
