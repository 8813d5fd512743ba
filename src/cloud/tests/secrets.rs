//! Nothing printable holds a secret.

use std::fmt::Write as _;

use tracing::field::{Field, Visit};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::*;

/// Writes every event of every level down.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut line = event.metadata().level().to_string();
        event.record(&mut Fields(&mut line));
        writeln!(self.0.lock().unwrap(), "{line}").unwrap();
    }
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_echoes_the_request_gives_nothing_away() {
    read(&Script::new([Step::Echo])).await.unwrap_err();

    let log = Log::default();
    let guard = tracing::subscriber::set_default(Registry::default().with(log.clone()));
    // A call site that another test met first, without a subscriber, would stay switched off.
    tracing::callsite::rebuild_interest_cache();
    let script = Script::new([Step::Echo]);
    let (id, token) = ("AKIDlong-identifier", "the-session-token-of-a-role");
    let credentials = Credentials::new(id, "the-secret-key".into(), Some(token.into())).unwrap();
    let client = client_with(Settings { credentials, ..settings() }, &script);
    let error = client.call(&WRITE, &minutes(1)).await.unwrap_err();
    drop(guard);

    let request = &script.sent()[0].1;
    let signature = request.header("authorization").unwrap().rsplit('=').next().unwrap();
    let seen = format!("{}{error:?}{}", log.0.lock().unwrap(), chain(&error));
    assert!(seen.contains("Credential=[secret]/") && seen.contains("Signature=[secret]"), "{seen}");
    for secret in [id, token, signature] {
        assert!(!seen.contains(secret), "{secret} in\n{seen}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_tells_each_attempt_and_no_secret() {
    // Tracing asks a subscriber whether it wants an event when the event first happens, on whatever thread
    // that is: make each happen once before there is one, else another test may answer "nobody".
    read(&Script::new([ok()])).await.unwrap();

    let log = Log::default();
    let guard = tracing::subscriber::set_default(Registry::default().with(log.clone()));
    // A call site that another test met first, without a subscriber, would stay switched off.
    tracing::callsite::rebuild_interest_cache();
    let script =
        Script::new([refused("ServiceUnavailable"), Step::NotSent, ok(), refused("InvalidParameter")]);
    let credentials =
        Credentials::new("AKIDlong-identifier", "the-secret-key".into(), Some("the-session-token".into()))
            .unwrap();
    let client = client_with(Settings { credentials, ..settings() }, &script);
    client.call(&READ, &minutes(1)).await.unwrap();
    let error = client.call(&WRITE, &minutes(1)).await.unwrap_err();
    drop(guard);

    let mut seen = log.0.lock().unwrap().clone();
    assert!(seen.contains("request_id=\"id-ServiceUnavailable\" attempt=1"), "{seen}");
    assert!(seen.contains("code=\"ServiceUnavailable\""), "{seen}");
    assert!(
        seen.contains("failure=no answer from http://127.0.0.1:18080/: cannot connect to the service"),
        "{seen}"
    );
    assert!(seen.contains("attempt=3"), "{seen}");
    assert_eq!(seen.matches("DEBUG").count(), 4, "one line per attempt\n{seen}");
    assert!(seen.contains(r#"body={"MemberUin":100000000002,"IdentityId":13}"#), "{seen}");

    let request = &script.sent()[0].1;
    let signature = request.header("authorization").unwrap().rsplit('=').next().unwrap().to_owned();
    write!(seen, "{client:?} {request:?} {error:?} {}", chain(&error)).unwrap();
    for secret in ["long-identifier", "the-secret-key", "the-session-token", "TC3-HMAC", &signature] {
        assert!(!seen.contains(secret), "{secret} in\n{seen}");
    }
}
