//! Taking over what the public provider manages (60 to 63): a `moved` block, and without one.

use serde_json::{Value, json};

use super::{OPS, member, ops, organization, product, writes};
use support::feature::Feature;
use support::sandbox::{PUBLIC_SOURCE, SOURCE};
use support::workspace::{Workspace, on_hosts_that_have};

const OLD: &str = "tencentcloud_organization_org_member_auth_identity_attachment";
const MOVED: &str = "moved {\n  from = tencentcloud_organization_org_member_auth_identity_attachment.old\n  \
                     to   = tencentcloud_org_member_auth_identity.ops\n}\n";

/// A state with one object of `type_name`, as the provider at `provider` wrote it.
fn stored(provider: &str, type_name: &str, attributes: &Value) -> String {
    json!({
        "version": 4, "terraform_version": "1.5.0", "serial": 7, "lineage": "6b1d0f3e-0000-4000-8000-000000000000",
        "outputs": {}, "check_results": null,
        "resources": [{
            "mode": "managed", "type": type_name, "name": "old", "provider": format!("provider[{provider:?}]"),
            "instances": [{
                "schema_version": 0, "attributes": attributes, "sensitive_attributes": [], "private": "bnVsbA==",
            }],
        }],
    })
    .to_string()
}

/// Puts the state of an attachment of member 1 in place, as the provider at `source` wrote it.
fn attachment(run: &Workspace, source: &str, attributes: &Value) {
    run.write("terraform.tfstate", &stored(&format!("{}/{source}", registry(run)), OLD, attributes));
    run.write("main.tf", "");
    run.run(&["init"]).succeeded();
}

fn registry(run: &Workspace) -> &'static str {
    if run.terraform.is_opentofu() { "registry.opentofu.org" } else { "registry.terraform.io" }
}

#[test]
fn a60_a_moved_state_plans_nothing_where_the_cloud_agrees() {
    let granted = || organization().with_grant(member(1), 11).with_grant(member(1), 12);
    on_hosts_that_have(&[Feature::MovedAcrossTypes], granted, |run| {
        let old = json!({ "id": "100000000001", "member_uin": null, "identity_ids": [12, 11], "gone": [1] });
        for source in [PUBLIC_SOURCE, SOURCE] {
            attachment(run, source, &old);
            run.server.cloud().clear_journal();
            let step = run.step(&format!("{MOVED}{}", ops(&[1], &[11, 12])));
            assert_eq!(step.plan.action(OPS), "no-op", "{source}");
            assert_eq!(writes(run.server.cloud().journal()), 0);
            assert_eq!(step.state.grants(OPS), product(&[1], &[11, 12]));
        }
    });
}

#[test]
fn a61_a_moved_state_gets_what_is_missing_and_lets_go_of_what_others_granted() {
    let granted = || organization().with_grant(member(1), 11).with_grant(member(1), 13);
    on_hosts_that_have(&[Feature::MovedAcrossTypes], granted, |run| {
        let old =
            json!({ "id": "100000000001", "member_uin": 100_000_000_001_u64, "identity_ids": [11, 13] });
        attachment(run, PUBLIC_SOURCE, &old);
        let config = format!("{MOVED}{}", ops(&[1], &[11, 12]));
        let planned = run.try_plan(&config).succeeded();
        planned.warns(&["Grants of unknown origin let go", "100000000001#13"]);
        // The state is moved and refreshed and nothing else: what was noted of it lives on.
        run.run(&["apply", "-json", "-auto-approve", "-refresh-only"]).succeeded();
        let step = run.step(&config);
        assert_eq!(step.plan.grants(OPS).added, product(&[1], &[12]));
        step.applied.warns(&["Grants of unknown origin let go", "100000000001#13"]);
        assert_eq!(step.state.grants(OPS), product(&[1], &[11, 12]));
        assert!(run.cloud_grants().contains(&(member(1), 13)), "others' grant is still there");
    });
}

#[test]
fn a62_a_move_from_anything_else_is_refused_by_name() {
    on_hosts_that_have(&[Feature::MovedAcrossTypes], organization, |run| {
        let provider = format!("{}/{SOURCE}", registry(run));
        run.write(
            "terraform.tfstate",
            &stored(&provider, "tencentcloud_organization_org_member", &json!({ "id": "1" })),
        );
        let moved = MOVED.replace(OLD, "tencentcloud_organization_org_member");
        let refused = run.try_plan(&format!("{moved}{}", ops(&[1], &[11])));
        refused.fails_with(&["tencentcloud_organization_org_member", OLD, "`removed` block"]);
        run.write("terraform.tfstate", "");
    });
}

#[test]
fn a63_what_cannot_move_is_let_go_and_imported() {
    let granted = || organization().with_grant(member(1), 11).with_grant(member(1), 13);
    on_hosts_that_have(&[Feature::MovedAcrossTypes, Feature::ImportByIdentity], granted, |run| {
        run.step(&ops(&[1], &[11, 13]));
        run.server.cloud().clear_journal();
        let removed = format!("removed {{\n  from = {OPS}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n");
        let import = "import {\n  to = tencentcloud_org_member_auth_identity.again\n  identity = {\n    \
                      member_uins  = [100000000001]\n    identity_ids = [11]\n  }\n}\n";
        let again = ops(&[1], &[11]).replace("\"ops\"", "\"again\"");
        run.try_apply(&format!("{removed}{import}{again}")).succeeded();
        assert_eq!(writes(run.server.cloud().journal()), 0);
        assert_eq!(run.state().all_grants(), product(&[1], &[11]));
        run.settled();
    });
}
