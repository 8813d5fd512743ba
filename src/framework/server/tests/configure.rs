//! Configuring a provider.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::framework::diagnostic::Diagnostics;
use crate::framework::server::{PlanRequest, Server};
use crate::framework::testing::{FakeProvider, World, text, thing, with};
use crate::framework::value::{Object, Value};

fn region(name: &str) -> Object {
    with(Object::new(), [("region", text(name))])
}

#[tokio::test]
async fn a_stop_ends_a_configuration_that_waits_and_leaves_the_provider_unconfigured() {
    let server = Server::new(FakeProvider::new(World::closed()));
    let stop = CancellationToken::new();
    assert!(!server.configure("1.2.3", Some(region("here")), &stop).await.has_errors());
    assert!(server.data().is_ok());

    let configuring = server.configure("1.2.3", Some(region("far away")), &stop);
    let report = tokio::join!(configuring, async { stop.cancel() }).0;
    assert_eq!(report.iter().map(|error| error.summary.as_str()).collect::<Vec<_>>(), ["Operation stopped"]);
    assert!(server.data().is_err());
}

/// What is unknown in the configuration is no failure of it, but of the first operation that needs it.
#[tokio::test]
async fn an_unknown_configuration_is_told_by_the_first_operation_that_needs_it() {
    let provider = FakeProvider::new(World::closed());
    let configured = Arc::clone(&provider.configured);
    let (server, stop) = (Server::new(provider), CancellationToken::new());
    let config = with(Object::new(), [("region", Value::Unknown)]);
    assert_eq!(server.configure("1.2.3", Some(config), &stop).await, Diagnostics::new());
    assert!(configured.lock().unwrap().is_empty(), "nothing is made of it");

    let (resource, data) = (server.resource("fake_thing").unwrap(), server.data().unwrap());
    let there = thing([("name", text("a"))]);
    let report = resource.read(&data, &stop, Vec::new(), Some(there.clone())).await.unwrap_err();
    let error = report.iter().next().unwrap();
    assert_eq!(error.summary, "Provider configuration is not known yet");
    assert!(error.detail.starts_with("The provider arguments `region` depend on values"), "{}", error.detail);

    let change = PlanRequest { prior: None, proposed: Some(there.clone()), config: Some(there) };
    let planned = resource.plan(&change).unwrap();
    let settled =
        resource.coordinate(&data, &stop, b"look".to_vec(), &change, planned.clone()).await.unwrap();
    assert_eq!(
        (settled.value, settled.private, settled.report),
        (planned, b"look".to_vec(), Diagnostics::new())
    );
}
