//! The service's time, as far as it is known: this machine's clock and the difference learnt from an answer.
//!
//! The service refuses timestamps more than five minutes off (`AuthFailure.SignatureExpire`). Its answer
//! carries a `Date` header, from which the difference is learnt once and kept for every later request.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::ambient::Clock;

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

    /// The service's time; this machine's as long as no difference is known.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        let skew = TimeDelta::try_seconds(self.skew_s.load(Ordering::Relaxed)).unwrap_or_default();
        now.checked_add_signed(skew).unwrap_or(now)
    }

    /// Takes the time of an answer that just came. Gives the seconds this machine is behind (ahead if
    /// negative), or `None` if `date` is missing or not an HTTP date.
    pub(crate) fn learn(&self, date: Option<&str>) -> Option<i64> {
        let service = DateTime::parse_from_rfc2822(date?).ok()?.with_timezone(&Utc);
        let skew = service.signed_duration_since(self.clock.now()).num_seconds();
        self.skew_s.store(skew, Ordering::Relaxed);
        Some(skew)
    }
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
}
