//! Import by id, and taking out of the state (54 to 64).

use super::{OPS, member, ops, organization, product, resource, writes};
use support::feature::Feature;
use support::workspace::{Workspace, on_every_host, on_hosts_that_have};

/// Lets go of the resource, without touching the cloud.
fn forget(run: &Workspace) {
    run.run(&["state", "rm", OPS]).succeeded();
}

#[test]
fn a54_a56_an_import_gives_the_same_state_however_the_id_is_written() {
    on_every_host(organization, |run| {
        let config = ops(&[1, 2], &[11, 12]);
        let created = run.step(&config).state;
        for id in [
            "100000000001,100000000002#11,12",
            "100000000002,100000000001#12,11",
            " 100000000001 , 100000000002, 100000000001 # 12 , 11,11 ",
        ] {
            forget(run);
            run.server.cloud().clear_journal();
            run.run(&["import", OPS, id]).succeeded();
            assert_eq!(writes(run.server.cloud().journal()), 0);
            assert_eq!(run.state().resource(OPS), created.resource(OPS), "imported as `{id}`");
            run.settled();
        }
    });
}

#[test]
fn a57_a_malformed_id_is_answered_with_the_right_form() {
    on_every_host(organization, |run| {
        run.write("main.tf", &ops(&[1], &[11]));
        let malformed = [
            "#",
            "100000000001#",
            "#11",
            "100000000001,#11",
            "100000000001#11,",
            "one#11",
            "100000000001#eleven",
            "100000000001#11#12",
            "-100000000001#11",
            "0#11",
            "1.5#11",
            "100000000001:11",
            "99999999999999999999999999#11",
        ];
        for id in malformed {
            let outcome = run.run(&["import", OPS, id]);
            assert_eq!(outcome.code, 1, "`{id}` is no id\n{outcome}");
            assert!(
                outcome.text().contains('#') && outcome.text().contains(','),
                "shows the form\n{outcome}"
            );
        }
        // What the public provider calls an id is answered with what to type instead; the preset identity,
        // which Tencent Cloud itself gives, is left out.
        run.server.cloud().grant(member(1), 12);
        let outcome = run.run(&["import", OPS, &member(1).to_string()]);
        assert_eq!(outcome.code, 1, "{outcome}");
        assert!(outcome.text().contains("\"100000000001#12\""), "a ready-made id\n{outcome}");
    });
}

#[test]
fn a58_a_partly_missing_product_is_imported_and_an_absent_one_is_not() {
    on_every_host(
        || organization().with_grant(member(1), 11),
        |run| {
            let config = ops(&[1, 2], &[11]);
            run.write("main.tf", &config);
            let outcome = run.run(&["import", OPS, "100000000003#13"]);
            assert_eq!(outcome.code, 1, "nothing to import\n{outcome}");

            let outcome = run.run(&["import", OPS, "100000000001#14"]);
            assert_eq!(outcome.code, 1, "nothing to import\n{outcome}");
            assert!(outcome.text().contains("\"100000000001#11\""), "what the member does have\n{outcome}");

            run.run(&["import", OPS, "100000000001,100000000002#11"]).succeeded();
            assert_eq!(run.state().grants(OPS), product(&[1], &[11]));
            let step = run.step(&config);
            assert_eq!(step.plan.grants(OPS).added, product(&[2], &[11]));
        },
    );
}

#[test]
fn a55_a59_import_blocks_take_many_at_once_and_change_nothing() {
    let granted = || (1..=12).fold(organization(), |cloud, n| cloud.with_grant(member(n), 11));
    on_every_host(granted, |run| {
        let uins = "locals {\n  uins = toset([for n in range(1, 13) : tostring(100000000000 + n)])\n}\n";
        let blocks = format!(
            "import {{\n  for_each = local.uins\n  to       = {OPS}[each.key]\n  id       = \"${{each.key}}#11\"\n}}\n"
        );
        let each = resource("ops", "[each.key]", "[11]", "for_each = local.uins");
        let step = run.step(&format!("{uins}{blocks}{each}"));
        assert!(step.plan.busy().is_empty(), "a pure import: {:?}", step.plan.busy());
        assert_eq!(writes(&step.calls), 0);
        assert_eq!(step.state.all_grants().len(), 12);
    });
}

#[test]
fn import_blocks_by_identity_take_many_at_once_in_few_calls_and_change_nothing() {
    let granted = || {
        let organization = support::organization::organization((1..=200).map(member), [11, 12]);
        let cloud = (1..=200).fold(organization, |cloud, n| cloud.with_grant(member(n), 11));
        cloud.with_grant(member(7), 12)
    };
    on_hosts_that_have(&[Feature::ImportByIdentity], granted, |run| {
        let uins = "locals {\n  uins = toset([for n in range(1, 201) : tostring(100000000000 + n)])\n}\n";
        let blocks = format!(
            "import {{\n  for_each = local.uins\n  to       = {OPS}[each.key]\n  identity = {{\n    \
               member_uins  = [each.key]\n    identity_ids = [11]\n  }}\n}}\n"
        );
        let each = resource("ops", "[each.key]", "[11]", "for_each = local.uins");
        let plan = run.plan(&format!("{uins}{blocks}{each}"));
        assert!(plan.busy().is_empty(), "a pure import: {:?}", plan.busy());
        let calls = run.server.cloud().journal().len();
        assert!(calls <= 21, "{calls} calls to plan 200 imports");
        run.apply_plan().succeeded();
        run.settled();
        assert_eq!(writes(run.server.cloud().journal()), 0);
        assert_eq!(run.state().all_grants().len(), 200);
    });
}

#[test]
fn an_import_block_with_a_bad_identity_says_what_is_wrong() {
    on_hosts_that_have(&[Feature::ImportByIdentity], organization, |run| {
        for (members, words) in [
            ("[]", "identity.member_uins is empty"),
            ("[100000000001, 100000000001]", "contains 100000000001 more than once"),
            ("[-1]", "contains -1, which is negative"),
            ("[100000000001]", "No grant of \"100000000001#14\" exists"),
        ] {
            let import = format!(
                "import {{\n  to = {OPS}\n  identity = {{\n    member_uins  = {members}\n    identity_ids = [14]\n  }}\n}}\n"
            );
            run.try_plan(&format!("{import}{}", ops(&[1], &[14]))).fails_with(&[words]);
        }
    });
}

#[test]
fn a64_a_resource_is_let_go_without_being_destroyed_and_taken_back() {
    on_every_host(organization, |run| {
        let config = ops(&[1, 2], &[11]);
        let created = run.step(&config).state;
        let removed = format!("removed {{\n  from = {OPS}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n");
        run.server.cloud().clear_journal();
        run.try_apply(&removed).succeeded();
        assert!(run.state().resources().is_empty());
        assert_eq!(writes(run.server.cloud().journal()), 0);
        assert!(run.cloud_grants().is_superset(&product(&[1, 2], &[11])));

        run.write("main.tf", &config);
        run.run(&["import", OPS, "100000000001,100000000002#11"]).succeeded();
        assert_eq!(run.state().resource(OPS), created.resource(OPS));
        run.settled();
    });
}
