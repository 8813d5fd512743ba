//! Pairs that two states list: whoever keeps one has it after the next run of both, in whatever order they
//! are planned and applied, and whatever failed before.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use simulator::{Effect, Fault};

use super::*;
use crate::framework::resource::{Change, CoordinateResource, Planned, StateSlot};

/// What a host keeps of an instance.
#[derive(Clone, Debug)]
struct Instance {
    model: MemberAuthIdentity,
    private: Vec<u8>,
}

/// A host's state and configuration, by name.
struct Host {
    world: World,
    state: BTreeMap<&'static str, Instance>,
    config: BTreeMap<&'static str, MemberAuthIdentity>,
    /// Whether what is no longer configured is read before it is planned. Terraform plans it first.
    reads_first: bool,
}

/// In which order a host goes through the instances.
#[derive(Clone, Copy, Debug)]
enum Order {
    Ascending,
    Descending,
    SideBySide,
}

const ORDERS: [Order; 3] = [Order::Ascending, Order::Descending, Order::SideBySide];

/// What was planned for an instance, and with which private bytes.
#[derive(Debug)]
struct Plan {
    prior: Option<Instance>,
    changes: bool,
    private: Vec<u8>,
    report: Diagnostics,
}

impl Host {
    fn new(world: World) -> Self {
        Self { world, state: BTreeMap::new(), config: BTreeMap::new(), reads_first: true }
    }

    fn declare(&mut self, name: &'static str, members: &[u64]) {
        self.config.insert(name, config(members.iter().copied(), [11]));
    }

    fn names(&self) -> Vec<&'static str> {
        let names: BTreeSet<&'static str> = self.state.keys().chain(self.config.keys()).copied().collect();
        names.into_iter().collect()
    }

    async fn in_order<T>(
        names: Vec<&'static str>,
        order: Order,
        one: impl AsyncFn(&'static str) -> T,
    ) -> Vec<(&'static str, T)> {
        let both = async |name| (name, one(name).await);
        match order {
            Order::SideBySide => join_all(names.into_iter().map(both)).await,
            Order::Ascending | Order::Descending => {
                let mut names = names;
                if matches!(order, Order::Descending) {
                    names.reverse();
                }
                let mut done = Vec::new();
                for name in names {
                    done.push(both(name).await);
                }
                done
            }
        }
    }

    /// Plans `names`, refreshing each first, in a process of its own.
    async fn plan(
        &self,
        names: Vec<&'static str>,
        order: Order,
        refresh: bool,
    ) -> BTreeMap<&'static str, Plan> {
        self.world.next_run();
        tokio::time::advance(AGE_MAX).await;
        Self::in_order(names, order, async |name| {
            let prior = self.state.get(name).cloned();
            let read = async |known: &Instance| {
                let cx = self.world.cx_of(known.private.clone());
                let found = OrgMemberAuthIdentity.read(&cx, known.model.clone()).await.unwrap();
                found.map(|model| Instance { model, private: cx.into_parts().1 })
            };
            let config = self.config.get(name).cloned();
            match prior {
                Some(known) if refresh && (self.reads_first || config.is_some()) => {
                    self.planned(read(&known).await, config).await.1
                }
                Some(known) if refresh => {
                    let plan = self.planned(Some(known.clone()), None).await.1;
                    drop(read(&known).await);
                    plan
                }
                prior => self.planned(prior, config).await.1,
            }
        })
        .await
        .into_iter()
        .collect()
    }

    async fn planned(
        &self,
        prior: Option<Instance>,
        config: Option<MemberAuthIdentity>,
    ) -> (Option<MemberAuthIdentity>, Plan) {
        let model = prior.as_ref().map(|prior| prior.model.clone());
        let mut planned = config.map(|config| {
            let mut planned =
                Planned { state: config.clone(), replace: Vec::new(), report: Diagnostics::new() };
            OrgMemberAuthIdentity.plan(&Change { prior: model.clone(), config }, &mut planned);
            planned.state
        });
        let cx = self.world.cx_of(prior.as_ref().map(|prior| prior.private.clone()).unwrap_or_default());
        let refused = OrgMemberAuthIdentity.coordinate(&cx, model.as_ref(), planned.as_mut()).await.err();
        let (mut report, private) = cx.into_parts();
        report.extend(refused.into_iter().flatten());
        let changes = model != planned;
        (planned, Plan { prior, changes, private, report })
    }

    /// Applies `plans` in a process of its own, which plans updates and creations again as a host does.
    async fn apply(&mut self, plans: BTreeMap<&'static str, Plan>, order: Order) -> Diagnostics {
        self.world.next_run();
        let names = plans.keys().copied().collect();
        let applied = Self::in_order(names, order, async |name| {
            let plan = &plans[name];
            if !plan.changes {
                return (plan.prior.clone(), Diagnostics::new());
            }
            let Some(config) = self.config.get(name).cloned() else {
                let prior = plan.prior.clone().unwrap();
                let cx = self.world.cx_of(plan.private.clone());
                let mut slot = StateSlot::empty();
                let result = OrgMemberAuthIdentity.delete(&cx, prior.model.clone(), &mut slot).await;
                let (mut report, private) = cx.into_parts();
                let failed = result.is_err();
                report.extend(result.err().into_iter().flatten());
                let left = slot.into_saved().or(failed.then_some(prior.model));
                return (left.map(|model| Instance { model, private }), report);
            };
            let (planned, again) = self.planned(plan.prior.clone(), Some(config)).await;
            assert!(!again.report.has_errors(), "{name}: {:?}", again.report);
            if !again.changes {
                return (plan.prior.clone(), again.report);
            }
            let (planned, cx) = (planned.unwrap(), self.world.cx_of(again.private));
            let mut slot = StateSlot::empty();
            let result = match &plan.prior {
                None => OrgMemberAuthIdentity.create(&cx, planned, &mut slot).await,
                Some(prior) => {
                    OrgMemberAuthIdentity.update(&cx, prior.model.clone(), planned, &mut slot).await
                }
            };
            let (mut report, private) = cx.into_parts();
            report.extend(result.err().into_iter().flatten());
            let kept = slot.into_saved().map(|model| Instance { model, private });
            (kept.or_else(|| plan.prior.clone()), report)
        })
        .await;
        let mut report = Diagnostics::new();
        for (name, (instance, told)) in applied {
            report.extend(told);
            match instance {
                Some(instance) => drop(self.state.insert(name, instance)),
                None => drop(self.state.remove(name)),
            }
        }
        report
    }

    /// A plan of all and its apply, each in `order`.
    async fn run(&mut self, planning: Order, applying: Order) -> Diagnostics {
        let plans = self.plan(self.names(), planning, true).await;
        self.apply(plans, applying).await
    }

    /// A run in which nothing goes wrong: the cloud is as declared, and there is nothing more to do.
    async fn heal(&mut self, planning: Order, applying: Order) {
        let report = self.run(planning, applying).await;
        assert!(!report.has_errors(), "{report:?}");
        let declared: BTreeSet<(u64, u64)> = self
            .config
            .values()
            .flat_map(|config| config.product().unwrap().pairs().collect::<Vec<_>>())
            .map(|pair| (pair.member_uin, pair.identity_id))
            .collect();
        assert_eq!(self.world.ours(), declared, "planned {planning:?}, applied {applying:?}");
        for order in ORDERS {
            let plans = self.plan(self.names(), order, true).await;
            for (name, plan) in plans {
                assert!(
                    !plan.changes && !plan.report.has_errors(),
                    "{name} after {planning:?}, {applying:?}"
                );
            }
        }
    }
}

/// Two states that list the pairs of members 2 and 3: `left` has 1 to 3, `right` 2 to 4, and nobody knows
/// why.
async fn doubled(left: &'static str, right: &'static str) -> Host {
    let mut host = Host::new(slow());
    host.declare(left, &[1, 2, 3]);
    host.heal(Order::SideBySide, Order::SideBySide).await;
    host.declare(right, &[2, 3, 4]);
    let plans = host.plan(vec![right], Order::SideBySide, true).await;
    host.apply(plans, Order::SideBySide).await;
    host
}

/// The same, when a host of either kind has planned them in some order before, so that the states have notes.
async fn doubled_and_noted(left: &'static str, right: &'static str) -> Vec<Host> {
    let mut hosts = Vec::new();
    for reads_first in [true, false] {
        for noted in [None, Some(Order::Ascending), Some(Order::Descending)] {
            let mut host = doubled(left, right).await;
            host.reads_first = reads_first;
            if let Some(order) = noted {
                host.run(order, order).await;
            }
            hosts.push(host);
        }
    }
    hosts
}

#[tokio::test(start_paused = true)]
async fn a_pair_that_two_states_list_stays_with_the_one_that_keeps_it_in_every_order() {
    for planning in ORDERS {
        for applying in ORDERS {
            for names in [("a", "b"), ("b", "a")] {
                for rest in [Some([1].as_slice()), None] {
                    for mut host in doubled_and_noted(names.0, names.1).await {
                        match rest {
                            Some(members) => host.declare(names.0, members),
                            None => drop(host.config.remove(names.0)),
                        }
                        host.heal(planning, applying).await;
                    }
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pair_that_two_states_list_is_revoked_when_both_give_it_up() {
    for planning in ORDERS {
        for applying in ORDERS {
            for (left, right) in [(Some([1]), Some([4])), (Some([1]), None), (None, Some([4])), (None, None)]
            {
                for mut host in doubled_and_noted("a", "b").await {
                    host.config.clear();
                    for (name, members) in [("a", left), ("b", right)] {
                        if let Some(members) = members {
                            host.declare(name, &members);
                        }
                    }
                    host.heal(planning, applying).await;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pair_declared_twice_is_told_by_every_plan_and_changes_nothing() {
    for order in ORDERS {
        let host = doubled("a", "b").await;
        let plans = host.plan(host.names(), order, true).await;
        let told: Vec<&str> = plans.values().flat_map(|plan| summaries(&plan.report)).collect();
        assert_eq!(told, ["Grants declared twice"], "{order:?}");
        assert!(plans.values().all(|plan| !plan.changes));
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_without_a_refresh_refuses_what_its_apply_could_not_keep() {
    let mut host = doubled("a", "b").await;
    host.declare("a", &[1]);
    for order in [Order::Ascending, Order::Descending] {
        let plans = host.plan(host.names(), order, false).await;
        let told: Vec<&str> = plans.values().flat_map(|plan| summaries(&plan.report)).collect();
        assert_eq!(told, ["Grants cannot change hands without a refresh"], "{order:?}");
    }
    host.heal(Order::Ascending, Order::Ascending).await;
}

/// Members 2 and 3 move from `giver`, which has 1 to 3, to `taker`, in a run in which `fault` happens.
async fn troubled(
    giver: &'static str,
    taker: &'static str,
    rest: &[u64],
    order: Order,
    fault: Fault,
) -> Host {
    let mut host = Host::new(slow());
    host.declare(giver, &[1, 2, 3]);
    host.heal(Order::SideBySide, Order::SideBySide).await;
    host.config.remove(giver);
    if !rest.is_empty() {
        host.declare(giver, rest);
    }
    host.declare(taker, &[2, 3]);
    let plans = host.plan(host.names(), order, true).await;
    host.world.cloud().fault(fault);
    let report = host.apply(plans, order).await;
    assert!(report.has_errors(), "{order:?}");
    host.world.cloud().clear_faults();
    host
}

#[tokio::test(start_paused = true)]
async fn a_handover_that_fails_half_way_loses_no_access_and_leaves_none_behind() {
    let refused = || Fault::on(DELETE, Effect::code("UnauthorizedOperation")).always();
    let down = || Fault::on(DELETE, Effect::code("ServiceUnavailable")).always();
    for order in ORDERS {
        for names in [("a", "b"), ("b", "a")] {
            for fault in [refused, down] {
                let mut host = troubled(names.0, names.1, &[], order, fault()).await;
                host.heal(order, order).await;
                let mut host = troubled(names.0, names.1, &[1, 77], order, fault()).await;
                host.declare(names.0, &[1]);
                host.heal(order, order).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_a_state_lists_nothing_that_another_one_of_the_run_has_come_to_hold() {
    let fault = Fault::on(DELETE, Effect::code("UnauthorizedOperation")).always();
    let host = troubled("giver", "taker", &[], Order::SideBySide, fault).await;
    let members = |name| host.state[name].model.recorded().into_keys().map(|pair| pair.member_uin);
    assert_eq!(members("giver").collect::<Vec<_>>(), [1]);
    assert_eq!(members("taker").collect::<Vec<_>>(), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_taker_that_comes_after_the_failure_is_told_who_else_lists_its_grants() {
    let fault = Fault::on(DELETE, Effect::code("UnauthorizedOperation")).always();
    let mut host = Host::new(slow());
    host.declare("a", &[1, 2, 3]);
    host.heal(Order::SideBySide, Order::SideBySide).await;
    host.config.clear();
    host.declare("b", &[2, 3]);
    let plans = host.plan(host.names(), Order::Ascending, true).await;
    host.world.cloud().fault(fault);
    let report = host.apply(plans, Order::Ascending).await;
    assert!(summaries(&report).contains(&"Grants listed by two resources"), "{report:?}");
}
