//! Logs, user agent, mocks, states written by others, size (65 to 72).

use std::fs;

use serde_json::{Value, json};
use simulator::{Cloud, Rate, SECRET_KEY};

use super::{CREATE, LIST, OPS, member, ops, organization, product, resource};
use support::workspace::{Workspace, on_every_host};

#[test]
fn a67_a_trace_log_parses_line_by_line_and_holds_no_secret() {
    on_every_host(organization, |run| {
        let log = run.path("trace.log").to_str().unwrap().to_owned();
        run.set("TF_LOG_PATH", &log);
        for level in ["TRACE", "JSON"] {
            run.set("TF_LOG", level);
            run.step(&ops(&[1], &[11]));
            run.end();
            let text = fs::read_to_string(&log).unwrap();
            assert!(text.contains(CREATE), "{level}: the calls are logged");
            assert!(
                !text.contains(SECRET_KEY) && !text.contains("TC3-HMAC-SHA256 Credential"),
                "{level}: a secret is logged"
            );
            if level == "JSON" {
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    let event: Value =
                        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                    assert!(event["@message"].is_string(), "{line}");
                }
            }
            fs::remove_file(&log).unwrap();
        }
    });
}

#[test]
fn a68_the_cloud_is_told_who_calls() {
    on_every_host(organization, |run| {
        run.set("TF_APPEND_USER_AGENT", "pipeline/7");
        run.step(&ops(&[1], &[11]));
        let journal = run.server.cloud().journal().to_vec();
        for call in &journal {
            let expected = format!("terraform-provider-tencentcloud/{}", env!("CARGO_PKG_VERSION"));
            assert!(call.user_agent.contains(&expected), "{}", call.user_agent);
            assert!(call.user_agent.ends_with(" pipeline/7"), "{}", call.user_agent);
            let client = call.headers.get("x-tc-requestclient").unwrap();
            assert!(client.contains("Terraform"), "{client}");
            assert_eq!(call.headers.get("x-tc-language").map(String::as_str), Some("en-US"));
        }
        run.end();
    });
}

#[test]
fn a69_a_module_is_tested_with_a_mocked_provider_and_no_credentials() {
    on_every_host(organization, |run| {
        run.set("TENCENTCLOUD_SECRET_ID", "");
        run.set("TENCENTCLOUD_SECRET_KEY", "");
        run.server.cloud().no_more_calls();
        run.write("main.tf", &ops(&[1, 2], &[11]));
        let condition = format!("length({OPS}.member_uins) == 2");
        run.write(
            "unit.tftest.hcl",
            &format!(
                "mock_provider \"tencentcloud\" {{}}\n\
                 run \"planned\" {{\n  command = plan\n  assert {{\n    condition     = {condition}\n    error_message = \"two\"\n  }}\n}}\n\
                 run \"applied\" {{\n  assert {{\n    condition     = {condition}\n    error_message = \"two\"\n  }}\n}}\n"
            ),
        );
        run.run(&["test"]).succeeded();
    });
}

#[test]
fn a71_sixty_resources_are_refreshed_in_few_calls() {
    let crowd = || {
        let cloud = (1..=60).fold(Cloud::new(), |cloud, n| cloud.with_member(member(n), "m"));
        let cloud = cloud.with_identity(11, "auditor").with_identity(12, "other").with_grant(member(60), 12);
        (1..=60).fold(cloud, |cloud, n| cloud.with_grant(member(n), 11))
    };
    on_every_host(crowd, |run| {
        let uins = "locals {\n  uins = toset([for n in range(1, 61) : tostring(100000000000 + n)])\n}\n";
        let each = resource("ops", "[each.key]", "[11]", "for_each = local.uins");
        let blocks = format!(
            "import {{\n  for_each = local.uins\n  to       = {OPS}[each.key]\n  id       = \"${{each.key}}#11\"\n}}\n"
        );
        // A run keeps its own limit and knows nothing of the run before, so only one is held to it.
        let limit = |run: &mut Workspace, rate, requests_per_second| {
            run.server.cloud().behaviour.rate = rate;
            run.set("TENCENTCLOUD_REQUESTS_PER_SECOND", requests_per_second);
        };
        limit(run, Rate::Off, "1000");
        run.try_apply(&format!("{uins}{blocks}{each}")).succeeded();

        limit(run, Rate::Documented, "");
        run.server.cloud().clear_journal();
        run.try_plan(&format!("{uins}{each}")).succeeded();
        let calls = run.server.cloud().journal().to_vec();
        // All of them are on two pages of one identity, so a handful of calls answers for everybody.
        assert!(calls.len() <= 10, "{} calls for 60 members", calls.len());
        assert!(calls.iter().all(|call| call.action == LIST && call.code.is_empty()), "none refused");
        limit(run, Rate::Off, "1000");
    });
}

#[test]
fn the_state_keeps_what_it_must_when_its_file_was_edited() {
    on_every_host(organization, |run| {
        let config = ops(&[1], &[11]);
        run.step(&config);
        let original = fs::read_to_string(run.path("terraform.tfstate")).unwrap();
        let edited = |edit: &dyn Fn(&mut Value)| {
            let mut state: Value = serde_json::from_str(&original).unwrap();
            edit(&mut state["resources"][0]["instances"][0]["attributes"]);
            run.write("terraform.tfstate", &state.to_string());
        };

        // An attribute that this version does not know is dropped, one that is missing is read again.
        edited(&|attributes| attributes["left_over"] = json!("from elsewhere"));
        run.settled();
        edited(&|attributes| {
            attributes.as_object_mut().unwrap().remove("grants");
        });
        run.run(&["plan", "-json"]).succeeded();

        // What cannot be read is an error that says what, and loses nothing.
        edited(&|attributes| attributes["member_uins"] = json!("not a set"));
        run.run(&["plan", "-json"]).fails_with(&["member_uins"]);
        run.write("terraform.tfstate", &original);
        run.settled();
        run.end();
        assert!(run.cloud_grants().is_disjoint(&product(&[1], &[11])));
    });
}
