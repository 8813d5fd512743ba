//! The binary as a script uses it: wait for the line, talk to the address in it, stop it with a signal.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn simulator(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simulator"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it and answers its address.
fn start(arguments: &[&str]) -> (Child, String) {
    let mut child = simulator(arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
    (child, address)
}

fn get(address: &str, route: &str) -> serde_json::Value {
    let mut socket = TcpStream::connect(address).unwrap();
    let head = format!("GET /_simulator/{route} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).unwrap();
    serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn check_refused(arguments: &[&str], complaint: &str) {
    let Output { status, stdout, stderr } = simulator(arguments).output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stdout.is_empty());
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(stderr.contains(complaint), "{stderr}");
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    check_refused(&["--listen", "0.0.0.0:0"], "0.0.0.0:0 is not loopback");
    check_refused(&["--rate", "fast"], "cannot use --rate fast");
    check_refused(&["--order"], "--order needs a value");
    check_refused(&["--nonsense", "1"], "cannot use --nonsense 1");
}

#[test]
fn help_names_every_flag() {
    let output = simulator(&["--help"]).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let flags = ["listen", "members", "identities", "preset-grants", "latency-ms", "rate", "order", "help"];
    assert!(flags.iter().all(|flag| text.contains(&format!("\n  --{flag}"))), "{text}");
}

#[test]
fn the_organization_has_the_size_asked_for() {
    let (mut child, address) = start(&["--members", "3", "--identities", "2", "--order", "random:7"]);
    let grants = get(&address, "grants");
    let members: Vec<u64> =
        grants.as_array().unwrap().iter().map(|row| row["MemberUin"].as_u64().unwrap()).collect();
    assert_eq!(members, [100_000_000_001, 100_000_000_002, 100_000_000_003]);
    assert!(grants.as_array().unwrap().iter().all(|row| row["IdentityId"] == 1));
    child.kill().unwrap();
    child.wait().unwrap();

    let (mut child, address) = start(&["--preset-grants", "off", "--rate", "off", "--latency-ms", "1"]);
    assert_eq!(get(&address, "grants"), serde_json::json!([]));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_in_good_order() {
    for signal in ["-INT", "-TERM"] {
        let (mut child, _) = start(&[]);
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}
