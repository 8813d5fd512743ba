//! The life of the shipped resource, as a host drives it against the simulated cloud.

use futures_util::future::join_all;
use terraform_provider_tencentcloud::framework::value::Value;
use terraform_provider_tencentcloud::proto::tfplugin6::ClientCapabilities;

use super::session::{IDENTITIES, MEMBERS, Session, cloud, config, errors, set};

#[tokio::test]
async fn s66_a_create_plan_has_every_computed_value_or_says_that_it_is_unknown() {
    let session = Session::start().await;
    let planned = session.plan(None, Some(&config(set(&MEMBERS[..1]), set(&IDENTITIES[..1])))).await.unwrap();
    assert_eq!(planned["id"], Value::string("100000000001#13"));
    let Value::Map(grants) = &planned["grants"] else { panic!("{planned:?}") };
    let Some(Value::Object(grant)) = grants.get("100000000001#13") else { panic!("{grants:?}") };
    assert_eq!(grant["role_name"], Value::Unknown);
    let undecided = session.plan(None, Some(&config(Value::Unknown, set(&IDENTITIES)))).await.unwrap();
    assert_eq!((&undecided["id"], &undecided["grants"]), (&Value::Unknown, &Value::Unknown));
}

#[tokio::test]
async fn s71_what_was_applied_and_read_again_plans_no_change() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let config = config(set(&MEMBERS), set(&IDENTITIES));
    let planned = session.plan(None, Some(&config)).await;
    let (state, diagnostics) = session.apply(None, planned.as_ref()).await;
    assert_eq!(errors(&diagnostics), [""; 0]);
    let state = session.read(&state.unwrap()).await.unwrap();
    assert_eq!(session.plan(Some(&state), Some(&config)).await, Some(state));
}

#[tokio::test]
async fn s80_an_apply_keeps_what_was_planned_and_leaves_nothing_unknown() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let planned = session.plan(None, Some(&config(set(&MEMBERS), set(&IDENTITIES)))).await.unwrap();
    let (state, diagnostics) = session.apply(None, Some(&planned)).await;
    assert_eq!(errors(&diagnostics), [""; 0]);
    let state = state.unwrap();
    assert!(state.values().all(Value::is_wholly_known), "{state:?}");
    assert_eq!((&state["id"], &state["member_uins"]), (&planned["id"], &planned["member_uins"]));
    assert_eq!(cloud.cloud().snapshot().len(), 4);
}

#[tokio::test]
async fn s81_a_destroy_is_planned_and_applied_to_nothing_even_when_nothing_is_left() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let planned = session.plan(None, Some(&config(set(&MEMBERS), set(&IDENTITIES)))).await;
    let state = session.apply(None, planned.as_ref()).await.0.unwrap();
    assert_eq!(session.plan(Some(&state), None).await, None);
    for _ in 0..2 {
        session.configure(&cloud).await;
        let (left, diagnostics) = session.apply(Some(&state), None).await;
        assert_eq!((left, errors(&diagnostics).len()), (None, 0));
        assert!(cloud.cloud().snapshot().is_empty());
    }
    assert_eq!(session.read(&state).await, None);
}

#[tokio::test]
async fn s76_what_is_known_only_at_apply_time_changes_nothing_that_was_known_before() {
    let session = Session::start().await;
    let first = session.plan(None, Some(&config(Value::Unknown, set(&IDENTITIES)))).await.unwrap();
    let last = session.plan(None, Some(&config(set(&MEMBERS), set(&IDENTITIES)))).await.unwrap();
    for (name, value) in first.iter().filter(|(_, value)| value.is_wholly_known()) {
        assert_eq!(value, &last[name], "{name}");
    }
}

#[tokio::test]
async fn s94_a_stored_state_is_taken_over_to_the_last_digit() {
    let session = Session::start().await;
    let json =
        r#"{"member_uins":[9007199254740993],"identity_ids":["13"],"id":"x","grants":{},"gone":[{"a":1}]}"#;
    let state = session.upgrade(json).await.unwrap();
    assert_eq!(state["member_uins"], set(&[9_007_199_254_740_993]));
    assert_eq!(state["identity_ids"], set(&[13]));
    assert_eq!(state["timeouts"], Value::Null);
}

#[tokio::test]
async fn s95_a_stored_state_that_does_not_fit_is_refused_with_its_place() {
    let session = Session::start().await;
    let error = session.upgrade(r#"{"member_uins":7}"#).await.unwrap_err();
    assert_eq!(error.summary, "State does not fit this provider's schema");
    assert!(error.detail.starts_with("At member_uins: found a number where a set should be. "), "{error:?}");
}

#[tokio::test]
async fn s96_an_import_and_the_read_that_follows_give_the_state_of_the_apply() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let planned = session.plan(None, Some(&config(set(&MEMBERS), set(&IDENTITIES)))).await;
    let state = session.apply(None, planned.as_ref()).await.0.unwrap();
    let imported = session.import("100000000002,100000000001#27,13").await;
    assert!(imported.values().all(Value::is_wholly_known), "{imported:?}");
    assert_eq!(session.read(&imported).await, session.read(&state).await);
}

#[tokio::test]
async fn s109_many_calls_at_once_are_all_answered() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let config = config(set(&MEMBERS), set(&IDENTITIES));
    let plans = (0..32).map(|_| session.plan(None, Some(&config)));
    let plans = join_all(plans).await;
    assert!(plans.iter().all(|plan| plan.is_some() && plan == &plans[0]));
}

#[tokio::test]
async fn s112_a_host_without_capabilities_gets_the_same_plan() {
    let session = Session::start().await;
    let config = config(set(&MEMBERS), set(&IDENTITIES));
    let absent = session.plan_reply(None, Some(&config)).await;
    let mut request = session.plan_request(None, Some(&config));
    request.client_capabilities = Some(ClientCapabilities::default());
    assert_eq!(session.provider().plan_resource_change(request).await.unwrap().into_inner(), absent);
}
