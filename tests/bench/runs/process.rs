//! The plugin as a process: how soon it answers, what it takes of memory and processor, how large it is. Reads `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use simulator::Server;
use tokio::time::Instant;

use crate::cases::{Start, UNLIMITED, cloud, free};
use crate::configuration::Many;
use crate::sandbox::{Kept, Sandbox};
use crate::table::{Row, quantile};
use crate::{Bench, Failure};

/// How often it is started.
const STARTS: usize = 200;

/// How much more a resource may cost among ten thousand than among a thousand: what a measurement is off by.
const EVEN: f64 = 1.1;

/// Start-up, size, and what plans take.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let [thousand, ten_thousand] = [watch(bench, 1_000)?, watch(bench, 10_000)?];
    Ok(vec![start_up(bench)?, thousand.memory(), size(bench)?, thousand.processor(&ten_thousand)])
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

/// What the provider's processes took in one plan, the host not counted.
#[derive(Debug, Default)]
struct Watched {
    /// How many resources were planned.
    count: u64,
    processes: usize,
    /// Bytes that the largest ever had resident.
    peak: u64,
    /// Nanoseconds of processor time of all together.
    processor: u64,
}

/// Watches the provider's processes during a plan of `count` resources that exist.
fn watch(bench: &Bench, count: u64) -> Result<Watched, Failure> {
    let many = Many::pairs(count);
    let sandbox = Sandbox::new(bench, true, Kept::InFile)?;
    sandbox.write("main.tf", &many.configuration(UNLIMITED))?;
    sandbox.set_state(Some(&many.state(&sandbox.address())))?;
    let server = Server::start(cloud(many, Start::Applied, free()))?;
    let mut running = sandbox.start(&["plan"], Some(&server))?;
    let mut seen: BTreeMap<PathBuf, (u64, u64)> = BTreeMap::new();
    while running.child.try_wait()?.is_none() {
        for entry in fs::read_dir("/proc")?.flatten() {
            let process = entry.path();
            let ours = fs::read_link(process.join("exe")).is_ok_and(|exe| exe.starts_with(sandbox.path()));
            // Processes come and go while one reads.
            if let (true, Some(peak)) = (ours, peak(&process)) {
                let (most, longest) = seen.entry(process.clone()).or_default();
                *most = peak.max(*most);
                *longest = processor(&process).max(*longest);
            }
        }
        thread::park_timeout(Duration::from_millis(5));
    }
    running.end()?;
    Ok(Watched {
        count,
        processes: seen.len(),
        peak: seen.values().map(|(peak, _)| *peak).max().unwrap_or_default(),
        processor: seen.values().map(|(_, processor)| processor).sum(),
    })
}

/// Bytes that a process ever had resident.
fn peak(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// Nanoseconds that the threads of a process have run.
fn processor(process: &Path) -> u64 {
    let threads = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
    let ran = |statistics: String| statistics.split_whitespace().next()?.parse::<u64>().ok();
    threads.filter_map(|thread| ran(fs::read_to_string(thread.path().join("schedstat")).ok()?)).sum()
}

#[expect(clippy::cast_precision_loss, reason = "less than an exabyte, less than a century")]
impl Watched {
    fn memory(&self) -> Row {
        let megabytes = self.peak as f64 / f64::from(1 << 20);
        Row {
            name: format!(
                "memory of a process in a plan of {} (most of {} processes)",
                self.count, self.processes
            ),
            ours: format!("{megabytes:.1} MiB"),
            goal: "≤ 15 MiB",
            met: self.peak > 0 && megabytes <= 15.0,
            ..Row::default()
        }
    }

    fn processor(&self, larger: &Self) -> Row {
        let [each, each_of_more] =
            [self, larger].map(|watched| watched.processor as f64 / 1e3 / watched.count as f64);
        Row {
            name: format!(
                "processor time of the provider alone, per resource, in a plan of {} and of {}",
                self.count, larger.count
            ),
            ours: format!("{each:.0} µs and {each_of_more:.0} µs"),
            goal: "does not grow",
            met: each > 0.0 && each_of_more <= EVEN * each,
            ..Row::default()
        }
    }
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
