//! How often an action may be called: as close to the documented rate as possible without one refusal.
//!
//! The service counts calls as they *arrive*, in any second, and when that is nobody here knows: connecting,
//! a lost packet or a busy machine can hold a call up on its way. But it is before the answer. So a call counts
//! from when it is sent until one second after its answer, and no second of the service can hold more calls
//! than the rate, whatever the network does; the price is one round trip per second.
//!
//! [`Pace`] is the pure core, [`Limiter`] its driver: first come, first served. Knows no codes and no actions.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, sleep_until, timeout_at};

/// The second the service counts in, and a millisecond for how coarsely clocks tick.
const WINDOW: Duration = Duration::from_millis(1_001);
/// How long the slower pace after a refusal takes to gain one call per second.
const RECOVERY: Duration = Duration::from_secs(1);

/// Admits calls of one action, in the order they ask.
#[derive(Debug)]
pub(crate) struct Limiter {
    queue: Queue<()>,
    pace: Mutex<Pace>,
    ended: Notify,
}

/// The leave to make one call; the call ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a Limiter);

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
            let admission = self.pace().admit(Instant::now());
            match admission {
                Admission::Now => return Permit(self),
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
        self.0.pace().end(Instant::now());
        self.0.ended.notify_one();
    }
}

impl Pace {
    fn new(rate: u32, now: Instant) -> Self {
        let rate = usize::try_from(rate).unwrap_or(usize::MAX).max(1);
        Self { rate, allowed: rate, refused: None, eased: now, in_flight: 0, ended: VecDeque::new() }
    }

    /// Admits a call now, or says when to ask again.
    fn admit(&mut self, now: Instant) -> Admission {
        self.recover(now);
        while self.ended.front().is_some_and(|ended| now >= *ended + WINDOW) {
            self.ended.pop_front();
        }
        let Some(excess) = (self.in_flight + self.ended.len()).checked_sub(self.allowed) else {
            self.in_flight += 1;
            return Admission::Now;
        };
        let recovered = (self.allowed < self.rate).then(|| self.eased + RECOVERY);
        match self.ended.get(excess).map(|ended| *ended + WINDOW) {
            Some(free) => Admission::At(recovered.map_or(free, |recovered| recovered.min(free))),
            None => Admission::AfterACallEnds(recovered),
        }
    }

    /// A call has its answer, or will have none.
    fn end(&mut self, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.ended.push_back(now);
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
