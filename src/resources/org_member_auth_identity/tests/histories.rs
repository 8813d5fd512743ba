//! Random histories of a small organization: configurations, outside changes and troubles in any order,
//! several resources side by side, compared step by step with a model that shares nothing with `reconcile`. A
//! failing history shrinks to a short one.
//!
//! The same histories every time. For others, and more of them: `CHAOS_SEED=7 CHAOS_HISTORIES=1000`.

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use simulator::Fault;

use super::crash_points::{Pairs, Trouble, declared, listed, troubles};
use super::*;
use crate::ambient::{Env, ProcessEnv};

const MEMBERS: u64 = 4;
const IDENTITIES: u64 = 3;
const RESOURCES: usize = 3;
const STEPS: usize = 14;

#[derive(Clone, Debug)]
enum Step {
    /// The configuration of one resource from now on; nothing declared removes it.
    Declare {
        resource: usize,
        members: BTreeSet<u64>,
        identities: BTreeSet<u64>,
    },
    /// Somebody grants, revokes, or changes the identity, behind our back.
    Grant(u64, u64),
    Revoke(u64, u64),
    Spoil(u64, u64),
    /// One run, in which the trouble, if any, comes at the given call.
    Apply(Option<(usize, usize)>),
}

fn step() -> impl Strategy<Value = Step> {
    let (member, identity) = (1..=MEMBERS, 11..11 + IDENTITIES);
    let pair = (member.clone(), identity.clone());
    let sets = (prop::collection::btree_set(member, 0..4), prop::collection::btree_set(identity, 0..3));
    prop_oneof![
        4 => (0..RESOURCES, sets).prop_map(|(resource, (members, identities))| {
            Step::Declare { resource, members, identities }
        }),
        1 => pair.clone().prop_map(|(uin, id)| Step::Grant(uin, id)),
        1 => pair.clone().prop_map(|(uin, id)| Step::Revoke(uin, id)),
        1 => pair.prop_map(|(uin, id)| Step::Spoil(uin, id)),
        3 => Just(Step::Apply(None)),
        3 => (0..troubles().len(), 1_usize..12).prop_map(|trouble| Step::Apply(Some(trouble))),
    ]
}

/// What we believe of the organization and of each resource.
#[derive(Debug, Default)]
struct Model {
    granted: Pairs,
    stale: Pairs,
    resources: [Believed; RESOURCES],
}

#[derive(Clone, Debug, Default)]
struct Believed {
    desired: Pairs,
    /// What its state lists.
    listed: Pairs,
    /// What its state says was declared: a refresh looks for all of it.
    stated: Pairs,
    tainted: bool,
}

impl Model {
    /// A refresh lists what exists of what was listed or declared, and forgets a resource of which nothing
    /// does.
    fn refresh(&mut self) {
        for resource in &mut self.resources {
            resource.listed.extend(&resource.stated);
            resource.listed.retain(|pair| self.granted.contains(pair));
            if resource.listed.is_empty() {
                resource.stated.clear();
                resource.tainted = false;
            }
        }
    }

    /// Whether the run has something to do about the resource.
    fn is_busy(&self, resource: &Believed) -> bool {
        resource.tainted || resource.desired != resource.listed || !resource.listed.is_disjoint(&self.stale)
    }

    /// What a run in which nothing goes wrong makes of it; says whether two resources wanted the same.
    fn apply(&mut self) -> bool {
        let busy: Vec<bool> = self.resources.iter().map(|resource| self.is_busy(resource)).collect();
        let mut wanted = Pairs::new();
        let mut contested = false;
        for (resource, _) in self.resources.iter().zip(&busy).filter(|(_, busy)| **busy) {
            contested |= !wanted.is_disjoint(&resource.desired);
            wanted.extend(&resource.desired);
        }
        for (resource, _) in self.resources.iter_mut().zip(&busy).filter(|(_, busy)| **busy) {
            self.granted.retain(|pair| !resource.listed.contains(pair) || wanted.contains(pair));
            resource.listed.clone_from(&resource.desired);
            resource.stated.clone_from(&resource.desired);
            resource.tainted = false;
        }
        self.granted.extend(&wanted);
        self.stale.retain(|pair| self.granted.contains(pair) && !wanted.contains(pair));
        contested
    }
}

/// The organization, and what a host keeps of each resource.
struct Run {
    world: World,
    model: Model,
    configs: [Option<MemberAuthIdentity>; RESOURCES],
    states: [Option<MemberAuthIdentity>; RESOURCES],
}

impl Run {
    fn new() -> Self {
        Self {
            world: World::of(organization(MEMBERS, IDENTITIES)),
            model: Model::default(),
            configs: Default::default(),
            states: Default::default(),
        }
    }

    async fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Declare { resource, members, identities } => {
                let config = config(members.iter().copied(), identities.iter().copied());
                let empty = members.is_empty() || identities.is_empty();
                self.model.resources[*resource].desired =
                    members.iter().flat_map(|uin| identities.iter().map(move |id| (*uin, *id))).collect();
                self.configs[*resource] = (!empty).then_some(config);
            }
            Step::Grant(uin, id) => {
                self.world.cloud().grant(*uin, *id);
                self.model.granted.insert((*uin, *id));
                self.model.stale.remove(&(*uin, *id));
            }
            Step::Revoke(uin, id) => {
                self.world.cloud().revoke(*uin, *id);
                self.model.granted.remove(&(*uin, *id));
                self.model.stale.remove(&(*uin, *id));
            }
            Step::Spoil(uin, id) => {
                if self.model.granted.contains(&(*uin, *id)) {
                    self.world.cloud().make_stale(*uin, *id);
                    self.model.stale.insert((*uin, *id));
                }
            }
            Step::Apply(trouble) => self.apply(*trouble).await?,
        }
        Ok(())
    }

    async fn apply(&mut self, trouble: Option<(usize, usize)>) -> Result<(), TestCaseError> {
        for state in &mut self.states {
            if let Some(known) = state.take() {
                *state = self.world.refresh(&known).await;
            }
        }
        self.model.refresh();
        self.assert_listed("after the refresh")?;
        self.world.next_run();
        tokio::time::advance(AGE_MAX).await;
        match trouble.and_then(|(kind, call)| Some((troubles().into_iter().nth(kind)?, call))) {
            Some((Trouble::Api(effect), call)) => self.world.cloud().fault(Fault::any(effect).nth(call)),
            Some((Trouble::Process(end), call)) => self.world.interrupt(end, call),
            None => {}
        }
        let operations = self.states.iter().zip(&self.configs).zip(&self.model.resources);
        let left =
            join_all(operations.map(|((state, config), believed)| {
                self.one(state.clone(), config.clone(), believed.tainted)
            }))
            .await;
        self.world.cloud().clear_faults();
        match trouble {
            None => self.assert_done(left),
            Some(_) => self.assert_nothing_lost(left),
        }
    }

    /// What a host does about one resource; says whether it is tainted afterwards.
    async fn one(
        &self,
        state: Option<MemberAuthIdentity>,
        config: Option<MemberAuthIdentity>,
        tainted: bool,
    ) -> (Left<MemberAuthIdentity>, bool) {
        let apply = |state, config| self.world.apply(&OrgMemberAuthIdentity, state, config);
        if !tainted {
            let creates = state.is_none();
            let left = apply(state, config).await;
            let failed = creates && left.report.has_errors();
            return (left, failed);
        }
        let gone = apply(state, None).await;
        if !gone.answered || gone.state.is_some() || config.is_none() {
            let tainted = gone.state.is_some();
            return (gone, tainted);
        }
        let mut made = apply(None, config).await;
        let failed = made.report.has_errors();
        made.report.extend(gone.report);
        (made, failed)
    }

    fn assert_listed(&self, when: &str) -> Result<(), TestCaseError> {
        for (number, (state, believed)) in self.states.iter().zip(&self.model.resources).enumerate() {
            let found = state.as_ref().map(listed).unwrap_or_default();
            prop_assert_eq!(&found, &believed.listed, "resource {} {}", number, when);
        }
        Ok(())
    }

    /// Nothing went wrong: all is as the model says.
    fn assert_done(&mut self, left: Vec<(Left<MemberAuthIdentity>, bool)>) -> Result<(), TestCaseError> {
        let contested = self.model.apply();
        let mut warned = false;
        for (number, (left, _)) in left.into_iter().enumerate() {
            prop_assert!(!left.report.has_errors(), "resource {}: {:?}", number, left.report);
            warned |= summaries(&left.report).contains(&"Grants declared twice");
            self.states[number] = left.state;
        }
        prop_assert_eq!(warned, contested, "warned of a grant declared twice");
        self.assert_listed("after a run without trouble")?;
        self.assert_granted()
    }

    fn assert_granted(&self) -> Result<(), TestCaseError> {
        let granted = &self.model.granted;
        let (missing, others) = (granted - &self.world.ours(), &self.world.ours() - granted);
        prop_assert!(missing.is_empty() && others.is_empty(), "missing {:?}, too many {:?}", missing, others);
        for (uin, id) in granted {
            let stale = self.model.stale.contains(&(*uin, *id));
            prop_assert_eq!(self.world.cloud().is_stale(*uin, *id), stale, "{}#{} stale", uin, id);
        }
        Ok(())
    }

    /// Something may have gone wrong: what is others' is untouched, what is kept is kept, and what we made is
    /// in a state.
    fn assert_nothing_lost(
        &mut self,
        left: Vec<(Left<MemberAuthIdentity>, bool)>,
    ) -> Result<(), TestCaseError> {
        let before = &self.model;
        let now = self.world.ours();
        let busy = || before.resources.iter().filter(|resource| before.is_busy(resource));
        let owned: Pairs = before.resources.iter().flat_map(|resource| &resource.listed).copied().collect();
        let wanted: Pairs = busy().flat_map(|resource| &resource.desired).copied().collect();
        let dropped: Pairs = busy()
            .flat_map(|resource| {
                if resource.tainted { resource.listed.clone() } else { &resource.listed - &resource.desired }
            })
            .collect();
        let foreign: Pairs = &(&before.granted - &owned) - &wanted;
        prop_assert!(foreign.is_subset(&now), "others' grants are gone: {:?}", &foreign - &now);
        let kept: Pairs = &before.granted - &dropped;
        prop_assert!(kept.is_subset(&now), "access dropped: {:?}", &kept - &now);
        let allowed: Pairs = &before.granted | &wanted;
        prop_assert!(now.is_subset(&allowed), "nobody declared {:?}", &now - &allowed);

        let answered = left.iter().all(|(left, _)| left.answered);
        let after: Pairs = left.iter().filter_map(|(left, _)| left.state.as_ref()).flat_map(listed).collect();
        if answered {
            let ours: Pairs = &(&now - &before.granted) | &(&now & &owned);
            prop_assert!(ours.is_subset(&after), "in no state any more: {:?}", &ours - &after);
        }
        for ((left, tainted), (state, believed)) in
            left.into_iter().zip(self.states.iter_mut().zip(&mut self.model.resources))
        {
            *believed = Believed {
                listed: left.state.as_ref().map(listed).unwrap_or_default(),
                stated: left.state.as_ref().map(declared).unwrap_or_default(),
                tainted: tainted && left.state.is_some(),
                desired: std::mem::take(&mut believed.desired),
            };
            *state = left.state;
        }
        self.model.stale =
            now.iter().filter(|(uin, id)| self.world.cloud().is_stale(*uin, *id)).copied().collect();
        self.model.granted = now;
        Ok(())
    }
}

#[test]
fn every_history_ends_as_the_model_says() {
    let number = |name| ProcessEnv.var(name).and_then(|text| text.parse::<u64>().ok());
    let seed = number("CHAOS_SEED").unwrap_or(0);
    let cases = number("CHAOS_HISTORIES").unwrap_or(1_000);
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &key);
    let config = Config { cases: cases.try_into().unwrap(), failure_persistence: None, ..Config::default() };
    let histories = prop::collection::vec(step(), 1..STEPS);
    let outcome = TestRunner::new_with_rng(config, rng).run(&histories, |history| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            fastrand::seed(seed);
            let mut run = Run::new();
            for step in &history {
                run.take(step).await?;
            }
            // Whatever came before: one run without trouble makes it so, unless resources contend for a pair.
            run.apply(None).await?;
            run.apply(None).await
        })
    });
    eprintln!("{cases} histories of up to {} steps, CHAOS_SEED={seed}", STEPS - 1);
    if let Err(failure) = outcome {
        panic!("CHAOS_SEED={seed}: {failure}");
    }
}
