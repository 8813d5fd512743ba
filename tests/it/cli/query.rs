//! What exists, found without a state and taken over: `terraform query`.

use std::fs;

use serde_json::Value;

use super::{member, organization, writes};
use support::feature::Feature;
use support::terraform::Outcome;
use support::workspace::{Workspace, on_hosts_that_have};

/// Every member holds 11, the first four 12 as well.
fn granted() -> simulator::Cloud {
    let all = (1..=12).fold(organization(), |cloud, n| cloud.with_grant(member(n), 11));
    (1..=4).fold(all, |cloud, n| cloud.with_grant(member(n), 12))
}

fn query(run: &Workspace, config: &str, arguments: &[&str]) -> Outcome {
    let list = format!(
        "list \"tencentcloud_org_member_auth_identity\" \"found\" {{\n  provider = tencentcloud\n  {config}\n}}\n"
    );
    run.write("found.tfquery.hcl", &list);
    run.run(&[&["query", "-json"], arguments].concat())
}

/// The identities that a query found, in order, and the names beside them.
fn found(outcome: &Outcome) -> Vec<(Value, String)> {
    let events = outcome.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found = events.map(|event| event["list_resource_found"].clone()).filter(Value::is_object);
    found
        .map(|of| (of["identity"].clone(), of["display_name"].as_str().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn a_query_lists_members_or_departments_and_keeps_to_its_limit() {
    on_hosts_that_have(&[Feature::Query], granted, |run| {
        let members = query(run, "", &[]).succeeded();
        assert_eq!(found(&members).len(), 12, "{members}");
        let departments = query(run, "config {\n    group_by = \"identities\"\n  }", &[]).succeeded();
        let sets: Vec<Value> =
            found(&departments).into_iter().map(|(identity, _)| identity["identity_ids"].clone()).collect();
        assert_eq!(Value::Array(sets), serde_json::json!([[11], [11, 12], [11, 16]]), "{departments}");
        run.server.cloud().clear_journal();
        let few =
            query(run, "limit = 1\n  config {\n    member_uins = [100000000001, 100000000002]\n  }", &[]);
        assert_eq!(found(&few.succeeded()).len(), 1);
        assert_eq!(run.server.cloud().journal().len(), 1);
        query(run, "config {\n    group_by = \"nobody\"\n  }", &[]).fails_with(&["Invalid grouping"]);
    });
}

#[test]
fn what_a_query_generates_is_imported_without_a_change() {
    on_hosts_that_have(&[Feature::Query], granted, |run| {
        for config in ["", "config {\n    group_by = \"identities\"\n  }"] {
            query(run, config, &["-generate-config-out=generated.tf"]).succeeded();
            let generated = fs::read_to_string(run.path("generated.tf")).unwrap();
            assert!(generated.contains("identity = {"), "{generated}");
            fs::remove_file(run.path("generated.tf")).unwrap();
            fs::remove_file(run.path("found.tfquery.hcl")).unwrap();
            run.server.cloud().clear_journal();
            let step = run.step(&generated);
            assert!(step.plan.busy().is_empty(), "a pure import: {:?}", step.plan.busy());
            assert_eq!(writes(run.server.cloud().journal()), 0);
            assert_eq!(step.state.all_grants().len(), 17, "all but the preset one");
            let removed = |address: &String| {
                format!("removed {{\n  from = {address}\n  lifecycle {{\n    destroy = false\n  }}\n}}\n")
            };
            let removed: Vec<String> = step.state.resources().keys().map(removed).collect();
            run.try_apply(&removed.concat()).succeeded();
        }
    });
}
