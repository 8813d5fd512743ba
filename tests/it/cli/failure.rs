//! Errors, lost replies, interruptions: whatever happens, the state lists exactly what exists (40 to 51).

use std::time::Duration;

use simulator::{Behaviour, Cloud, Effect, Fault, Rate};

use super::{CREATE, DELETE, LIST, OPS, member, ops, ops_with, organization, product, tiles, writes};
use support::workspace::{Workspace, on_every_host, wait_until};

const ALL: [u64; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// The state records exactly those of our pairs that exist.
#[track_caller]
fn exact(run: &Workspace) {
    let others = [(member(1), 1), (member(12), 16)].into();
    assert!(run.cloud_grants().is_superset(&others), "others' grants: {:?}", run.cloud_grants());
    assert_eq!(
        run.state().all_grants(),
        &run.cloud_grants() - &others,
        "the state lists exactly what exists"
    );
}

#[test]
fn a40_when_the_second_tile_fails_the_first_is_recorded_and_the_next_apply_heals() {
    on_every_host(organization, |run| {
        let config = ops(&ALL[..11], &[11]);
        let failure = Effect::code("FailedOperation.CreateRole");
        run.server.cloud().fault(Fault::on(CREATE, failure).nth(2).always());
        let outcome = run.try_apply(&config);
        exact(run);
        assert!(run.state().is_tainted(OPS));
        // The tiles of ten and of one are under way together: either may be the second.
        let done = run.state().grants(OPS).len();
        assert!(done == 10 || done == 1, "{done}");
        outcome.fails_with(&["FailedOperation.CreateRole", "RequestId", &done.to_string()]);

        run.server.cloud().clear_faults();
        let step = run.step(&config);
        assert_eq!(step.state.grants(OPS), product(&ALL[..11], &[11]));
    });
}

#[test]
fn a41_an_update_that_fails_half_way_is_completed_by_the_next() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11]));
        let failure = Effect::code("FailedOperation.OrganizationIdentityPolicyError");
        run.server.cloud().fault(Fault::on(CREATE, failure).nth(2).always());
        // Two tiles to grant, one of which fails, and a pair to revoke.
        let config = ops(&ALL[1..12], &[12]);
        run.try_apply(&config).fails_with(&["FailedOperation.OrganizationIdentityPolicyError"]);
        exact(run);
        assert!(!run.state().is_tainted(OPS));

        run.server.cloud().clear_faults();
        let step = run.step(&config);
        assert_eq!(step.plan.action(OPS), "update");
        assert_eq!(step.state.grants(OPS), product(&ALL[1..12], &[12]));
        assert!(!run.cloud_grants().contains(&(member(1), 11)));
    });
}

#[test]
fn a40_a_bad_member_spoils_only_its_own_pairs_and_is_named() {
    on_every_host(organization, |run| {
        // A plan that looks would refuse it.
        run.set("TENCENTCLOUD_PLAN_CHECKS", "false");
        let outcome = run.try_apply(&ops(&[1, 2, 77, 3], &[11, 12]));
        outcome.fails_with(&["100000000077", "ResourceNotFound.OrganizationMemberNotExist"]);
        exact(run);
        assert_eq!(run.state().grants(OPS), product(&[1, 2, 3], &[11, 12]));

        let outcome = run.try_apply(&ops(&[1, 2, 3], &[11, 12, 99]));
        outcome.fails_with(&["99", "ResourceNotFound.OrganizationIdentityNotExist"]);
        exact(run);
    });
}

#[test]
fn a42_a_grant_in_use_blocks_only_itself() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11, 12]));
        run.server.cloud().bind_policy(member(2), 11);
        let outcome = run.run(&["destroy", "-json", "-auto-approve"]);
        outcome.fails_with(&["100000000002#11", "FailedOperation.MemberIdentityAuthUsed"]);
        exact(run);
        assert_eq!(run.state().grants(OPS), product(&[2], &[11]));
        run.server.cloud().unbind_policy(member(2), 11);
    });
}

#[test]
fn a43_what_is_gone_already_counts_as_revoked() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11, 12]));
        run.server.cloud().revoke(member(1), 11);
        run.server.cloud().remove_identity(12);
        run.run(&["destroy", "-json", "-auto-approve", "-refresh=false"]).succeeded();
        assert!(run.cloud_grants().is_disjoint(&product(&[1, 2], &[11, 12])));
    });
}

#[test]
fn a43_a_missing_organization_is_an_error_not_an_absence() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11]));
        run.server.cloud().dissolve();
        let outcome = run.try_plan(&ops(&[1], &[11]));
        outcome.fails_with(&["ResourceNotFound.OrganizationNotExist"]);
        let outcome = run.run(&["destroy", "-json", "-auto-approve", "-refresh=false"]);
        outcome.fails_with(&["ResourceNotFound.OrganizationNotExist"]);
        assert_eq!(run.state().grants(OPS), product(&[1], &[11]), "nothing is forgotten");
        run.run(&["state", "rm", OPS]).succeeded();
    });
}

#[test]
fn a44_throttling_is_waited_out() {
    on_every_host(organization, |run| {
        run.server.cloud().fault(Fault::on(CREATE, Effect::Throttle).times(2));
        run.server.cloud().fault(Fault::on(LIST, Effect::Throttle).times(2));
        let step = run.step(&ops(&[1, 2], &[11]));
        assert_eq!(step.calls.iter().filter(|call| call.action == CREATE).count(), 3);
        run.server.cloud().fault(Fault::on(DELETE, Effect::Throttle));
    });
}

#[test]
fn a45_a_reply_lost_after_the_grant_was_made_is_looked_up_not_repeated() {
    for lost in [Effect::ResetAfterApply, Effect::Truncate, Effect::Garbage, Effect::HtmlAfterApply(502)] {
        on_every_host(organization, |run| {
            run.server.cloud().fault(Fault::on(CREATE, lost.clone()));
            let step = run.step(&ops(&[1, 2], &[11]));
            assert_eq!(tiles(&step.calls).len(), 1, "{lost:?}");
            assert_eq!(
                step.applied.warnings().len(),
                0,
                "our own grant is not taken for somebody else's: {lost:?}"
            );
        });
    }
}

#[test]
fn a45_a_reply_lost_after_the_revocation_was_made_is_no_error() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));
        run.server.cloud().fault(Fault::on(DELETE, Effect::ResetAfterApply));
        let step = run.step(&ops(&[1], &[11]));
        assert!(!run.cloud_grants().contains(&(member(2), 11)));
        // Repeating is safe here: what is gone counts as revoked.
        assert!(writes(&step.calls) <= 2, "{:?}", step.calls);
    });
}

#[test]
fn a46_an_internal_error_is_looked_up_and_named_with_its_request() {
    on_every_host(organization, |run| {
        run.server.cloud().fault(Fault::on(CREATE, Effect::code("InternalError")).always());
        let outcome = run.try_apply(&ops(&[1], &[11]));
        let error = outcome.fails_with(&["InternalError", "RequestId"]);
        let journal = run.server.cloud().journal().to_vec();
        let last = journal.iter().rfind(|call| call.action == CREATE).unwrap();
        assert!(error.detail.contains(&last.request_id), "{}", error.detail);
        let between = journal.iter().filter(|call| call.action == LIST).count();
        assert!(between >= tiles(&journal).len(), "it is looked up before it is tried again");
        exact(run);
    });
}

#[test]
fn a49_an_interrupted_apply_returns_exactly_what_it_did() {
    let slow = || {
        let latency = Duration::from_millis(500);
        let cloud =
            Cloud::new().with_behaviour(Behaviour { latency, rate: Rate::Off, ..Behaviour::default() });
        let cloud =
            (1..=12).fold(cloud, |cloud, n| cloud.with_member(member(n), "m")).with_identity(16, "others");
        (21..=40)
            .fold(cloud, |cloud, id| cloud.with_identity(id, "i"))
            .with_grant(member(1), 1)
            .with_grant(member(12), 16)
    };
    on_every_host(slow, |run| {
        let identities: Vec<u64> = (21..=40).collect();
        let config = ops(&ALL[..10], &identities);
        let fast = "provider \"tencentcloud\" {\n  requests_per_second = 1000\n}\n";
        run.write("provider.tf", fast);
        run.write("main.tf", &config);
        let apply = run.start(&["apply", "-json", "-auto-approve"]);
        assert!(wait_until(|| run.server.cloud().calls(CREATE) >= 1), "the apply never began");
        apply.interrupt();
        let outcome = apply.end();
        assert_eq!(outcome.code, 1, "{outcome}");

        exact(run);
        let granted = run.state().grants(OPS).len();
        assert!((1..200).contains(&granted), "{granted} granted: not all, not none\n{outcome}");
        run.server.cloud().behaviour.latency = Duration::ZERO;
        run.step(&config);
    });
}

#[test]
fn a50_a_timeout_says_how_far_it_came() {
    on_every_host(organization, |run| {
        run.server.cloud().fault(Fault::on(CREATE, Effect::Throttle).nth(2).always());
        let outcome = run.try_apply(&ops_with(&ALL[..11], &[11], "timeouts = { create = \"2s\" }"));
        exact(run);
        let done = run.state().grants(OPS).len();
        assert!(done == 10 || done == 1, "{done}");
        outcome.fails_with(&["RequestLimitExceeded", "2s", &done.to_string()]);
        run.server.cloud().clear_faults();
    });
}

#[test]
fn a51_a_grant_that_shows_late_is_waited_for() {
    let late = || {
        let mut cloud = organization();
        cloud.behaviour.visibility_delay = Duration::from_secs(1);
        cloud
    };
    on_every_host(late, |run| {
        let step = run.step(&ops(&[1, 2], &[11]));
        assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11]));
        assert_eq!(tiles(&step.calls).len(), 1, "waited for, not granted again");
        let step = run.step(&ops(&[1, 3], &[11]));
        assert_eq!(step.state.grants(OPS), product(&[1, 3], &[11]));
    });
}
