//! Some of the troubles on a real host, which keeps the state itself, marks what failed, and asks to stop.

use std::collections::BTreeSet;
use std::time::Duration;

use simulator::{Behaviour, Cloud, Effect, Fault, Rate};

use crate::support::workspace::{Running, Workspace, on_every_host, wait_until};

const RESOURCE: &str = "tencentcloud_org_member_auth_identity.ops";
const OTHERS: [(u64, u64); 2] = [(1, 17), (13, 1)];

/// 13 members and 7 identities.
fn organization() -> Cloud {
    let cloud = Cloud::new().with_behaviour(Behaviour { rate: Rate::Off, ..Behaviour::default() });
    let cloud = (1..=13).fold(cloud, |cloud, uin| cloud.with_member(uin, "member"));
    let cloud = (11..=17).fold(cloud, |cloud, id| cloud.with_identity(id, "identity"));
    OTHERS.into_iter().fold(cloud, |cloud, (uin, id)| cloud.with_grant(uin, id))
}

fn config(members: std::ops::RangeInclusive<u64>, identities: &[u64]) -> String {
    let members: Vec<u64> = members.collect();
    format!(
        "provider \"tencentcloud\" {{\n  requests_per_second = 1000\n}}\n\
         resource \"tencentcloud_org_member_auth_identity\" \"ops\" {{\n  \
         member_uins  = {members:?}\n  identity_ids = {identities:?}\n}}\n"
    )
}

fn first() -> String {
    config(1..=12, &[11, 12, 13, 14, 15, 16])
}

fn second() -> String {
    config(2..=13, &[11, 12, 13, 14, 15, 17])
}

fn ours(run: &Workspace) -> BTreeSet<(u64, u64)> {
    run.cloud_grants().into_iter().filter(|pair| !OTHERS.contains(pair)).collect()
}

/// The state lists what exists, the next apply heals; the destroy at the end of the story shows the rest.
#[track_caller]
fn nothing_is_lost(run: &Workspace, config: &str, context: &str) {
    assert_eq!(run.state().all_grants(), ours(run), "{context}: the state lists exactly what exists");
    run.server.cloud().clear_faults();
    run.step(config);
    assert_eq!((run.state().grants(RESOURCE), ours(run).len()), (ours(run), 72), "{context}");
}

/// The first call of `action` is held for a while, and `then` comes over the running apply.
fn while_held(run: &Workspace, action: &str, effect: Effect, then: impl FnOnce(&Running)) {
    run.server.cloud().fault(Fault::on(action, effect));
    run.server.cloud().clear_journal();
    let apply = run.start(&["apply", "-json", "-auto-approve"]);
    assert!(wait_until(|| run.server.cloud().calls(action) > 0), "{action} was never called");
    then(&apply);
    let outcome = apply.end();
    assert_ne!(outcome.code, 0, "{outcome}");
}

#[test]
fn troubles_of_the_api_cost_a_host_nothing() {
    on_every_host(organization, |run| {
        for (call, effect) in [
            (1, Effect::Html(502)),
            (7, Effect::ResetBefore),
            (8, Effect::ResetAfterApply),
            (9, Effect::Partial { pairs: 7, code: "InternalError".to_owned() }),
            (10, Effect::Truncate),
        ] {
            run.server.cloud().fault(Fault::any(effect.clone()).nth(call));
            run.try_apply(&first()).succeeded();
            nothing_is_lost(run, &first(), &format!("create, call {call}, {effect:?}"));
            run.server.cloud().fault(Fault::any(effect.clone()).nth(call + 3));
            run.try_apply(&second()).succeeded();
            nothing_is_lost(run, &second(), &format!("update, call {call}, {effect:?}"));
            run.run(&["destroy", "-json", "-auto-approve"]).succeeded();
            assert_eq!(ours(run), BTreeSet::new());
        }
    });
}

#[test]
fn a_killed_provider_is_made_up_for_by_the_next_apply() {
    on_every_host(organization, |run| {
        let held = Effect::StallAfterApply(Duration::from_secs(30));
        run.write("main.tf", &first());
        while_held(run, "CreateOrganizationMemberAuthIdentity", held.clone(), Running::kill_children);
        assert!(!ours(run).is_empty());
        run.server.cloud().clear_faults();
        let step = run.step(&first());
        step.applied.warns(&["Existing grants adopted"]);
        nothing_is_lost(run, &first(), "killed while creating");

        run.write("main.tf", &second());
        while_held(run, "DeleteOrganizationMemberAuthIdentity", held.clone(), Running::kill_children);
        run.server.cloud().clear_faults();
        run.step(&second());
        nothing_is_lost(run, &second(), "killed while updating");
    });
}

#[test]
fn a_stop_in_the_middle_leaves_an_exact_state() {
    on_every_host(organization, |run| {
        let held = Effect::StallAfterApply(Duration::from_millis(500));
        run.write("main.tf", &first());
        while_held(run, "CreateOrganizationMemberAuthIdentity", held.clone(), Running::interrupt);
        let begun = run.server.cloud().journal().len();
        assert!(run.state().is_tainted(RESOURCE));
        run.server.cloud().clear_faults();
        assert!(ours(run).is_subset(&run.state().all_grants()));
        assert_eq!(run.server.cloud().journal().len(), begun, "nothing goes on after the end");
        run.step(&first());
        nothing_is_lost(run, &first(), "stopped while creating");

        run.write("main.tf", &second());
        while_held(run, "DeleteOrganizationMemberAuthIdentity", held.clone(), Running::interrupt);
        nothing_is_lost(run, &second(), "stopped while revoking");
    });
}

#[test]
fn a_renamed_resource_keeps_its_grants() {
    on_every_host(organization, |run| {
        run.step(&first());
        run.server.cloud().clear_journal();
        let renamed = first().replace("\"ops\"", "\"team\"");
        let outcome = run.try_apply(&renamed);
        outcome.clone().succeeded();
        outcome.warns(&["Existing grants adopted"]);
        assert_eq!(run.server.cloud().calls("DeleteOrganizationMemberAuthIdentity"), 0);
        assert_eq!(run.state().all_grants(), ours(run));
        run.settled();
    });
}

#[test]
fn two_resources_that_declare_a_grant_are_told_so() {
    on_every_host(organization, |run| {
        let twice =
            format!("{}{}", config(1..=2, &[11]), config(2..=3, &[11]).replace("\"ops\"", "\"team\""));
        let (provider, twice) = twice.split_at(twice.find("resource").unwrap());
        let twice = format!("{provider}{}", twice.replace(provider, ""));
        let outcome = run.try_apply(&twice);
        outcome.clone().succeeded();
        outcome.warns(&["Grants declared twice", "2#11"]);
        run.settled();
    });
}
