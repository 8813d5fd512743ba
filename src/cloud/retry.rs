//! How often a call is repeated, and how long it waits before. Pure: luck is a parameter.
//!
//! Waits have full jitter (anything from nothing to a ceiling that doubles), so that callers that failed
//! together do not come back together. Knows no error codes: `classify` decides what may be repeated.

use std::time::Duration;

use super::codes::{Repeat, Verdict};

/// How often one call may still be repeated.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    retries_left: u32,
    failures: u32,
    resigned: bool,
    renewed: bool,
}

const FIRST_CEILING: Duration = Duration::from_millis(250);
const CEILING_MAX: Duration = Duration::from_secs(10);

impl RetryBudget {
    pub(crate) fn new(max_retries: u32) -> Self {
        Self { retries_left: max_retries, failures: 0, resigned: false, renewed: false }
    }

    /// Counts a failure. How long to wait before the next attempt, or `None` if there should be none. `luck`
    /// is from 0 to 1.
    pub(crate) fn after(&mut self, verdict: Verdict, luck: f64) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        match verdict.repeat {
            Repeat::Never => None,
            Repeat::OnceResigned => once(&mut self.resigned),
            Repeat::OnceRenewed => once(&mut self.renewed),
            Repeat::Bounded => {
                self.retries_left = self.retries_left.checked_sub(1)?;
                Some(ceiling(self.failures).mul_f64(luck))
            }
            // How soon it may be made again is for the limiter to say.
            Repeat::UntilDeadline => Some(ceiling(self.failures).mul_f64(luck)),
        }
    }
}

fn once(done: &mut bool) -> Option<Duration> {
    (!std::mem::replace(done, true)).then_some(Duration::ZERO)
}

fn ceiling(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    FIRST_CEILING.saturating_mul(1 << doublings).min(CEILING_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::kind::Kind;

    fn waits(repeat: Repeat, max_retries: u32, luck: f64, failures: usize) -> Vec<Option<u128>> {
        let mut budget = RetryBudget::new(max_retries);
        let verdict = Verdict { kind: Kind::Unavailable, repeat };
        (0..failures).map(|_| Some(budget.after(verdict, luck)?.as_millis())).collect()
    }

    #[test]
    fn a_ceiling_doubles_up_to_its_limit() {
        let bounded = waits(Repeat::Bounded, 8, 1.0, 9);
        let expected = [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].map(Some);
        assert_eq!(bounded, [expected.as_slice(), &[None]].concat());
        assert_eq!(
            waits(Repeat::UntilDeadline, 0, 1.0, 8),
            [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].map(Some)
        );
        assert_eq!(waits(Repeat::UntilDeadline, 0, 1.0, 100).last(), Some(&Some(10_000)));
    }

    #[test]
    fn a_wait_is_anything_below_its_ceiling() {
        assert_eq!(waits(Repeat::Bounded, 2, 0.0, 2), [Some(0), Some(0)]);
        assert_eq!(waits(Repeat::Bounded, 2, 0.5, 2), [Some(125), Some(250)]);
        assert_eq!(waits(Repeat::UntilDeadline, 0, 0.5, 2), [Some(125), Some(250)]);
    }

    #[test]
    fn retries_are_bounded_and_a_new_signature_is_tried_once() {
        assert_eq!(waits(Repeat::Never, 8, 1.0, 1), [None]);
        assert_eq!(waits(Repeat::Bounded, 0, 1.0, 1), [None]);
        assert_eq!(waits(Repeat::OnceResigned, 0, 1.0, 2), [Some(0), None]);
        assert_eq!(waits(Repeat::OnceRenewed, 0, 1.0, 2), [Some(0), None]);
    }
}
