//! Nothing printable holds a secret.

use std::fmt::Write as _;

use secrecy::zeroize::ZeroizeOnDrop;
use tracing::field::{Field, Visit};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::api::sts::AssumeRoleWithWebIdentity;
use super::sign::Signable;
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

/// Whether memory is wiped cannot be seen from safe code; whether the types promise it can.
#[tokio::test(start_paused = true)]
async fn every_holder_of_a_secret_wipes_it_when_it_is_dropped() {
    fn check(_: &impl ZeroizeOnDrop) {}
    let credentials = Credentials::new("AKIDlong-identifier", "key".into(), Some("token".into())).unwrap();
    check(credentials.secret_key());
    check(credentials.token().unwrap());
    let signable = Signable { service: "x", headers: &[], body: b"", at: DateTime::UNIX_EPOCH };
    check(&signable.authorization(credentials.secret_id(), credentials.secret_key()));
    let script = Script::new([ok()]);
    let settings = Settings { credentials: credentials.into(), ..settings() };
    client_with(settings, &script).call(&READ, &minutes(1)).await.unwrap();
    let request = &script.sent()[0].1;
    assert!(request.header("X-TC-Token") == Some("token") && request.header("Authorization").is_some());
    request.headers.iter().for_each(|(_, value)| check(value));
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
    let client = client_with(Settings { credentials: credentials.into(), ..settings() }, &script);
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

/// Each character as an escape of JSON that stands for one of HTML.
fn escaped(text: &str) -> String {
    text.chars().map(|character| format!("\\u0026#x{:X};", u32::from(character))).collect::<Vec<_>>().concat()
}

fn echo(request: &HttpRequest) -> String {
    request.headers.iter().map(|(_, value)| escaped(value)).collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn an_escaped_echo_in_any_part_of_an_answer_gives_nothing_away() {
    let (id, key, token) = ("AKIDlong-identifier", "a/secret+key=of&some", "the/session+token=of&a<role>");
    let plain = |text: &str| text.replace("&#x", "\u{0}").split('\u{0}').map(unescaped).collect::<String>();
    let credentials = Credentials::new(id, key.into(), Some(token.into())).unwrap();
    let steps = [
        Step::Reflect(|request| format!(r#"{{"Response":{{"RequestId":"{}","Items":[7]}}}}"#, echo(request))),
        Step::Reflect(|request| {
            format!(
                r#"{{"Response":{{"Error":{{"Code":"A.{0}","Message":"{0}"}},"RequestId":"{0}"}}}}"#,
                echo(request)
            )
        }),
        Step::Reflect(|request| format!("<p>{}", echo(request).replace("\\u0026", "&"))),
    ];
    let log = Log::default();
    let guard = tracing::subscriber::set_default(Registry::default().with(log.clone()));
    tracing::callsite::rebuild_interest_cache();
    for step in steps {
        let script = Script::new([step]);
        let settings = Settings { credentials: credentials.clone().into(), max_retries: 0, ..settings() };
        let error = client_with(settings, &script).call(&READ, &minutes(1)).await.unwrap_err();
        let request = &script.sent()[0].1;
        let signature = request.header("authorization").unwrap().rsplit('=').next().unwrap();
        let seen =
            plain(&format!("{}{error:?}{}", log.0.lock().unwrap(), chain(&error)).replace("\\u0026", "&"));
        assert!(seen.contains("organization"), "the rest of the echo is there:\n{seen}");
        for secret in [id, key, token, signature] {
            assert!(!seen.contains(secret), "{secret} in\n{seen}");
        }
    }
    drop(guard);

    let script = Script::new([Step::Reflect(|request| {
        let token = request.header("x-tc-token").unwrap().replace('/', "\\/").replace('=', "\\u003d");
        format!(r#"{{"Response":{{"Items":[{{"IdentityRoleName":"{token}\u202e\u001b role"}}]}}}}"#)
    })]);
    let settings = Settings { credentials: credentials.into(), ..settings() };
    let page = client_with(settings, &script).call(&READ, &minutes(1)).await.unwrap();
    assert_eq!(page.items[0].identity_role_name.as_deref(), Some("[secret]   role"));
}

/// What is left of a text before an entity of HTML, and what that stands for.
fn unescaped(piece: &str) -> String {
    match piece.split_once(';').and_then(|(digits, rest)| Some((u32::from_str_radix(digits, 16).ok()?, rest)))
    {
        Some((code, rest)) => format!("{}{rest}", char::from_u32(code).unwrap()),
        None => piece.to_owned(),
    }
}

#[tokio::test]
async fn a_page_of_a_proxy_shows_none_of_its_credentials() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://ci:p%40ss%2Fword@{}", listener.local_addr().unwrap());
    let page = "<h1>407 for ci:p@ss/word, p%40ss%2Fword, p&#64;ss/word and Basic Y2k6cEBzcy93b3Jk</h1>";
    let answering = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"}") {
            asked.push(stream.read_u8().await.unwrap());
        }
        let head = format!("HTTP/1.1 407 Denied\r\nContent-Length: {}\r\n\r\n", page.len());
        stream.write_all(format!("{head}{page}").as_bytes()).await.unwrap();
        String::from_utf8(asked).unwrap()
    });
    let organization = Endpoint::parse("http://organization.example.test").unwrap();
    let endpoints = [(Product::Organization, organization)].into();
    let settings = Settings { endpoints, ..settings() };
    let env = FixedEnv::from_iter([("http_proxy", proxy.as_str())]);
    let client = Client::new(settings, Arc::new(Ticking(Instant::now())), &env).unwrap();
    let error = client.call(&READ, &minutes(1)).await.unwrap_err();
    assert!(answering.await.unwrap().contains("Basic Y2k6cEBzcy93b3Jk"), "as the page repeats it");
    let told = chain(&error);
    assert!(told.contains("407 for ci:[secret], [secret], [secret] and Basic [secret]"), "{told}");
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
    let client = client_with(Settings { credentials: credentials.into(), ..settings() }, &script);
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

/// What is exchanged for a session, well-formed or not, answered by the service or by something in its place.
#[tokio::test(start_paused = true)]
async fn nothing_of_a_session_is_in_any_log_or_error() {
    let web = AssumeRoleWithWebIdentity {
        provider_id: "OIDC".to_owned(),
        web_identity_token: "header.payload.signature".into(),
        role_arn: "qcs::cam::uin/100000000000:roleName/ops".to_owned(),
        role_session_name: "tests".to_owned(),
        duration_seconds: None,
    };
    let credentials = r#""Credentials":{"Token":"new-token-of-session","TmpSecretId":"AKIDnew-id","TmpSecretKey":"new-key-of-session"}"#;
    let mut steps: Vec<Step> = [
        format!(r#"{{"Response":{{{credentials},"ExpiredTime":1800000000,"RequestId":"r"}}}}"#),
        format!(r#"{{"Response":{{{credentials},"ExpiredTime":"new-key-of-session","RequestId":"r"}}}}"#),
        format!(r#"{{"Response":{{{credentials}"#),
        "new-key-of-session".to_owned(),
    ]
    .iter()
    .map(|text| body(text))
    .collect();
    steps.push(Step::Reflect(|request| {
        let sent = String::from_utf8_lossy(&request.body).replace('"', "'");
        format!(
            r#"{{"Response":{{"Error":{{"Code":"InvalidParameter","Message":"{sent}"}},"RequestId":"r"}}}}"#
        )
    }));
    let count = steps.len();
    let script = Script::new(steps);
    let endpoints = [(Product::Sts, Endpoint::parse("https://sts.example.com").unwrap())].into();
    let client = client_with(Settings { endpoints, max_retries: 0, ..settings() }, &script);
    let log = Log::default();
    let guard = tracing::subscriber::set_default(Registry::default().with(log.clone()));
    tracing::callsite::rebuild_interest_cache();
    let mut seen = format!("{web:?}");
    for _ in 0..count {
        match client.call(&web, &minutes(1)).await {
            Ok(session) => write!(seen, "{session:?}").unwrap(),
            Err(error) => write!(seen, "{error:?}{}", chain(&error)).unwrap(),
        }
    }
    drop(guard);
    for (_, request) in script.sent() {
        write!(seen, "{request:?}").unwrap();
    }
    write!(seen, "{}", log.0.lock().unwrap()).unwrap();
    assert!(seen.contains("AssumeRoleWithWebIdentity") && seen.contains("[secret]"), "{seen}");
    for secret in ["header.payload", "new-token", "AKIDnew", "new-key"] {
        assert!(!seen.contains(secret), "{secret} in\n{seen}");
    }
}
