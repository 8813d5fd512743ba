//! Statements 1 to 9: launch and handshake.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use terraform_provider_tencentcloud::ambient::FixedEnv;
use terraform_provider_tencentcloud::plugin::listen::Listener;

use support::host::process::PATIENCE;
use support::host::{Host, HostOptions, spawn};

/// Starts the binary in a way that it refuses, and returns its stderr.
async fn refused(options: HostOptions) -> String {
    let (mut process, _identity, _temporary) = spawn(&options);
    let status = process.wait_exit(PATIENCE).await;
    assert_eq!(status.code(), Some(1));
    assert!(process.stdout.lines().is_empty());
    process.stderr.lines().concat()
}

#[tokio::test]
async fn s01_run_by_hand_it_explains_itself_on_stderr_and_fails() {
    for options in [
        HostOptions::default().without("TF_PLUGIN_MAGIC_COOKIE"),
        HostOptions::default().env("TF_PLUGIN_MAGIC_COOKIE", "wrong"),
    ] {
        let notice = refused(options).await;
        for word in ["plugin", "Terraform", "OpenTofu", "init", "--debug"] {
            assert!(notice.contains(word), "{notice}");
        }
    }
}

#[tokio::test]
async fn s02_the_first_line_of_stdout_is_the_handshake() {
    let launched = Host::launch(HostOptions::default()).await;
    let [line] = launched.process.stdout.lines().try_into().unwrap();
    assert!(line.starts_with("1|6|"), "{line}");
    assert!(line.ends_with('\n'));
}

#[tokio::test]
async fn s03_the_handshake_line_has_six_fields() {
    assert_eq!(Host::launch(HostOptions::default()).await.fields.len(), 6);
    assert_eq!(Host::launch(HostOptions::default().env("PLUGIN_MULTIPLEX_GRPC", "")).await.fields.len(), 6);
}

#[tokio::test]
async fn s04_a_host_that_knows_multiplexing_is_told_no_in_a_seventh_field() {
    let launched = Host::launch(HostOptions::default().env("PLUGIN_MULTIPLEX_GRPC", "true")).await;
    assert_eq!(launched.fields[6..], ["false"]);
}

#[tokio::test]
async fn s05_the_versions_and_the_protocol_are_the_same_whatever_the_host_offers() {
    for versions in ["5,6", "6,5", "6", "7"] {
        let launched = Host::launch(HostOptions::default().env("PLUGIN_PROTOCOL_VERSIONS", versions)).await;
        let fields = [&launched.fields[0], &launched.fields[1], &launched.fields[4]];
        assert_eq!(fields, ["1", "6", "grpc"], "{versions}");
    }
}

#[tokio::test]
async fn s06_the_socket_is_connectable_and_private_when_the_line_is_there() {
    let deep = tempfile::tempdir().unwrap();
    let deep = deep.path().join("d".repeat(90));
    fs::create_dir_all(&deep).unwrap();
    for options in [HostOptions::default(), HostOptions::default().env("TMPDIR", deep.to_str().unwrap())] {
        let launched = Host::launch(options).await;
        assert_eq!(launched.fields[2], "unix");
        assert!(launched.address().len() < 100, "{}", launched.address());
        launched.dial().await;
        let directory = Path::new(launched.address()).parent().unwrap();
        assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[tokio::test]
async fn s07_the_socket_is_where_the_host_wants_it_and_gone_after_a_normal_exit() {
    let directory = tempfile::tempdir().unwrap();
    let chosen = HostOptions::default().env("PLUGIN_UNIX_SOCKET_DIR", directory.path().to_str().unwrap());
    let mut host = Host::start(chosen).await;
    assert_eq!(Path::new(host.launched.address()).parent(), Some(directory.path()));
    host.shutdown().await;
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);

    let mut host = Host::start(HostOptions::default()).await;
    let temporary = host.launched.temporary.path().to_owned();
    assert!(Path::new(host.launched.address()).starts_with(&temporary));
    host.shutdown().await;
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

/// A file stands for whatever else keeps a directory from being made: no room, no permission, no such place.
#[tokio::test]
async fn s07_a_temporary_directory_that_cannot_be_used_is_passed_over() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for directory in [file.path().to_str().unwrap(), "/nonexistent", "/proc"] {
        let mut host = Host::start(HostOptions::default().env("TMPDIR", directory)).await;
        let socket = Path::new(host.launched.address()).to_owned();
        assert!(socket.starts_with("/tmp"), "{}", socket.display());
        assert!(host.shutdown().await.success());
        assert!(!socket.parent().unwrap().exists());
    }
}

/// The one line of somebody who asked for a start that the machine refuses.
fn check_refusal(stderr: &str) {
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("[ERROR] cannot "), "{stderr}");
    assert!(!stderr.contains("panic") && !stderr.contains("RUST_BACKTRACE"), "{stderr}");
}

#[tokio::test]
async fn a_plugin_that_is_refused_a_thread_says_so_in_one_line() {
    // No machine has room for the stack of such a thread.
    let error = refused(HostOptions::default().env("RUST_MIN_STACK", (1_u64 << 60).to_string())).await;
    check_refusal(&error);
    assert!(error.contains("refuses a thread") && error.contains("ulimit -u"), "{error}");
}

#[tokio::test]
async fn a_plugin_that_is_refused_a_descriptor_starts_or_says_so_in_one_line() {
    let (mut refused, mut started) = (0, 0);
    for number in 5..=24 {
        let (mut process, _identity, _temporary) = spawn(&HostOptions::default().open_files_max(number));
        if process.stdout.line(|_| true).await.is_some() {
            started += 1;
            continue;
        }
        assert_eq!(process.wait_exit(PATIENCE).await.code(), Some(1), "{number}");
        check_refusal(&process.stderr.lines().concat());
        refused += 1;
    }
    assert!(refused > 3 && started > 3, "{refused} refused, {started} started");
}

#[tokio::test]
async fn s07_a_socket_directory_that_cannot_be_used_is_refused() {
    let deep = format!("/tmp/{}", "d".repeat(100));
    for directory in [deep.as_str(), "/tmp/a|b", "/nonexistent"] {
        let error = refused(HostOptions::default().env("PLUGIN_UNIX_SOCKET_DIR", directory)).await;
        assert!(error.contains(directory), "{error}");
    }
}

#[tokio::test]
async fn s08_the_socket_is_open_to_the_group_that_the_host_names() {
    let gid = nix::unistd::getgid();
    let name = nix::unistd::Group::from_gid(gid).unwrap().map(|group| group.name);
    for group in [Some(gid.to_string()), name].into_iter().flatten() {
        let launched = Host::launch(HostOptions::default().env("PLUGIN_UNIX_SOCKET_GROUP", group)).await;
        let socket = fs::metadata(launched.address()).unwrap();
        assert_eq!((socket.gid(), socket.permissions().mode() & 0o777), (gid.as_raw(), 0o660));
        let directory = fs::metadata(Path::new(launched.address()).parent().unwrap()).unwrap();
        assert_eq!((directory.gid(), directory.permissions().mode() & 0o777), (gid.as_raw(), 0o710));
    }
    let error = refused(HostOptions::default().env("PLUGIN_UNIX_SOCKET_GROUP", "no-such-group")).await;
    assert!(error.contains("no-such-group"), "{error}");
}

#[tokio::test]
async fn s09_tcp_takes_the_first_free_loopback_port_of_the_range() {
    let bind = |min: &str, max: &str| {
        let env = FixedEnv::from_iter([("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)]);
        Listener::tcp(&env)
    };
    let listener = bind("", "").unwrap();
    assert_eq!(listener.address().network, "tcp");
    let port = |listener: &Listener| -> u16 {
        listener.address().text.strip_prefix("127.0.0.1:").unwrap().parse().unwrap()
    };
    let taken = port(&listener);

    let only = taken.to_string();
    let error = bind(&only, &only).unwrap_err().to_string();
    assert!(error.contains(&only), "{error}");
    let next = bind(&only, "65535").unwrap();
    assert!(port(&next) > taken);
    for skipped in taken..port(&next) {
        assert!(bind(&skipped.to_string(), &skipped.to_string()).is_err(), "{skipped} was free");
    }
    let connected = tokio::net::TcpStream::connect(&next.address().text).await;
    assert!(connected.is_ok());

    assert_eq!(
        bind("2", "1").unwrap_err().to_string(),
        "PLUGIN_MIN_PORT 2 is greater than PLUGIN_MAX_PORT 1"
    );
    assert!(bind("65536", "").unwrap_err().to_string().starts_with("PLUGIN_MIN_PORT is not a port"));
}

#[tokio::test]
async fn s10_a_client_certificate_that_cannot_be_read_is_refused() {
    let error = refused(HostOptions::default().env("PLUGIN_CLIENT_CERT", "nonsense")).await;
    assert!(error.starts_with("[ERROR] PLUGIN_CLIENT_CERT"), "{error}");
}

#[tokio::test]
async fn s12_without_a_client_certificate_the_plugin_serves_plaintext() {
    let mut host = Host::start(HostOptions::default().plaintext()).await;
    assert_eq!(host.launched.fields[5], "");
    assert!(host.shutdown().await.success());
}
