//! What a plugin's processes take, the host not counted. The program stands between host and plugin: started
//! in its place, it starts the plugin, and when that has ended writes down what the system says it took.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use nix::sys::resource::{UsageWho, getrusage};
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};

use crate::Failure;
use crate::sandbox::cpu_of_children;

/// The plugin to start.
const PLUGIN: &str = "BENCH_PLUGIN";
/// The file to write to.
const TAKEN: &str = "BENCH_TAKEN";

/// What one process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Seconds of processor time.
    pub(crate) cpu: f64,
    /// The most bytes that it ever had resident; its parent's, if those were more.
    pub(crate) peak: f64,
}

/// Has the plugins of `host` be `plugin`, watched, if this program is what the host takes for its plugin;
/// they write to `file`.
pub(crate) fn watch(host: &mut Command, plugin: &Path, file: &Path) {
    host.env(PLUGIN, plugin).env(TAKEN, file);
}

/// What the processes took that wrote to `file`.
pub(crate) fn read(file: &Path) -> Result<Vec<Taken>, Failure> {
    let text = fs::read_to_string(file)?;
    let taken = |line: &str| {
        let (cpu, peak) = line.split_once(' ').ok_or("half a line")?;
        Ok(Taken { cpu: cpu.parse()?, peak: peak.parse()? })
    };
    text.lines().map(taken).collect()
}

/// Whether a host has started this process to have a plugin watched.
pub(crate) fn is_wanted() -> bool {
    ProcessEnv.var(PLUGIN).is_some()
}

/// Runs the plugin to its end.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let variable = |name| ProcessEnv.var(name).ok_or(format!("{name} is not set"));
    let status = Command::new(variable(PLUGIN)?).status()?;
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() * unit;
    // In one piece: another of the host's plugins may end at the same time.
    let line = format!("{} {peak}\n", cpu_of_children()?);
    OpenOptions::new().create(true).append(true).open(variable(TAKEN)?)?.write_all(line.as_bytes())?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
