//! What exists is always sent, also where a bug made a state of it that does not fit.

use super::life::apply;
use super::{configured, named, received, sent, sent_null, type_name};
use crate::framework::diagnostic::Diagnostic;
use crate::framework::testing::{Raw, World, map, number, object, text, with};
use crate::framework::value::{Object, Value};
use crate::proto::tfplugin6 as proto;

/// A world in which a create or an update succeeds and a delete fails, each leaving a state, private bytes
/// and a warning.
fn leaving(state: impl Fn(Object) -> Object + Send + Sync + 'static) -> World {
    World::applying(move |cx, prior, planned, slot| {
        slot.save(Raw::new(state(planned.clone().or(prior).unwrap())));
        cx.keep_private(b"kept".to_vec());
        cx.warn(Diagnostic::warning("Mind this", ""));
        let end = if planned.is_some() { Ok(()) } else { Err(Diagnostic::error("Refused", "").into()) };
        Box::pin(async { end })
    })
}

/// What a host is told of an apply that left what does not fit: the state, beside the private bytes and all
/// that was told.
async fn salvaged(
    world: World,
    prior: Option<proto::DynamicValue>,
    planned: Option<proto::DynamicValue>,
    told: &[&str],
) -> Object {
    let mut host = configured(world).await;
    let reply = host.apply_resource_change(apply(prior, planned)).await.unwrap().into_inner();
    assert_eq!(reply.private, b"kept");
    assert_eq!(reply.diagnostics.iter().map(|told| told.summary.as_str()).collect::<Vec<_>>(), told);
    received(reply.new_state).unwrap()
}

const MISFIT: [&str; 3] = ["Mind this", "Bug in the provider", "Only a part of the new state is saved"];

#[tokio::test]
async fn s82_a_created_state_that_does_not_fit_is_sent_as_far_as_it_does() {
    let item = |key: Value| object([("key", key), ("hash", text("h"))]);
    let world = leaving(move |state| {
        let made = map([("good", item(text("k"))), ("bad", item(number("7")))]);
        with(
            state,
            [
                ("id", number("1")),
                ("size", number("3")),
                ("made", made),
                ("new", text("x")),
                ("rules", text("")),
            ],
        )
    });
    let planned =
        with(named("a"), [("id", Value::Unknown), ("size", Value::Unknown), ("made", Value::Unknown)]);
    // One bug is that the rules are not as planned, the other that something does not fit.
    let told = ["Mind this", MISFIT[1], MISFIT[1], MISFIT[2]];
    let state = salvaged(world, sent_null(), sent(planned), &told).await;
    let made = map([("good", item(text("k"))), ("bad", item(Value::Null))]);
    assert_eq!(state, with(named("a"), [("size", number("3")), ("made", made)]));
}

#[tokio::test]
async fn s83_what_does_not_fit_after_an_update_or_a_failed_delete_stays_as_it_was() {
    let prior = || with(named("a"), [("id", text("i")), ("size", number("1"))]);
    let spoiled = || leaving(|state| with(state, [("id", number("1")), ("size", number("2"))]));
    let planned = with(named("b"), [("id", Value::Unknown), ("size", Value::Unknown)]);
    let state = salvaged(spoiled(), sent(prior()), sent(planned), &MISFIT).await;
    assert_eq!(state, with(prior(), [("name", text("b")), ("size", number("2"))]));

    let told = ["Mind this", "Refused", MISFIT[1], MISFIT[2]];
    let state = salvaged(spoiled(), sent(prior()), sent_null(), &told).await;
    assert_eq!(state, with(prior(), [("size", number("2"))]));
}

#[tokio::test]
async fn a_warning_is_told_beside_the_bug_that_spoils_the_reply_to_a_read() {
    let world = World::reading(|cx, known| {
        cx.warn(Diagnostic::warning("Mind this", ""));
        Box::pin(async { Ok(Some(with(known, [("id", number("1"))]))) })
    });
    let request = proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent(named("a")),
        ..Default::default()
    };
    let reply = configured(world).await.read_resource(request).await.unwrap().into_inner();
    let told: Vec<_> = reply.diagnostics.iter().map(|told| told.summary.as_str()).collect();
    assert_eq!((told, reply.new_state), (MISFIT[..2].to_vec(), None));
}
