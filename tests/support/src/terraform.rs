//! Terraform and OpenTofu behind one type, and what they say: outcomes, diagnostics, plans and states.
//!
//! Everything is read from the machine-readable output (`-json`, `show -json`), so a test never depends on
//! how a box is drawn. Knows nothing of the provider but the shape of its `grants`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};

use crate::feature::Version;

/// A grant: member UIN and identity id.
pub type Pair = (u64, u64);

/// One installed Terraform or OpenTofu; displays as `Terraform v1.11.4`.
#[derive(Clone, Debug)]
pub struct Terraform {
    /// The program.
    pub binary: PathBuf,
    /// Its major and minor version.
    pub number: Version,
    version: String,
}

impl Terraform {
    /// The hosts to test with: those in `HOSTS` (`/a /b`), else the first of `terraform` and `tofu` on
    /// `PATH`, else the OpenTofu that `make test` builds.
    ///
    /// # Panics
    /// If there is none: a test that silently tests nothing is worse than one that fails.
    pub fn found() -> Vec<Self> {
        if let Some(named) = ProcessEnv.var("HOSTS") {
            let hosts = named.split_whitespace().map(|path| {
                Self::at(Path::new(path))
                    .unwrap_or_else(|| panic!("`{path} version`, from HOSTS, does not run"))
            });
            return hosts.collect();
        }
        let path = ProcessEnv.var("PATH").unwrap_or_default();
        let on_path =
            |name: &'static str| std::env::split_paths(&path).map(move |folder| folder.join(name)).collect();
        let built = crate::beside("../opentofu/tofu");
        let candidates: [Vec<PathBuf>; 3] = [on_path("terraform"), on_path("tofu"), vec![built]];
        let found = candidates.iter().flatten().find_map(|path| Self::at(path));
        vec![
            found
                .expect("no Terraform or OpenTofu to test with: run `make test`, which says what to install"),
        ]
    }

    /// The program at `binary`, if it is Terraform or OpenTofu, and runs.
    pub fn at(binary: &Path) -> Option<Self> {
        let answer = |arguments: &[&str]| {
            let mut command = Command::new(binary);
            let output = command.args(arguments).env_clear().env("CHECKPOINT_DISABLE", "1").output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let version = answer(&["version"])?.lines().find(|line| line.contains(" v"))?.to_owned();
        let told: Value = serde_json::from_str(&answer(&["version", "-json"])?).ok()?;
        let mut numbers = told["terraform_version"].as_str()?.split('.').map(str::parse);
        let number = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(Self { binary: binary.to_owned(), number, version })
    }

    /// Whether it is OpenTofu.
    pub fn is_opentofu(&self) -> bool {
        self.version.starts_with("OpenTofu")
    }
}

impl fmt::Display for Terraform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.version)
    }
}

/// What one command did. Displays as a transcript, for the message of a failing test.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The command as it was typed.
    pub command: String,
    /// The exit status; -1 after a signal.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

/// One problem that a command reported.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// `error` or `warning`.
    pub severity: String,
    /// What failed, in a few words.
    pub summary: String,
    /// What happened, and what to do next.
    pub detail: String,
    /// The line of configuration that it points at; empty when it points nowhere.
    pub code: String,
    /// The resource that it is about; empty when it is about none.
    pub address: String,
}

impl Outcome {
    /// Itself, if the command succeeded.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "most callers want no more than the check")]
    pub fn succeeded(self) -> Self {
        assert!(self.code == 0, "should have succeeded:\n{self}");
        self
    }

    /// The error that holds every one of `phrases`; the command must have failed with status 1.
    #[track_caller]
    pub fn fails_with(&self, phrases: &[&str]) -> Diagnostic {
        assert!(self.code == 1, "should have failed with status 1:\n{self}");
        self.says("error", phrases)
    }

    /// The warning that holds every one of `phrases`.
    #[track_caller]
    pub fn warns(&self, phrases: &[&str]) -> Diagnostic {
        self.says("warning", phrases)
    }

    #[track_caller]
    fn says(&self, severity: &str, phrases: &[&str]) -> Diagnostic {
        let holds = |diagnostic: &Diagnostic| {
            let text = format!("{} {}", diagnostic.summary, diagnostic.detail);
            diagnostic.severity == severity && phrases.iter().all(|phrase| text.contains(phrase))
        };
        let found = self.diagnostics().into_iter().find(holds);
        found.unwrap_or_else(|| panic!("no {severity} that holds {phrases:?}:\n{self}"))
    }

    /// Every problem reported, from the lines of `-json` (or the one document of `validate -json`).
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let documents = self.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut found: Vec<Value> = documents.map(|event| event["diagnostic"].clone()).collect();
        if let Ok(Value::Object(document)) = serde_json::from_str(&self.stdout) {
            found
                .extend(document.get("diagnostics").and_then(Value::as_array).into_iter().flatten().cloned());
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found = found.into_iter().filter(Value::is_object).map(|diagnostic| Diagnostic {
            severity: text(&diagnostic["severity"]),
            summary: text(&diagnostic["summary"]),
            detail: text(&diagnostic["detail"]),
            code: text(&diagnostic["snippet"]["code"]),
            address: text(&diagnostic["address"]),
        });
        found.collect()
    }

    /// The warnings among [`Outcome::diagnostics`].
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.diagnostics().into_iter().filter(|diagnostic| diagnostic.severity == "warning").collect()
    }

    /// Standard output and error as running text, for commands that have no `-json`: without frames and
    /// line breaks.
    pub fn text(&self) -> String {
        let both = format!("{}\n{}", self.stdout, self.stderr);
        both.replace(['│', '╷', '╵'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "$ {command}\n{stdout}\n{stderr}\n(exit status {code})")
    }
}

/// A plan as `show -json` renders it.
#[derive(Clone, Debug)]
pub struct Plan(pub(crate) Value);

/// What a plan changes of one resource's `grants`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantChanges {
    /// Lines with a plus sign.
    pub added: BTreeSet<Pair>,
    /// Lines with a minus sign.
    pub removed: BTreeSet<Pair>,
    /// Lines whose status changes.
    pub changed: BTreeSet<Pair>,
}

impl Plan {
    /// What is to be done to the resource at `address`: `create`, `update`, `delete`, `no-op`, or two of them
    /// joined by `/` for a replacement; empty when the plan does not mention it.
    pub fn action(&self, address: &str) -> String {
        let actions = self.change(address)["actions"].as_array().cloned().unwrap_or_default();
        actions.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("/")
    }

    /// `before`, `after`, `after_unknown` and more of the resource at `address`.
    pub fn change(&self, address: &str) -> &Value {
        let changes = self.0["resource_changes"].as_array().into_iter().flatten();
        changes
            .into_iter()
            .find(|change| change["address"] == address)
            .map_or(&Value::Null, |found| &found["change"])
    }

    /// The lines that the plan shows of `grants` at `address`. `role_name` is left out of the comparison of a
    /// pair that is kept, as it is not known before the API has been asked.
    pub fn grants(&self, address: &str) -> GrantChanges {
        let change = self.change(address);
        let (before, after) = (entries(&change["before"]["grants"]), entries(&change["after"]["grants"]));
        let missing_in = |these: &BTreeMap<Pair, Value>, others: &BTreeMap<Pair, Value>| {
            these.keys().filter(|pair| !others.contains_key(pair)).copied().collect()
        };
        GrantChanges {
            added: missing_in(&after, &before),
            removed: missing_in(&before, &after),
            changed: before
                .iter()
                .filter(|(pair, grant)| {
                    after.get(pair).is_some_and(|planned| planned["status"] != grant["status"])
                })
                .map(|(pair, _)| *pair)
                .collect(),
        }
    }

    /// The addresses of everything that the plan does something to.
    pub fn busy(&self) -> Vec<String> {
        let changes = self.0["resource_changes"].as_array().into_iter().flatten();
        changes
            .filter(|change| change["change"]["actions"] != serde_json::json!(["no-op"]))
            .filter_map(|change| change["address"].as_str().map(str::to_owned))
            .collect()
    }
}

/// A state as `show -json` renders it.
#[derive(Clone, Debug, PartialEq)]
pub struct State(pub(crate) Value);

impl State {
    /// The attributes of every resource, by address, those in modules too. Without data sources.
    pub fn resources(&self) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        collect_resources(&self.0["values"]["root_module"], &mut found);
        let managed = found.into_iter().filter(|(_, resource)| resource["mode"] == "managed");
        managed.map(|(address, resource)| (address, resource["values"].clone())).collect()
    }

    /// The attributes of the resource at `address`.
    #[track_caller]
    pub fn resource(&self, address: &str) -> Value {
        self.resources().remove(address).unwrap_or_else(|| panic!("no {address} in the state: {}", self.0))
    }

    /// Whether the resource at `address` is marked for replacement.
    pub fn is_tainted(&self, address: &str) -> bool {
        let mut found = BTreeMap::new();
        collect_resources(&self.0["values"]["root_module"], &mut found);
        found.get(address).is_some_and(|resource| resource["tainted"] == true)
    }

    /// The grants that the resource at `address` records.
    #[track_caller]
    pub fn grants(&self, address: &str) -> BTreeSet<Pair> {
        entries(&self.resource(address)["grants"]).into_keys().collect()
    }

    /// The grants that any resource records.
    pub fn all_grants(&self) -> BTreeSet<Pair> {
        self.resources().values().flat_map(|resource| entries(&resource["grants"]).into_keys()).collect()
    }
}

fn collect_resources(module: &Value, found: &mut BTreeMap<String, Value>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        found.insert(resource["address"].as_str().unwrap_or_default().to_owned(), resource.clone());
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect_resources(child, found);
    }
}

/// `grants` by pair. Each key must say the pair that its object holds.
fn entries(grants: &Value) -> BTreeMap<Pair, Value> {
    let pair = |key: &str| {
        let (uin, id) = key.split_once('#')?;
        Some((uin.parse().ok()?, id.parse().ok()?))
    };
    let entries = grants.as_object().into_iter().flatten().map(|(key, grant)| {
        let pair: Pair = pair(key).unwrap_or_else(|| panic!("`{key}` is no key of a grant"));
        assert_eq!(
            (grant["member_uin"].as_u64(), grant["identity_id"].as_u64()),
            (Some(pair.0), Some(pair.1)),
            "{key}"
        );
        (pair, grant.clone())
    });
    entries.collect()
}
