//! The life of a resource, RPC by RPC.

use super::{
    configured, host_of, named, obedient, one_error, received, sent, sent_config, sent_null, type_name,
};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::testing::{FakeProvider, Raw, World, text, thing, with};
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;
use proto::attribute_path::step::Selector;

pub(super) fn apply(
    prior_state: Option<proto::DynamicValue>,
    planned_state: Option<proto::DynamicValue>,
) -> proto::apply_resource_change::Request {
    proto::apply_resource_change::Request {
        type_name: type_name(),
        prior_state,
        config: planned_state.clone(),
        planned_state,
        planned_private: b"planned".to_vec(),
        ..Default::default()
    }
}

fn plan(
    prior_state: Option<proto::DynamicValue>,
    config: Option<proto::DynamicValue>,
) -> proto::plan_resource_change::Request {
    proto::plan_resource_change::Request {
        type_name: type_name(),
        prior_state,
        proposed_new_state: config.clone(),
        config,
        prior_private: b"prior".to_vec(),
        ..Default::default()
    }
}

#[tokio::test]
async fn s31_a_panic_in_one_rpc_is_a_diagnostic_and_the_next_rpc_works() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    for (name, errors) in [("panic", 1), ("a", 0), ("panic", 1)] {
        let request = proto::validate_resource_config::Request {
            type_name: type_name(),
            config: sent(named(name)),
            client_capabilities: None,
        };
        let reply = host.validate_resource_config(request).await.unwrap().into_inner();
        assert_eq!(reply.diagnostics.len(), errors, "{name}");
    }
}

#[tokio::test]
async fn s74_a_create_plan_after_a_replacement_hands_the_private_bytes_on() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let reply = host.plan_resource_change(plan(sent_null(), sent(named("a")))).await.unwrap().into_inner();
    assert_eq!(reply.planned_private, b"prior");
    assert_eq!(received(reply.planned_state).unwrap()["id"], Value::Unknown);
    assert_eq!(reply.requires_replace, []);
}

#[tokio::test]
async fn a_plan_is_settled_with_the_other_instances_where_the_provider_is_configured() {
    let of = |private: &[u8]| proto::plan_resource_change::Request {
        prior_private: private.to_vec(),
        ..plan(sent(named("a")), sent(named("a")))
    };
    let mut host = configured(World::closed()).await;
    let reply = host.plan_resource_change(of(b"look")).await.unwrap().into_inner();
    assert_eq!(received(reply.planned_state).unwrap()["id"], Value::Unknown);
    assert_eq!(reply.planned_private, b"looked");
    assert_eq!(reply.diagnostics.iter().map(|told| told.summary.as_str()).collect::<Vec<_>>(), ["Looked"]);
    let reply = host.plan_resource_change(of(b"keep")).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Kept by another");
    let gone = plan(sent(named("a")), sent_null());
    let gone = proto::plan_resource_change::Request { prior_private: b"look".to_vec(), ..gone };
    let reply = host.plan_resource_change(gone).await.unwrap().into_inner();
    assert_eq!((received(reply.planned_state), reply.planned_private), (None, b"looked".to_vec()));

    let mut host = host_of(FakeProvider::new(World::closed()));
    let reply = host.plan_resource_change(of(b"look")).await.unwrap().into_inner();
    assert_eq!((reply.planned_private, reply.diagnostics), (b"look".to_vec(), vec![]));
}

#[tokio::test]
async fn s77_a_destroy_plan_is_null_and_hands_the_private_bytes_on() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let reply = host.plan_resource_change(plan(sent(named("a")), sent_null())).await.unwrap().into_inner();
    assert_eq!(received(reply.planned_state), None);
    assert_eq!(reply.planned_private, b"prior");
    assert_eq!(reply.diagnostics, []);
}

#[tokio::test]
async fn s78_destroy_plans_are_asked_for() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let schema = host.get_provider_schema(proto::get_provider_schema::Request {}).await.unwrap();
    assert!(schema.into_inner().server_capabilities.unwrap().plan_destroy);
}

#[tokio::test]
async fn s79_the_legacy_type_system_is_never_claimed() {
    let mut host = configured(obedient()).await;
    for (prior, config) in [(sent_null(), sent(named("a"))), (sent(named("a")), sent_null())] {
        let planned = host.plan_resource_change(plan(prior.clone(), config.clone())).await.unwrap();
        let applied = host.apply_resource_change(apply(prior, config)).await.unwrap();
        assert!(!planned.into_inner().legacy_type_system);
        assert!(!applied.into_inner().legacy_type_system);
    }
}

#[tokio::test]
async fn s81_a_destroy_leaves_nothing() {
    let mut host = configured(obedient()).await;
    let reply = host.apply_resource_change(apply(sent(named("a")), sent_null())).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    assert_eq!(received(reply.new_state), None);
}

#[tokio::test]
async fn s82_a_create_that_failed_half_way_answers_error_state_and_private_bytes() {
    let mut host = configured(World::applying(|_, _, planned, slot| {
        slot.save(Raw::new(planned.unwrap()));
        Box::pin(async { Err(Diagnostic::error("Half way", "").into()) })
    }))
    .await;
    let planned = with(named("a"), [("id", Value::Unknown)]);
    let reply = host.apply_resource_change(apply(sent_null(), sent(planned))).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Half way");
    assert_eq!(received(reply.new_state), Some(named("a")));
    assert_eq!(reply.private, b"planned");
}

#[tokio::test]
async fn s83_an_apply_that_never_began_leaves_the_prior_state_to_the_host() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let request = apply(sent(named("a")), sent(named("b")));
    let reply = host.apply_resource_change(request).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Provider is not configured");
    assert_eq!(reply.new_state, None);
}

#[tokio::test]
async fn s85_a_destroy_in_a_replacement_tolerates_the_private_bytes_of_the_new_object() {
    let mut host = configured(obedient()).await;
    let mut request = apply(sent(named("a")), sent_null());
    request.planned_private = vec![0xff; 64];
    let reply = host.apply_resource_change(request).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
}

#[tokio::test]
async fn s86_an_error_while_reading_is_not_gone() {
    let world = World::reading(|_, _| Box::pin(async { Err(Diagnostic::error("Unavailable", "").into()) }));
    let mut host = configured(world).await;
    let request = proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent(named("a")),
        ..Default::default()
    };
    let reply = host.read_resource(request).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Unavailable");
}

#[tokio::test]
async fn s87_a_read_hands_the_private_bytes_on() {
    let mut host = configured(World::reading(|_, known| Box::pin(async { Ok(Some(known)) }))).await;
    let request = proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent(named("a")),
        private: b"kept".to_vec(),
        ..Default::default()
    };
    let reply = host.read_resource(request).await.unwrap().into_inner();
    assert_eq!(reply.private, b"kept");
    assert_eq!(received(reply.new_state), Some(named("a")));
}

#[tokio::test]
async fn s88_a_read_of_nothing_answers_nothing() {
    let mut host = configured(World::closed()).await;
    let request = proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent_null(),
        ..Default::default()
    };
    let reply = host.read_resource(request).await.unwrap().into_inner();
    assert_eq!((received(reply.new_state), reply.diagnostics), (None, Vec::new()));
}

#[tokio::test]
async fn s92_validation_and_planning_need_no_configured_provider() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let config = thing([("name", Value::Unknown), ("list", Value::Unknown), ("rules", Value::Unknown)]);
    let request = proto::validate_resource_config::Request {
        type_name: type_name(),
        config: sent(config.clone()),
        client_capabilities: None,
    };
    assert_eq!(host.validate_resource_config(request).await.unwrap().into_inner().diagnostics, []);
    let planned = host.plan_resource_change(plan(sent_null(), sent(config))).await.unwrap().into_inner();
    assert_eq!(planned.diagnostics, []);
}

#[tokio::test]
async fn s93_a_provider_is_configured_with_unknown_values_and_with_none() {
    let provider = FakeProvider::new(World::closed());
    let seen = std::sync::Arc::clone(&provider.configured);
    let mut host = host_of(provider);
    for config in [sent_config(Value::Unknown), sent_config(Value::Null), None] {
        let request = proto::validate_provider_config::Request { config: config.clone() };
        assert_eq!(host.validate_provider_config(request).await.unwrap().into_inner().diagnostics, []);
        let request = proto::configure_provider::Request { config, ..Default::default() };
        assert_eq!(host.configure_provider(request).await.unwrap().into_inner().diagnostics, []);
    }
    let regions: Vec<_> = seen.lock().unwrap().iter().map(|config| config["region"].clone()).collect();
    assert_eq!(regions, [Value::Null, Value::Null], "nothing is made of a configuration that is not known");
}

#[tokio::test]
async fn a_failed_configuration_leaves_the_provider_unconfigured() {
    let mut host = configured(World::closed()).await;
    let request =
        proto::configure_provider::Request { config: sent_config(text("nowhere")), ..Default::default() };
    let reply = host.configure_provider(request).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "No such region");
    let request = apply(sent(named("a")), sent_null());
    let reply = host.apply_resource_change(request).await.unwrap().into_inner();
    assert_eq!(one_error(&reply.diagnostics).summary, "Provider is not configured");
}

#[tokio::test]
async fn s96_an_import_names_its_type() {
    let mut host = configured(World::reading(|_, known| Box::pin(async { Ok(Some(known)) }))).await;
    let request = proto::import_resource_state::Request {
        type_name: type_name(),
        id: "a".to_owned(),
        ..Default::default()
    };
    let reply = host.import_resource_state(request).await.unwrap().into_inner();
    let [imported] = reply.imported_resources.as_slice() else { panic!("{reply:?}") };
    assert_eq!(imported.type_name, "fake_thing");
    assert_eq!(received(imported.state.clone()), Some(named("a")));
}

#[tokio::test]
async fn s99_a_type_without_an_identity_never_answers_one() {
    let mut host = configured(World {
        read: World::reading(|_, known| Box::pin(async { Ok(Some(known)) })).read,
        ..obedient()
    })
    .await;
    let planned = host.plan_resource_change(plan(sent_null(), sent(named("a")))).await.unwrap();
    assert_eq!(planned.into_inner().planned_identity, None);
    let applied = host.apply_resource_change(apply(sent_null(), sent(named("a")))).await.unwrap();
    assert_eq!(applied.into_inner().new_identity, None);
    let read = proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent(named("a")),
        ..Default::default()
    };
    assert_eq!(host.read_resource(read).await.unwrap().into_inner().new_identity, None);
    let import = proto::import_resource_state::Request {
        type_name: type_name(),
        id: "a".to_owned(),
        ..Default::default()
    };
    let imported = host.import_resource_state(import).await.unwrap().into_inner();
    assert_eq!(imported.imported_resources[0].identity, None);
}

#[tokio::test]
async fn s101_nothing_is_deferred_that_can_be_done() {
    let allowed = Some(proto::ClientCapabilities { deferral_allowed: true, ..Default::default() });
    let mut host = configured(World::reading(|_, known| Box::pin(async { Ok(Some(known)) }))).await;
    let request = proto::plan_resource_change::Request {
        client_capabilities: allowed,
        ..plan(sent_null(), sent(named("a")))
    };
    assert_eq!(host.plan_resource_change(request).await.unwrap().into_inner().deferred, None);
    let request = proto::read_resource::Request {
        type_name: type_name(),
        current_state: sent(named("a")),
        client_capabilities: allowed,
        ..Default::default()
    };
    assert_eq!(host.read_resource(request).await.unwrap().into_inner().deferred, None);
    let request = proto::import_resource_state::Request {
        type_name: type_name(),
        id: "a".to_owned(),
        client_capabilities: allowed,
        ..Default::default()
    };
    assert_eq!(host.import_resource_state(request).await.unwrap().into_inner().deferred, None);
}

#[tokio::test]
async fn s101_what_needs_a_configuration_that_is_not_known_waits_where_the_host_allows_it() {
    let mut host = host_of(FakeProvider::new(obedient()));
    let config = sent_config(Value::Unknown);
    let request = proto::configure_provider::Request { config, ..Default::default() };
    assert_eq!(host.configure_provider(request).await.unwrap().into_inner().diagnostics, []);
    for allowed in [true, false] {
        let client_capabilities =
            Some(proto::ClientCapabilities { deferral_allowed: allowed, ..Default::default() });
        let wanted = allowed
            .then_some(proto::Deferred { reason: proto::deferred::Reason::ProviderConfigUnknown.into() });
        let request = proto::plan_resource_change::Request {
            client_capabilities,
            ..plan(sent_null(), sent(named("a")))
        };
        let planned = host.plan_resource_change(request).await.unwrap().into_inner();
        assert_eq!((planned.deferred, planned.diagnostics), (wanted, vec![]));
        assert!(planned.planned_state.is_some());

        let request = proto::read_resource::Request {
            type_name: type_name(),
            current_state: sent(named("a")),
            private: b"mine".to_vec(),
            client_capabilities,
            ..Default::default()
        };
        let read = host.read_resource(request).await.unwrap().into_inner();
        assert_eq!(read.deferred, wanted);
        if allowed {
            assert_eq!((received(read.new_state), read.private), (Some(named("a")), b"mine".to_vec()));
        } else {
            assert_eq!(one_error(&read.diagnostics).summary, "Provider configuration is not known yet");
        }

        let request = proto::import_resource_state::Request {
            type_name: type_name(),
            id: "a".to_owned(),
            client_capabilities,
            ..Default::default()
        };
        let imported = host.import_resource_state(request).await.unwrap().into_inner();
        assert_eq!((imported.deferred, imported.imported_resources.len()), (wanted, 0));
        assert_eq!(imported.diagnostics.is_empty(), allowed);
    }
}

#[tokio::test]
async fn s108_a_diagnostic_has_a_severity_and_a_path_from_the_root_or_none() {
    let report: Diagnostics = [
        Diagnostic::error("Bad", "So bad.").at(crate::framework::path::Path::attribute("name")),
        Diagnostic::warning("Odd", ""),
    ]
    .into_iter()
    .collect();
    let sent = crate::wire::to_proto::diagnostics(report);
    assert_eq!(sent.iter().map(|sent| sent.severity).collect::<Vec<_>>(), [1, 2]);
    let steps = &sent[0].attribute.as_ref().unwrap().steps;
    assert_eq!(steps[0].selector, Some(Selector::AttributeName("name".to_owned())));
    assert_eq!(sent[1].attribute, None);
}

#[tokio::test]
async fn s112_capabilities_that_are_absent_are_all_false() {
    let mut host = host_of(FakeProvider::new(World::closed()));
    let config = || sent(thing([("name", text("a")), ("secret", text("hush"))]));
    let mut replies = Vec::new();
    for client_capabilities in [None, Some(proto::ClientCapabilities::default())] {
        let request = proto::validate_resource_config::Request {
            type_name: type_name(),
            config: config(),
            client_capabilities,
        };
        let validated = host.validate_resource_config(request).await.unwrap().into_inner();
        let request =
            proto::plan_resource_change::Request { client_capabilities, ..plan(sent_null(), config()) };
        replies.push((validated, host.plan_resource_change(request).await.unwrap().into_inner()));
    }
    assert_eq!(
        one_error(&replies[0].0.diagnostics).summary,
        "Write-only attribute not supported by this version of Terraform"
    );
    assert_eq!(replies[0], replies[1]);
}
