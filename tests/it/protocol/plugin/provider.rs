//! Statements 21, 25, 26, 31, 33, 34 and 38: what the plugin floor owes to the provider's calls.
//!
//! Calls that are in flight are real ones: an apply whose grant the simulated cloud keeps waiting.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::json;
use simulator::{Cloud, Effect, Fault, SECRET_ID, SECRET_KEY, Server};
use terraform_provider_tencentcloud::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_tencentcloud::proto::tfplugin6::{
    Diagnostic, DynamicValue, apply_resource_change, configure_provider, get_provider_schema,
    plan_resource_change, read_resource, stop_provider,
};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use tonic::transport::Channel;

use support::host::process::PATIENCE;
use support::host::tls::Dial;
use support::host::{Host, HostOptions, Launched};

const TYPE: &str = "tencentcloud_org_member_auth_identity";
const GRANT: &str = "CreateOrganizationMemberAuthIdentity";
const PAIR: (u64, u64) = (100_000_000_001, 13);

type Applied = apply_resource_change::Response;

fn value(json: &serde_json::Value) -> DynamicValue {
    DynamicValue { json: json.to_string().into(), ..DynamicValue::default() }
}

/// The errors and warnings, as one text.
fn told(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .flat_map(|diagnostic| [&*diagnostic.summary, "\n", &*diagnostic.detail, "\n"])
        .collect()
}

/// A cloud with one member and one identity.
fn cloud() -> Server {
    Server::start(Cloud::new().with_member(PAIR.0, "dev").with_identity(PAIR.1, "auditor")).unwrap()
}

async fn configure(mut provider: ProviderClient<Channel>, cloud: &Server) {
    let config = json!({
        "secret_id": SECRET_ID, "secret_key": SECRET_KEY, "endpoints": { "organization": cloud.url() },
    });
    let request = configure_provider::Request { config: Some(value(&config)), ..Default::default() };
    let answer = provider.configure_provider(request).await.unwrap().into_inner();
    let errors = answer.diagnostics.iter().filter(|diagnostic| diagnostic.severity == 1).count();
    assert_eq!(errors, 0, "{}", told(&answer.diagnostics));
}

/// Plans the one pair, and applies the plan.
async fn apply(mut provider: ProviderClient<Channel>) -> Result<Applied, tonic::Status> {
    let config = Some(value(&json!({ "member_uins": [PAIR.0], "identity_ids": [PAIR.1] })));
    let plan = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        proposed_new_state: config.clone(),
        config: config.clone(),
        ..Default::default()
    };
    let plan = provider.plan_resource_change(plan).await?.into_inner();
    assert!(plan.diagnostics.is_empty(), "{}", told(&plan.diagnostics));
    let apply = apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        planned_state: plan.planned_state,
        config,
        planned_private: plan.planned_private,
        ..Default::default()
    };
    Ok(provider.apply_resource_change(apply).await?.into_inner())
}

/// A configured plugin with an apply in flight, whose grant the cloud holds for `held`.
async fn applying(cloud: &Server, held: Duration) -> (Host, JoinHandle<Result<Applied, tonic::Status>>) {
    let host = Host::start(HostOptions::default()).await;
    let applied = applying_through(host.provider(), cloud, held).await;
    (host, applied)
}

/// The same through a connection that is there.
async fn applying_through(
    provider: ProviderClient<Channel>,
    cloud: &Server,
    held: Duration,
) -> JoinHandle<Result<Applied, tonic::Status>> {
    cloud.cloud().fault(Fault::on(GRANT, Effect::StallAfterApply(held)));
    configure(provider.clone(), cloud).await;
    let applied = tokio::spawn(apply(provider));
    let asked = async {
        let mut look = interval(Duration::from_millis(5));
        while cloud.cloud().snapshot().is_empty() {
            look.tick().await;
        }
    };
    timeout(PATIENCE, asked).await.expect("the apply calls the cloud");
    applied
}

async fn schema(mut provider: ProviderClient<Channel>) -> get_provider_schema::Response {
    provider.get_provider_schema(get_provider_schema::Request {}).await.unwrap().into_inner()
}

#[tokio::test]
async fn s21_shutdown_ends_the_process_with_an_apply_in_flight() {
    let cloud = cloud();
    let (mut host, _applied) = applying(&cloud, PATIENCE).await;
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn s25_a_request_of_many_mebibytes_is_read() {
    let host = Host::start(HostOptions::default()).await;
    let request = read_resource::Request {
        type_name: TYPE.to_owned(),
        private: vec![7; 65 << 20],
        ..Default::default()
    };
    // Not configured, so an error; but one of the provider, which has read the request.
    let answer = host.provider().read_resource(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics.len(), 1);
}

#[tokio::test]
async fn s33_interrupts_during_an_apply_do_not_disturb_it() {
    let cloud = cloud();
    let (mut host, applied) = applying(&cloud, HELD).await;
    for _ in 0..3 {
        host.launched.process.signal(Signal::SIGINT);
        assert!(schema(host.provider()).await.provider.is_some());
    }
    let applied = applied.await.unwrap().unwrap();
    assert!(applied.diagnostics.is_empty(), "{}", told(&applied.diagnostics));
    assert!(host.shutdown().await.success());
}

/// Long enough for a call to be seen in flight, and for something to be done about it.
const HELD: Duration = Duration::from_secs(3);

/// Asserts that an apply was stopped: no call follows the one that was in flight, whose outcome is kept.
async fn check_stopped(applied: JoinHandle<Result<Applied, tonic::Status>>, cloud: &Server) {
    assert!(!applied.is_finished(), "the stop did not wait for the apply");
    let calls = cloud.cloud().journal().len();
    let applied = timeout(PATIENCE, applied).await.expect("in time").unwrap().unwrap();
    assert!(told(&applied.diagnostics).contains("stopped"), "{}", told(&applied.diagnostics));
    assert!(applied.new_state.is_some());
    assert_eq!(cloud.cloud().journal().len(), calls);
}

#[tokio::test]
async fn s34_stop_signals_the_apply_in_flight_and_calls_are_served_on() {
    let cloud = cloud();
    let (mut host, applied) = applying(&cloud, HELD).await;
    let stopped = host.provider().stop_provider(stop_provider::Request {}).await.unwrap().into_inner();
    assert_eq!(stopped.error, "");
    check_stopped(applied, &cloud).await;
    assert!(schema(host.provider()).await.provider.is_some());
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn s34_a_termination_signal_stops_the_apply_in_flight_and_its_state_arrives() {
    let cloud = cloud();
    let (mut host, applied) = applying(&cloud, HELD).await;
    host.launched.process.signal(Signal::SIGTERM);
    check_stopped(applied, &cloud).await;
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn s38_debug_mode_takes_a_new_configuration_from_every_connection() {
    let cloud = cloud();
    let (launched, _) = Launched::debug(&["--debug"]).await;
    let channels = [
        launched.channel(&Dial::default()).await.unwrap(),
        launched.channel(&Dial::default()).await.unwrap(),
    ];
    for channel in channels {
        configure(ProviderClient::new(channel.clone()), &cloud).await;
        let applied = apply(ProviderClient::new(channel)).await.unwrap();
        assert!(
            applied.diagnostics.iter().all(|diagnostic| diagnostic.severity != 1),
            "{}",
            told(&applied.diagnostics)
        );
    }
}

/// A host opens one connection for each provider block, so one process has the credentials of several at
/// once.
#[tokio::test]
async fn s38_each_connection_to_a_debugged_process_keeps_its_configuration() {
    let clouds = [cloud(), cloud()];
    let (launched, _) = Launched::debug(&["--debug"]).await;
    let mut providers = Vec::new();
    for cloud in &clouds {
        let provider = ProviderClient::new(launched.channel(&Dial::default()).await.unwrap());
        configure(provider.clone(), cloud).await;
        providers.push(provider);
    }
    for (provider, cloud) in providers.into_iter().zip(&clouds) {
        assert!(cloud.cloud().snapshot().is_empty(), "granted through another's connection");
        let applied = apply(provider).await.unwrap();
        assert!(applied.diagnostics.is_empty(), "{}", told(&applied.diagnostics));
        assert_eq!(cloud.cloud().snapshot(), [PAIR].into());
    }
}

#[tokio::test]
async fn s38_two_hosts_of_a_debugged_process_stop_apart() {
    let clouds = [cloud(), cloud()];
    let (launched, _) = Launched::debug(&["--debug"]).await;
    let hosts = [
        ProviderClient::new(launched.channel(&Dial::default()).await.unwrap()),
        ProviderClient::new(launched.channel(&Dial::default()).await.unwrap()),
    ];
    let stopped = applying_through(hosts[0].clone(), &clouds[0], HELD).await;
    let goes_on = applying_through(hosts[1].clone(), &clouds[1], HELD).await;
    hosts[0].clone().stop_provider(stop_provider::Request {}).await.unwrap();
    check_stopped(stopped, &clouds[0]).await;
    let applied = goes_on.await.unwrap().unwrap();
    assert!(applied.diagnostics.is_empty(), "{}", told(&applied.diagnostics));
}
