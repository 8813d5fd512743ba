//! A sandbox with the real provider binary and a simulated cloud; and the steps of an acceptance test, each
//! checked as every one of them must be.

use std::any::Any;
use std::collections::BTreeSet;
use std::fs;
use std::io::Seek;
use std::os::unix::process::CommandExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;
use simulator::{Call, Cloud, Server};

use crate::feature::Feature;
use crate::sandbox::Sandbox;
use crate::terraform::{Outcome, Pair, Plan, State, Terraform};

/// How long any one command may take before it counts as hung.
const PATIENCE: Duration = Duration::from_mins(3);

/// One run in one sandbox.
#[derive(Debug)]
pub struct Workspace {
    /// The cloud.
    pub server: Server,
    /// The host.
    pub terraform: Terraform,
    /// What every command runs with; an empty value counts as unset.
    pub environment: Vec<(String, String)>,
    sandbox: Sandbox,
}

/// What one [`Workspace::step`] showed.
#[derive(Debug)]
pub struct Step {
    /// What was planned, and then applied.
    pub plan: Plan,
    /// How the apply ended.
    pub applied: Outcome,
    /// The state afterwards.
    pub state: State,
    /// The API calls of the apply alone.
    pub calls: Vec<Call>,
}

/// A command under way.
#[derive(Debug)]
pub struct Running {
    child: Child,
    command: String,
    output: [fs::File; 2],
}

/// Runs `story` once with every host, each time against a cloud of its own; afterwards destroys what is left
/// and holds the cloud to it: every grant that the state recorded is gone, every other one is still there.
#[track_caller]
pub fn on_every_host(cloud: impl Fn() -> Cloud, story: impl Fn(&mut Workspace)) {
    on_hosts_that_have(&[], cloud, story);
}

/// The same with every host that has `features`; prints which others were skipped, and why.
#[track_caller]
#[expect(clippy::print_stderr, reason = "who reads the tests must see what was not tried")]
pub fn on_hosts_that_have(features: &[Feature], cloud: impl Fn() -> Cloud, story: impl Fn(&mut Workspace)) {
    for terraform in Terraform::found() {
        if let Some(missing) = features.iter().find(|feature| !feature.is_in(&terraform)) {
            eprintln!("skipped with {terraform}: it has no {missing}");
            continue;
        }
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
pub fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text")
}

impl Workspace {
    /// An initialised working directory whose provider talks to `cloud`, with the key that it knows.
    pub fn new(terraform: Terraform, cloud: Cloud) -> Self {
        let server = Server::start(cloud).unwrap();
        let sandbox = Sandbox::new(&crate::provider()).unwrap();
        sandbox.require_provider().unwrap();
        let mut environment = sandbox.environment();
        environment.push(("TENCENTCLOUD_ORGANIZATION_ENDPOINT".to_owned(), server.url()));
        let workspace = Self { server, terraform, environment, sandbox };
        workspace.run(&["init"]).succeeded();
        workspace
    }

    /// Sets a variable for every later command.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(existing, _)| existing != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.sandbox.path(name)
    }

    /// Writes a file of the working directory.
    pub fn write(&self, name: &str, text: &str) {
        self.sandbox.write(name, text).unwrap();
    }

    /// All grants of the cloud.
    pub fn cloud_grants(&self) -> BTreeSet<Pair> {
        self.server.cloud().snapshot()
    }

    // === Commands

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.start(arguments).end()
    }

    /// Starts a command.
    pub fn start(&self, arguments: &[&str]) -> Running {
        // Files, not pipes: nobody has to read while the command runs.
        let output = [tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap()];
        let [stdout, stderr] = output.each_ref().map(|file| Stdio::from(file.try_clone().unwrap()));
        let child = self
            .sandbox
            .command(&self.terraform.binary, arguments)
            .envs(self.environment.iter().filter(|(_, value)| !value.is_empty()).cloned())
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
    pub fn try_plan(&self, config: &str) -> Outcome {
        self.write("main.tf", config);
        self.run(&["plan", "-json", "-out=next.tfplan"])
    }

    /// Plans `config`, and reads the plan.
    #[track_caller]
    pub fn plan(&self, config: &str) -> Plan {
        self.try_plan(config).succeeded();
        self.planned()
    }

    /// The plan that was made last.
    #[track_caller]
    pub fn planned(&self) -> Plan {
        Plan(self.show(&["next.tfplan"]))
    }

    /// Applies the plan that was made last.
    pub fn apply_plan(&self) -> Outcome {
        self.run(&["apply", "-json", "next.tfplan"])
    }

    /// Plans and applies `config`, come what may.
    pub fn try_apply(&self, config: &str) -> Outcome {
        let planned = self.try_plan(config);
        if planned.code == 0 { self.apply_plan() } else { planned }
    }

    /// What the state holds.
    #[track_caller]
    pub fn state(&self) -> State {
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
    pub fn step(&self, config: &str) -> Step {
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
    pub fn settled(&self) {
        for refresh in ["-refresh=false", "-refresh=true"] {
            let outcome = self.run(&["plan", "-detailed-exitcode", refresh]);
            assert!(outcome.code == 0, "the plan should be empty:\n{outcome}");
        }
    }

    /// Destroys everything; what the state recorded must be gone, and everything else still there.
    #[track_caller]
    pub fn end(&self) {
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
    pub fn interrupt(&self) {
        let group = Pid::from_raw(self.child.id().try_into().unwrap());
        killpg(group, Signal::SIGINT).unwrap();
    }

    /// Kills every process that the command has started, as nothing can prevent.
    pub fn kill_children(&self) {
        let killed =
            Command::new("pkill").args(["-KILL", "-P", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Whether the command has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// What the command did, once it has ended.
    #[track_caller]
    pub fn end(mut self) -> Outcome {
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
pub fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    const PAUSE: Duration = Duration::from_millis(5);
    (0..PATIENCE.as_millis() / PAUSE.as_millis()).any(|_| {
        let holds = condition();
        if !holds {
            thread::park_timeout(PAUSE);
        }
        holds
    })
}
