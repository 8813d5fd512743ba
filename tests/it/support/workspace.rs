//! A sandbox for whole runs: a directory, a clean environment, a mirror that holds the real provider binary,
//! and a simulated cloud; and the steps of an acceptance test, each checked as every one of them must be.
//!
//! Nothing of the developer's machine gets in: no environment, no home directory, no CLI configuration, no
//! network but loopback.

use std::any::Any;
use std::collections::BTreeSet;
use std::fs;
use std::io::Seek;
use std::os::unix::process::CommandExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;
use simulator::{Call, Cloud, SECRET_ID, SECRET_KEY, Server};
use tempfile::TempDir;
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};

use super::terraform::{Outcome, Pair, Plan, State, Terraform};

/// Where the tests and the examples say the provider comes from.
pub(crate) const SOURCE: &str = "tencentcloud-access/tencentcloud";

const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-tencentcloud");
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long any one command may take before it counts as hung.
const PATIENCE: Duration = Duration::from_mins(3);

/// One run in one sandbox.
pub(crate) struct Workspace {
    pub(crate) server: Server,
    pub(crate) terraform: Terraform,
    /// What every command runs with; an empty value counts as unset.
    pub(crate) environment: Vec<(String, String)>,
    directory: TempDir,
}

/// What one [`Workspace::step`] showed.
pub(crate) struct Step {
    /// What was planned, and then applied.
    pub(crate) plan: Plan,
    pub(crate) applied: Outcome,
    pub(crate) state: State,
    /// The API calls of the apply alone.
    pub(crate) calls: Vec<Call>,
}

/// A command under way.
pub(crate) struct Running {
    child: Child,
    command: String,
    output: [fs::File; 2],
}

/// Runs `story` once with every host, each time against a cloud of its own; afterwards destroys what is left
/// and holds the cloud to it: every grant that the state recorded is gone, every other one is still there.
#[track_caller]
pub(crate) fn on_every_host(cloud: impl Fn() -> Cloud, story: impl Fn(&mut Workspace)) {
    for terraform in Terraform::found() {
        let name = terraform.to_string();
        let run = catch_unwind(AssertUnwindSafe(|| {
            let mut workspace = Workspace::new(terraform, cloud());
            story(&mut workspace);
            workspace.end();
        }));
        if let Err(panic) = run {
            panic!("with {name}: {}", text_of(&*panic));
        }
    }
}

/// What a caught panic said.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text")
}

impl Workspace {
    /// An initialised working directory whose provider talks to `cloud`, with the key that it knows.
    pub(crate) fn new(terraform: Terraform, cloud: Cloud) -> Self {
        let server = Server::start(cloud).unwrap();
        let directory = TempDir::with_prefix("tf").unwrap();
        let inside = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let environment = [
            ("PATH", ProcessEnv.var("PATH").unwrap_or_default()),
            ("HOME", inside("home")),
            ("TMPDIR", inside("tmp")),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TF_CLI_CONFIG_FILE", inside("cli.tfrc")),
            ("TF_IN_AUTOMATION", "1".to_owned()),
            ("TF_INPUT", "0".to_owned()),
            ("CHECKPOINT_DISABLE", "1".to_owned()),
            ("TENCENTCLOUD_ORGANIZATION_ENDPOINT", server.url()),
            ("TENCENTCLOUD_SECRET_ID", SECRET_ID.to_owned()),
            ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY.to_owned()),
        ];
        for folder in ["home", "tmp", "work"] {
            fs::create_dir(directory.path().join(folder)).unwrap();
        }
        let mirror = directory.path().join("mirror");
        fill_mirror(&mirror);
        let installation = format!(
            "provider_installation {{\n  filesystem_mirror {{ path = \"{}\" }}\n}}\n",
            mirror.display()
        );
        fs::write(directory.path().join("cli.tfrc"), installation).unwrap();

        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let workspace = Self { server, terraform, environment, directory };
        let required = format!("tencentcloud = {{ source = {SOURCE:?} }}");
        workspace.write(
            "terraform.tf",
            &format!("terraform {{\n  required_providers {{\n    {required}\n  }}\n}}\n"),
        );
        workspace.run(&["init"]).succeeded();
        workspace
    }

    /// Sets a variable for every later command.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(existing, _)| existing != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The working directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("work").join(name)
    }

    /// Writes a file of the working directory.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    /// All grants of the cloud.
    pub(crate) fn cloud_grants(&self) -> BTreeSet<Pair> {
        self.server.cloud().snapshot()
    }

    // === Commands

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.start(arguments).end()
    }

    /// Starts a command.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        // Files, not pipes: nobody has to read while the command runs.
        let output = [tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap()];
        let [stdout, stderr] = output.each_ref().map(|file| Stdio::from(file.try_clone().unwrap()));
        let child = Command::new(&self.terraform.binary)
            .args(arguments)
            .arg("-no-color")
            .current_dir(self.path(""))
            .env_clear()
            .envs(self.environment.iter().filter(|(_, value)| !value.is_empty()).cloned())
            .stdin(Stdio::null())
            // As a shell starts it: what Ctrl-C sends reaches the host and its plugins, and nobody else.
            .process_group(0)
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .unwrap();
        Running {
            child,
            command: format!("{} {}", self.terraform.binary.display(), arguments.join(" ")),
            output,
        }
    }

    /// Plans `config`, which replaces `main.tf`.
    pub(crate) fn try_plan(&self, config: &str) -> Outcome {
        self.write("main.tf", config);
        self.run(&["plan", "-json", "-out=next.tfplan"])
    }

    /// Plans `config`, and reads the plan.
    #[track_caller]
    pub(crate) fn plan(&self, config: &str) -> Plan {
        self.try_plan(config).succeeded();
        self.planned()
    }

    /// The plan that was made last.
    #[track_caller]
    pub(crate) fn planned(&self) -> Plan {
        Plan(self.show(&["next.tfplan"]))
    }

    /// Applies the plan that was made last.
    pub(crate) fn apply_plan(&self) -> Outcome {
        self.run(&["apply", "-json", "next.tfplan"])
    }

    /// Plans and applies `config`, come what may.
    pub(crate) fn try_apply(&self, config: &str) -> Outcome {
        let planned = self.try_plan(config);
        if planned.code == 0 { self.apply_plan() } else { planned }
    }

    /// What the state holds.
    #[track_caller]
    pub(crate) fn state(&self) -> State {
        State(self.show(&[]))
    }

    #[track_caller]
    fn show(&self, plan: &[&str]) -> Value {
        let outcome = self.run(&[&["show", "-json"], plan].concat()).succeeded();
        serde_json::from_str(&outcome.stdout).unwrap()
    }

    // === Steps

    /// Brings the cloud to `config` and checks what must hold after any change: the saved plan applies, then
    /// a plan is empty without and with a refresh, and every grant that the state records exists.
    #[track_caller]
    pub(crate) fn step(&self, config: &str) -> Step {
        let plan = self.plan(config);
        self.server.cloud().clear_journal();
        let applied = self.apply_plan().succeeded();
        let calls = self.server.cloud().journal().to_vec();
        self.settled();
        let state = self.state();
        let (recorded, existing) = (state.all_grants(), self.cloud_grants());
        assert!(recorded.is_subset(&existing), "recorded but not granted: {:?}", &recorded - &existing);
        Step { plan, applied, state, calls }
    }

    /// Holds the plan of the present configuration to be empty, without and with a refresh.
    #[track_caller]
    pub(crate) fn settled(&self) {
        for refresh in ["-refresh=false", "-refresh=true"] {
            let outcome = self.run(&["plan", "-detailed-exitcode", refresh]);
            assert!(outcome.code == 0, "the plan should be empty:\n{outcome}");
        }
    }

    /// Destroys everything; what the state recorded must be gone, and everything else still there.
    #[track_caller]
    pub(crate) fn end(&self) {
        let state = fs::read_to_string(self.path("terraform.tfstate")).unwrap_or_default();
        let state: Value = serde_json::from_str(&state).unwrap_or_default();
        if state["resources"].as_array().is_none_or(Vec::is_empty) {
            return;
        }
        let owned = self.state().all_grants();
        let others = &self.cloud_grants() - &owned;
        self.run(&["destroy", "-json", "-auto-approve"]).succeeded();
        assert_eq!(self.cloud_grants(), others, "after destroy, exactly what was not ours is there");
    }
}

impl Running {
    /// Sends the signal that Ctrl-C sends, to everybody whom it reaches.
    pub(crate) fn interrupt(&self) {
        let group = Pid::from_raw(self.child.id().try_into().unwrap());
        killpg(group, Signal::SIGINT).unwrap();
    }

    /// Kills every process that the command has started, as nothing can prevent.
    pub(crate) fn kill_children(&self) {
        let killed =
            Command::new("pkill").args(["-KILL", "-P", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Whether the command has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// What the command did, once it has ended.
    #[track_caller]
    pub(crate) fn end(mut self) -> Outcome {
        let ended = wait_until(|| self.has_ended());
        if !ended {
            self.child.kill().unwrap();
        }
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let [stdout, stderr] = self.output.map(|mut file| {
            file.rewind().unwrap();
            std::io::read_to_string(file).unwrap()
        });
        let outcome = Outcome { command: self.command, code, stdout, stderr };
        assert!(ended, "did not end within {PATIENCE:?}:\n{outcome}");
        outcome
    }
}

/// Waits until `condition` holds, for as long as patience lasts; whether it came to hold.
pub(crate) fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    const PAUSE: Duration = Duration::from_millis(5);
    (0..PATIENCE.as_millis() / PAUSE.as_millis()).any(|_| {
        let holds = condition();
        if !holds {
            thread::park_timeout(PAUSE);
        }
        holds
    })
}

/// Lays the provider out as `make install` does, for either registry's address.
fn fill_mirror(mirror: &Path) {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    for registry in ["registry.terraform.io", "registry.opentofu.org"] {
        let package =
            mirror.join(registry).join(SOURCE).join(VERSION).join(format!("{system}_{architecture}"));
        fs::create_dir_all(&package).unwrap();
        let binary = package.join(format!("terraform-provider-tencentcloud_v{VERSION}"));
        // A copy only where the sandbox is on another file system.
        if fs::hard_link(PROVIDER, &binary).is_err() {
            fs::copy(PROVIDER, &binary).unwrap();
        }
    }
}
