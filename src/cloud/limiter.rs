//! How often an action may be called: as close to the documented rate as possible without one refusal.
//!
//! The service counts calls as they *arrive*, in any second, and when that is nobody here knows: connecting,
//! a lost packet or a busy machine can hold a call up on its way. But it is before the answer. So a call
//! counts from when it is sent until one second after its answer, and no second of the service can hold more
//! calls than the rate, whatever the network does.
//!
//! That costs a round trip per second. Most of it comes back once enough calls have shown what one takes at
//! least: the quickest so far, less a margin, is what a call of now needs too, so that much sooner after an
//! answer one may be sent. What held the earlier call up on its way shows in its own length, and stays
//! counted.
//!
//! [`Pace`] is the pure core, [`Limiter`] its driver: first come, first served. Knows no codes and no
//! actions.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, sleep_until, timeout_at};

/// The second the service counts in, and a millisecond for how coarsely clocks tick.
const WINDOW: Duration = Duration::from_millis(1_001);
/// How long the slower pace after a refusal takes to gain one call per second.
const RECOVERY: Duration = Duration::from_secs(1);
/// How much quicker than the quickest so far a call may turn out without a refusal.
const MARGIN: Duration = Duration::from_millis(30);
/// How many calls must have shown what one takes. Those sent before the first answer show what connecting
/// takes besides.
const SAMPLES: usize = 10;

/// Admits calls of one action, in the order they ask.
#[derive(Debug)]
pub(crate) struct Limiter {
    queue: Queue<()>,
    pace: Mutex<Pace>,
    ended: Notify,
}

/// The leave to make one call; the call ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    limiter: &'a Limiter,
    sent: Instant,
}

/// Decides when a call may be made.
#[derive(Debug)]
struct Pace {
    rate: usize,
    allowed: usize,
    refused: Option<Instant>,
    eased: Instant,
    in_flight: usize,
    /// When the calls of the last second ended, in that order.
    ended: VecDeque<Instant>,
    first_end: Option<Instant>,
    /// Calls sent after the first had ended.
    samples: usize,
    /// The shortest from sending to end, of all calls.
    quickest: Duration,
}

#[derive(Debug, PartialEq, Eq)]
enum Admission {
    Now,
    At(Instant),
    /// Or at the given moment, if that is sooner.
    AfterACallEnds(Option<Instant>),
}

impl Limiter {
    /// At most `rate` calls in a second.
    pub(crate) fn new(rate: u32) -> Self {
        let pace = Mutex::new(Pace::new(rate, Instant::now()));
        Self { queue: Queue::new(()), pace, ended: Notify::new() }
    }

    /// Waits for this call's turn. Nothing is used up if the wait is dropped.
    pub(crate) async fn admit(&self) -> Permit<'_> {
        let _turn = self.queue.lock().await;
        loop {
            let ended = self.ended.notified();
            let now = Instant::now();
            let admission = self.pace().admit(now);
            match admission {
                Admission::Now => return Permit { limiter: self, sent: now },
                Admission::At(instant) => sleep_until(instant).await,
                Admission::AfterACallEnds(None) => ended.await,
                // Whichever it was, the pace says.
                Admission::AfterACallEnds(Some(instant)) => drop(timeout_at(instant, ended).await),
            }
        }
    }

    /// The service refused a call for its rate: others share the account, so go slower for a while.
    pub(crate) fn refused(&self) {
        self.pace().refused(Instant::now());
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.limiter.pace().end(self.sent, Instant::now());
        self.limiter.ended.notify_one();
    }
}

impl Pace {
    fn new(rate: u32, now: Instant) -> Self {
        let rate = usize::try_from(rate).unwrap_or(usize::MAX).max(1);
        Self {
            rate,
            allowed: rate,
            refused: None,
            eased: now,
            in_flight: 0,
            ended: VecDeque::new(),
            first_end: None,
            samples: 0,
            quickest: Duration::MAX,
        }
    }

    /// Admits a call now, or says when to ask again.
    fn admit(&mut self, now: Instant) -> Admission {
        self.recover(now);
        let window = self.window();
        while self.ended.front().is_some_and(|ended| now >= *ended + window) {
            self.ended.pop_front();
        }
        let Some(excess) = (self.in_flight + self.ended.len()).checked_sub(self.allowed) else {
            self.in_flight += 1;
            return Admission::Now;
        };
        let recovered = (self.allowed < self.rate).then(|| self.eased + RECOVERY);
        match self.ended.get(excess).map(|ended| *ended + window) {
            Some(free) => Admission::At(recovered.map_or(free, |recovered| recovered.min(free))),
            None => Admission::AfterACallEnds(recovered),
        }
    }

    /// How long a call counts after its end.
    fn window(&self) -> Duration {
        if self.samples < SAMPLES {
            return WINDOW;
        }
        WINDOW.saturating_sub(self.quickest.saturating_sub(MARGIN))
    }

    /// The call that was sent then has its answer, or will have none.
    fn end(&mut self, sent: Instant, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.ended.push_back(now);
        self.quickest = self.quickest.min(now - sent);
        let first_end = *self.first_end.get_or_insert(now);
        if sent >= first_end {
            self.samples += 1;
        }
    }

    /// Halves the pace, once for all refusals of one window: they have one cause.
    fn refused(&mut self, now: Instant) {
        if self.refused.is_none_or(|refused| now >= refused + WINDOW) {
            self.recover(now);
            self.allowed = (self.allowed / 2).max(1);
            self.refused = Some(now);
            self.eased = now;
        }
    }

    fn recover(&mut self, now: Instant) {
        while self.allowed < self.rate && now >= self.eased + RECOVERY {
            self.allowed += 1;
            self.eased += RECOVERY;
        }
    }
}

#[cfg(test)]
mod tests;
