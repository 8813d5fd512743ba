//! Statements 19, 22 to 24: the services around the provider.

use futures_util::FutureExt as _;
use terraform_provider_tencentcloud::proto::go_plugin::{ConnInfo, Empty};
use terraform_provider_tencentcloud::proto::grpc_health::health_check_response::ServingStatus;
use terraform_provider_tencentcloud::proto::grpc_health::{HealthCheckRequest, HealthListRequest};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use support::host::{Host, HostOptions};

/// Makes a call and has its answer: whatever the plugin said before has arrived by then.
async fn round_trip(host: &Host) {
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    host.health().check(request).await.unwrap();
}

#[tokio::test]
async fn s19_nothing_follows_the_handshake_on_stdout() {
    let mut host =
        Host::start(HostOptions::default().env("TF_LOG", "TRACE").env("RUST_BACKTRACE", "1")).await;
    round_trip(&host).await;
    host.shutdown().await;
    assert_eq!(host.stdout_rest(), "");
    assert!(!host.stderr_lines().is_empty());
}

#[tokio::test]
async fn s22_the_stdio_stream_is_open_and_silent_until_shutdown() {
    let mut host = Host::start(HostOptions::default()).await;
    let mut output = host.stdio().stream_stdio(()).await.unwrap().into_inner();
    round_trip(&host).await;
    assert!(output.message().now_or_never().is_none(), "neither data nor the end");
    host.controller().shutdown(Empty {}).await.unwrap();
    assert_eq!(output.message().await.unwrap(), None);
    assert!(host.wait_exit().await.success());
}

#[tokio::test]
async fn s23_the_broker_stream_is_open_and_silent_whatever_it_is_told() {
    let mut host = Host::start(HostOptions::default()).await;
    let (send, knocks) = mpsc::channel(4);
    let mut broker = host.broker();
    let mut answers = broker.start_stream(ReceiverStream::new(knocks)).await.unwrap().into_inner();
    for service_id in [0, 1, u32::MAX] {
        let address = "/nonexistent\n".repeat(1_000);
        send.send(ConnInfo { service_id, network: "unix".to_owned(), address, knock: None }).await.unwrap();
    }
    round_trip(&host).await;
    drop(send);
    round_trip(&host).await;
    assert!(answers.message().now_or_never().is_none(), "neither data nor the end");
    host.controller().shutdown(Empty {}).await.unwrap();
    assert_eq!(answers.message().await.unwrap(), None);
    assert!(host.wait_exit().await.success());
}

#[tokio::test]
async fn s24_the_plugin_is_healthy_and_other_names_are_unknown() {
    let host = Host::start(HostOptions::default()).await;
    let request = |name: &str| HealthCheckRequest { service: name.to_owned() };
    let answer = host.health().check(request("plugin")).await.unwrap();
    assert_eq!(answer.get_ref().status(), ServingStatus::Serving);
    for name in ["", "tfplugin6.Provider"] {
        assert_eq!(host.health().check(request(name)).await.unwrap_err().code(), Code::NotFound, "{name}");
    }
    let listed = host.health().list(HealthListRequest {}).await.unwrap().into_inner().statuses;
    assert_eq!(listed.keys().collect::<Vec<_>>(), ["plugin"]);
    for (name, status) in [("plugin", ServingStatus::Serving), ("else", ServingStatus::ServiceUnknown)] {
        let mut watched = host.health().watch(request(name)).await.unwrap().into_inner();
        assert_eq!(watched.message().await.unwrap().unwrap().status(), status);
        assert!(watched.message().now_or_never().is_none());
    }
}
