//! Some of the troubles on a real host, which keeps the state itself, marks what failed, and asks to stop.

use std::collections::BTreeSet;
use std::time::Duration;

use simulator::{Behaviour, Cloud, Effect, Fault, Rate};

use support::organization::{self, with_grants};
use support::terraform::Outcome;
use support::workspace::{Running, Workspace, on_every_host, wait_until};

const RESOURCE: &str = "tencentcloud_org_member_auth_identity.ops";
const OTHERS: [(u64, u64); 2] = [(1, 17), (13, 1)];

/// 13 members and 7 identities.
fn organization() -> Cloud {
    let cloud = with_grants(organization::organization(1..=13, 11..=17), OTHERS);
    cloud.with_behaviour(Behaviour { rate: Rate::Off, ..Behaviour::default() })
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

#[track_caller]
fn others_are_there(run: &Workspace) {
    assert!(run.cloud_grants().is_superset(&OTHERS.into()), "others' grants: {:?}", run.cloud_grants());
}

/// Applies `config` while `effect` comes over a call.
#[track_caller]
fn apply_in_trouble(run: &Workspace, config: &str, call: usize, effect: &Effect) {
    run.server.cloud().clear_journal();
    run.server.cloud().fault(Fault::any(effect.clone()).nth(call));
    run.try_apply(config).succeeded();
    let came = run.server.cloud().journal().iter().any(|call| call.fault.is_some());
    assert!(came, "{effect:?} never came at call {call}");
}

/// The state lists what exists, the next apply heals; the destroy at the end of the story shows the rest.
#[track_caller]
fn nothing_is_lost(run: &Workspace, config: &str, context: &str) {
    assert_eq!(run.state().all_grants(), ours(run), "{context}: the state lists exactly what exists");
    others_are_there(run);
    run.server.cloud().clear_faults();
    run.step(config);
    assert_eq!((run.state().grants(RESOURCE), ours(run).len()), (ours(run), 72), "{context}");
}

/// The first call of `action` is held for a while, and `then` comes over the running apply.
fn while_held(run: &Workspace, action: &str, effect: Effect, then: impl FnOnce(&Running)) -> Outcome {
    run.server.cloud().fault(Fault::on(action, effect));
    run.server.cloud().clear_journal();
    let apply = run.start(&["apply", "-json", "-auto-approve"]);
    assert!(wait_until(|| run.server.cloud().calls(action) > 0), "{action} was never called");
    then(&apply);
    let outcome = apply.end();
    assert_ne!(outcome.code, 0, "{outcome}");
    outcome
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
            apply_in_trouble(run, &first(), call, &effect);
            nothing_is_lost(run, &first(), &format!("create, call {call}, {effect:?}"));
            apply_in_trouble(run, &second(), call + 3, &effect);
            nothing_is_lost(run, &second(), &format!("update, call {call}, {effect:?}"));
            run.run(&["destroy", "-json", "-auto-approve"]).succeeded();
            assert_eq!(run.cloud_grants(), OTHERS.into());
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
        let outcome =
            while_held(run, "CreateOrganizationMemberAuthIdentity", held.clone(), Running::interrupt);
        outcome.fails_with(&["Operation stopped", " of 72 grants were made."]);
        assert!(run.state().is_tainted(RESOURCE));
        assert_eq!(run.state().all_grants(), ours(run), "what was granted, though not seen yet, is listed");
        others_are_there(run);
        run.server.cloud().clear_faults();
        run.step(&first());
        nothing_is_lost(run, &first(), "stopped while creating");

        run.write("main.tf", &second());
        let outcome =
            while_held(run, "DeleteOrganizationMemberAuthIdentity", held.clone(), Running::interrupt);
        outcome.fails_with(&["Operation stopped", " of 17 grants were revoked."]);
        nothing_is_lost(run, &second(), "stopped while revoking");
    });
}

#[test]
fn a_crowd_that_shares_its_calls_loses_nothing_on_a_host() {
    let crowd = |from: u64| {
        format!(
            "provider \"tencentcloud\" {{\n  requests_per_second = 1000\n}}\n\
             resource \"tencentcloud_org_member_auth_identity\" \"ops\" {{\n  count = 6\n  \
             member_uins  = [{from} + count.index]\n  identity_ids = [11, 12]\n}}\n"
        )
    };
    on_every_host(organization, |run| {
        for effect in [
            Effect::ResetAfterApply,
            Effect::HtmlAfterApply(502),
            Effect::Partial { pairs: 5, code: "InternalError".to_owned() },
        ] {
            for (call, from) in [(2, 1), (3, 4)] {
                apply_in_trouble(run, &crowd(from), call, &effect);
                assert_eq!(run.state().all_grants(), ours(run), "{effect:?} at call {call}");
                assert_eq!(ours(run).len(), 12);
                others_are_there(run);
                run.settled();
            }
            run.run(&["destroy", "-json", "-auto-approve"]).succeeded();
            assert_eq!(run.cloud_grants(), OTHERS.into());
        }
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
