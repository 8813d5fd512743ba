//! Random histories of three to five resources on real hosts.
//!
//! The resources live in a small world, so that their sets overlap now and then. Between runs they change,
//! move members to each other, are renamed, removed and added; a run may be about one of them, replace one,
//! or skip the refresh; and trouble may come over it. After each run and at the end, [`Scene`] holds all to
//! its promises.
//!
//! What no provider can keep is left out: a run about one resource alone that gives up what another one
//! lists. And where two states list a pair, a plan without a refresh may be refused, but then changes
//! nothing.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use simulator::{Effect, Fault};
use terraform_provider_tencentcloud::ambient::{Env as _, ProcessEnv};

use super::scene::{
    CREATE, Configuration, DELETE, Declared, Instance, STRANGER, Scene, Scope, brief, organization,
};
use super::{number, play_on_every_host};
use support::terraform::Pair;
use support::workspace::{Running, Workspace, text_of};

/// How many histories `make test` plays on each host.
const SAMPLE: u64 = 4;
const TURNS: std::ops::RangeInclusive<u32> = 3..=6;
const MEMBERS: std::ops::RangeInclusive<u64> = 1..=6;
const IDENTITIES: std::ops::RangeInclusive<u64> = 11..=13;
const RESOURCES_MAX: usize = 5;

/// Everything in it is drawn from its seed.
#[derive(Clone, Copy, Debug)]
struct History {
    seed: u64,
}

/// What comes over a run.
#[derive(Clone, Debug)]
enum Trouble {
    None,
    Fault(Fault),
    /// Ctrl-C as soon as so many calls were made.
    Stop {
        call: usize,
    },
    /// This resource declares a member that does not exist.
    BadMember(String),
}

struct Story<'a> {
    scene: Scene<'a>,
    random: Rng,
    configuration: Configuration,
    names: usize,
    /// What has been done so far, for the message of a failure.
    told: String,
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "history/{}", self.seed)
    }
}

impl History {
    fn play(self, run: &Workspace) {
        let mut story = Story {
            scene: Scene::new(run, 10, false),
            random: Rng::with_seed(self.seed),
            configuration: Configuration::default(),
            names: 0,
            told: String::new(),
        };
        let lived = catch_unwind(AssertUnwindSafe(|| story.live()));
        run.server.cloud().behaviour.latency = Duration::ZERO;
        if let Err(panic) = lived {
            panic!("{}\nthe history:\n{}", text_of(&*panic), story.told);
        }
    }
}

impl Story<'_> {
    fn live(&mut self) {
        for _ in 0..self.random.usize(3..=RESOURCES_MAX) {
            self.add();
        }
        self.run(&Scope::All, &Trouble::None);
        for _ in 0..self.random.u32(TURNS) {
            for _ in 0..self.random.u32(1..=3) {
                self.change();
            }
            let (scope, trouble) = (self.draw_scope(), self.draw_trouble());
            self.run(&scope, &trouble);
        }
        self.scene.parallelism = self.draw_parallelism();
        self.tell("one healthy apply, and a destroy");
        self.scene.ends_well(&self.configuration);
    }

    fn tell(&mut self, what: &str) {
        let parallelism = self.scene.parallelism;
        writeln!(self.told, "  {what}, at -parallelism={parallelism}").unwrap();
        for (name, declared) in &self.configuration.resources {
            let Declared { members, identities, create_before_destroy, .. } = declared;
            let first = if *create_before_destroy { " (creates before it destroys)" } else { "" };
            writeln!(self.told, "    {name}: {members:?} × {identities:?}{first}").unwrap();
        }
    }

    // === Changes of the configuration

    fn change(&mut self) {
        match self.random.u32(0..12) {
            0..=2 => self.redeclare(),
            3..=5 => self.move_a_member(),
            6..=8 => self.rename(),
            9 => drop(self.draw_name().and_then(|name| self.configuration.resources.remove(&name))),
            10 => self.add(),
            _ => {
                if let Some(name) = self.draw_name() {
                    let declared = self.configuration.resources.get_mut(&name).unwrap();
                    declared.create_before_destroy = !declared.create_before_destroy;
                }
            }
        }
    }

    fn add(&mut self) {
        if self.configuration.resources.len() < RESOURCES_MAX {
            let declared = self.draw_declared();
            let name = self.new_name();
            self.configuration.resources.insert(name, declared);
        }
    }

    fn redeclare(&mut self) {
        if let Some(name) = self.draw_name() {
            let declared = self.draw_declared();
            self.configuration.resources.insert(name, declared);
        }
    }

    fn rename(&mut self) {
        if let Some(old) = self.draw_name() {
            let declared = self.configuration.resources.remove(&old).unwrap();
            let name = self.new_name();
            self.configuration.resources.insert(name, declared);
        }
    }

    /// A member goes from one resource to another, with all that the one gave to it.
    fn move_a_member(&mut self) {
        let (Some(giver), Some(taker)) = (self.draw_name(), self.draw_name()) else { return };
        let given = &self.configuration.resources[&giver];
        let Some(member) = self.random.choice(&given.members).copied() else { return };
        if giver == taker || given.members.len() == 1 {
            return;
        }
        let identities = given.identities.clone();
        self.configuration.resources.get_mut(&giver).unwrap().members.remove(&member);
        let taker = self.configuration.resources.get_mut(&taker).unwrap();
        taker.members.insert(member);
        taker.identities.extend(identities);
    }

    // === Runs

    fn run(&mut self, scope: &Scope, trouble: &Trouble) {
        self.scene.parallelism = self.draw_parallelism();
        self.tell(&format!("run of {scope:?}, {trouble:?}"));
        let cloud = || self.scene.run.server.cloud();
        let mut configuration = self.configuration.clone();
        match trouble {
            Trouble::BadMember(name) => {
                configuration.resources.get_mut(name).unwrap().members.insert(STRANGER);
            }
            Trouble::Fault(fault) => cloud().fault(fault.clone()),
            // Slow enough to be stopped in the middle.
            Trouble::Stop { .. } => cloud().behaviour.latency = Duration::from_millis(30),
            Trouble::None => {}
        }
        let stop = |apply: &mut Running| {
            let Trouble::Stop { call } = trouble else { return };
            while cloud().journal().len() < *call {
                if apply.has_ended() {
                    return;
                }
                thread::park_timeout(Duration::from_millis(1));
            }
            apply.interrupt();
        };
        let outcome = self.scene.act(&configuration, scope, stop);
        cloud().clear_faults();
        cloud().behaviour.latency = Duration::ZERO;
        let writes =
            cloud().journal().iter().filter(|call| call.action == CREATE || call.action == DELETE).count();
        let failed = outcome.code != 0;
        writeln!(self.told, "    → {}", if failed { "failed" } else { "done" }).unwrap();
        if failed && matches!(trouble, Trouble::None) {
            let refused = *scope == Scope::Unrefreshed
                && outcome.to_string().contains("Grants cannot change hands without a refresh");
            assert!(refused && writes == 0, "nothing was wrong, and it failed:{}", brief(&outcome));
        }
    }

    // === Draws

    fn new_name(&mut self) -> String {
        self.names += 1;
        format!("r{}", self.names)
    }

    fn draw_name(&mut self) -> Option<String> {
        self.random.choice(self.configuration.resources.keys()).cloned()
    }

    fn draw_declared(&mut self) -> Declared {
        let (members, identities) = (self.random.usize(1..=3), self.random.usize(1..=2));
        Declared {
            members: self.random.choose_multiple(MEMBERS, members).into_iter().collect(),
            identities: self.random.choose_multiple(IDENTITIES, identities).into_iter().collect(),
            create_before_destroy: self.random.u32(0..4) == 0,
            after: None,
        }
    }

    fn draw_parallelism(&mut self) -> usize {
        *self.random.choice(&[1, 10, 100]).unwrap()
    }

    fn draw_scope(&mut self) -> Scope {
        let instances = self.scene.instances();
        match self.random.u32(0..10) {
            0..=4 => Scope::All,
            5..=6 => Scope::Unrefreshed,
            7..=8 => {
                let listed = instances.iter().map(|instance| &instance.name);
                let names: BTreeSet<&String> = listed.chain(self.configuration.resources.keys()).collect();
                let harmless = |name: &&&String| is_harmless(&self.configuration, &instances, name);
                let names: Vec<&String> = names.iter().filter(harmless).copied().collect();
                self.random.choice(names).map_or(Scope::All, |name| Scope::Target(name.clone()))
            }
            _ => {
                let exists = |name: &&String| {
                    instances.iter().any(|instance| instance.name == **name && !instance.deposed)
                };
                let names: Vec<&String> = self.configuration.resources.keys().filter(exists).collect();
                self.random.choice(names).map_or(Scope::All, |name| Scope::Replace(name.clone()))
            }
        }
    }

    fn draw_trouble(&mut self) -> Trouble {
        let nth = self.random.usize(1..=8);
        let soon = self.random.usize(1..=3);
        Trouble::Fault(match self.random.u32(0..16) {
            0..=4 => return Trouble::None,
            5..=6 => return Trouble::Stop { call: self.random.usize(1..=16) },
            7..=8 => return self.draw_name().map_or(Trouble::None, Trouble::BadMember),
            9 => Fault::any(Effect::Throttle).nth(nth).times(3),
            10 => Fault::any(Effect::code("InternalError")).nth(nth),
            11 => Fault::on(CREATE, Effect::code("FailedOperation.CreateRole")).nth(soon).always(),
            12 => Fault::on(DELETE, Effect::code("UnauthorizedOperation")).nth(soon).always(),
            13 => Fault::on(DELETE, Effect::code("FailedOperation")).nth(soon).times(2),
            14 => Fault::on(CREATE, Effect::ResetAfterApply).nth(soon),
            _ => Fault::on(DELETE, Effect::ResetAfterApply).nth(soon).times(4),
        })
    }
}

/// Whether a run about `name` alone gives up nothing that another one lists.
fn is_harmless(configuration: &Configuration, instances: &[Instance], name: &str) -> bool {
    let others: BTreeSet<Pair> = instances
        .iter()
        .filter(|instance| instance.name != name)
        .flat_map(|instance| instance.grants.iter().copied())
        .collect();
    configuration.given_up(instances, name).is_disjoint(&others)
}

/// `CHAOS_HOST_HISTORIES=number` plays so many, beginning with `CHAOS_SEED`.
#[test]
fn several_resources_end_well_whatever_their_history() {
    let (first, count) =
        (number("CHAOS_SEED").unwrap_or(1), number("CHAOS_HOST_HISTORIES").unwrap_or(SAMPLE));
    let one = ProcessEnv.var("CASE").and_then(|name| name.strip_prefix("history/")?.parse().ok());
    let seeds = one.map_or(first..first + count, |seed| seed..seed + 1);
    eprintln!("histories {seeds:?}");
    let histories: Vec<History> = seeds.map(|seed| History { seed }).collect();
    play_on_every_host(organization, &histories, |run, history| history.play(run));
}
