//! Where the plugin lives: its socket, its directory, its process.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::json;
use simulator::{Cloud, Effect, Fault, SECRET_ID, SECRET_KEY, Server};
use terraform_provider_tencentcloud::proto::tfplugin6::{
    apply_resource_change, import_resource_state, plan_resource_change,
};

use super::{TYPE, configured, dynamic};
use support::host::process::PATIENCE;
use support::host::{Host, HostOptions, Launched};

const LIST: &str = "DescribeOrganizationMemberAuthIdentities";
const PAIR: (u64, u64) = (100_000_000_001, 13);

/// Nobody but this user may reach the socket; nothing else lies beside it.
fn check(launched: &Launched) {
    let socket = Path::new(launched.address());
    let directory = socket.parent().unwrap();
    let metadata = fs::symlink_metadata(directory).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o700, "{}", directory.display());
    assert_eq!(metadata.uid(), nix::unistd::geteuid().as_raw());
    assert!(fs::symlink_metadata(socket).unwrap().file_type().is_socket());
    assert_eq!(fs::read_dir(directory).unwrap().count(), 1);
    let name = directory.file_name().unwrap().to_str().unwrap();
    assert!(name.len() >= "plugin-".len() + 10, "nobody can guess {name}, and make it first");
}

#[tokio::test]
async fn the_socket_is_closed_to_other_users_with_tls_without_it_and_in_debug_mode() {
    check(&Host::launch(HostOptions::default()).await);
    check(&Host::launch(HostOptions::default().plaintext()).await);
    let (mut launched, _) = Launched::debug(&["--debug"]).await;
    check(&launched);
    launched.process.signal(Signal::SIGINT);
    launched.process.wait_exit(PATIENCE).await;
    assert!(!Path::new(launched.address()).parent().unwrap().exists());
}

#[tokio::test]
async fn a_crash_would_write_no_core_dump() {
    let host = Host::start(HostOptions::default()).await;
    let limits = fs::read_to_string(format!("/proc/{}/limits", host.launched.process.id())).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>(), ["0", "0", "bytes"]);
}

/// The environment holds the key, and whoever is started inherits it: nobody is.
#[tokio::test]
async fn no_process_is_started_and_no_file_written_in_a_whole_life() {
    let cloud = Cloud::new().with_member(PAIR.0, "dev").with_identity(PAIR.1, "auditor");
    let cloud = Server::start(cloud).unwrap();
    cloud.cloud().fault(Fault::on(LIST, Effect::StallAfterApply(Duration::from_millis(300))).always());
    let options = HostOptions::default().env("TENCENTCLOUD_SECRET_ID", SECRET_ID);
    let mut host = Host::start(options.env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)).await;
    let process = format!("/proc/{}", host.launched.process.id());
    let look = || {
        let tasks = fs::read_dir(format!("{process}/task")).unwrap();
        for task in tasks {
            // A thread may end between the two looks.
            let children = fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default();
            assert_eq!(children, "");
        }
        for file in fs::read_dir(format!("{process}/fd")).unwrap() {
            let file = file.unwrap();
            let target = fs::read_link(file.path()).unwrap_or_default();
            if target.is_absolute() && !target.starts_with("/dev") {
                let number = file.file_name().into_string().unwrap();
                let about = fs::read_to_string(format!("{process}/fdinfo/{number}")).unwrap_or_default();
                let flags = about.lines().find_map(|line| line.strip_prefix("flags:")).unwrap_or("0");
                // The flags are another file's if the number was used again between the looks.
                let the_same = fs::read_link(file.path()).is_ok_and(|now| now == target);
                assert!(!the_same || flags.ends_with(['0', '4']), "{} is open for writing", target.display());
            }
        }
    };

    look();
    let block = json!({ "endpoints": { "organization": cloud.url() } });
    assert_eq!(configured(&host, &block).await, []);
    let config = Some(dynamic(&json!({ "member_uins": [PAIR.0], "identity_ids": [PAIR.1] })));
    let plan = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        proposed_new_state: config.clone(),
        config: config.clone(),
        ..Default::default()
    };
    let planned = host.provider().plan_resource_change(plan).await.unwrap().into_inner();
    look();
    let apply = apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        planned_state: planned.planned_state,
        config,
        ..Default::default()
    };
    let mut provider = host.provider();
    let applied = tokio::spawn(async move { provider.apply_resource_change(apply).await });
    tokio::task::yield_now().await;
    while !applied.is_finished() {
        look();
        tokio::task::yield_now().await;
    }
    assert_eq!(applied.await.unwrap().unwrap().into_inner().diagnostics, []);
    let import = import_resource_state::Request {
        type_name: TYPE.to_owned(),
        id: format!("{}#{}", PAIR.0, PAIR.1),
        ..Default::default()
    };
    assert_eq!(host.provider().import_resource_state(import).await.unwrap().into_inner().diagnostics, []);
    look();
    cloud.cloud().clear_faults();
    assert!(host.shutdown().await.success());
    assert_eq!(fs::read_dir(host.launched.temporary.path()).unwrap().count(), 0, "nothing is left");
}
