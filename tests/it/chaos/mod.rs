//! Whatever breaks, wherever it breaks, nothing is lost: every trouble at every call of every operation, done
//! to the real binary.
//!
//! A [`case::Case`] has a name, such as `update/shared/reset-after/7`: the operation, whether others granted
//! two of its pairs before, the trouble, and the call at which it comes. [`play`] sets the scene, does it,
//! and holds the outcome to three promises: the state lists what exists of ours; one more apply makes cloud
//! and configuration equal; one destroy leaves none of ours and all of others'.
//!
//! `make chaos` plays all cases, `make test` a sample of them. The same cases are played in memory, all of
//! them every time, in `src/resources/org_member_auth_identity/tests/crash_points.rs`. [`terraform`] does
//! some of it to a real host.
//!
//! Several resources and real hosts are the matter of two more kinds of cases, on a common [`scene`]: grants
//! that change hands in trouble ([`handover`]), and random histories ([`several`]).

mod case;
mod handover;
mod play;
mod scene;
mod several;
mod terraform;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

use futures_util::stream::{self, StreamExt};
use terraform_provider_tencentcloud::ambient::{Env as _, ProcessEnv};

use self::case::Case;
use self::play::Stage;
use simulator::Cloud;
use support::terraform::Terraform;
use support::workspace::{Workspace, text_of};

/// How many cases are played at once: nearly all of the time they wait.
const SIDE_BY_SIDE: usize = 12;

/// How many cases `make test` plays.
const SAMPLE: usize = 48;

/// Plays `cases`, prints what came of them by operation and trouble, and fails if a promise was broken.
async fn play_all(stage: &Stage, cases: Vec<Case>) {
    let outcomes = stream::iter(cases).map(|case| async move {
        let outcome = play::play(stage, &case).await;
        (case, outcome)
    });
    let outcomes: Vec<(Case, Result<&str, String>)> = outcomes.buffer_unordered(SIDE_BY_SIDE).collect().await;
    let mut table: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut broken = Vec::new();
    for (case, outcome) in &outcomes {
        let kind = match outcome {
            Ok(kind) => kind,
            Err(why) => {
                broken.push(format!("{case}: {why}\n    again: make chaos CASE={case}"));
                "BROKEN"
            }
        };
        *table.entry(case.row()).or_default().entry(kind).or_default() += 1;
    }
    for (row, counts) in &table {
        let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        eprintln!("{row:<24} {}", counts.join(", "));
    }
    eprintln!("{} cases, {} broken", outcomes.len(), broken.len());
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    let untroubled = outcomes.iter().filter(|(_, outcome)| *outcome == Ok(play::FEWER_CALLS)).count();
    assert!(untroubled * 10 <= outcomes.len(), "the trouble did not come in {untroubled} cases");
}

/// Plays `cases` on every host, two at a time, each in a workspace and a cloud that the one before has left
/// empty; fails if a promise was broken.
fn play_on_every_host<C: Display + Sync>(
    cloud: impl Fn() -> Cloud + Sync,
    cases: &[C],
    play: impl Fn(&Workspace, &C) + Sync,
) {
    let mut broken = Vec::new();
    for terraform in Terraform::found() {
        let (waiting, failures) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
        let work = || {
            let mut workspace = None;
            loop {
                let Some(case) = waiting.lock().unwrap().next() else { break };
                let run = workspace.get_or_insert_with(|| Workspace::new(terraform.clone(), cloud()));
                if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(run, case))) {
                    let why = text_of(&*panic);
                    let again = format!("again: make chaos CASE={case} HOSTS={}", terraform.binary.display());
                    failures.lock().unwrap().push(format!("{case}, with {terraform}: {why}\n    {again}"));
                    run.server.cloud().clear_faults();
                    workspace = None;
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(work);
            }
        });
        let failures = failures.into_inner().unwrap();
        eprintln!("{} cases with {terraform}, {} broken", cases.len(), failures.len());
        broken.extend(failures);
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// So many of `cases`, drawn by the seed, which is printed.
fn draw<C>(mut cases: Vec<C>, count: usize) -> Vec<C> {
    let (seed, all) = (number("CHAOS_SEED").unwrap_or(1), cases.len());
    eprintln!("{} of {all} cases, CHAOS_SEED={seed}", count.min(all));
    fastrand::Rng::with_seed(seed).shuffle(&mut cases);
    cases.truncate(count);
    cases
}

/// What the environment asks for: `CASE=name` one case, `CHAOS_CASES=number` so many drawn from the seed,
/// `CHAOS_CASES=all` all of them. Else a sample.
fn chosen<C: Display>(all: Vec<C>, sample: impl FnOnce(Vec<C>) -> Vec<C>) -> Vec<C> {
    match (ProcessEnv.var("CASE"), ProcessEnv.var("CHAOS_CASES").as_deref()) {
        (Some(name), _) => {
            let found: Vec<C> = all.into_iter().filter(|case| case.to_string() == name).collect();
            assert!(!found.is_empty(), "no case is called {name}");
            found
        }
        (None, Some("all")) => all,
        (None, Some(count)) => draw(all, count.parse().unwrap()),
        (None, None) => sample(all),
    }
}

/// A number in the environment.
fn number(name: &str) -> Option<u64> {
    ProcessEnv.var(name).and_then(|text| text.parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trouble_at_any_call_loses_anything() {
    let stage = Stage::new().await;
    let cases = chosen(stage.cases().collect(), |all| {
        draw(all.into_iter().filter(|case| !case.is_slow()).collect(), SAMPLE)
    });
    play_all(&stage, cases).await;
}
