//! The functions of the provider, in the configurations of real hosts.

use super::{OPS, organization, product, resource};
use support::workspace::on_every_host;

/// A configuration with nothing but an output.
fn output(value: &str) -> String {
    format!("output \"value\" {{\n  value = {value}\n}}\n")
}

#[test]
fn functions_need_neither_credentials_nor_resources() {
    on_every_host(organization, |run| {
        for name in ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"] {
            run.set(name, "");
        }
        let id = "provider::tencentcloud::grant_id([100000000002, \"100000000001\", 100000000002], [27, 13])";
        let parsed = format!("provider::tencentcloud::parse_grant_id({id})");
        run.plan(&output(&format!("{{ id = {id}, parsed = {parsed} }}")));
        run.apply_plan().succeeded();
        let value = run.run(&["output", "-json", "value"]).succeeded().stdout;
        let value: serde_json::Value = serde_json::from_str(&value).unwrap();
        assert_eq!(value["id"], "100000000001,100000000002#13,27");
        assert_eq!(
            value["parsed"]["member_uins"],
            serde_json::json!([100_000_000_001_u64, 100_000_000_002_u64])
        );
        assert_eq!(value["parsed"]["identity_ids"], serde_json::json!([13, 27]));
        assert_eq!(run.server.cloud().journal().len(), 0);
    });
}

#[test]
fn the_grants_of_one_resource_are_grouped_for_others() {
    on_every_host(organization, |run| {
        let source = resource("ops", "[100000000001, 100000000002]", "[11, 12]", "");
        run.step(&source);
        run.run(&["state", "rm", OPS]).succeeded();
        // Everything that was granted, and one more, as whoever takes it over would write it down.
        let groups = "provider::tencentcloud::group_grants(concat([\"100000000003#13\"], \
                      [\"100000000001#11\", \"100000000001#12\", \"100000000002#11,12\"]))";
        let grouped = resource(
            "group",
            "each.value.member_uins",
            "each.value.identity_ids",
            &format!("for_each = {groups}"),
        );
        let step = run.step(&grouped);
        let address = |key: &str| format!("tencentcloud_org_member_auth_identity.group[{key:?}]");
        assert_eq!(step.state.grants(&address("11,12")), product(&[1, 2], &[11, 12]));
        assert_eq!(step.state.grants(&address("13")), product(&[3], &[13]));
        assert_eq!(step.state.resources().len(), 2);
    });
}

#[test]
fn a_wrong_argument_is_shown_where_it_is_written() {
    on_every_host(organization, |run| {
        for (call, phrases) in [
            ("grant_id([100000000001], [])", ["identity_ids", "identity_ids is empty"]),
            ("parse_grant_id(\"100000000001\")", ["id", "it names no identities"]),
            ("group_grants([\"1#2\", \"100000000001\"])", ["keys", "keys[1] is \"100000000001\""]),
        ] {
            let refused = run.try_plan(&output(&format!("provider::tencentcloud::{call}")));
            let error = refused.fails_with(&["Invalid", phrases[1]]);
            assert!(error.code.contains(call), "{error:?}");
            assert!(format!("{} {}", error.summary, error.detail).contains(phrases[0]), "{error:?}");
        }
    });
}
