//! The access review: which access nobody declared, seen on every plan.

use std::fs;

use serde_json::Value;
use simulator::{Cloud, Holder};

use super::{member, organization, resource};
use support::workspace::on_every_host;

fn example(name: &str) -> String {
    let folder = "examples/data-sources/tencentcloud_org_access_review";
    fs::read_to_string(format!("{}/{folder}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Two people may use some of what the examples grant, and somebody granted 16 to member 12.
fn watched() -> Cloud {
    organization()
        .with_policy(1, "audit", 11, &[member(1), member(2)])
        .with_binding(1, Holder::sub_account(7, "ann"))
        .with_binding(1, Holder::group(8, "auditors"))
}

/// What a plan that was saved says of the check.
fn status(plan: &str) -> (String, Vec<String>) {
    let plan: Value = serde_json::from_str(plan).unwrap();
    let checks = plan["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["address"]["name"] == "access").unwrap();
    let problems = check["instances"].as_array().into_iter().flatten();
    let problems = problems.flat_map(|instance| instance["problems"].as_array().cloned().unwrap_or_default());
    let messages = problems.map(|problem| problem["message"].as_str().unwrap().to_owned());
    (check["status"].as_str().unwrap().to_owned(), messages.collect())
}

/// The guide quotes what a host says: the text in it that begins with `start` is in `output`.
#[track_caller]
fn quoted(start: &str, output: &str) {
    let guide = fs::read_to_string(format!("{}/docs/guides/reviewing-access.md", env!("CARGO_MANIFEST_DIR")));
    let guide = guide.unwrap();
    let quote = guide.split("```text\n").find(|rest| rest.starts_with(start)).unwrap();
    let (quote, _) = quote.split_once("```").unwrap();
    // What `-no-color` leaves of colours, and where lines are wrapped, does not count.
    let words = |text: &str| text.replace("\u{1b}[0m", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(output).contains(&words(quote)), "the guide has\n{quote}\nand not\n{output}");
}

#[test]
fn a_check_warns_of_access_that_nobody_declared_until_somebody_does() {
    on_every_host(watched, |run| {
        let config = example("data-source-check.tf");
        let planned = run.try_plan(&config).succeeded();
        let undeclared = "Access that nobody declared: 100000000012#16 (member-100000000012: identity-16).";
        planned.warns(&[undeclared]);
        // A pipeline reads it from the saved plan.
        let shown = run.run(&["show", "-json", "next.tfplan"]).succeeded().stdout;
        assert_eq!(status(&shown), ("fail".to_owned(), vec![undeclared.to_owned()]));
        // What is planned is declared already.
        run.apply_plan().succeeded().warns(&[undeclared]);
        let told = run.run(&["plan"]).succeeded().stdout;
        // OpenTofu tells besides what the sides of the comparison are.
        if !run.terraform.is_opentofu() {
            quoted("Warning: Check block assertion failed", &told);
        }
        run.settled();

        let adopting = format!(
            "import {{\n  to = tencentcloud_org_member_auth_identity.found\n  id = \"100000000012#16\"\n}}\n\
             locals {{\n  found = keys(tencentcloud_org_member_auth_identity.found.grants)\n}}\n{}",
            resource("found", "[100000000012]", "[16]", "")
        );
        let config = config.replace("= local.declared", "= concat(local.declared, local.found)");
        run.try_apply(&format!("{config}{adopting}")).succeeded();
        let planned = run.try_plan(&format!("{config}{adopting}")).succeeded();
        assert_eq!(planned.warnings().len(), 0, "{planned}");
        let shown = run.run(&["show", "-json", "next.tfplan"]).succeeded().stdout;
        assert_eq!(status(&shown), ("pass".to_owned(), vec![]));

        // A review that cannot be made is no pass either.
        run.server.cloud().deny("DescribeOrganizationMembersAuthPolicy");
        let refused = run.try_plan(&format!("{config}{adopting}"));
        refused.fails_with(&["Not authorized", "include_holders = false"]);
        quoted("Error: Not authorized", &run.run(&["plan"]).stderr);
        run.server.cloud().allow("DescribeOrganizationMembersAuthPolicy");
        run.server.cloud().remove_policy(1);
    });
}

#[test]
fn a_review_tells_who_may_use_what_and_can_refuse_a_plan() {
    on_every_host(watched, |run| {
        // A plan reads what there is before its apply, so the next one tells of the new grants.
        for _ in 0..2 {
            run.try_apply(&example("data-source.tf")).succeeded();
        }
        let value = run.run(&["output", "-json", "who_may_use_what"]).succeeded().stdout;
        let value: Value = serde_json::from_str(&value).unwrap();
        assert_eq!(value["member-100000000001: identity-11"], serde_json::json!(["ann", "auditors"]));
        assert_eq!(value["member-100000000001: identity-12"], serde_json::json!([]));

        let refusing = "data \"tencentcloud_org_access_review\" \"strict\" {\n  \
             declared = local.declared\n  lifecycle {\n    postcondition {\n      \
             condition     = length(self.undeclared) == 0\n      \
             error_message = \"Undeclared: ${join(\", \", keys(self.undeclared))}.\"\n    }\n  }\n}\n";
        let refused = run.try_plan(&format!("{}{refusing}", example("data-source.tf")));
        refused.fails_with(&["Undeclared: 100000000012#16."]);
        run.write("main.tf", &example("data-source.tf"));
        run.server.cloud().remove_policy(1);
    });
}

#[test]
fn what_is_no_grant_key_is_refused_where_it_is_written() {
    on_every_host(watched, |run| {
        let config = "data \"tencentcloud_org_access_review\" \"all\" {\n  declared = [\"100000000001#11\", \"100000000002\"]\n}\n";
        let error =
            run.try_plan(config).fails_with(&["Invalid grant key", "declared contains \"100000000002\""]);
        assert!(error.code.contains("declared = "), "{error:?}");
    });
}
