//! Makes pairs exist and sees that they do: a machine of steps. Pure: it says what to do next, and is told
//! what came of it.
//!
//! Attempts to grant, each followed by looks. A call whose outcome is unknown is looked up first and repeated
//! only for what is not there: granting a pair again does no harm, but the state must say what exists. What
//! was accepted and is in no list, or is listed as not working, is asked for again after a while: somebody
//! may have revoked it at once.

mod outcome;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use outcome::Outcome;
pub use refusal::{Culprit, Refusal, Says, remove_refused};

use self::refusal::pairs_of;
use super::read::Revision;
use super::{Grant, Pair};

/// How often a pair is asked for in all, where it is not seen to work.
pub const TRIES_MAX: u32 = 3;

/// Between two looks: doubled from the first to the second.
const LOOK_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(3));

/// How many looks decide that what nobody said yes to does not exist: with the pauses before them, some four
/// seconds of the list lagging behind.
const LOOKS_IN_DOUBT: u32 = 4;

/// How many looks what was accepted is given to show: with the pauses between them, ten seconds.
pub const LOOKS_ACCEPTED: u32 = 6;

/// What an attempt to grant came to, pair by pair.
#[derive(Clone, Debug)]
pub struct Granted<E> {
    /// The API said yes.
    pub accepted: BTreeSet<Pair>,
    /// The API said no.
    pub refusals: Vec<Refusal<E>>,
    /// Asked for, but the reply does not tell whether it was done.
    pub doubts: Vec<Refusal<E>>,
    /// When its last call ended.
    pub ended: Revision,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask for these pairs; then [`Confirm::granted`].
    Grant(BTreeSet<Pair>),
    /// Read anew, after the revision, what exists of these pairs; then [`Confirm::looked`].
    Look(BTreeSet<Pair>, Revision),
    /// Wait; then [`Confirm::waited`].
    Wait(Duration),
    /// Nothing: [`Confirm::end`].
    End,
}

/// Pairs on their way to exist.
#[derive(Debug)]
pub struct Confirm<E, H> {
    outcome: Outcome<E, H>,
    attempt: u32,
    /// How often doubtful calls were made, in all attempts.
    asked: u32,
    stage: Stage<E>,
}

/// Where it stands.
#[derive(Debug)]
enum Stage<E> {
    Granting(BTreeSet<Pair>),
    Looking(Looks<E>),
    /// Between two looks.
    Waiting(Looks<E>),
    /// Before these pairs are asked for again.
    Pausing(BTreeSet<Pair>),
    Over,
}

/// The looks that follow an attempt.
#[derive(Debug)]
struct Looks<E> {
    /// What the attempt came to. Of its refusals, those that are not believed.
    granted: Granted<E>,
    /// Whether what is in doubt is decided by these looks.
    last: bool,
    /// How many there were, the next one included.
    count: u32,
    pause: Duration,
    since: Revision,
}

impl<E, H> Confirm<E, H> {
    /// Nothing asked for yet.
    pub fn new(pairs: BTreeSet<Pair>) -> Self {
        Self { outcome: Outcome::default(), attempt: 1, asked: 0, stage: Stage::Granting(pairs) }
    }

    /// What to do next.
    pub fn step(&self) -> Step {
        match &self.stage {
            Stage::Granting(pairs) => Step::Grant(pairs.clone()),
            Stage::Looking(looks) => Step::Look(self.outcome.unseen.clone(), looks.since),
            Stage::Waiting(looks) => Step::Wait(looks.pause),
            Stage::Pausing(_) => Step::Wait(Duration::from_secs(self.attempt.into())),
            Stage::Over => Step::End,
        }
    }

    /// Takes in what came of [`Step::Grant`].
    pub fn granted(&mut self, mut granted: Granted<E>) {
        let all = std::mem::take(&mut granted.refusals);
        let (believed, unclear): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|refusal| self.outcome.believes(refusal));
        for refusal in believed {
            self.outcome.refuse(refusal);
        }
        let unclear_pairs = pairs_of(&unclear);
        // Nobody asks again for what an earlier call may have granted and this one refused.
        let last = self.attempt == TRIES_MAX || !unclear_pairs.is_disjoint(&self.outcome.unseen);
        self.outcome.accept(&granted.accepted);
        self.outcome.unseen.extend(pairs_of(&granted.doubts));
        self.outcome.unseen.extend(unclear_pairs);
        self.asked += granted.doubts.iter().map(|doubt| doubt.attempts).max().unwrap_or_default();
        let since = granted.ended;
        granted.refusals = unclear;
        self.look_on(Looks { granted, last, count: 0, pause: LOOK_PAUSES.0, since });
    }

    /// Takes in what came of [`Step::Look`]: what exists. What is not in `seen` does not show.
    pub fn looked(&mut self, seen: BTreeMap<Pair, Grant>) {
        let Stage::Looking(looks) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        self.outcome.see(seen);
        self.look_on(looks);
    }

    /// Goes on looking if somebody is given another look.
    fn look_on(&mut self, mut looks: Looks<E>) {
        if self.outcome.unseen.iter().any(|pair| looks.count < looks.due(pair)) {
            looks.count += 1;
            self.stage = if looks.count == 1 { Stage::Looking(looks) } else { Stage::Waiting(looks) };
            return;
        }
        self.stage = Stage::Over;
        let Granted { accepted, refusals, doubts, .. } = looks.granted;
        self.outcome.give_up(refusals);
        let again = pairs_of(&doubts);
        let open: BTreeSet<Pair> = (&again | &accepted).intersection(&self.outcome.unseen).copied().collect();
        if open.is_empty() {
            return;
        }
        if self.attempt < TRIES_MAX {
            self.stage = Stage::Pausing(open);
            return;
        }
        self.outcome.fruitless = &open - &again;
        let attempts = self.asked;
        self.outcome.give_up(doubts.into_iter().map(|doubt| Refusal { attempts, ..doubt }));
    }

    /// Takes in that [`Step::Wait`] is over; it is `now`.
    pub fn waited(&mut self, now: Revision) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Waiting(looks) => {
                let pause = (looks.pause * 2).min(LOOK_PAUSES.1);
                Stage::Looking(Looks { pause, since: now, ..looks })
            }
            Stage::Pausing(open) => {
                self.attempt += 1;
                Stage::Granting(open)
            }
            other => other,
        };
    }

    /// Ends it, wherever it stands: early, if `halt` says why.
    pub fn end(mut self, halt: Option<H>) -> Outcome<E, H> {
        if let Stage::Looking(looks) | Stage::Waiting(looks) = self.stage {
            self.outcome.refusals.extend(looks.granted.refusals);
        }
        self.outcome.halt = halt;
        self.outcome
    }
}

impl<E> Looks<E> {
    /// How many looks `pair` is given.
    fn due(&self, pair: &Pair) -> u32 {
        let concerns = |refusals: &[Refusal<E>]| refusals.iter().any(|refusal| refusal.pairs.contains(pair));
        let is_doubtful = concerns(&self.granted.refusals) || concerns(&self.granted.doubts);
        match is_doubtful {
            true if self.last => LOOKS_IN_DOUBT,
            true => 1,
            false => LOOKS_ACCEPTED,
        }
    }
}

#[cfg(test)]
mod tests;
