//! Checks of plans.

use tokio_util::sync::CancellationToken;

use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::framework::gadget::{Gadget, Shop, error, gadget};
use crate::framework::path::Path;
use crate::framework::registry::Registry;
use crate::framework::server::PlanRequest;
use crate::framework::testing::{text, with};
use crate::framework::value::{Object, Value};

/// What there is to tell about a plan that makes a gadget of label b out of `prior`, or destroys it.
async fn check(shop: Shop, prior: Option<Object>, planned: Option<Object>) -> Vec<(Severity, String)> {
    let mut registry = Registry::new();
    registry.resource(Gadget).checked();
    let resource = registry.find_resource("fake_gadget").unwrap();
    let config = planned.as_ref().map(|_| gadget([("label", text("b"))]));
    let request = PlanRequest { prior, proposed: planned.clone(), config };
    let report =
        resource.check(&Configured::Ready(shop), &CancellationToken::new(), &request, planned.as_ref()).await;
    report.iter().map(|told| (told.severity, told.summary.clone())).collect()
}

fn planned() -> Object {
    gadget([("label", text("b")), ("serial", Value::Unknown)])
}

fn looked() -> (Severity, String) {
    (Severity::Warning, "Looked".to_owned())
}

#[tokio::test]
async fn a_check_sees_the_change_and_the_plan_and_tells_errors_and_warnings() {
    let prior = || gadget([("label", text("a")), ("serial", text("s1"))]);
    let shop = Shop::checking(move |change, seen, report| {
        assert_eq!(change.prior.as_ref().map(|prior| &prior.0), Some(&prior()));
        assert_eq!(change.config.0, gadget([("label", text("b"))]));
        assert_eq!(seen.0, planned());
        report.push(Diagnostic::warning("Beware", "It is so."));
        report.extend(error("No such label"));
    });
    let told = check(shop, Some(prior()), Some(planned())).await;
    let found = [(Severity::Warning, "Beware".to_owned()), (Severity::Error, "No such label".to_owned())];
    assert_eq!(told, [vec![looked()], found.to_vec()].concat());
}

#[tokio::test]
async fn a_check_that_fails_itself_is_a_warning_beside_what_it_has_told() {
    let shop = Shop::checking(|_, _, report| {
        report.extend(error("No such label"));
        panic!("in the middle");
    });
    let told = check(shop, None, Some(planned())).await;
    let found = [(Severity::Error, "No such label"), (Severity::Warning, "Bug in the provider")];
    assert_eq!(told[1..], found.map(|(severity, summary)| (severity, summary.to_owned())));
}

#[tokio::test]
async fn a_destroy_is_not_checked_and_neither_is_a_type_without_the_capability() {
    let shop = || Shop::checking(|_, _, report| report.extend(error("Called")));
    assert_eq!(check(shop(), Some(with(planned(), [])), None).await, []);
    let mut registry = Registry::new();
    registry.resource(Gadget);
    let resource = registry.find_resource("fake_gadget").unwrap();
    let request = PlanRequest { config: Some(planned()), ..PlanRequest::default() };
    let report = resource
        .check(&Configured::Ready(shop()), &CancellationToken::new(), &request, Some(&planned()))
        .await;
    assert_eq!(report, Diagnostics::new());
}

#[tokio::test]
async fn nothing_is_checked_before_the_configuration_of_the_provider_is_known() {
    let mut registry = Registry::new();
    registry.resource(Gadget).checked();
    let resource = registry.find_resource("fake_gadget").unwrap();
    let request = PlanRequest { config: Some(planned()), ..PlanRequest::default() };
    let unknown = Configured::Unknown(vec![Path::attribute("region")]);
    let report = resource.check(&unknown, &CancellationToken::new(), &request, Some(&planned())).await;
    assert_eq!(report, Diagnostics::new());
}
