//! Statements 27 to 30 and 32: what the plugin writes to stderr.
//!
//! What no request can make the plugin write is written by this test binary itself, started again to run
//! one test alone with the plugin's own logger and panic hook installed.

use serde_json::Value;
use terraform_provider_tencentcloud::ambient::{Env as _, FixedClock, FixedEnv, ProcessEnv};
use terraform_provider_tencentcloud::plugin;
use terraform_provider_tencentcloud::proto::go_plugin::Empty;
use terraform_provider_tencentcloud::proto::tfplugin6::get_functions;
use tokio::process::Command;
use tokio::time::timeout;

use support::host::process::{PATIENCE, Process};
use support::host::tls::Dial;
use support::host::{EXIT_TIME_MAX, Host, HostOptions};

/// Set in a process that is to play the plugin.
const PLAY: &str = "PLAY_THE_PLUGIN";

/// The process in which the test `name` of this module plays the plugin.
fn player(name: &str) -> Process {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(PLAY, "1").args(["--exact", &format!("protocol::plugin::log::{name}"), "--nocapture"]);
    Process::start(command)
}

/// The lines that the test `name` of this module writes to stderr when it plays the plugin.
async fn played(name: &str) -> Vec<String> {
    let mut process = player(name);
    process.wait_exit(PATIENCE).await;
    process.stderr.lines()
}

fn plays() -> bool {
    ProcessEnv.var(PLAY).is_some()
}

/// Asserts that `line` is a log line as the host wants it.
fn check(line: &str) -> Value {
    assert!(line.len() < 64 << 10);
    let value: Value = serde_json::from_str(line.strip_suffix('\n').unwrap()).expect(line);
    assert!(value["@message"].is_string(), "{line}");
    let level = value["@level"].as_str().unwrap();
    assert!(["trace", "debug", "info", "warn", "error"].contains(&level), "{line}");
    let timestamp = value["@timestamp"].as_str().unwrap();
    let shape: String = timestamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    value
}

#[test]
fn player_of_log_lines() {
    if !plays() {
        return;
    }
    let clock = Box::leak(Box::new(FixedClock("2026-01-02T03:04:05Z".parse().unwrap())));
    plugin::log::install("tencentcloud", &FixedEnv::from_iter([("TF_LOG", "TRACE")]), clock);
    // The logger writes the provider's own events only.
    macro_rules! log {
        ($($event:tt)*) => { tracing::info!(target: "terraform_provider_tencentcloud::played", $($event)*) };
    }
    log!(body = "with\nnewline", "one\ntwo\r\n\"three\"\u{0}\u{2028}");
    log!(page = 2, "@message" = 1, "@level" = true, "@timestamp" = 2.5, "reserved");
    log!(body = "x".repeat(1 << 20), "\u{1}{}", "m".repeat(1 << 20));
    tracing::error!(target: "another_crate", "not ours");
    plugin::log::flush();
}

#[tokio::test]
async fn s27_every_log_line_is_one_json_object() {
    let mut host = Host::start(HostOptions::default().env("TF_LOG", "TRACE")).await;
    host.shutdown().await;
    let lines = host.stderr_lines();
    assert!(lines.len() >= 2, "{lines:?}");
    for line in &lines {
        check(line);
    }

    let lines = played("player_of_log_lines").await;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(check(&lines[0])["@message"], "one\ntwo\r\n\"three\"\u{0}\u{2028}");
}

#[tokio::test]
async fn s27_a_plugin_writes_no_log_unless_the_environment_asks() {
    for (name, value) in [("TF_LOG", ""), ("TF_LOG", "OFF"), ("TF_LOG_CORE", "TRACE")] {
        let mut host = Host::start(HostOptions::default().env(name, value)).await;
        host.shutdown().await;
        assert!(host.stderr_lines().is_empty(), "{name}={value}: {:?}", host.stderr_lines());
    }
}

#[tokio::test]
async fn s28_no_field_overwrites_a_reserved_one() {
    let line = check(&played("player_of_log_lines").await[1]);
    assert_eq!((&line["@message"], &line["@level"]), (&"reserved".into(), &"info".into()));
    assert_eq!(line["@timestamp"], "2026-01-02T03:04:05.000000Z");
    assert_eq!((&line["_message"], &line["_level"]), (&1.into(), &true.into()));
}

#[tokio::test]
async fn s29_log_lines_stay_under_64_kib() {
    let line = check(&played("player_of_log_lines").await[2]);
    assert!(line["@message"].as_str().unwrap().starts_with("\u{1}mmm"));
    assert!(line["body"].as_str().unwrap().starts_with("xxx"));
}

#[test]
fn player_of_a_panic() {
    if !plays() {
        return;
    }
    plugin::panic::install();
    std::thread::spawn(|| panic!("lost\n{{\"@level\":1}}")).join().unwrap_err();
}

#[tokio::test]
async fn s30_a_panic_is_reported_as_the_host_recognises_it() {
    let lines = played("player_of_a_panic").await;
    assert_eq!(lines[0], "panic: lost\n");
    assert!(lines.iter().any(|line| line.contains("plugin/log.rs:")), "{lines:?}");
    assert!(lines.iter().all(|line| !line.starts_with('{')), "{lines:?}");
}

#[tokio::test]
async fn s32_broken_pipes_neither_kill_nor_block() {
    let mut host = Host::start(HostOptions::default().env("TF_LOG", "TRACE")).await;
    host.launched.process.stdout.close().await;
    host.launched.process.stderr.close().await;
    // Each of these logs a line that nobody reads.
    for _ in 0..3 {
        host.launched.channel(&Dial::default()).await.unwrap();
    }
    assert!(host.shutdown().await.success());
}

/// More than the pipe and the queue before it hold.
const FLOOD: u64 = 300;

#[test]
fn player_of_a_flood() {
    if !plays() {
        return;
    }
    let clock = Box::leak(Box::new(FixedClock("2026-01-02T03:04:05Z".parse().unwrap())));
    plugin::log::install("tencentcloud", &FixedEnv::from_iter([("TF_LOG", "ERROR")]), clock);
    for _ in 0..FLOOD {
        tracing::error!(target: "terraform_provider_tencentcloud::played", body = "x".repeat(50 << 10), "flood");
    }
    println!("all is said");
    // Until somebody reads; each waits for a moment only.
    (0..60).for_each(|_| plugin::log::flush());
}

#[tokio::test]
async fn a_reader_that_comes_late_is_told_how_many_lines_are_missing() {
    let mut process = player("player_of_a_flood");
    process.stderr.pause();
    process.stdout.line(|line| line.contains("all is said")).await.unwrap();
    process.stderr.resume();
    assert!(process.wait_exit(PATIENCE).await.success());
    let lines: Vec<Value> = process.stderr.lines().iter().map(|line| check(line)).collect();
    let (read, told) =
        (lines.iter().filter(|line| line["@message"] == "flood").count(), lines.last().unwrap());
    assert!(told["@message"].as_str().unwrap().contains("lines are missing"), "{told}");
    assert_eq!(told["dropped"], FLOOD - read as u64);
}

#[tokio::test]
async fn s32_a_host_that_reads_no_log_is_served_on_and_ends_the_plugin_in_time() {
    let mut host = Host::start(HostOptions::default().env("TF_LOG", "TRACE")).await;
    host.launched.process.stderr.pause();
    // Each logs some hundred bytes, and a pipe holds 64 KiB.
    for _ in 0..500 {
        let mut provider = host.provider();
        timeout(PATIENCE, provider.get_functions(get_functions::Request {})).await.expect("served").unwrap();
    }
    host.controller().shutdown(Empty {}).await.unwrap();
    host.launched.process.wait_over(EXIT_TIME_MAX).await;
}

#[test]
fn player_of_a_panic_that_nobody_reads() {
    if !plays() {
        return;
    }
    plugin::panic::install();
    let report = || std::thread::spawn(|| panic!("{}", "lost ".repeat(1 << 15))).join().unwrap_err();
    (0..3).for_each(|_| drop(report()));
    println!("all is said");
    (0..60).for_each(|_| plugin::log::flush());
}

#[tokio::test]
async fn panics_are_reported_whole_when_somebody_reads_and_keep_nobody_waiting_before() {
    let mut process = player("player_of_a_panic_that_nobody_reads");
    process.stderr.pause();
    process.stdout.line(|line| line.contains("all is said")).await.unwrap();
    process.stderr.resume();
    assert!(process.wait_exit(PATIENCE).await.success());
    let lines = process.stderr.lines();
    let reports = lines.iter().filter(|line| line.starts_with("panic: lost lost")).count();
    assert_eq!((reports, lines.len()), (3, 9), "each has a message, a place and a thread");
}
