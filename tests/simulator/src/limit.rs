//! Calls per second, per key and action, in a sliding window.
//!
//! Documented is only the number and that it counts per second. The window slides, so that a client which
//! relies on the turn of a second is found out. A refused call takes no room in it.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::refusal::Refusal;

#[derive(Debug, Default)]
pub(crate) struct Limiter(BTreeMap<(String, &'static str), VecDeque<Arrival>>);

#[derive(Debug)]
struct Arrival {
    time: DateTime<Utc>,
    admitted: bool,
}

impl Limiter {
    /// Admits a call if fewer than `allowed` were admitted in the second up to `now`.
    pub(crate) fn admit(
        &mut self,
        key: &str,
        action: &'static str,
        allowed: u32,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let window = self.0.entry((key.to_owned(), action)).or_default();
        window.retain(|arrival| now - arrival.time < TimeDelta::seconds(1));
        let taken = window.iter().filter(|arrival| arrival.admitted).count();
        let admitted = u32::try_from(taken).is_ok_and(|taken| taken < allowed);
        window.push_back(Arrival { time: now, admitted });
        if admitted { Ok(()) } else { Err(Refusal::throttled(window.len(), allowed)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_and_refused_calls_take_no_room() {
        let at = |milliseconds| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds);
        let mut limiter = Limiter::default();
        let mut admit = |time| limiter.admit("key", "Action", 2, at(time)).map_err(|refusal| refusal.message);
        assert_eq!(admit(900), Ok(()));
        assert_eq!(admit(990), Ok(()));
        let message = admit(1000).unwrap_err();
        assert!(message.contains("`3`") && message.contains("`2`"), "{message}");
        assert!(admit(1899).is_err());
        assert_eq!(admit(1900), Ok(()));
        assert!(admit(1989).is_err());
        assert_eq!(admit(1990), Ok(()));
    }

    #[test]
    fn keys_and_actions_are_counted_apart() {
        let mut limiter = Limiter::default();
        for (key, action) in [("a", "One"), ("b", "One"), ("a", "Two")] {
            assert_eq!(limiter.admit(key, action, 1, DateTime::UNIX_EPOCH), Ok(()));
        }
    }
}
