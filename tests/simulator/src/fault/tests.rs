use serde_json::Value;

use super::*;
use crate::behaviour::Behaviour;
use crate::caller::*;
use crate::message::{Delivery, Response};

fn check_fault(effect: &Effect, code: &str, granted: usize) -> Response {
    let mut cloud = cloud();
    cloud.fault(Fault::on(CREATE, effect.clone()));
    check(&mut cloud, DESCRIBE, &of(DEV), "");
    let response = send(&mut cloud, 0, CREATE, &tile(&[DEV, OPS], &[13, 27]));
    let call = &cloud.journal()[1];
    assert_eq!((call.code.as_str(), call.applied, call.fault), (code, granted > 0, Some(effect.name())));
    assert_eq!(cloud.snapshot().len(), granted, "{effect:?}");
    cloud.verify();
    response
}

#[test]
fn an_effect_decides_what_is_applied_and_what_is_answered() {
    let second = Duration::from_secs(1);
    let busy = "FailedOperation.CreateRole";
    check_fault(&Effect::Throttle, "RequestLimitExceeded", 0);
    check_fault(&Effect::code(busy), busy, 0);
    check_fault(&Effect::CodeAfterApply(busy.to_owned()), busy, 4);
    let partial = check_fault(&Effect::Partial { pairs: 3, code: busy.to_owned() }, busy, 3);
    assert_eq!(partial.code().as_deref(), Some(busy));
    assert_eq!(check_fault(&Effect::Html(502), "<html 502>", 0).status, 502);
    assert_eq!(check_fault(&Effect::HtmlAfterApply(504), "<html 504>", 4).status, 504);
    assert_eq!(check_fault(&Effect::ResetBefore, "<reset>", 0).delivery, Delivery::Reset);
    assert_eq!(check_fault(&Effect::ResetAfterApply, "<reset>", 4).delivery, Delivery::Reset);
    assert_eq!(check_fault(&Effect::Truncate, "<truncated>", 4).delivery, Delivery::Truncated);
    assert_eq!(check_fault(&Effect::Garbage, "<garbage>", 4).envelope(), Value::Null);
    assert_eq!(check_fault(&Effect::StallBefore(second), "InternalError", 0).delay, second);
    assert_eq!(check_fault(&Effect::StallAfterApply(second), "", 4).delay, second);
    check_fault(&Effect::Lag(second), "", 4);
}

#[test]
fn a_stall_comes_on_top_of_the_latency() {
    let latency = Duration::from_millis(50);
    let mut cloud = with(Behaviour { latency, ..Behaviour::default() });
    assert_eq!(send(&mut cloud, 0, DESCRIBE, &of(DEV)).delay, latency);
    cloud.fault(Fault::on(DESCRIBE, Effect::StallAfterApply(latency)));
    assert_eq!(send(&mut cloud, 0, DESCRIBE, &of(DEV)).delay, 2 * latency);
}

#[test]
fn a_lag_delays_only_the_call_it_fires_on() {
    let mut cloud = cloud();
    cloud.fault(Fault::on(CREATE, Effect::Lag(Duration::from_secs(1))));
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[13]));
    send(&mut cloud, 0, CREATE, &tile(&[DEV], &[27]));
    assert_eq!(column(&mut cloud, DESCRIBE, &of(DEV), "IdentityId"), [27]);
}

fn check_script(fault: Fault, expected: &[bool]) {
    let mut cloud = cloud();
    cloud.fault(fault);
    let fired = expected.iter().map(|_| !code(&mut cloud, DESCRIBE, &of(DEV)).is_empty());
    assert_eq!(fired.collect::<Vec<bool>>(), expected);
}

#[test]
fn a_fault_fires_on_the_calls_it_is_scripted_for() {
    let down = || Effect::code("InternalError");
    check_script(Fault::any(down()), &[true, false, false]);
    check_script(Fault::on(DESCRIBE, down()), &[true, false, false]);
    check_script(Fault::on(CREATE, down()), &[false, false, false]);
    check_script(Fault::on(DESCRIBE, down()).nth(2), &[false, true, false]);
    check_script(Fault::on(DESCRIBE, down()).nth(2).times(2), &[false, true, true, false]);
    check_script(Fault::any(down()).always(), &[true, true, true]);
}

#[test]
fn faults_on_one_call_fire_one_after_the_other() {
    let mut cloud = cloud();
    cloud.fault(Fault::on(DESCRIBE, Effect::Throttle));
    cloud.fault(Fault::any(Effect::code("InternalError")));
    check(&mut cloud, DESCRIBE, &of(DEV), "RequestLimitExceeded");
    check(&mut cloud, DESCRIBE, &of(DEV), "InternalError");
    check(&mut cloud, DESCRIBE, &of(DEV), "");
}
