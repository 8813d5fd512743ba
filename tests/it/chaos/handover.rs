//! A grant that changes hands is there in the end, whatever failed on the way: every row of a table of
//! troubles, on real hosts.
//!
//! Thirty pairs go from one resource, the giver, to another, the taker. A first run meets trouble, such that
//! both states may list the pairs; the second is healthy. In a [`Case`] the giver is updated in place or
//! destroyed, acts before or after the taker or in the host's own order, and the host does one, ten or a
//! hundred things at once.
//!
//! A removed resource cannot say `depends_on`, so for a destroy the state is made to say what else depended
//! on the giver. What is updated waits for the destroy of what it depended on: the taker, if the giver acts
//! first. And what is destroyed waits for the destroy of what depended on it: if the taker acts first, that
//! is a `terraform_data` called gate, which makes way for a new one that depends on the taker and is created
//! first.

use std::fmt;
use std::time::Duration;

use simulator::{Effect, Fault};

use super::scene::{
    CREATE, Configuration, DELETE, Declared, STRANGER, Scene, Scope, address, brief, organization,
};
use super::{chosen, draw, play_on_every_host};
use support::terraform::Outcome;
use support::workspace::wait_until;

const GIVER: &str = "giver";
const TAKER: &str = "taker";
const GATE: &str = "terraform_data.gate";

/// What becomes of the giver's members: it lets go of them, they go to the taker, or they stay. Revokes go by
/// member, some side by side, so that trouble comes before those that have moved.
const LEFT: std::ops::RangeInclusive<u64> = 1..=10;
const MOVED: std::ops::RangeInclusive<u64> = 11..=20;
const KEPT: std::ops::RangeInclusive<u64> = 21..=22;

/// The taker's from the start.
const OWN: u64 = 23;

/// What goes wrong in the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// Ctrl-C while the giver is revoking.
    Stop,
    /// Every revoke is refused.
    Unauthorized,
    /// No revoke gets through.
    Unavailable,
    /// The giver is to grant something to a member that does not exist.
    BadMember,
    /// The giver cannot grant what it is to grant besides.
    NoRole,
    /// None, but the taker is applied alone.
    Target,
    /// There is no first run: both declared the pairs from the start.
    Twice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Updated,
    Destroyed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    TakerFirst,
    GiverFirst,
    Free,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    trouble: Trouble,
    fate: Fate,
    order: Order,
    parallelism: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Troubled,
    Healthy,
}

impl Trouble {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Stop, "stop"),
        (Self::Unauthorized, "unauthorized"),
        (Self::Unavailable, "unavailable"),
        (Self::BadMember, "bad-member"),
        (Self::NoRole, "no-role"),
        (Self::Target, "target"),
        (Self::Twice, "twice"),
    ];

    /// The member that the giver is to have besides in the troubled run. Such a giver is never destroyed in
    /// it.
    fn besides(self) -> Option<u64> {
        match self {
            Self::BadMember => Some(STRANGER),
            Self::NoRole => Some(24),
            _ => None,
        }
    }

    fn fault(self) -> Option<Fault> {
        match self {
            Self::Unauthorized => Some(Fault::on(DELETE, Effect::code("UnauthorizedOperation")).always()),
            Self::Unavailable => Some(Fault::on(DELETE, Effect::code("ServiceUnavailable")).always()),
            Self::NoRole => Some(Fault::on(CREATE, Effect::code("FailedOperation.CreateRole")).always()),
            Self::Stop | Self::BadMember | Self::Target | Self::Twice => None,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trouble = Trouble::ALL.iter().find(|(trouble, _)| *trouble == self.trouble).unwrap().1;
        let fate = if self.fate == Fate::Updated { "updated" } else { "destroyed" };
        let order = match self.order {
            Order::TakerFirst => "taker-first",
            Order::GiverFirst => "giver-first",
            Order::Free => "free",
        };
        write!(f, "handover/{trouble}/{fate}/{order}/{}", self.parallelism)
    }
}

impl Case {
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for (trouble, _) in Trouble::ALL {
            for fate in [Fate::Updated, Fate::Destroyed] {
                for order in [Order::TakerFirst, Order::GiverFirst, Order::Free] {
                    cases.extend([1, 10, 100].map(|parallelism| Self { trouble, fate, order, parallelism }));
                }
            }
        }
        cases
    }

    /// The order in which the two act, where it can be said. In the troubled run the taker goes first, so
    /// that it has the pairs; a giver that fails lists them in any order.
    fn order(&self, phase: Phase) -> Order {
        match (phase, self.order, self.fate) {
            (Phase::Before, ..) | (Phase::Troubled, Order::GiverFirst, Fate::Destroyed) => Order::Free,
            (Phase::Troubled, _, Fate::Destroyed) if self.trouble.besides().is_some() => Order::Free,
            (Phase::Troubled, Order::GiverFirst, Fate::Updated) => Order::TakerFirst,
            (_, order, _) => order,
        }
    }

    fn configuration(&self, phase: Phase) -> Configuration {
        let declared = |members: Vec<u64>| Declared {
            members: members.into_iter().collect(),
            identities: (11..=13).collect(),
            ..Declared::default()
        };
        let takes = phase != Phase::Before || self.trouble == Trouble::Twice;
        let mut taker = declared(if takes { MOVED.chain([OWN]).collect() } else { vec![OWN] });
        let besides = self.trouble.besides().filter(|_| phase == Phase::Troubled);
        let mut giver = match phase {
            Phase::Before => Some(declared(LEFT.chain(MOVED).chain(KEPT).collect())),
            _ if self.fate == Fate::Destroyed && besides.is_none() => None,
            _ => Some(declared(KEPT.chain(besides).collect())),
        };
        let mut gate = String::new();
        match (self.order(phase), &mut giver) {
            (Order::TakerFirst, Some(giver)) => giver.after = Some(address(TAKER)),
            (Order::GiverFirst, Some(_)) => taker.after = Some(address(GIVER)),
            (Order::TakerFirst, None) => gate = gate_of(phase, &address(TAKER)),
            _ if self.order == Order::TakerFirst && self.fate == Fate::Destroyed => gate = gate_of(phase, ""),
            _ => {}
        }
        let resources = [(TAKER, Some(taker)), (GIVER, giver)];
        let resources =
            resources.into_iter().filter_map(|(name, declared)| Some((name.to_owned(), declared?)));
        Configuration { resources: resources.collect(), rest: gate }
    }

    fn play(&self, scene: &Scene<'_>) {
        self.act(scene, Phase::Before, |configuration| scene.apply(configuration));
        if self.trouble != Trouble::Twice {
            self.act(scene, Phase::Troubled, |configuration| self.suffer(scene, configuration));
        }
        self.act(scene, Phase::Healthy, |configuration| scene.ends_well(configuration));
    }

    /// Has the two act in the order that the case is about.
    fn act(&self, scene: &Scene<'_>, phase: Phase, run: impl FnOnce(&Configuration) -> Outcome) {
        let configuration = self.configuration(phase);
        if !configuration.resources.contains_key(GIVER) {
            match self.order(phase) {
                Order::TakerFirst => scene.remember_dependency(GATE, &address(GIVER), true),
                Order::GiverFirst => scene.remember_dependency(&address(TAKER), &address(GIVER), false),
                Order::Free => {}
            }
        }
        self.assert_order(phase, &run(&configuration));
    }

    /// The first run.
    fn suffer(&self, scene: &Scene<'_>, configuration: &Configuration) -> Outcome {
        let cloud = || scene.run.server.cloud();
        self.trouble.fault().into_iter().for_each(|fault| cloud().fault(fault));
        let scope = match self.trouble {
            Trouble::Target => Scope::Target(TAKER.to_owned()),
            _ => Scope::All,
        };
        if self.trouble == Trouble::Stop {
            cloud().behaviour.latency = Duration::from_millis(50);
        }
        let outcome = scene.act(configuration, &scope, |apply| {
            if self.trouble == Trouble::Stop {
                assert!(wait_until(|| cloud().calls(DELETE) > 0), "nothing was revoked");
                apply.interrupt();
            }
        });
        cloud().behaviour.latency = Duration::ZERO;
        let fails = self.trouble != Trouble::Target;
        assert_eq!(outcome.code, i32::from(fails), "{}", brief(&outcome));
        outcome
    }

    /// The two acted in the order that the case is about, if both did anything.
    #[track_caller]
    fn assert_order(&self, phase: Phase, outcome: &Outcome) {
        let events: Vec<serde_json::Value> =
            outcome.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let place = |name: &str, kinds: &[&str]| {
            events.iter().position(|event| {
                kinds.iter().any(|kind| event["type"] == *kind)
                    && event["hook"]["resource"]["addr"] == address(name)
            })
        };
        let (first, second) = match self.order(phase) {
            Order::TakerFirst => (TAKER, GIVER),
            Order::GiverFirst => (GIVER, TAKER),
            Order::Free => return,
        };
        let ended = place(first, &["apply_complete", "apply_errored"]);
        let began = place(second, &["apply_start"]);
        if let (Some(ended), Some(began)) = (ended, began) {
            assert!(ended < began, "{first} should act before {second}{}", brief(outcome));
        }
    }
}

/// The gate in a phase, after what stands at an address.
fn gate_of(phase: Phase, after: &str) -> String {
    let (kind, name) = GATE.split_once('.').unwrap();
    format!(
        "resource {kind:?} {name:?} {{\n  triggers_replace = \"{phase:?}\"\n  depends_on = [{after}]\n  \
         lifecycle {{\n    create_before_destroy = true\n  }}\n}}\n"
    )
}

/// Without a word of the environment, one case for each trouble.
#[test]
fn a_grant_that_changes_hands_in_trouble_is_there_in_the_end() {
    let cases = chosen(Case::all(), |all| {
        let shuffled = draw(all, usize::MAX);
        let one = |trouble| shuffled.iter().find(|case| case.trouble == trouble).copied();
        Trouble::ALL.into_iter().filter_map(|(trouble, _)| one(trouble)).collect()
    });
    play_on_every_host(organization, &cases, |run, case| {
        case.play(&Scene::new(run, case.parallelism, case.order == Order::TakerFirst));
    });
}
