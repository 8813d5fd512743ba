//! Measured runs of the host in a sandbox, with the release binary.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde_json::Value;
use simulator::{Call, Server};
use support::sandbox::SOURCE;
use support::terraform::Terraform;
use tokio::time::Instant;

use crate::store::Store;
use crate::table::Sample;
use crate::{Bench, Failure};

/// An initialised working directory.
pub(crate) struct Sandbox {
    inner: support::sandbox::Sandbox,
    host: Terraform,
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
        let host = Terraform::at(&bench.host).ok_or("HOST is neither Terraform nor OpenTofu")?;
        let store = (kept == Kept::Remotely).then(Store::start).transpose()?;
        let inner = support::sandbox::Sandbox::new(&bench.provider)?;
        if ours {
            inner.require_provider()?;
        }
        let sandbox = Self { inner, host, store };
        if sandbox.store.is_some() {
            sandbox.write("backend.tf", "terraform {\n  backend \"http\" {}\n}\n")?;
        }
        sandbox.run(&["init"], None)?;
        Ok(sandbox)
    }

    /// The provider's address in a state.
    pub(crate) fn address(&self) -> String {
        let registry =
            if self.host.is_opentofu() { "registry.opentofu.org" } else { "registry.terraform.io" };
        format!("{registry}/{SOURCE}")
    }

    /// Writes a file of the working directory.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        Ok(self.inner.write(name, text)?)
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
        fs::remove_file(self.inner.path("terraform.tfstate")).ok();
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
        let mut command = self.inner.command(&self.host.binary, arguments);
        command
            .envs(self.inner.environment())
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
        self.inner.inside(name)
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
