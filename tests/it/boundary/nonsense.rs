//! Values that no schema of ours allows, sent to the real binary: each is one clear error, and the next call
//! is served.

use serde_json::{Value, json};
use terraform_provider_tencentcloud::proto::tfplugin6::{
    Diagnostic, DynamicValue, RawState, get_provider_schema, import_resource_state, plan_resource_change,
    read_resource, upgrade_resource_state, validate_provider_config, validate_resource_config,
};

use super::{TYPE, configured, dynamic};
use support::host::{Host, HostOptions};

const ID: &str = "100000000001#13";

/// The report is errors, one of which holds every one of `words`; the plugin serves on.
async fn check(host: &Host, what: &str, report: &[Diagnostic], words: &[&str]) {
    let text = |diagnostic: &Diagnostic| format!("{}: {}", diagnostic.summary, diagnostic.detail);
    let found = report.iter().any(|diagnostic| {
        diagnostic.severity == 1 && words.iter().all(|word| text(diagnostic).contains(word))
    });
    assert!(found, "{what}: {report:?}");
    assert!(
        report.iter().all(|diagnostic| !text(diagnostic).contains("Bug in the provider")),
        "{what}: {report:?}"
    );
    assert!(report.iter().all(|diagnostic| text(diagnostic).len() < 8 << 10), "{what}: a text for people");
    assert!(host.provider().get_provider_schema(get_provider_schema::Request {}).await.is_ok(), "{what}");
}

fn state(changes: Value) -> Value {
    let grant = json!({ "member_uin": 100_000_000_001_u64, "identity_id": 13, "role_name": "r", "status": "configured" });
    let mut state = json!({
        "id": ID, "member_uins": [100_000_000_001_u64], "identity_ids": [13], "grants": { ID: grant }, "timeouts": null,
    });
    let Value::Object(changes) = changes else { panic!("not an object") };
    state.as_object_mut().unwrap().extend(changes);
    state
}

async fn upgraded(host: &Host, json: &[u8]) -> upgrade_resource_state::Response {
    let raw_state = Some(RawState { json: json.to_vec(), ..Default::default() });
    let request = upgrade_resource_state::Request { type_name: TYPE.to_owned(), version: 0, raw_state };
    host.provider().upgrade_resource_state(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_state_that_does_not_fit_is_refused_at_its_place() {
    let host = Host::start(HostOptions::default()).await;
    for (changes, words) in [
        (json!({ "member_uins": "not a set" }), &["member_uins", "a string", "a set"][..]),
        (json!({ "member_uins": { "a": 1 } }), &["member_uins"]),
        (json!({ "identity_ids": ["x"] }), &["identity_ids", "number"]),
        (json!({ "identity_ids": [[13]] }), &["identity_ids", "an array", "a number"]),
        (json!({ "grants": [] }), &["grants", "an array", "a map"]),
        (json!({ "grants": { ID: { "member_uin": {} } } }), &["grants", ID, "member_uin"]),
        (json!({ "id": ["x"] }), &["id", "a string"]),
        (json!({ "timeouts": true }), &["timeouts", "an object"]),
    ] {
        let reply = upgraded(&host, state(changes.clone()).to_string().as_bytes()).await;
        check(&host, &changes.to_string(), &reply.diagnostics, words).await;
        assert_eq!(reply.upgraded_state, None, "{changes}");
    }
    let nested = "[".repeat(100_000);
    for json in ["", "{", "[]", "7", "\u{feff}{}", "{\"id\":\"\\ud800\"}", nested.as_str()] {
        let reply = upgraded(&host, json.as_bytes()).await;
        check(&host, json.get(..9).unwrap_or(json), &reply.diagnostics, &[]).await;
    }
    let bomb = state(json!({})).to_string().replace("[13]", "[1e999999999]");
    check(&host, "a bomb", &upgraded(&host, bomb.as_bytes()).await.diagnostics, &["identity_ids", "digits"])
        .await;
}

#[tokio::test]
async fn a_state_with_more_or_less_in_it_is_taken() {
    let host = Host::start(HostOptions::default()).await;
    let mut less = state(json!({}));
    less.as_object_mut().unwrap().retain(|name, _| name == "id");
    let digits = state(json!({})).to_string().replace("[13]", "[123456789012345678901234567890]");
    for json in [
        state(json!({ "left_over": { "deep": [1, 2] } })).to_string(),
        less.to_string(),
        "{}".to_owned(),
        digits,
        state(json!({ "identity_ids": ["13"], "id": 7 })).to_string(),
    ] {
        let reply = upgraded(&host, json.as_bytes()).await;
        assert_eq!(reply.diagnostics, [], "{json}");
        assert!(reply.upgraded_state.is_some(), "{json}");
    }
}

#[tokio::test]
async fn numbers_that_are_no_ids_are_refused_whole() {
    let host = Host::start(HostOptions::default()).await;
    for (number, word) in [
        ("0", "contains 0"),
        ("-13", "negative"),
        ("1.5", "not a whole number"),
        ("9007199254740993", "9007199254740993"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("18446744073709551617", "too large"),
        ("null", "null"),
    ] {
        let json = format!(
            "{{\"member_uins\":[100000000001],\"identity_ids\":[{number}],\"id\":null,\"grants\":null,\"timeouts\":null}}"
        );
        let config = Some(DynamicValue { json: json.into(), ..Default::default() });
        let request =
            validate_resource_config::Request { type_name: TYPE.to_owned(), config, ..Default::default() };
        let reply = host.provider().validate_resource_config(request).await.unwrap().into_inner();
        check(&host, number, &reply.diagnostics, &["identity_ids", word]).await;
    }
}

/// The report grows no longer with the number of bad elements, and neither does the time for each of them.
#[tokio::test]
async fn of_twenty_thousand_bad_elements_ten_are_named_and_the_others_counted() {
    let host = Host::start(HostOptions::default()).await;
    let bad: Vec<i64> = (1..=20_000).map(|number| -number).collect();
    let config =
        json!({ "member_uins": bad, "identity_ids": [13], "id": null, "grants": null, "timeouts": null });
    let config = Some(dynamic(&config));
    let request =
        validate_resource_config::Request { type_name: TYPE.to_owned(), config, ..Default::default() };
    let reply = host.provider().validate_resource_config(request).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics.len(), 11);
    check(&host, "many", &reply.diagnostics, &["member_uins", "19990 more"]).await;
}

#[tokio::test]
async fn bytes_that_are_no_value_are_refused_by_every_call() {
    let host = Host::start(HostOptions::default()).await;
    let hostile: [&[u8]; 5] =
        [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc1", b"\x85\xa2id", b"\x81\xa4nope\xc0"];
    for bytes in hostile {
        let value = || Some(DynamicValue { msgpack: bytes.to_vec().into(), ..Default::default() });
        let type_name = || TYPE.to_owned();
        let mut provider = host.provider();
        let read =
            read_resource::Request { type_name: type_name(), current_state: value(), ..Default::default() };
        let read = provider.read_resource(read).await.unwrap().into_inner().diagnostics;
        let plan =
            plan_resource_change::Request { type_name: type_name(), config: value(), ..Default::default() };
        let plan = provider.plan_resource_change(plan).await.unwrap().into_inner().diagnostics;
        let block = validate_provider_config::Request { config: value() };
        let block = provider.validate_provider_config(block).await.unwrap().into_inner().diagnostics;
        for report in [read, plan, block] {
            check(&host, &bytes.escape_ascii().to_string(), &report, &["schema"]).await;
        }
    }
}

#[tokio::test]
async fn a_provider_block_of_the_wrong_types_is_refused() {
    let host = Host::start(HostOptions::default()).await;
    for (block, words) in [
        (json!({ "secret_key": ["hunter2hunter2"] }), &["secret_key"][..]),
        (json!({ "max_retries": "many" }), &["max_retries", "number"]),
        (json!({ "endpoints": "http://x" }), &["endpoints", "an object"]),
        (json!({ "no_such_argument": 1 }), &["no_such_argument", "not in the schema"]),
        (
            json!({ "secret_id": "AKID", "secret_key": "k", "requests_per_second": 0 }),
            &["requests_per_second"],
        ),
        (json!({ "secret_id": "AKID", "secret_key": "hunter2 hunter2" }), &["secret_key", "blanks"]),
        (
            json!({ "secret_id": "AKID", "secret_key": "k", "domain": "me:hunter2@example.com" }),
            &["domain", "a password"],
        ),
        (json!({ "domain": "https://me:hunter2@example.com" }), &["domain cannot be used", "a password"]),
        (json!({ "domain": "example.com:" }), &["\"example.com:\"", "only letters", "endpoints"]),
        (
            json!({ "secret_id": "AKID", "secret_key": "k", "ca_bundle": "/dev/zero" }),
            &["CA bundle /dev/zero", "a device, not a file", "Name a PEM file"],
        ),
        (json!({ "domain": "a".repeat(300) }), &["domain begins with", "1 to 63 characters"]),
    ] {
        let report = configured(&host, &block).await;
        check(&host, &block.to_string(), &report, words).await;
        assert!(!format!("{report:?}").contains("hunter2"), "{report:?}");
    }
}

#[tokio::test]
async fn an_import_id_in_any_wrong_form_is_refused_with_the_right_one() {
    let host = Host::start(HostOptions::default()).await;
    let block = json!({ "secret_id": "AKID", "secret_key": "k", "endpoints": { "organization": "http://127.0.0.1:1" } });
    assert_eq!(configured(&host, &block).await, []);
    let (arabic, steering) = ("1#\u{661}", "1#\u{1b}[31m2");
    for id in [
        " ", "#", "1#", "#13", "1#2#3", "1,#2", "1#,", "1;2#3", "0#1", "-1#1", "1.0#1", "1#0x1", arabic,
        steering,
    ] {
        let request = import_resource_state::Request {
            type_name: TYPE.to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        let reply = host.provider().import_resource_state(request).await.unwrap().into_inner();
        check(&host, id, &reply.diagnostics, &["import identifier", "MEMBER_UIN"]).await;
        assert!(!reply.diagnostics[0].detail.contains('\u{1b}'), "{:?}", reply.diagnostics);
    }
}
