//! Several resources in one configuration: what it declares, what the state lists, and what no run may do to
//! them.
//!
//! Two promises. No run revokes a pair that the state of a resource lists and its configuration keeps,
//! whatever another one does ([`Configuration::kept`], [`Scene::act`]); unless the plan says that it will be
//! claimed again. And whatever came before, one healthy apply makes cloud, state and configuration the same,
//! and one destroy leaves what others granted ([`Scene::ends_well`]).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;

use serde_json::Value;
use simulator::{Behaviour, Cloud, Rate};

use support::organization::{self, with_grants};
use support::terraform::{Outcome, Pair};
use support::workspace::{Running, Workspace};

pub(super) const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
pub(super) const DELETE: &str = "DeleteOrganizationMemberAuthIdentity";
const TYPE: &str = "tencentcloud_org_member_auth_identity";

/// Granted by others, to members and with identities that are ours as well: nothing may touch these.
const OTHERS: [Pair; 3] = [(1, 19), (99, 11), (99, 19)];

/// No member of the organization.
pub(super) const STRANGER: u64 = 77;

/// Members 1 to 24 and identities 11 to 13, and others' grants.
pub(super) fn organization() -> Cloud {
    let cloud = organization::organization((1..=24).chain([99]), (11..=13).chain([19]));
    with_grants(cloud, OTHERS).with_behaviour(Behaviour { rate: Rate::Off, ..Behaviour::default() })
}

/// The address of the resource with this name.
pub(super) fn address(name: &str) -> String {
    format!("{TYPE}.{name}")
}

/// One resource as configured.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) members: BTreeSet<u64>,
    pub(super) identities: BTreeSet<u64>,
    pub(super) create_before_destroy: bool,
    /// What it says in `depends_on`.
    pub(super) after: Option<String>,
}

impl Declared {
    pub(super) fn pairs(&self) -> BTreeSet<Pair> {
        self.members.iter().flat_map(|uin| self.identities.iter().map(|id| (*uin, *id))).collect()
    }
}

/// Resources by name, and other text.
#[derive(Clone, Debug, Default)]
pub(super) struct Configuration {
    pub(super) resources: BTreeMap<String, Declared>,
    pub(super) rest: String,
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("provider \"tencentcloud\" {\n  requests_per_second = 1000\n  max_retries = 2\n}\n")?;
        for (name, declared) in &self.resources {
            let Declared { members, identities, create_before_destroy, after } = declared;
            writeln!(f, "resource {TYPE:?} {name:?} {{")?;
            let (members, identities) = (Vec::from_iter(members), Vec::from_iter(identities));
            writeln!(f, "  member_uins  = {members:?}\n  identity_ids = {identities:?}")?;
            if *create_before_destroy {
                writeln!(f, "  lifecycle {{\n    create_before_destroy = true\n  }}")?;
            }
            if let Some(after) = after {
                writeln!(f, "  depends_on = [{after}]")?;
            }
            f.write_str("}\n")?;
        }
        f.write_str(&self.rest)
    }
}

/// What a run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything.
    #[default]
    All,
    /// Everything, without a refresh.
    Unrefreshed,
    /// One resource, by name.
    Target(String),
    /// Everything, and one resource is replaced, by name.
    Replace(String),
}

impl Scope {
    fn argument(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Unrefreshed => Some("-refresh=false".to_owned()),
            Self::Target(name) => Some(format!("-target={}", address(name))),
            Self::Replace(name) => Some(format!("-replace={}", address(name))),
        }
    }

    fn holds(&self, name: &str) -> bool {
        !matches!(self, Self::Target(target) if target != name)
    }
}

/// One object of the state.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) name: String,
    pub(super) grants: BTreeSet<Pair>,
    pub(super) tainted: bool,
    /// Replaced by the current object of the same name, and not destroyed yet.
    pub(super) deposed: bool,
}

impl Configuration {
    /// The pairs that a run about `scope` may not revoke: a resource that takes part lists them and keeps
    /// them. What is to be replaced keeps nothing, unless its successor is created first and nobody else
    /// lists the pair. Nor do those at the `claiming` addresses, which are to claim in this run what they
    /// list: a giver that acts before them cannot know.
    pub(super) fn kept(
        &self,
        instances: &[Instance],
        scope: &Scope,
        claiming: &BTreeSet<String>,
    ) -> BTreeSet<Pair> {
        let listers =
            |pair: &Pair| instances.iter().filter(|instance| instance.grants.contains(pair)).count();
        let kept = |instance: &Instance| {
            let Instance { name, deposed, tainted, grants } = instance;
            let declared = self.resources.get(name)?;
            let mut kept = &declared.pairs() & grants;
            if *tainted || *scope == Scope::Replace(name.clone()) {
                kept.retain(|pair| declared.create_before_destroy && listers(pair) == 1);
            }
            (!deposed && scope.holds(name) && !claiming.contains(&address(name))).then_some(kept)
        };
        instances.iter().filter_map(kept).flatten().collect()
    }

    /// The pairs that a run about `name` alone would revoke, as far as it can tell.
    pub(super) fn given_up(&self, instances: &[Instance], name: &str) -> BTreeSet<Pair> {
        let declared = self.resources.get(name).map(Declared::pairs).unwrap_or_default();
        let given_up = |instance: &Instance| match instance {
            Instance { deposed: false, tainted: false, grants, .. } => grants - &declared,
            Instance { grants, .. } => grants.clone(),
        };
        instances.iter().filter(|instance| instance.name == name).flat_map(given_up).collect()
    }
}

/// A workspace in which several resources act.
pub(super) struct Scene<'a> {
    pub(super) run: &'a Workspace,
    pub(super) parallelism: usize,
    /// Whether who takes over a pair acts before the one that gives it up.
    pub(super) taker_first: bool,
    /// Pairs that may exist though no state lists them: see [`contested`].
    abandoned: RefCell<BTreeSet<Pair>>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(run: &'a Workspace, parallelism: usize, taker_first: bool) -> Self {
        Self { run, parallelism, taker_first, abandoned: RefCell::default() }
    }

    /// Makes the state say of the resource `dependent` that it depends on `on`, as a configuration of before
    /// may have done, and of both whether a new object of theirs is created before the old one is destroyed.
    pub(super) fn remember_dependency(&self, dependent: &str, on: &str, create_before_destroy: bool) {
        let path = self.run.path("terraform.tfstate");
        let mut state: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for resource in state["resources"].as_array_mut().unwrap() {
            let (kind, name) = (resource["type"].as_str().unwrap(), resource["name"].as_str().unwrap());
            let address = format!("{kind}.{name}");
            let instance = &mut resource["instances"][0];
            if address == dependent {
                instance["dependencies"] = serde_json::json!([on]);
            }
            if address == dependent || address == on {
                instance["create_before_destroy"] = create_before_destroy.into();
            }
        }
        fs::write(&path, state.to_string()).unwrap();
    }

    /// The objects of the state.
    pub(super) fn instances(&self) -> Vec<Instance> {
        let text = fs::read_to_string(self.run.path("terraform.tfstate")).unwrap_or_default();
        let state: Value = serde_json::from_str(&text).unwrap_or_default();
        let resources = state["resources"].as_array().into_iter().flatten();
        let instances = resources.filter(|resource| resource["type"] == TYPE).flat_map(|resource| {
            let name = resource["name"].as_str().unwrap();
            resource["instances"].as_array().unwrap().iter().map(|instance| Instance {
                name: name.to_owned(),
                grants: grants(&instance["attributes"]["grants"]),
                tainted: instance["status"] == "tainted",
                deposed: instance.get("deposed").is_some(),
            })
        });
        instances.collect()
    }

    /// The grants of the cloud that are not others'. Those of others must be there.
    #[track_caller]
    pub(super) fn ours(&self) -> BTreeSet<Pair> {
        let mut grants = self.run.cloud_grants();
        for other in OTHERS {
            assert!(grants.remove(&other), "{other:?} of others is gone");
        }
        grants
    }

    /// Applies `configuration`, while `meanwhile` looks on, and holds the run to the promise about what is
    /// kept, and to having every grant of ours in the state. `configuration` replaces the one before.
    #[track_caller]
    pub(super) fn act(
        &self,
        configuration: &Configuration,
        scope: &Scope,
        meanwhile: impl FnOnce(&mut Running),
    ) -> Outcome {
        let before = self.instances();
        self.run.write("main.tf", &configuration.to_string());
        self.run.server.cloud().clear_journal();
        let parallelism = format!("-parallelism={}", self.parallelism);
        let mut arguments = vec!["apply", "-json", "-auto-approve", &parallelism];
        let scoped = scope.argument();
        arguments.extend(scoped.as_deref());
        let mut running = self.run.start(&arguments);
        meanwhile(&mut running);
        let outcome = running.end();

        let revoked = self.revoked();
        let claiming = if self.taker_first { BTreeSet::new() } else { claiming(&outcome, scope) };
        let mut taken = &configuration.kept(&before, scope, &claiming) & &revoked;
        if self.parallelism > 1 {
            taken.retain(|pair| !replaced(&before, scope).contains(pair));
        }
        assert!(
            taken.is_empty(),
            "taken away though listed and kept: {taken:?}\nbefore:{}{}",
            said(&before),
            brief(&outcome)
        );
        let after = self.instances();
        let listed: BTreeSet<Pair> =
            after.iter().flat_map(|instance| instance.grants.iter().copied()).collect();
        let mut lost = &self.ours() - &listed;
        self.abandoned.borrow_mut().extend(&lost & &contested(&before));
        lost.retain(|pair| !self.abandoned.borrow().contains(pair));
        assert!(
            lost.is_empty(),
            "granted, and in no state: {lost:?}\nbefore:{}\nafter:{}{}",
            said(&before),
            said(&after),
            brief(&outcome)
        );
        outcome
    }

    /// The pairs that the last run revoked, or tried to.
    fn revoked(&self) -> BTreeSet<Pair> {
        let cloud = self.run.server.cloud();
        let revokes = cloud.journal().iter().filter(|call| call.action == DELETE);
        revokes.flat_map(simulator::Call::pairs).collect()
    }

    /// Applies all of `configuration`, and nothing is in the way.
    #[track_caller]
    pub(super) fn apply(&self, configuration: &Configuration) -> Outcome {
        let outcome = self.act(configuration, &Scope::All, |_| {});
        assert!(outcome.code == 0, "nothing was wrong, and it failed:{}", brief(&outcome));
        outcome
    }

    /// One healthy apply, an empty plan, and a destroy. What the apply said is handed back.
    #[track_caller]
    pub(super) fn ends_well(&self, configuration: &Configuration) -> Outcome {
        self.run.server.cloud().clear_faults();
        let before = said(&self.instances());
        let applied = self.apply(configuration);
        let story = || format!("\nbefore:{before}{}", brief(&applied));
        let declared: BTreeSet<Pair> = configuration.resources.values().flat_map(Declared::pairs).collect();
        let ours = self.ours();
        let (missing, extra) = (&declared - &ours, &(&ours - &declared) - &self.abandoned.borrow());
        assert!(
            missing.is_empty() && extra.is_empty(),
            "after a healthy apply, access is missing: {missing:?}, access is left: {extra:?}{}",
            story()
        );
        for instance in self.instances() {
            let declared =
                configuration.resources.get(&instance.name).map(Declared::pairs).unwrap_or_default();
            let Instance { grants, tainted, deposed, .. } = &instance;
            let good = *grants == declared && !tainted && !deposed;
            assert!(good, "the state is not as declared:{}{}", said(&[instance]), story());
        }
        let next = self.run.run(&["plan", "-detailed-exitcode"]);
        assert!(next.code == 0, "the plan after a healthy apply should be empty:\n{next}{}", story());

        let destroyed = self.run.run(&["destroy", "-json", "-auto-approve"]);
        assert!(destroyed.code == 0, "the destroy failed:{}", brief(&destroyed));
        let abandoned = self.abandoned.take();
        let left = &self.ours() - &abandoned;
        for (uin, id) in &abandoned {
            self.run.server.cloud().revoke(*uin, *id);
        }
        assert!(left.is_empty(), "after destroy, access is left: {left:?}{}", brief(&destroyed));
        applied
    }
}

/// The pairs of what is replaced on demand. The host plans it twice, and only the second plan says that it is
/// replaced: one that is planned in between cannot know.
fn replaced(instances: &[Instance], scope: &Scope) -> BTreeSet<Pair> {
    let replaced =
        |instance: &&Instance| !instance.deposed && *scope == Scope::Replace(instance.name.clone());
    instances.iter().filter(replaced).flat_map(|instance| instance.grants.iter().copied()).collect()
}

/// The pairs that two tainted objects list. Hosts do not say which of them a new object replaces, so both may
/// leave them to the other.
fn contested(instances: &[Instance]) -> BTreeSet<Pair> {
    let (mut seen, mut contested) = (BTreeSet::new(), BTreeSet::new());
    for Instance { grants, .. } in instances.iter().filter(|instance| instance.tainted) {
        contested.extend(&seen & grants);
        seen.extend(grants.iter().copied());
    }
    contested
}

/// The addresses of the resources that are to claim in this run what they list already: the plan says so, or,
/// without a refresh, may not know why they are, but has them take part.
fn claiming(outcome: &Outcome, scope: &Scope) -> BTreeSet<String> {
    let warnings = outcome.warnings().into_iter();
    let warned = warnings.filter(|told| told.summary == "Grants taken over from another resource");
    let events = outcome.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let acting = events
        .filter(|event| *scope == Scope::Unrefreshed && event["type"] == "apply_start")
        .filter_map(|event| event["hook"]["resource"]["addr"].as_str().map(str::to_owned));
    warned.map(|told| told.address).chain(acting).collect()
}

/// What a run said, a line for each thing that it did or told of.
pub(super) fn brief(outcome: &Outcome) -> String {
    let events = outcome.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lines = events.filter_map(|event| {
        let kind = event["type"].as_str().unwrap_or_default();
        let told = ["apply_start", "apply_complete", "apply_errored", "diagnostic"].contains(&kind);
        let (address, detail) = (&event["diagnostic"]["address"], &event["diagnostic"]["detail"]);
        let text = [&event["@message"], address, detail].map(|text| text.as_str().unwrap_or_default());
        told.then(|| format!("  {}\n", text.join(" ").trim_end().replace('\n', " ")))
    });
    let lines: String = lines.collect();
    format!("\n$ {}\n{lines}  (exit status {})", outcome.command, outcome.code)
}

/// The objects of a state, a line for each.
fn said(instances: &[Instance]) -> String {
    let line = |Instance { name, grants, tainted, deposed }: &Instance| {
        let marks = [(tainted, " tainted"), (deposed, " deposed")];
        let marks = marks.into_iter().filter_map(|(marked, mark)| marked.then_some(mark));
        format!("\n  {name}{}: {grants:?}", marks.collect::<String>())
    };
    instances.iter().map(line).collect()
}

fn grants(grants: &Value) -> BTreeSet<Pair> {
    let pair = |key: &String| {
        let (uin, id) = key.split_once('#').unwrap();
        (uin.parse().unwrap(), id.parse().unwrap())
    };
    grants.as_object().into_iter().flat_map(serde_json::Map::keys).map(pair).collect()
}
