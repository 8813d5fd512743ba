//! What others do behind our back, and what of it is not our business (26 to 39).

use super::{
    CREATE, OPS, member, ops, ops_with, organization, product, resource, revoked, tiles, uins, writes,
};
use support::terraform::GrantChanges;
use support::workspace::on_every_host;

#[test]
fn a26_a27_grants_of_others_are_no_difference_and_survive_everything() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));
        {
            let mut cloud = run.server.cloud();
            cloud.grant(member(1), 14); // another identity on our member
            cloud.grant(member(5), 11); // our identity on another member
        }
        run.settled();
        let step = run.step(&ops(&[2, 3], &[11, 12]));
        assert_eq!(revoked(&step.calls), product(&[1], &[11]));
        for pair in [(member(1), 14), (member(5), 11), (member(1), 1)] {
            assert!(run.cloud_grants().contains(&pair), "{pair:?} is not ours");
        }
    });
}

#[test]
fn a28_a_grant_revoked_outside_is_shown_as_exactly_that_pair_and_restored_in_one_call() {
    on_every_host(organization, |run| {
        let config = ops(&[1, 2], &[11, 12]);
        run.step(&config);
        run.server.cloud().revoke(member(2), 12);

        let step = run.step(&config);
        assert_eq!(step.plan.action(OPS), "update");
        let shown = GrantChanges { added: product(&[2], &[12]), ..GrantChanges::default() };
        assert_eq!(step.plan.grants(OPS), shown);
        let change = step.plan.change(OPS);
        assert_eq!(change["before"]["id"], change["after"]["id"]);
        assert_eq!(
            change["before"]["grants"]["100000000001#11"],
            change["after"]["grants"]["100000000001#11"]
        );
        assert_eq!(tiles(&step.calls), [(uins(&[2]), vec![12])]);
        assert_eq!(writes(&step.calls), 1);
    });
}

#[test]
fn a29_a_lost_diagonal_is_restored_and_what_is_left_of_one_is_destroyed() {
    on_every_host(organization, |run| {
        let config = ops(&[1, 2], &[11, 12]);
        run.step(&config);
        let lose_the_diagonal = || {
            run.server.cloud().revoke(member(1), 11);
            run.server.cloud().revoke(member(2), 12);
        };
        lose_the_diagonal();
        let step = run.step(&config);
        assert_eq!(step.plan.grants(OPS).added, [(member(1), 11), (member(2), 12)].into());
        assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11, 12]));

        // Nothing of it may outlive the destroy at the end, which starts from half of the pairs.
        lose_the_diagonal();
    });
}

#[test]
fn a30_when_every_grant_is_gone_the_plan_creates() {
    on_every_host(organization, |run| {
        let config = ops(&[1, 2], &[11]);
        run.step(&config);
        run.server.cloud().revoke(member(1), 11);
        run.server.cloud().revoke(member(2), 11);
        let step = run.step(&config);
        assert_eq!(step.plan.action(OPS), "create");
    });
}

#[test]
fn a31_a_grant_that_is_there_already_is_adopted_with_one_warning() {
    on_every_host(
        || organization().with_grant(member(2), 11),
        |run| {
            let step = run.step(&ops(&[1, 2], &[11, 12]));
            let warnings = step.applied.warnings();
            assert_eq!(warnings.len(), 1, "{}", step.applied);
            step.applied.warns(&["100000000002#11", "1", "destroy"]);
            assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11, 12]));
            assert!(tiles(&step.calls).iter().all(|tile| *tile != (uins(&[2]), vec![11])));
            // The destroy at the end must revoke the adopted pair as well.
        },
    );
}

#[test]
fn a32_a_pair_that_two_resources_declare_stays_when_one_of_them_is_taken_out() {
    on_every_host(organization, |run| {
        let one = ops(&[1], &[11, 12]);
        let two = resource("too", "[100000000001]", "[12, 13]", "");
        run.step(&one);
        let step = run.step(&format!("{one}{two}"));
        assert_eq!(tiles(&step.calls), [(uins(&[1]), vec![13])]);

        // Whichever of the two is planned second says so.
        run.try_plan(&one).succeeded().warns(&["one lists too: 100000000001#12"]);
        let step = run.step(&one);
        assert_eq!(step.state.grants(OPS), product(&[1], &[11, 12]));
        assert!(
            run.cloud_grants().contains(&(member(1), 12)) && !run.cloud_grants().contains(&(member(1), 13))
        );
    });
}

#[test]
fn a32_a_pair_declared_twice_is_told_and_granted_once() {
    on_every_host(organization, |run| {
        let two = resource("too", "[100000000001]", "[12, 13]", "");
        let step = run.step(&format!("{}{two}", ops(&[1], &[11, 12])));
        step.applied.warns(&["100000000001#12", "twice"]);
        let granted: usize = tiles(&step.calls).iter().map(|(uins, ids)| uins.len() * ids.len()).sum();
        assert_eq!(granted, 3, "{:?}", tiles(&step.calls));
    });
}

#[test]
fn a32_a_pair_that_moves_to_a_resource_that_goes_first_is_never_revoked() {
    on_every_host(organization, |run| {
        let two = |ids| resource("too", "[100000000001]", ids, "");
        // Without the dependency the order is the host's, and the pair may be gone for a moment.
        let one =
            |ids: &[u64]| ops_with(&[1], ids, "depends_on = [tencentcloud_org_member_auth_identity.too]");
        run.step(&format!("{}{}", one(&[11, 12]), two("[13]")));
        let step = run.step(&format!("{}{}", one(&[11]), two("[12, 13]")));
        assert!(revoked(&step.calls).is_empty(), "{:?}", revoked(&step.calls));
        assert_eq!(step.state.grants(OPS), product(&[1], &[11]));
        assert!(run.cloud_grants().contains(&(member(1), 12)));
    });
}

#[test]
fn a32_a_pair_that_moves_in_either_order_is_there_in_the_end() {
    on_every_host(organization, |run| {
        let two = |ids| resource("too", "[100000000001]", ids, "");
        run.step(&format!("{}{}", ops(&[1], &[11, 12]), two("[13]")));
        run.step(&format!("{}{}", ops(&[1], &[11]), two("[12, 13]")));
        assert!(run.cloud_grants().contains(&(member(1), 12)));
    });
}

#[test]
fn a33_a_replacement_that_creates_first_keeps_its_grants() {
    on_every_host(organization, |run| {
        let config = ops_with(&[1], &[11], "lifecycle {\n    create_before_destroy = true\n  }");
        run.step(&config);
        // Nothing of ours ever plans this; a user may force it. The new object adopts the grant, and the old
        // one leaves it to the new one.
        run.run(&["apply", "-json", "-auto-approve", &format!("-replace={OPS}")]).succeeded();
        assert!(run.cloud_grants().contains(&(member(1), 11)));
        run.settled();
    });
}

#[test]
fn a34_a_member_that_left_can_be_taken_out_but_not_kept() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));
        run.server.cloud().remove_member(member(2));

        let kept = run.plan(&ops(&[1, 2], &[11]));
        assert_eq!(kept.grants(OPS).added, product(&[2], &[11]));
        let error =
            run.apply_plan().fails_with(&["100000000002", "ResourceNotFound.OrganizationMemberNotExist"]);
        assert!(error.detail.contains("RequestId"), "{}", error.detail);
        assert_eq!(run.state().grants(OPS), product(&[1], &[11]), "nothing that we have is lost");

        let step = run.step(&ops(&[1], &[11]));
        assert_eq!(writes(&step.calls), 0);
    });
}

#[test]
fn a34_destroy_succeeds_after_the_member_has_left() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));
        run.server.cloud().remove_member(member(2));
        run.run(&["destroy", "-json", "-auto-approve", "-refresh=false"]).succeeded();
        assert!(!run.cloud_grants().contains(&(member(1), 11)));
    });
}

#[test]
fn a35_a_deleted_identity_can_be_taken_out_but_not_kept() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11, 12]));
        run.server.cloud().remove_identity(12);

        let kept = run.plan(&ops(&[1], &[11, 12]));
        assert_eq!(kept.grants(OPS).added, product(&[1], &[12]));
        run.apply_plan().fails_with(&["12", "ResourceNotFound.OrganizationIdentityNotExist"]);
        assert_eq!(run.state().grants(OPS), product(&[1], &[11]));

        run.step(&ops(&[1], &[11]));
    });
}

#[test]
fn a36_a_stale_grant_is_shown_as_exactly_that_pair_and_configured_again() {
    on_every_host(organization, |run| {
        let config = ops(&[1, 2], &[11]);
        run.step(&config);
        run.server.cloud().make_stale(member(2), 11);

        let step = run.step(&config);
        assert_eq!(step.plan.action(OPS), "update");
        let shown = GrantChanges { changed: product(&[2], &[11]), ..GrantChanges::default() };
        assert_eq!(step.plan.grants(OPS), shown);
        let change = step.plan.change(OPS);
        assert_eq!(change["before"]["grants"]["100000000002#11"]["status"], "stale");
        assert_eq!(change["after"]["grants"]["100000000002#11"]["status"], "configured");
        assert_eq!(tiles(&step.calls), [(uins(&[2]), vec![11])]);
        assert!(!run.server.cloud().is_stale(member(2), 11));
    });
}

#[test]
fn a37_a_refresh_only_apply_records_drift_and_writes_nothing() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));
        run.server.cloud().revoke(member(2), 11);
        run.server.cloud().clear_journal();

        run.run(&["apply", "-json", "-auto-approve", "-refresh-only"]).succeeded();
        assert_eq!(run.state().grants(OPS), product(&[1], &[11]));
        assert_eq!(writes(run.server.cloud().journal()), 0);
        // The set mirrors the configuration, so what is missing shows in the next plan.
        let plan = run.plan(&ops(&[1, 2], &[11]));
        assert_eq!(plan.grants(OPS).added, product(&[2], &[11]));
    });
}

#[test]
fn a38_ignored_changes_of_a_set_are_ignored() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11]));
        let ignoring = |attribute: &str| format!("lifecycle {{\n    ignore_changes = [{attribute}]\n  }}");
        let plan = run.plan(&ops_with(&[1, 2], &[11], &ignoring("member_uins")));
        assert_eq!(plan.action(OPS), "no-op");
        let plan = run.plan(&ops_with(&[1], &[11, 12], &ignoring("identity_ids")));
        assert_eq!(plan.action(OPS), "no-op");

        let step = run.step(&ops_with(&[1, 2], &[11, 12], &ignoring("identity_ids")));
        assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11]), "only the other set is followed");
    });
}

#[test]
fn a39_a_preset_identity_is_treated_as_any_other() {
    on_every_host(organization, |run| {
        let step = run.step(&ops(&[2, 3], &[1]));
        assert_eq!(step.state.grants(OPS), product(&[2, 3], &[1]));
        assert_eq!(step.calls.iter().filter(|call| call.action == CREATE).count(), 1);
    });
}
