use std::collections::VecDeque;

use super::*;
use crate::cloud::deadline::DeadlineError;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: TimeDelta = TimeDelta::hours(1);
const BEGIN: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// A clock that goes with the paused time.
#[derive(Clone, Copy, Debug)]
struct Paused(Instant);

impl Clock for Paused {
    fn now(&self) -> DateTime<Utc> {
        BEGIN + self.0.elapsed()
    }
}

/// What a source does when it is asked.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Gives credentials with this id, which expire so long after the beginning.
    Gives(&'static str, Option<TimeDelta>),
    Fails,
    Panics,
}

/// A source that takes ten seconds, follows a script and fails the test when it is asked for more.
#[derive(Debug)]
struct Source {
    steps: Mutex<VecDeque<Step>>,
    /// What was refused, for each time that it was asked.
    asked: Mutex<Vec<Option<String>>>,
}

struct Stage {
    source: Arc<Source>,
    cache: Arc<CredentialsCache>,
}

impl Source {
    async fn next(&self, refused: Option<&Credentials>) -> Outcome {
        self.asked.lock().unwrap().push(refused.map(|refused| refused.secret_id().to_owned()));
        let step = self.steps.lock().unwrap().pop_front().expect("the script has no more steps");
        tokio::time::sleep(MINUTE / 6).await;
        match step {
            Step::Gives(id, expiry) => {
                let credentials = Credentials::new(id, "the-secret".into(), None).unwrap();
                Ok(expiry.map_or(credentials.clone(), |expiry| credentials.expiring(BEGIN + expiry)))
            }
            Step::Fails => {
                let source = Arc::new(std::io::Error::other("the cause"));
                Err(CredentialsError::Failed { place: "the source", source })
            }
            Step::Panics => panic!("of a test"),
        }
    }
}

#[async_trait::async_trait]
impl ProvideCredentials for Source {
    async fn provide(&self, _: &Deadline) -> Outcome {
        self.next(None).await
    }

    async fn renew(&self, refused: &Credentials, _: &Deadline) -> Outcome {
        self.next(Some(refused)).await
    }
}

impl Stage {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps = Mutex::new(steps.into_iter().collect());
        let source = Arc::new(Source { steps, asked: Mutex::default() });
        let clock = Arc::new(Paused(Instant::now()));
        let cache = Arc::new(CredentialsCache::new(Arc::clone(&source) as _, clock));
        Self { source, cache }
    }

    /// The id of what a caller gets who has an hour, or the error.
    async fn id(&self) -> String {
        told(self.cache.provide(&hour()).await)
    }

    fn asked(&self) -> usize {
        self.source.asked.lock().unwrap().len()
    }
}

fn hour() -> Deadline {
    Deadline::after(MINUTE * 60, CancellationToken::new())
}

fn told(outcome: Outcome) -> String {
    outcome.map_or_else(|error| error.to_string(), |credentials| credentials.secret_id().to_owned())
}

#[tokio::test(start_paused = true)]
async fn what_does_not_expire_is_asked_for_once() {
    let stage = Stage::new([Step::Gives("a", None)]);
    for _ in 0..3 {
        assert_eq!(stage.id().await, "a");
        tokio::time::sleep(MINUTE * 600).await;
    }
    assert_eq!(stage.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_share_one_renewal() {
    let stage = Stage::new([Step::Gives("a", None)]);
    let callers = (0..50).map(|_| stage.id());
    let begun = Instant::now();
    assert_eq!(futures_util::future::join_all(callers).await, ["a"; 50]);
    assert_eq!((stage.asked(), begun.elapsed()), (1, MINUTE / 6));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_leaves_the_renewal_to_the_others() {
    let stage = Stage::new([Step::Gives("a", None)]);
    let stop = CancellationToken::new();
    let stopped = Deadline::after(MINUTE, stop.clone());
    let hurried = Deadline::after(Duration::from_secs(1), CancellationToken::new());
    let (first, second, third, ()) =
        tokio::join!(stage.cache.provide(&stopped), stage.cache.provide(&hurried), stage.id(), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            stop.cancel();
        });
    assert!(matches!(first, Err(CredentialsError::Ended(DeadlineError::Stopped))), "{first:?}");
    assert!(matches!(second, Err(CredentialsError::Ended(DeadlineError::TimedOut))), "{second:?}");
    assert_eq!((third.as_str(), stage.asked()), ("a", 1));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_nobody_waits_for_any_more_is_not_in_vain() {
    let stage = Stage::new([Step::Gives("a", None)]);
    let hurried = Deadline::after(Duration::from_secs(1), CancellationToken::new());
    stage.cache.provide(&hurried).await.unwrap_err();
    tokio::time::sleep(MINUTE).await;
    let begun = Instant::now();
    assert_eq!((stage.id().await.as_str(), begun.elapsed(), stage.asked()), ("a", Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_about_to_expire_is_renewed_while_callers_go_on_with_it() {
    let stage = Stage::new([Step::Gives("a", Some(HOUR)), Step::Gives("b", Some(HOUR * 2))]);
    assert_eq!(stage.id().await, "a");
    tokio::time::sleep(MINUTE * 50).await;
    assert_eq!((stage.id().await.as_str(), stage.asked()), ("a", 1), "ten minutes are left");
    tokio::time::sleep(MINUTE * 4).await;
    let begun = Instant::now();
    let crowd = futures_util::future::join_all((0..10).map(|_| stage.id())).await;
    assert_eq!((crowd, begun.elapsed()), (vec!["a".to_owned(); 10], Duration::ZERO), "nobody waits");
    tokio::time::sleep(MINUTE / 2).await;
    assert_eq!((stage.id().await.as_str(), stage.asked()), ("b", 2));
}

#[tokio::test(start_paused = true)]
async fn what_has_expired_is_given_to_nobody() {
    let stage = Stage::new([Step::Gives("a", Some(HOUR)), Step::Gives("b", Some(HOUR * 3))]);
    assert_eq!(stage.id().await, "a");
    tokio::time::sleep(MINUTE * 90).await;
    let begun = Instant::now();
    assert_eq!((stage.id().await.as_str(), begun.elapsed()), ("b", MINUTE / 6));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_early_keeps_what_is_still_valid() {
    let steps =
        [Step::Gives("a", Some(HOUR)), Step::Fails, Step::Panics, Step::Fails, Step::Gives("b", None)];
    let stage = Stage::new(steps);
    assert_eq!(stage.id().await, "a");
    tokio::time::sleep(MINUTE * 55).await;
    // Asked for every second, for two minutes.
    for second in 0..120 {
        assert_eq!(stage.id().await, "a", "after {second} s");
        tokio::time::sleep(MINUTE / 60).await;
    }
    let tried = stage.asked() - 1;
    assert!((3..=4).contains(&tried), "not at every call: {tried}");
    tokio::time::sleep(MINUTE * 10).await;
    assert_eq!(stage.id().await, "b");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_to_all_who_waited_and_to_nobody_else() {
    let stage = Stage::new([Step::Fails, Step::Panics, Step::Gives("a", None)]);
    let failed = "the source: it gave no credentials";
    assert_eq!(<[_; 2]>::from(tokio::join!(stage.id(), stage.id())), [failed, failed]);
    let broken = "the task that fetched the credentials panicked";
    assert_eq!(<[_; 2]>::from(tokio::join!(stage.id(), stage.id())), [broken, broken]);
    assert_eq!((stage.id().await.as_str(), stage.asked()), ("a", 3));
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_its_cause() {
    let stage = Stage::new([Step::Fails]);
    let error = stage.cache.provide(&hour()).await.unwrap_err();
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the cause"));
}

#[tokio::test(start_paused = true)]
async fn what_the_service_refuses_is_renewed_once_for_all_who_were_refused() {
    let stage = Stage::new([Step::Gives("a", Some(HOUR)), Step::Gives("b", Some(HOUR))]);
    let refused = stage.cache.provide(&hour()).await.unwrap();
    let until = hour();
    let renewals = (0..20).map(|_| stage.cache.renew(&refused, &until));
    // Whoever comes meanwhile is not given what was refused.
    let (renewed, newcomer) = tokio::join!(futures_util::future::join_all(renewals), stage.id());
    assert_eq!(renewed.into_iter().map(told).collect::<Vec<_>>(), ["b"; 20]);
    assert_eq!(newcomer, "b");
    // Whoever hears of the refusal late gets what is there.
    assert_eq!(told(stage.cache.renew(&refused, &until).await), "b");
    assert_eq!(*stage.source.asked.lock().unwrap(), [None, Some("a".to_owned())]);
}

#[test]
fn credentials_are_renewed_some_minutes_before_they_expire() {
    let minutes = TimeDelta::minutes;
    for (life, expected) in [(720, 72), (120, 12), (60, 6), (30, 5), (10, 5), (4, 2), (0, 0), (-5, 0)] {
        assert_eq!(margin(minutes(life)), minutes(expected), "{life}");
    }
    let held = |life| {
        let credentials = Credentials::new("a", "b".into(), None).unwrap();
        Held::since(BEGIN, credentials.expiring(BEGIN + minutes(life)))
    };
    let ages = |life| [0, 24, 25, 29, 30].map(|at| held(life).age(BEGIN + minutes(at)));
    assert_eq!(ages(30), [Age::Fresh, Age::Fresh, Age::Late, Age::Late, Age::Expired]);
    assert_eq!(ages(-5), [Age::Expired; 5]);
}
