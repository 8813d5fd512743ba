//! Statements 37 and 38: debug mode.

use nix::sys::signal::Signal;
use serde_json::Value;
use terraform_provider_tencentcloud::proto::grpc_health::HealthCheckRequest;
use terraform_provider_tencentcloud::proto::grpc_health::health_client::HealthClient;

use support::host::Launched;
use support::host::process::PATIENCE;
use support::host::tls::Dial;

/// What the variable says about the provider `key`.
fn reattach<'a>(variable: &'a Value, key: &str) -> &'a Value {
    assert_eq!(variable.as_object().unwrap().len(), 1);
    &variable[key]
}

/// Connects as a host does, uses the plugin, and leaves.
async fn check(launched: &Launched) {
    let channel = launched.channel(&Dial::default()).await.unwrap();
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    HealthClient::new(channel).check(request).await.unwrap();
}

#[tokio::test]
async fn s37_debug_mode_serves_plaintext_and_prints_how_to_attach() {
    for (arguments, key) in [
        (&["--debug"][..], "tencentcloud"),
        (
            &["-debug", "--address=registry.terraform.io/ns/tencentcloud"],
            "registry.terraform.io/ns/tencentcloud",
        ),
    ] {
        let (mut launched, variable) = Launched::debug(arguments).await;
        let reattach = reattach(&variable, key);
        assert_eq!(reattach["Protocol"], "grpc");
        assert_eq!(reattach["ProtocolVersion"], 6);
        assert_eq!(reattach["Test"], true);
        assert_eq!(reattach["Pid"], launched.process.id());
        assert_eq!(reattach["Addr"]["Network"], "unix");
        check(&launched).await;
        launched.process.signal(Signal::SIGINT);
        assert!(launched.process.wait_exit(PATIENCE).await.success());
    }
}

#[tokio::test]
async fn s38_debug_mode_serves_hosts_in_turn_and_at_once() {
    let (mut launched, _) = Launched::debug(&["--debug"]).await;
    check(&launched).await;
    let _held = launched.channel(&Dial::default()).await.unwrap();
    check(&launched).await;
    check(&launched).await;
    launched.process.signal(Signal::SIGTERM);
    assert!(launched.process.wait_exit(PATIENCE).await.success());
}
