//! Collects demands that arrive close together, so that they can share calls. Terraform starts its operations
//! in waves; whoever comes first waits a few milliseconds for the rest of the wave.
//!
//! Operations that share a call end together, and the host then needs a while to start as many again, one
//! after the other. So a gather can linger: until as many have come as were at work lately, or until the
//! host's pauses say that they will not. Who was alone before is not kept waiting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How long nobody joins before a wave is over, and how long whoever came first waits at most.
#[derive(Clone, Copy, Debug)]
struct Patience {
    quiet: Duration,
    most: Duration,
}

/// With nobody in particular who is still to come.
const SHORT: Patience = Patience { quiet: Duration::from_millis(4), most: Duration::from_millis(24) };

/// With somebody who is: Terraform takes 5 to 25 ms for each operation, ten of which make a full call.
const LONG: Patience = Patience { quiet: Duration::from_millis(60), most: Duration::from_millis(250) };

/// While a wave is at work: those in it may join as soon as it is dealt with, and a wave that is held up is
/// best not overtaken by many small ones.
const AT_WORK: Patience = Patience { quiet: Duration::from_secs(2), most: Duration::from_secs(2) };

/// Demands of type `D`, waiting to be dealt with together.
#[derive(Debug)]
pub(super) struct Gather<D> {
    lingers: bool,
    crowd: Mutex<Crowd<D>>,
    joined: Notify,
}

#[derive(Debug)]
struct Crowd<D> {
    waiting: Vec<D>,
    /// How many have left in a wave that is not dealt with yet.
    at_work: usize,
    /// The most that were at work when a wave had left, forgotten by halves: parts of a crowd that got out of
    /// step wait for each other again, and who is left alone of many soon waits for nobody.
    expected: usize,
}

/// Demands that left together. Until it is dropped they count as being dealt with.
#[derive(Debug)]
struct Wave<'g, D> {
    demands: Vec<D>,
    size: usize,
    gather: &'g Gather<D>,
}

impl<D: Send + 'static> Gather<D> {
    /// Adds a demand to the wave that is gathering; the first to come begins one. When it is complete, the
    /// first one's `deal` is called with all of it, in a task of its own: the wave is dealt with even if that
    /// caller goes away.
    pub(super) fn join<F>(self: &Arc<Self>, demand: D, deal: impl FnOnce(Vec<D>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        if self.add(demand) {
            let gather = Arc::clone(self);
            tokio::spawn(async move {
                let mut wave = gather.wave().await;
                deal(std::mem::take(&mut wave.demands)).await;
            });
        }
    }
}

impl<D> Gather<D> {
    /// Leaves after a short silence.
    pub(super) fn brief() -> Self {
        Self::new(false)
    }

    /// Waits for as many as the last time, within reason.
    pub(super) fn lingering() -> Self {
        Self::new(true)
    }

    fn new(lingers: bool) -> Self {
        let crowd = Mutex::new(Crowd { waiting: Vec::new(), at_work: 0, expected: 0 });
        Self { lingers, crowd, joined: Notify::new() }
    }

    /// True for the first of a wave.
    fn add(&self, demand: D) -> bool {
        let mut crowd = self.crowd();
        crowd.waiting.push(demand);
        self.joined.notify_one();
        crowd.waiting.len() == 1
    }

    /// Waits for the wave to end, and takes it.
    async fn wave(&self) -> Wave<'_, D> {
        let started = Instant::now();
        while let Some(patience) = self.patience() {
            let end = (started + patience.most).min(Instant::now() + patience.quiet);
            if timeout_at(end, self.joined.notified()).await.is_err() {
                break;
            }
        }
        let mut crowd = self.crowd();
        let demands = std::mem::take(&mut crowd.waiting);
        crowd.at_work += demands.len();
        crowd.expected = crowd.at_work.max(crowd.expected / 2);
        Wave { size: demands.len(), demands, gather: self }
    }

    /// None once everybody is there.
    fn patience(&self) -> Option<Patience> {
        let crowd = self.crowd();
        let missing = crowd.waiting.len() < crowd.expected;
        match crowd.expected {
            2.. if !missing => None,
            _ if missing && self.lingers && crowd.at_work > 0 => Some(AT_WORK),
            _ if missing && self.lingers => Some(LONG),
            _ => Some(SHORT),
        }
    }

    fn crowd(&self) -> MutexGuard<'_, Crowd<D>> {
        self.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D> Drop for Wave<'_, D> {
    fn drop(&mut self) {
        self.gather.crowd().at_work -= self.size;
        self.gather.joined.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    async fn taken(gather: &Gather<u32>) -> Vec<u32> {
        std::mem::take(&mut gather.wave().await.demands)
    }

    /// Joins `numbers`, with a pause before each.
    async fn arrive(gather: &Gather<u32>, numbers: impl IntoIterator<Item = u32>, pause: Duration) {
        for number in numbers {
            sleep(pause).await;
            gather.add(number);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_joins_while_the_first_waits_is_in_the_wave() {
        let gather = Gather::brief();
        assert!(gather.add(1));
        let (wave, ()) = tokio::join!(taken(&gather), arrive(&gather, 2..5, SHORT.quiet / 2));
        assert_eq!(wave, [1, 2, 3, 4]);
        assert!(gather.add(5), "the next is the first of a new wave");
        assert_eq!(taken(&gather).await, [5]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_demands_does_not_keep_the_first_waiting() {
        let gather = Gather::brief();
        let started = Instant::now();
        gather.add(0);
        let wave = async {
            assert!(taken(&gather).await.len() > 10);
            started.elapsed()
        };
        let (waited, ()) = tokio::join!(wave, arrive(&gather, 1..100, Duration::from_millis(1)));
        assert_eq!(waited, SHORT.most);
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_as_the_last_time_are_waited_for_and_no_more() {
        let gather = Gather::lingering();
        gather.add(0);
        let (wave, ()) = tokio::join!(taken(&gather), arrive(&gather, 1..10, Duration::from_millis(1)));
        assert_eq!(wave.len(), 10);

        let started = Instant::now();
        gather.add(10);
        let slowly = Duration::from_millis(20);
        let (wave, ()) = tokio::join!(taken(&gather), arrive(&gather, 11..20, slowly));
        assert_eq!(wave.len(), 10, "though they came one by one");
        assert_eq!(started.elapsed(), slowly * 9, "and it left with the last");
    }

    #[tokio::test(start_paused = true)]
    async fn halves_that_are_out_of_step_become_one_wave() {
        let gather = Gather::lingering();
        gather.add(1);
        let first = gather.wave().await;
        gather.add(2);
        let second = gather.wave().await;
        drop((first, second));
        gather.add(3);
        let (wave, ()) = tokio::join!(taken(&gather), arrive(&gather, [4], LONG.quiet / 2));
        assert_eq!(wave, [3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_come_is_soon_waited_for_no_more() {
        for (crowd, disappointments) in [(2, 1), (3, 1), (4, 2), (10, 3), (100, 6)] {
            let gather = Gather::lingering();
            for number in 0..crowd {
                gather.add(number);
            }
            assert_eq!(taken(&gather).await.len(), crowd as usize);
            for alone in 0..disappointments + 3 {
                let started = Instant::now();
                gather.add(alone);
                assert_eq!(taken(&gather).await, [alone]);
                let patience = if alone < disappointments { LONG } else { SHORT };
                assert_eq!(started.elapsed(), patience.quiet, "{alone} of {crowd}");
            }
        }
    }
}
