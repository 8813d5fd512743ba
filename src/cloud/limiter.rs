//! How often an action may be called: as close to the documented rate as possible without one refusal.
//!
//! First come, first served. When a call may be made says [`Pace`], the pure core. Knows no codes and no
//! actions.

mod pace;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, sleep_until, timeout_at};

use self::pace::{Admission, Pace};

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
    refused: bool,
}

impl Limiter {
    /// At most `rate` calls in a second.
    pub(crate) fn new(rate: u32) -> Self {
        Self { queue: Queue::new(()), pace: Mutex::new(Pace::new(rate)), ended: Notify::new() }
    }

    /// Waits for this call's turn. Nothing is used up if the wait is dropped.
    pub(crate) async fn admit(&self) -> Permit<'_> {
        let _turn = self.queue.lock().await;
        loop {
            let ended = self.ended.notified();
            let now = Instant::now();
            let admission = self.pace().admit(now);
            match admission {
                Admission::Now => return Permit { limiter: self, sent: now, refused: false },
                Admission::At(instant) => sleep_until(instant).await,
                Admission::AfterACallEnds(None) => ended.await,
                // Whichever it was, the pace says.
                Admission::AfterACallEnds(Some(instant)) => drop(timeout_at(instant, ended).await),
            }
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// The service refused the call for its rate: others share the account, so go slower for a while.
    pub(crate) fn refused(mut self) {
        self.refused = true;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut pace = self.limiter.pace();
        if self.refused {
            pace.refuse(self.sent, now, fastrand::f64());
        } else {
            pace.end(self.sent, now);
        }
        drop(pace);
        self.limiter.ended.notify_one();
    }
}

#[cfg(test)]
mod tests;
