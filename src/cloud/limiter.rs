//! How often an action may be called: as close to the documented rate as possible without one refusal.
//!
//! [`Pace`] is the pure core: a log of the last calls, each with the latest moment it can have *arrived*, since that
//! is what the service counts. On a warm connection a call arrives within a few milliseconds of being sent, which
//! [`WINDOW`] allows for; on a new one (name lookup, TCP, TLS) nobody knows until its answer is there, so until then
//! it counts as arriving; [`Connections`] tells which it will be. [`Limiter`] is the driver: first come, first served.
//! Knows no codes and no actions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, sleep_until};

/// The second the service counts in, and an allowance for the difference in travel time of two calls.
const WINDOW: Duration = Duration::from_millis(1_035);
/// How long the slower pace after a refusal takes to gain one call per second.
const RECOVERY: Duration = Duration::from_secs(1);

/// Admits calls of one action, in the order they ask.
#[derive(Debug)]
pub(crate) struct Limiter {
    queue: Queue<()>,
    pace: Mutex<Pace>,
    connections: Arc<Mutex<Connections>>,
    returned: Notify,
}

/// A mirror of the connection pool that all limiters of a client share: when each open connection was last used.
#[derive(Debug)]
pub(crate) struct Connections {
    idle: Vec<Instant>,
    keep_alive: Duration,
}

/// The leave to make one call. Dropped without [`Permit::answered`], its connection counts as lost.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    limiter: &'a Limiter,
    call: u64,
    answered: bool,
}

/// Decides when a call may be made.
#[derive(Debug)]
struct Pace {
    rate: usize,
    allowed: usize,
    changed: Instant,
    calls: Vec<Call>,
    next: u64,
}

#[derive(Debug)]
struct Call {
    id: u64,
    arrived: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
enum Admission {
    Now(u64),
    At(Instant),
    AfterAnAnswer,
}

impl Limiter {
    /// At most `rate` calls in a second.
    pub(crate) fn new(rate: u32, connections: Arc<Mutex<Connections>>) -> Self {
        Self {
            queue: Queue::new(()),
            pace: Mutex::new(Pace::new(rate, Instant::now())),
            connections,
            returned: Notify::new(),
        }
    }

    /// Waits for this call's turn. Nothing is used up if the wait is dropped.
    pub(crate) async fn admit(&self) -> Permit<'_> {
        let _turn = self.queue.lock().await;
        loop {
            let returned = self.returned.notified();
            let admission = self.try_admit(Instant::now());
            match admission {
                Admission::Now(call) => return Permit { limiter: self, call, answered: false },
                Admission::AfterAnAnswer => returned.await,
                Admission::At(instant) => tokio::select! {
                    () = sleep_until(instant) => {}
                    () = returned => {}
                },
            }
        }
    }

    /// The service refused a call for its rate: others share the account, so go slower for a while.
    pub(crate) fn refused(&self) {
        held(&self.pace).refused(Instant::now());
    }

    fn try_admit(&self, now: Instant) -> Admission {
        held(&self.pace).admit(now, &mut held(&self.connections))
    }
}

impl Connections {
    /// None yet; an idle one stays open for `keep_alive`.
    pub(crate) fn new(keep_alive: Duration) -> Self {
        Self { idle: Vec::new(), keep_alive }
    }

    /// Takes the connection used last, if one is open.
    fn take(&mut self, now: Instant) -> bool {
        self.idle.retain(|last_used| now < *last_used + self.keep_alive);
        self.idle.pop().is_some()
    }
}

impl Permit<'_> {
    /// The call got an answer, so its connection is there for the next.
    pub(crate) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        held(&self.limiter.pace).returned(self.call, now);
        if self.answered {
            held(&self.limiter.connections).idle.push(now);
        }
        self.limiter.returned.notify_one();
    }
}

impl Pace {
    fn new(rate: u32, now: Instant) -> Self {
        let rate = usize::try_from(rate).unwrap_or(usize::MAX).max(1);
        Self { rate, allowed: rate, changed: now, calls: Vec::new(), next: 0 }
    }

    /// Admits a call now, or says when to ask again.
    fn admit(&mut self, now: Instant, connections: &mut Connections) -> Admission {
        self.recover(now);
        self.calls.retain(|call| call.arrived.is_none_or(|arrived| now < arrived + WINDOW));
        if let Some(excess) = self.calls.len().checked_sub(self.allowed) {
            let mut arrivals: Vec<_> = self.calls.iter().filter_map(|call| call.arrived).collect();
            arrivals.sort_unstable();
            return arrivals
                .get(excess)
                .map_or(Admission::AfterAnAnswer, |last| Admission::At(*last + WINDOW));
        }
        let id = self.next;
        self.next += 1;
        self.calls.push(Call { id, arrived: connections.take(now).then_some(now) });
        Admission::Now(id)
    }

    /// A call is over: it has arrived by now.
    fn returned(&mut self, id: u64, now: Instant) {
        if let Some(call) = self.calls.iter_mut().find(|call| call.id == id) {
            call.arrived.get_or_insert(now);
        }
    }

    /// Halves the pace, once for all refusals of one window: they have one cause.
    fn refused(&mut self, now: Instant) {
        self.recover(now);
        if self.allowed == self.rate || now >= self.changed + WINDOW {
            self.allowed = (self.allowed / 2).max(1);
            self.changed = now;
        }
    }

    fn recover(&mut self, now: Instant) {
        while self.allowed < self.rate && now >= self.changed + RECOVERY {
            self.allowed += 1;
            self.changed += RECOVERY;
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
