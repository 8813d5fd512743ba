//! The plugin as a process: how soon it answers, how much memory it takes, how large it is. Reads `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use simulator::Server;
use tokio::time::Instant;

use crate::cases::{Start, cloud, paced};
use crate::configuration::Many;
use crate::sandbox::Sandbox;
use crate::table::{Row, quantile};
use crate::{Bench, Failure};

/// How often it is started.
const STARTS: usize = 200;

/// Start-up, memory and size.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, Failure> {
    Ok(vec![start_up(bench)?, memory(bench)?, size(bench)?])
}

/// From the start of the process to the line that tells the host where to connect, with a certificate of the
/// host's kind and thus with one of our own to make.
fn start_up(bench: &Bench) -> Result<Row, Failure> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?;
    let certificate = CertificateParams::new(["localhost".to_owned()])?.self_signed(&key)?.pem();
    let mut milliseconds = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let mut child = Command::new(&bench.provider)
            .env_clear()
            .envs([
                (
                    "TF_PLUGIN_MAGIC_COOKIE",
                    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
                ),
                ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
                ("PLUGIN_CLIENT_CERT", &certificate),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
        milliseconds.push(started.elapsed().as_secs_f64() * 1e3);
        child.kill()?;
        child.wait()?;
        if !line.starts_with("1|6|") {
            return Err(format!("no handshake: {line:?}").into());
        }
    }
    let [middle, ninth] = [0.5, 0.9].map(|share| quantile(milliseconds.iter().copied(), share));
    Ok(Row {
        name: format!("start of the process to handshake with mutual TLS, {STARTS} times"),
        ours: format!("{middle:.1} ms (nine in ten: {ninth:.1} ms)"),
        goal: "≤ 5 ms",
        met: middle <= 5.0,
        ..Row::default()
    })
}

/// The most that any one process of the provider ever had resident during a plan of 1,000.
fn memory(bench: &Bench) -> Result<Row, Failure> {
    let many = Many::pairs(1_000);
    let sandbox = Sandbox::new(bench, true)?;
    sandbox.write("main.tf", &many.configuration(""))?;
    sandbox.set_state(Some(&many.state(&sandbox.address())))?;
    let server = Server::start(cloud(many, Start::Applied, paced()))?;
    let mut running = sandbox.start(&["plan"], Some(&server))?;
    let mut peaks: BTreeMap<String, u64> = BTreeMap::new();
    while running.child.try_wait()?.is_none() {
        for entry in fs::read_dir("/proc")?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Processes come and go while one reads.
            let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
            let field = |field| status.lines().find_map(|line: &str| line.strip_prefix(field)).map(str::trim);
            let ours =
                fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe.starts_with(sandbox.path()));
            let peak = field("VmHWM:").and_then(|peak| peak.strip_suffix(" kB")?.parse().ok());
            if let (true, Some(peak)) = (ours, peak) {
                peaks.insert(name, peak);
            }
        }
        thread::park_timeout(Duration::from_millis(5));
    }
    running.end()?;
    let most = peaks.values().max().copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "less than an exabyte")]
    let megabytes = most as f64 / 1024.0;
    Ok(Row {
        name: format!("memory of a process in a plan of 1,000 (most of {} processes)", peaks.len()),
        ours: format!("{megabytes:.1} MiB"),
        goal: "≤ 15 MiB",
        met: most > 0 && megabytes <= 15.0,
        ..Row::default()
    })
}

fn size(bench: &Bench) -> Result<Row, Failure> {
    let bytes = fs::metadata(&bench.provider)?.len();
    #[expect(clippy::cast_precision_loss, reason = "less than an exabyte")]
    let megabytes = bytes as f64 / f64::from(1 << 20);
    Ok(Row {
        name: "size of the stripped binary".to_owned(),
        ours: format!("{megabytes:.1} MiB"),
        goal: "≤ 15 MiB",
        met: megabytes <= 15.0,
        ..Row::default()
    })
}
