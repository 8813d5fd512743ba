//! What each attempt is signed with, where that may expire.

use serde::{Deserialize, Serialize};

use super::*;

/// A source that gives one pair of credentials after the other, and fails when it has no more.
#[derive(Debug)]
struct Series {
    left: Mutex<VecDeque<Credentials>>,
    asked: Mutex<usize>,
}

impl Series {
    fn of(ids: &[(&str, Option<i64>)]) -> Arc<Self> {
        let credentials = ids.iter().map(|(id, expiry)| {
            let credentials = Credentials::new(*id, "the-secret-key".into(), Some("token".into())).unwrap();
            match expiry {
                Some(seconds) => credentials.expiring(DateTime::from_timestamp(BEGIN + seconds, 0).unwrap()),
                None => credentials,
            }
        });
        Arc::new(Self { left: Mutex::new(credentials.collect()), asked: Mutex::default() })
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

#[async_trait]
impl ProvideCredentials for Series {
    async fn provide(&self, _: &Deadline) -> Result<Credentials, CredentialsError> {
        *self.asked.lock().unwrap() += 1;
        let cause = || Arc::new(std::io::Error::other("the role is gone"));
        let none = || CredentialsError::Failed { place: "the series", source: cause() };
        self.left.lock().unwrap().pop_front().ok_or_else(none)
    }
}

fn client_of(series: &Arc<Series>, script: &Arc<Script>) -> Client {
    client_with(Settings { credentials: Arc::clone(series) as _, ..settings() }, script)
}

/// The id that signed each request.
fn signers(script: &Script) -> Vec<String> {
    let authorization = script.headers("Authorization");
    let id = |value: &String| value.split(['=', '/']).nth(1).unwrap().to_owned();
    authorization.iter().map(id).collect()
}

fn token_refused() -> Step {
    refused("AuthFailure.TokenFailure")
}

#[tokio::test(start_paused = true)]
async fn credentials_that_expire_between_attempts_are_renewed_in_between() {
    // The first attempt takes 30 s until it is given up, and the first credentials are valid for 20.
    let series = Series::of(&[("first", Some(20)), ("second", None)]);
    let script = Script::new([after(MINUTE, ok()), ok(), ok()]);
    let client = client_of(&series, &script);
    client.call(&READ, &minutes(5)).await.unwrap();
    client.call(&READ, &minutes(5)).await.unwrap();
    assert_eq!(signers(&script), ["first", "second", "second"]);
    assert_eq!(series.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once_and_the_call_repeated_once() {
    let series = Series::of(&[("first", None), ("second", None), ("third", None)]);
    let script = Script::new([token_refused(), ok(), ok()]);
    let client = client_of(&series, &script);
    client.call(&WRITE, &minutes(1)).await.unwrap();
    client.call(&WRITE, &minutes(1)).await.unwrap();
    assert_eq!(signers(&script), ["first", "second", "second"]);

    let series = Series::of(&[("first", None), ("second", None), ("third", None)]);
    let script = Script::new([token_refused(), token_refused()]);
    let error = client_of(&series, &script).call(&WRITE, &minutes(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), series.asked()), (Kind::Credentials, 2, 2));
    assert_eq!(
        (error.code(), error.meaning()),
        (Some("AuthFailure.TokenFailure"), Some(Meaning::TokenRefused))
    );
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_refused_together_renew_together() {
    let series = Series::of(&[("first", None), ("second", None)]);
    let slow = |step| after(Duration::from_secs(1), step);
    let steps = std::iter::repeat_n(slow(token_refused()), 10).chain(std::iter::repeat_n(ok(), 10));
    let script = Script::new([ok()].into_iter().chain(steps));
    let client = client_of(&series, &script);
    // The first second of an action is careful; then ten go together.
    client.call(&READ, &minutes(1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let calls = (0..10).map(|_| {
        let client = client.clone();
        async move { client.call(&READ, &minutes(1)).await.map(drop) }
    });
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(series.asked(), 2);
    assert_eq!(signers(&script)[11..], vec!["second".to_owned(); 10]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_replaced_is_refused_once() {
    let script = Script::new([token_refused()]);
    let error = write(&script).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credentials, 1));
    assert_eq!(error.code(), Some("AuthFailure.TokenFailure"));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nothing_can_sign_is_not_made_and_says_why() {
    for (ids, steps, attempts) in [(&[][..], vec![], 0), (&[("first", None)][..], vec![token_refused()], 1)] {
        let (series, script) = (Series::of(ids), Script::new(steps));
        let error = client_of(&series, &script).call(&WRITE, &minutes(1)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Credentials, attempts));
        assert_eq!((error.meaning(), error.blame()), (Some(Meaning::NoCredentials), Blame::Call));
        let cause = "the request could not be signed; the series: it gave no credentials; the role is gone";
        assert!(chain(&error).ends_with(cause), "{}", chain(&error));
        assert!(!format!("{error:?}").contains("the-secret-key"));
    }
}

/// A source that is never done.
#[derive(Debug)]
struct Never;

#[async_trait]
impl ProvideCredentials for Never {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        until.race(std::future::pending()).await.unwrap_or_else(|ended| Err(CredentialsError::Ended(ended)))
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_credentials_waits_no_longer_than_the_deadline_or_a_stop() {
    let script = Script::new([]);
    let client = client_with(Settings { credentials: Arc::new(Never), ..settings() }, &script);
    let error = client.call(&WRITE, &minutes(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.elapsed()), (Kind::TimedOut, 0, MINUTE));

    let stop = CancellationToken::new();
    let until = Deadline::after(MINUTE, stop.clone());
    let second = Duration::from_secs(1);
    let (outcome, ()) = tokio::join!(client.call(&WRITE, &until), async {
        tokio::time::sleep(second).await;
        stop.cancel();
    });
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.elapsed()), (Kind::Stopped, 0, second));
}

/// An action that carries its own proof of who makes it, as some of STS do.
#[derive(Debug, Serialize)]
struct Exchange;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Session {
    id: String,
}

impl Action for Exchange {
    const NAME: &'static str = "Exchange";
    const PRODUCT: Product = Product::Sts;
    const EFFECT: Effect = Effect::Read;
    const AUTHENTICATION: Authentication = Authentication::Content;
    type Answer = Session;
}

/// A source that asks STS, with a client of its own.
#[derive(Debug)]
struct ByExchange(Client);

#[async_trait]
impl ProvideCredentials for ByExchange {
    async fn provide(&self, until: &Deadline) -> Result<Credentials, CredentialsError> {
        let failed = |error| CredentialsError::Failed { place: "the exchange", source: Arc::new(error) };
        let session = self.0.call(&Exchange, until).await.map_err(failed)?;
        Credentials::new(session.id, "the-secret-key".into(), None)
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_can_have_a_client_of_its_own_which_needs_no_credentials() {
    let sts = Script::new([refused("InternalError"), body(r#"{"Response":{"Id":"exchanged"}}"#)]);
    let endpoints = [(Product::Sts, Endpoint::parse("https://sts.example.com").unwrap())].into();
    let none = Series::of(&[]);
    let settings_of_sts = Settings { endpoints, credentials: Arc::clone(&none) as _, ..settings() };
    let source = ByExchange(client_with(settings_of_sts, &sts));
    let script = Script::new([ok(), ok()]);
    let client = client_with(Settings { credentials: Arc::new(source), ..settings() }, &script);
    for _ in 0..2 {
        client.call(&READ, &minutes(1)).await.unwrap();
    }
    assert_eq!(signers(&script), ["exchanged", "exchanged"]);
    assert_eq!(sts.headers("Authorization"), ["SKIP", "SKIP"]);
    assert_eq!(sts.headers("X-TC-Version"), ["2018-08-13", "2018-08-13"]);
    assert_eq!(none.asked(), 0);
}
