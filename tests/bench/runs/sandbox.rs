//! A directory for runs of the host: its own home, a mirror with the release binary, and nothing of the
//! developer's machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde_json::Value;
use simulator::{Call, SECRET_ID, SECRET_KEY, Server};
use tempfile::TempDir;
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};
use tokio::time::Instant;

use crate::store::Store;
use crate::table::Sample;
use crate::{Bench, Failure};

const SOURCE: &str = "tencentcloud-access/tencentcloud";

/// An initialised working directory.
pub(crate) struct Sandbox {
    directory: TempDir,
    host: PathBuf,
    is_opentofu: bool,
    store: Option<Store>,
}

/// Where the host keeps its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In its working directory: all of it is written anew after each resource.
    InFile,
    /// In an HTTP store, as in a pipeline: it is sent there now and then.
    Remotely,
}

/// A command under way.
pub(crate) struct Running {
    child: Child,
    started: Instant,
    cpu: f64,
    errors: PathBuf,
}

impl Sandbox {
    /// A fresh one, for the floor's configuration or for ours.
    pub(crate) fn new(bench: &Bench, ours: bool, kept: Kept) -> Result<Self, Failure> {
        let version = Command::new(&bench.host).arg("version").env("CHECKPOINT_DISABLE", "1").output()?;
        let is_opentofu = String::from_utf8_lossy(&version.stdout).starts_with("OpenTofu");
        let store = (kept == Kept::Remotely).then(Store::start).transpose()?;
        let directory = TempDir::with_prefix("bench")?;
        let sandbox = Self { directory, host: bench.host.clone(), is_opentofu, store };
        for folder in ["home", "tmp", "work"] {
            fs::create_dir(sandbox.inside(folder))?;
        }
        let mirror = sandbox.inside("mirror");
        let filled = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mirror.sh"))
            .args([mirror.as_path(), &bench.provider, Path::new(env!("CARGO_PKG_VERSION"))])
            .status()?;
        if !filled.success() {
            return Err(format!("no provider at {}", bench.provider.display()).into());
        }
        let installation = format!(
            "provider_installation {{\n  filesystem_mirror {{ path = \"{}\" }}\n}}\n",
            mirror.display()
        );
        fs::write(sandbox.inside("cli.tfrc"), installation)?;
        if ours {
            let required = format!("tencentcloud = {{ source = {SOURCE:?} }}");
            let text = format!("terraform {{\n  required_providers {{\n    {required}\n  }}\n}}\n");
            sandbox.write("terraform.tf", &text)?;
        }
        if sandbox.store.is_some() {
            sandbox.write("backend.tf", "terraform {\n  backend \"http\" {}\n}\n")?;
        }
        sandbox.run(&["init"], None)?;
        Ok(sandbox)
    }

    /// The provider's address in a state.
    pub(crate) fn address(&self) -> String {
        let registry = if self.is_opentofu { "registry.opentofu.org" } else { "registry.terraform.io" };
        format!("{registry}/{SOURCE}")
    }

    /// Writes a file of the working directory.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        Ok(fs::write(self.inside("work").join(name), text)?)
    }

    /// Sets the state; none where there is no value.
    pub(crate) fn set_state(&self, state: Option<&Value>) -> Result<(), Failure> {
        if let Some(store) = &self.store {
            store.put(state.map(|state| state.to_string().into_bytes()));
            return Ok(());
        }
        if let Some(state) = state {
            return self.write("terraform.tfstate", &state.to_string());
        }
        // There may be none yet.
        fs::remove_file(self.inside("work").join("terraform.tfstate")).ok();
        Ok(())
    }

    /// Runs a command to its good end; its calls are those that the cloud has counted since it began.
    pub(crate) fn run(&self, arguments: &[&str], server: Option<&Server>) -> Result<Sample, Failure> {
        if let Some(server) = server {
            server.cloud().clear_journal();
        }
        let sample = self.start(arguments, server)?.end()?;
        Ok(server.map_or(sample.clone(), |server| counted(sample, server.cloud().journal())))
    }

    /// Starts a command.
    pub(crate) fn start(&self, arguments: &[&str], server: Option<&Server>) -> Result<Running, Failure> {
        self.begin(self.command(arguments, server)?)
    }

    /// A command to start.
    pub(crate) fn command(&self, arguments: &[&str], server: Option<&Server>) -> Result<Command, Failure> {
        let path = |name| self.inside(name).display().to_string();
        let mut command = Command::new(&self.host);
        command
            .args(arguments)
            .arg("-no-color")
            .current_dir(self.inside("work"))
            .env_clear()
            .envs([
                ("PATH", ProcessEnv.var("PATH").unwrap_or_default()),
                ("HOME", path("home")),
                ("TMPDIR", path("tmp")),
                ("LC_ALL", "C.UTF-8".to_owned()),
                ("TF_CLI_CONFIG_FILE", path("cli.tfrc")),
                ("TF_IN_AUTOMATION", "1".to_owned()),
                ("TF_INPUT", "0".to_owned()),
                ("CHECKPOINT_DISABLE", "1".to_owned()),
                ("TENCENTCLOUD_SECRET_ID", SECRET_ID.to_owned()),
                ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY.to_owned()),
            ])
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.inside("output"))?)
            .stderr(fs::File::create(self.inside("errors"))?);
        if let Some(server) = server {
            command.env("TENCENTCLOUD_ORGANIZATION_ENDPOINT", server.url());
        }
        if let Some(store) = &self.store {
            command.env("TF_HTTP_ADDRESS", store.url());
        }
        Ok(command)
    }

    /// Starts a command that [`Sandbox::command`] made.
    pub(crate) fn begin(&self, mut command: Command) -> Result<Running, Failure> {
        let (cpu, errors) = (cpu_of_children()?, self.inside("errors"));
        Ok(Running { started: Instant::now(), child: command.spawn()?, cpu, errors })
    }

    /// What the last command wrote.
    pub(crate) fn output(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.inside("output"))?)
    }

    /// A place in it.
    pub(crate) fn inside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Running {
    /// What it took, once it has ended well.
    pub(crate) fn end(mut self) -> Result<Sample, Failure> {
        let status = self.child.wait()?;
        let seconds = self.started.elapsed().as_secs_f64();
        if !status.success() {
            let errors = fs::read_to_string(self.errors)?;
            return Err(format!("the host ended with {status}:\n{errors}").into());
        }
        Ok(Sample { seconds, cpu: cpu_of_children()? - self.cpu, ..Sample::default() })
    }
}

/// `sample` with the calls of `journal`.
pub(crate) fn counted(mut sample: Sample, journal: &[Call]) -> Sample {
    for call in journal {
        *sample.calls.entry(call.action.clone()).or_default() += 1;
        sample.refused += usize::from(call.code.starts_with("RequestLimitExceeded"));
    }
    sample
}

/// Seconds of processor time that all children that have ended took, and theirs.
pub(crate) fn cpu_of_children() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    #[expect(clippy::cast_precision_loss, reason = "less than a century")]
    Ok(micros as f64 / 1e6)
}
