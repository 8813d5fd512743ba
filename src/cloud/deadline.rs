//! The caller's limit on one operation: a moment it must end by, and a token that ends it sooner.
//!
//! One deadline covers every call of an operation, so that pages, retries and waits share one budget. It does
//! not know where the limit comes from.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A limit on an operation. Clones share the limit and the token.
#[derive(Clone, Debug)]
pub struct Deadline {
    started: Instant,
    limit: Duration,
    stop: CancellationToken,
}

/// Why an operation must not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineError {
    /// The limit has passed.
    TimedOut,
    /// The caller asked to stop.
    Stopped,
}

impl Deadline {
    /// A deadline `limit` from now, which `stop` ends sooner.
    pub fn after(limit: Duration, stop: CancellationToken) -> Self {
        Self { started: Instant::now(), limit, stop }
    }

    /// Whether, and why, the operation must not go on. A stop comes before a limit that has passed as well.
    pub fn ended(&self) -> Option<DeadlineError> {
        if self.stop.is_cancelled() {
            Some(DeadlineError::Stopped)
        } else {
            self.remaining().is_zero().then_some(DeadlineError::TimedOut)
        }
    }

    /// Waits for `for_`, or fails as soon as the operation ends.
    pub async fn sleep(&self, for_: Duration) -> Result<(), DeadlineError> {
        self.race(tokio::time::sleep(for_)).await
    }

    /// Awaits `work`, or drops it and fails as soon as the operation ends. For waits only: work that may have
    /// an effect must not be dropped half-way.
    pub async fn race<T>(&self, work: impl Future<Output = T>) -> Result<T, DeadlineError> {
        if let Some(ended) = self.ended() {
            return Err(ended);
        }
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(DeadlineError::Stopped),
            done = work => Ok(done),
            () = tokio::time::sleep(self.remaining()) => Err(DeadlineError::TimedOut),
        }
    }

    /// Awaits `work` until `grace` after the limit, or until the stop: for work that ends by itself soon
    /// after the limit, and whose outcome is worth more than the bare fact that time is up.
    pub async fn race_with_grace<T>(
        &self,
        grace: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, DeadlineError> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.stop.cancelled() => Err(DeadlineError::Stopped),
            () = tokio::time::sleep((self.limit + grace).saturating_sub(self.elapsed())) => Err(DeadlineError::TimedOut),
        }
    }

    /// Time since the operation began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Time that is left; zero once the limit has passed.
    pub fn remaining(&self) -> Duration {
        self.limit.saturating_sub(self.elapsed())
    }

    /// The limit as it was set.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_the_limit_has_passed() {
        let deadline = Deadline::after(SECOND, CancellationToken::new());
        assert_eq!(deadline.ended(), None);
        assert_eq!(deadline.sleep(SECOND / 2).await, Ok(()));
        assert_eq!(deadline.sleep(SECOND).await, Err(DeadlineError::TimedOut));
        assert_eq!(deadline.elapsed(), SECOND, "it must wake at the limit, not after the sleep");
        assert_eq!(deadline.ended(), Some(DeadlineError::TimedOut));
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_grace_after_the_limit_is_given_once() {
        let deadline = Deadline::after(SECOND, CancellationToken::new());
        for _ in 0..3 {
            let waited = deadline.race_with_grace(SECOND, std::future::pending::<()>()).await;
            assert_eq!(waited, Err(DeadlineError::TimedOut));
            assert_eq!(deadline.elapsed(), SECOND * 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_wakes_a_sleeper_and_wins_over_the_limit() {
        let stop = CancellationToken::new();
        let deadline = Deadline::after(SECOND, stop.clone());
        let sleeper = tokio::spawn({
            let deadline = deadline.clone();
            async move { deadline.sleep(SECOND * 60).await }
        });
        tokio::task::yield_now().await;
        stop.cancel();
        assert_eq!(sleeper.await.unwrap(), Err(DeadlineError::Stopped));
        tokio::time::advance(SECOND * 2).await;
        assert_eq!(deadline.ended(), Some(DeadlineError::Stopped));
    }
}
