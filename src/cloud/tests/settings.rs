//! Making a client over the network.

use super::*;

fn refusal(settings: Settings, env: &[(&str, &str)]) -> String {
    let env: FixedEnv = env.iter().copied().collect();
    let clock = Arc::new(Ticking(Instant::now()));
    Client::new(settings, clock, &env).expect_err("it must be refused").to_string()
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_any_call() {
    let region = Some("ap-guangzhou\n".to_owned());
    assert!(refusal(Settings { region, ..settings() }, &[]).starts_with("the region may only contain"));
    assert!(refusal(settings(), &[("HTTPS_PROXY", "gopher://x")]).contains("`HTTPS_PROXY`"));
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_is_unavailable_even_to_a_write() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = Endpoint::parse(&format!("http://{closed}")).unwrap();
    let endpoints = [(Product::Organization, endpoint)].into();
    let settings = Settings { endpoints, max_retries: 1, ..settings() };
    let client = Client::new(settings, Arc::new(Ticking(Instant::now())), &FixedEnv::default()).unwrap();
    let error = client.call(&WRITE, &minutes(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Unavailable, 2));
    let told = chain(&error);
    let start = "DeleteOrganizationMemberAuthIdentity could not be done; no answer from http://127.0.0.1:";
    assert!(told.starts_with(start) && told.contains("/; cannot connect to the service; "), "{told}");
    assert!(told.to_lowercase().contains("refused"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_product_without_an_endpoint_is_not_called() {
    let script = Script::new([]);
    let settings = Settings { endpoints: Endpoints::default(), ..settings() };
    let error = client_with(settings, &script).call(&WRITE, &minutes(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.blame()), (Kind::Rejected, 0, Blame::Call));
    assert!(
        chain(&error).ends_with("was rejected; no endpoint is set for `organization`"),
        "{}",
        chain(&error)
    );
}

/// `NO_PROXY` may name a port, which the HTTP client's own list does not know.
#[tokio::test]
async fn a_port_in_no_proxy_is_honoured() {
    // This address is the machine itself, but not among those that are never proxied. Nobody listens there.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let direct = format!("0.0.0.0:{}", closed.local_addr().unwrap().port());
    drop(closed);
    // A proxy that hangs up.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let proxy_task = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    for (no_proxy, past_the_proxy) in [(direct.as_str(), true), ("0.0.0.0:1", false), ("*", true)] {
        let endpoint = Endpoint::parse(&format!("http://{direct}")).unwrap();
        let endpoints = [(Product::Organization, endpoint)].into();
        let settings = Settings { endpoints, max_retries: 0, ..settings() };
        let env: FixedEnv = [("HTTP_PROXY", proxy.as_str()), ("NO_PROXY", no_proxy)].into_iter().collect();
        let client = Client::new(settings, Arc::new(Ticking(Instant::now())), &env).unwrap();
        let told = chain(&client.call(&READ, &minutes(1)).await.unwrap_err());
        assert_eq!(told.contains("cannot connect to the service"), past_the_proxy, "{no_proxy}: {told}");
    }
    proxy_task.abort();
}
