//! An endpoint without encryption is warned about, unless it never leaves the machine.

use serde_json::json;

use super::configured;
use support::host::{Host, HostOptions};

async fn check(options: HostOptions, block: serde_json::Value, warned: Option<&str>) {
    let host = Host::start(options).await;
    let mut block = block;
    block["secret_id"] = "AKIDexample".into();
    block["secret_key"] = "key".into();
    let report = configured(&host, &block).await;
    match warned {
        None => assert_eq!(report, [], "{block}"),
        Some(url) => {
            let [warning] = report.as_slice() else { panic!("{block}: {report:?}") };
            assert_eq!((warning.severity, warning.summary.as_str()), (2, "Unencrypted endpoint"));
            assert!(
                warning.detail.contains(url) && warning.detail.contains("plain HTTP"),
                "{}",
                warning.detail
            );
        }
    }
}

#[tokio::test]
async fn an_http_endpoint_is_warned_about_wherever_it_comes_from() {
    let plain = HostOptions::default;
    let url = "http://organization.example.com/";
    check(plain(), json!({ "endpoints": { "organization": url } }), Some(url)).await;
    check(plain().env("TENCENTCLOUD_ORGANIZATION_ENDPOINT", url), json!({}), Some(url)).await;
    check(plain(), json!({ "protocol": "HTTP", "domain": "example.com" }), Some(url)).await;
    check(plain().env("TENCENTCLOUD_PROTOCOL", "http"), json!({ "domain": "example.com" }), Some(url)).await;
    let private = "http://10.0.0.1:8080/";
    check(plain(), json!({ "endpoints": { "organization": private } }), Some(private)).await;
}

#[tokio::test]
async fn an_encrypted_endpoint_and_one_on_this_machine_are_not() {
    for url in
        ["https://organization.example.com", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"]
    {
        let block = json!({ "endpoints": { "organization": url } });
        check(HostOptions::default(), block, None).await;
    }
    check(HostOptions::default(), json!({}), None).await;
}
