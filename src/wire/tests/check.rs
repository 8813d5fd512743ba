//! Checks of plans, RPC by RPC.

use super::{host_of, packed, type_of, words_of};
use crate::framework::gadget::{Parts, Shop, Workshop, error, gadget};
use crate::framework::testing::{Raw, text};
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;

#[tokio::test]
async fn a_check_adds_to_the_plan_of_a_configured_provider_and_takes_nothing_from_it() {
    let sent = |value| Some(packed(&value, &type_of::<Raw<Parts>>()));
    let config = || sent(Value::Object(gadget([("label", text("a"))])));
    let plan = || proto::plan_resource_change::Request {
        type_name: "fake_gadget".to_owned(),
        prior_state: sent(Value::Null),
        proposed_new_state: config(),
        config: config(),
        prior_private: b"prior".to_vec(),
        ..Default::default()
    };
    let mut host = host_of(Workshop(Shop::checking(|_, _, report| report.extend(error("No such label")))));
    let unchecked = host.plan_resource_change(plan()).await.unwrap().into_inner();
    assert_eq!(unchecked.diagnostics, []);
    host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    let checked = host.plan_resource_change(plan()).await.unwrap().into_inner();
    assert_eq!(words_of(&checked.diagnostics), ["Looked", "No such label"]);
    assert!(checked.planned_state.is_some());
    let without = proto::plan_resource_change::Response { diagnostics: Vec::new(), ..checked };
    assert_eq!(without, unchecked);
}
