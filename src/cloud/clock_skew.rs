//! The service's time, as far as it is known: this machine's clock and the difference learnt from an answer.
//!
//! The service refuses timestamps more than five minutes off (`AuthFailure.SignatureExpire`). Its answer
//! carries a `Date` header, from which the difference is learnt once and kept for every later request.
//! Whoever answers must not choose the time for which we sign: a signature for next year could be used next
//! year.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::ambient::Clock;

/// No clock is corrected by more than a day: one that is off by more should be set.
const SKEW_MAX_S: u64 = 24 * 60 * 60;

/// A clock that can be corrected.
#[derive(Debug)]
pub(crate) struct ServiceClock {
    clock: Arc<dyn Clock>,
    skew_s: AtomicI64,
}

impl ServiceClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, skew_s: AtomicI64::new(0) }
    }

    /// Takes the time of an answer that just came, unless it is a day off or more. Gives the seconds this
    /// machine is behind (ahead if negative), or `None` if `date` is missing or not an HTTP date.
    pub(crate) fn learn(&self, date: Option<&str>) -> Option<i64> {
        let service = DateTime::parse_from_rfc2822(date?).ok()?.with_timezone(&Utc);
        let skew = service.signed_duration_since(self.clock.now()).num_seconds();
        if is_credible(skew) {
            self.skew_s.store(skew, Ordering::Relaxed);
        }
        Some(skew)
    }
}

impl Clock for ServiceClock {
    /// The service's time; this machine's as long as no difference is known.
    fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        let skew = TimeDelta::try_seconds(self.skew_s.load(Ordering::Relaxed)).unwrap_or_default();
        now.checked_add_signed(skew).unwrap_or(now)
    }
}

/// Whether a clock may be corrected by `skew_s` seconds.
pub(crate) fn is_credible(skew_s: i64) -> bool {
    skew_s.unsigned_abs() <= SKEW_MAX_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::FixedClock;

    #[test]
    fn a_date_corrects_the_clock_and_nonsense_does_not() {
        let here = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = ServiceClock::new(Arc::new(FixedClock(here)));
        assert_eq!(clock.learn(None), None);
        assert_eq!(clock.learn(Some("yesterday")), None);
        assert_eq!(clock.now(), here);
        assert_eq!(clock.learn(Some("Tue, 14 Nov 2023 22:23:20 GMT")), Some(600));
        assert_eq!(clock.now().timestamp(), 1_700_000_600);
        assert_eq!(clock.learn(Some("Tue, 14 Nov 2023 22:03:20 GMT")), Some(-600));
        assert_eq!(clock.now().timestamp(), 1_699_999_400);
    }

    #[test]
    fn no_date_moves_the_clock_by_more_than_a_day() {
        let here = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = ServiceClock::new(Arc::new(FixedClock(here)));
        for (date, moved) in [
            ("Wed, 15 Nov 2023 22:13:20 GMT", true),
            ("Wed, 15 Nov 2023 22:13:21 GMT", false),
            ("Mon, 13 Nov 2023 22:13:19 GMT", false),
            ("Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("Sun, 14 Nov 2049 22:13:20 GMT", false),
        ] {
            let before = clock.now();
            assert!(clock.learn(Some(date)).is_some());
            assert_eq!(clock.now() != before, moved, "{date}");
        }
    }
}
