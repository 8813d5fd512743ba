//! Statements 20, 33, 35 and 36: how a plugin ends, and what does not end it.

use std::fs;
use std::path::Path;

use nix::sys::signal::Signal;
use terraform_provider_tencentcloud::proto::grpc_health::HealthCheckRequest;

use support::host::process::PATIENCE;
use support::host::tls::Dial;
use support::host::{Host, HostOptions};

async fn is_served(host: &Host) -> bool {
    host.health().check(HealthCheckRequest { service: "plugin".to_owned() }).await.is_ok()
}

#[tokio::test]
async fn s20_shutdown_answers_and_ends_the_process_whatever_is_open() {
    let mut host = Host::start(HostOptions::default()).await;
    let _idle = host.launched.channel(&Dial::default()).await.unwrap();
    let _silent = host.launched.dial().await;
    // The stdio and broker streams of the host itself are open as well.
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn s33_interrupts_are_ignored() {
    let mut host = Host::start(HostOptions::default()).await;
    for _ in 0..3 {
        host.launched.process.signal(Signal::SIGINT);
        assert!(is_served(&host).await);
    }
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn s33_a_termination_signal_leaves_the_host_time_to_end_the_plugin() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let mut host = Host::start(HostOptions::default().env("TF_LOG", "WARN")).await;
        host.launched.process.signal(signal);
        host.launched.process.stderr.line(|line| line.contains("asked to terminate")).await.unwrap();
        assert!(is_served(&host).await);
        assert!(host.shutdown().await.success());
    }
}

#[tokio::test]
async fn s33_a_termination_signal_ends_a_plugin_without_a_host() {
    let mut launched = Host::launch(HostOptions::default()).await;
    launched.process.signal(Signal::SIGTERM);
    assert!(launched.process.wait_exit(PATIENCE).await.success());
    assert!(!Path::new(launched.address()).exists());
}

#[tokio::test]
async fn s35_a_plugin_whose_parent_was_killed_serves_on_until_it_is_alone() {
    let mut host = Host::start(HostOptions::default().under_shell()).await;
    host.kill().await;
    assert!(is_served(&host).await);
    let mut launched = host.disconnect().await;
    // The killed parent was waited for; these are the pipes of the plugin itself.
    launched.process.wait_exit(PATIENCE).await;
    assert!(!Path::new(launched.address()).exists());
}

#[tokio::test]
async fn s35_a_plugin_whose_output_nobody_reads_ends_when_it_is_alone() {
    let mut host = Host::start(HostOptions::default()).await;
    host.launched.process.stdout.close().await;
    assert!(is_served(&host).await);
    let mut launched = host.disconnect().await;
    assert!(launched.process.wait_exit(PATIENCE).await.success());
}

#[tokio::test]
async fn s35_a_plugin_whose_host_died_before_it_connected_ends() {
    let mut launched = Host::launch(HostOptions::default().under_shell()).await;
    launched.process.kill().await;
    launched.process.wait_exit(PATIENCE).await;
}

/// A child would hold the pipes open and so make the host wait: there is none, and no code to start one.
#[test]
fn s36_no_process_is_ever_spawned() {
    fn check(directory: &Path) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                check(&path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
                assert!(!shipped.contains("process::Command"), "{}", path.display());
            }
        }
    }
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
}
