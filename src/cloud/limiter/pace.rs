//! Decides when a call may be made, alone on an account or beside others that know nothing of us. Pure: time
//! and luck are parameters.
//!
//! **Alone.** The service counts calls as they *arrive*, in any second, and when that is nobody here knows:
//! connecting, a lost packet or a busy machine can hold a call up on its way. But it is before the answer. So
//! a call counts from when it is sent until one second after its answer, and no second of the service can
//! hold more calls than the rate, whatever the network does. That costs a round trip per second. Most of it
//! comes back once enough calls have shown what one takes at least: the quickest so far, less a margin, is
//! what a call of now needs too, so that much sooner after an answer one may be sent. What held the earlier
//! call up on its way shows in its own length, and stays counted.
//!
//! **Beside others.** Nobody can see them but by a refusal, and what is under way then is refused as well. So
//! the first second begins with one call under way, and with one more after each round of answers. From the
//! first refusal on a client makes as many calls a second as went through in the last one: if all do so,
//! nobody is refused. After a quiet while, which is shorter for who has little, it tries to gain some; a
//! refusal then takes a part of what it has, more from who has much. So shares become alike, and what others
//! leave is taken up.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The second the service counts in, and a millisecond for how coarsely clocks tick.
pub(super) const WINDOW: Duration = Duration::from_millis(1_001);
/// How much quicker than the quickest so far a call may turn out without a refusal.
const MARGIN: Duration = Duration::from_millis(30);
/// How many calls must have shown what one takes. Those sent before the first answer show what connecting
/// takes besides.
const SAMPLES: usize = 10;

/// What is left of a share that was refused a gain.
const KEPT: f64 = 0.85;
/// How long a share is left as it is, in seconds for each call a second, at half of the luck.
const QUIET: f64 = 0.6;
/// How many calls a second are gained in a second after that.
const GAIN: f64 = 2.5;

/// When calls of one action were made, and how they fared.
#[derive(Debug)]
pub(super) struct Pace {
    rate: f64,
    /// What others leave us, since they were noticed.
    share: Option<Share>,
    first_sent: Option<Instant>,
    /// How many calls may be under way in the first second.
    opening: f64,
    in_flight: usize,
    /// When the calls of the last second ended that were not refused, in that order.
    ended: VecDeque<Instant>,
    first_end: Option<Instant>,
    /// Calls sent after the first had ended.
    samples: usize,
    /// The shortest from sending to end, of all calls.
    quickest: Duration,
}

/// What a client has of the rate.
#[derive(Clone, Copy, Debug)]
struct Share {
    /// Calls a second.
    calls: f64,
    /// The last refusal.
    refused: Instant,
    /// From then on it grows.
    grows: Instant,
}

/// When a call may be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Now,
    At(Instant),
    /// Or at the given moment, if that is sooner.
    AfterACallEnds(Option<Instant>),
}

impl Pace {
    /// At most `rate` calls in a second.
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate.max(1)),
            share: None,
            first_sent: None,
            opening: 1.0,
            in_flight: 0,
            ended: VecDeque::new(),
            first_end: None,
            samples: 0,
            quickest: Duration::MAX,
        }
    }

    /// Admits a call now, or says when to ask again.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        self.forget(now);
        let opened = *self.first_sent.get_or_insert(now) + WINDOW;
        if self.share.is_none() && now < opened && self.in_flight >= whole(self.opening) {
            return Admission::AfterACallEnds(Some(opened));
        }
        let allowed = whole(self.allowed(now));
        let Some(excess) = (self.in_flight + self.ended.len()).checked_sub(allowed) else {
            self.in_flight += 1;
            return Admission::Now;
        };
        let gained =
            self.share.filter(|share| share.calls < self.rate).map(|share| share.reaches(allowed + 1));
        match self.ended.get(excess).map(|ended| *ended + self.window()) {
            Some(free) => Admission::At(gained.map_or(free, |gained| gained.min(free))),
            None => Admission::AfterACallEnds(gained),
        }
    }

    /// The call that was sent then has its answer, or will have none.
    pub(super) fn end(&mut self, sent: Instant, now: Instant) {
        self.ended.push_back(now);
        self.opening += 1.0 / self.opening;
        self.arrived(sent, now);
    }

    /// The service refused the call that was sent then: it takes no room, and others do. `luck` is from 0 to
    /// 1, so that clients which were refused together do not ask for more together.
    pub(super) fn refuse(&mut self, sent: Instant, now: Instant, luck: f64) {
        self.arrived(sent, now);
        self.forget(now);
        let went_through = calls(self.ended.len() + self.in_flight);
        let share = match self.share {
            None => went_through,
            // The refusals of one window have one cause.
            Some(share) if now < share.refused + WINDOW => went_through.min(share.calls),
            Some(_) => (went_through * KEPT).min(self.allowed(now)),
        };
        let share = share.clamp(1.0, self.rate);
        let quiet = Duration::from_secs_f64(QUIET * share * (0.5 + luck.clamp(0.0, 1.0)));
        self.share = Some(Share { calls: share, refused: now, grows: now + quiet });
    }

    fn arrived(&mut self, sent: Instant, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.quickest = self.quickest.min(now - sent);
        let first_end = *self.first_end.get_or_insert(now);
        if sent >= first_end {
            self.samples += 1;
        }
    }

    fn forget(&mut self, now: Instant) {
        let window = self.window();
        while self.ended.front().is_some_and(|ended| now >= *ended + window) {
            self.ended.pop_front();
        }
    }

    /// How many calls a second it makes now.
    fn allowed(&self, now: Instant) -> f64 {
        self.share.map_or(self.rate, |share| share.at(now).min(self.rate))
    }

    /// How long a call counts after its end.
    fn window(&self) -> Duration {
        if self.samples < SAMPLES {
            return WINDOW;
        }
        WINDOW.saturating_sub(self.quickest.saturating_sub(MARGIN))
    }
}

impl Share {
    fn at(self, now: Instant) -> f64 {
        self.calls + GAIN * now.saturating_duration_since(self.grows).as_secs_f64()
    }

    /// When it has grown to so many calls.
    fn reaches(self, whole: usize) -> Instant {
        let missing = (calls(whole) - self.calls).max(0.0);
        self.grows + Duration::from_secs_f64(missing / GAIN) + Duration::from_millis(1)
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody makes so many calls")]
fn calls(whole: usize) -> f64 {
    whole as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is at least one")]
fn whole(calls: f64) -> usize {
    calls.max(1.0) as usize
}

#[cfg(test)]
mod tests;
