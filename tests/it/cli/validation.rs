//! What is refused before anything happens, without credentials and without a call (13 to 17).

use super::{ops, organization, resource};
use support::workspace::{Workspace, on_every_host};

/// Leaves the provider without credentials, and without a cloud that it may call.
fn offline(run: &mut Workspace) {
    for name in ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_ORGANIZATION_ENDPOINT"] {
        run.set(name, "");
    }
    run.server.cloud().no_more_calls();
}

/// Each configuration is refused, with an error that points at `code` and says `phrase`.
#[track_caller]
fn check(cases: &[(&str, &str, &str, &str)]) {
    on_every_host(organization, |run| {
        offline(run);
        for (members, identities, code, phrase) in cases {
            run.write("main.tf", &resource("ops", members, identities, ""));
            let outcome = run.run(&["validate", "-json"]);
            let error = outcome.fails_with(&[phrase]);
            assert!(error.code.contains(code), "points at {:?}, not at `{code}`\n{outcome}", error.code);
        }
    });
}

#[test]
fn a13_an_empty_set_is_refused() {
    check(&[("[]", "[11]", "member_uins", "at least one"), ("[1]", "[]", "identity_ids", "at least one")]);
}

#[test]
fn a14_numbers_that_can_be_no_id_are_refused() {
    let bad = ["0", "-5", "1.5", "123456789012345678901234567890"];
    let members: Vec<String> = bad.iter().map(|number| format!("[100000000001, {number}]")).collect();
    let cases: Vec<_> = members
        .iter()
        .zip(bad)
        .map(|(members, number)| (members.as_str(), "[11]", "member_uins", number))
        .collect();
    check(&cases);
    let identities: Vec<String> = bad.iter().map(|number| format!("[{number}]")).collect();
    let cases: Vec<_> = identities
        .iter()
        .zip(bad)
        .map(|(ids, number)| ("[100000000001]", ids.as_str(), "identity_ids", number))
        .collect();
    check(&cases);
}

#[test]
fn a14_a_number_that_a_float_would_change_is_named_to_the_digit() {
    check(&[("[9007199254740993]", "[11]", "member_uins", "9007199254740993")]);
}

#[test]
fn a15_a_null_element_is_refused() {
    check(&[
        ("[100000000001, null]", "[11]", "member_uins", "null"),
        ("[100000000001]", "[null]", "identity_ids", "null"),
        ("null", "[11]", "", "member_uins"),
    ]);
}

#[test]
fn a16_a_missing_attribute_is_refused_and_validate_needs_no_credentials() {
    on_every_host(organization, |run| {
        offline(run);
        run.write(
            "main.tf",
            "resource \"tencentcloud_org_member_auth_identity\" \"ops\" {\n  member_uins = [1]\n}\n",
        );
        run.run(&["validate", "-json"]).fails_with(&["identity_ids"]);

        run.write("main.tf", &ops(&[1], &[11]));
        run.run(&["validate", "-json"]).succeeded();
        run.run(&["providers", "schema", "-json"]).succeeded();
    });
}

#[test]
fn a17_a_timeout_that_is_no_duration_is_refused() {
    on_every_host(organization, |run| {
        offline(run);
        for bad in ["10", "ten minutes", "-5m", "5 m", ""] {
            let config = resource("ops", "[1]", "[11]", &format!("timeouts = {{ create = {bad:?} }}"));
            run.write("main.tf", &config);
            run.run(&["validate", "-json"]).fails_with(&["timeouts.create"]);
        }
        for good in ["20m", "1h30m", "45s", "1.5h", "300ms"] {
            let config = resource("ops", "[1]", "[11]", &format!("timeouts = {{ delete = {good:?} }}"));
            run.write("main.tf", &config);
            run.run(&["validate", "-json"]).succeeded();
        }
    });
}

#[test]
fn a_provider_block_that_makes_no_sense_is_refused() {
    on_every_host(organization, |run| {
        offline(run);
        let cases = [
            ("endpoints = { organization = \"nonsense\" }", "endpoints"),
            ("endpoints = 5", "endpoints"),
            ("requests_per_second = 0", "requests_per_second"),
            ("requests_per_second = \"many\"", "requests_per_second"),
            ("max_retries = -1", "max_retries"),
            ("protocol = \"ftp\"", "protocol"),
            ("domain = \"example.com:\"", "The domain is"),
            ("domain = \"a..b\"", "between its dots"),
            ("domain = \"https://me:pass@example.com\"", "The domain cannot be used"),
            ("secret_key = [1]", "secret_key"),
            ("colour = \"red\"", "colour"),
        ];
        for (line, phrase) in cases {
            run.write(
                "main.tf",
                &format!("provider \"tencentcloud\" {{\n  {line}\n}}\n{}", ops(&[1], &[11])),
            );
            let outcome = run.run(&["validate", "-json"]);
            assert_eq!(outcome.code, 1, "{line}\n{outcome}");
            let found = outcome
                .diagnostics()
                .into_iter()
                .any(|found| format!("{} {} {}", found.summary, found.detail, found.code).contains(phrase));
            assert!(found, "{line}\n{outcome}");
        }
    });
}

#[test]
fn a_provider_argument_known_only_at_apply_is_not_replaced_by_the_environment() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11]));
        run.server.cloud().clear_journal();
        let unknown = "resource \"terraform_data\" \"key\" {\n  input = \"late\"\n}\n\
                       provider \"tencentcloud\" {\n  secret_id = terraform_data.key.output\n}\n";
        let outcome = run.try_plan(&format!("{unknown}{}", ops(&[1], &[11])));
        outcome.fails_with(&["secret_id", "known only after apply", "-refresh=false"]);
        assert!(run.server.cloud().journal().is_empty(), "nothing is asked with a key that nobody meant");
        run.write("main.tf", &ops(&[1], &[11]));
    });
}
