//! Collects demands that arrive close together, so that they can share calls. Terraform starts its operations
//! in batches; whoever comes first waits a few milliseconds for the rest of the batch.
//!
//! Operations that share a call end together, and the host then needs a while to start as many again, one
//! after the other. So a batcher can linger: until as many have come as were at work lately, or until the
//! host's pauses say that they will not. Who was alone before is not kept waiting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How long nobody joins before a batch is over, and how long whoever came first waits at most.
#[derive(Clone, Copy, Debug)]
struct BatchWindow {
    quiet: Duration,
    most: Duration,
}

/// With nobody in particular who is still to come.
const SHORT: BatchWindow = BatchWindow { quiet: Duration::from_millis(4), most: Duration::from_millis(24) };

/// With somebody who is: Terraform takes 5 to 25 ms for each operation, ten of which make a full call.
const LONG: BatchWindow = BatchWindow { quiet: Duration::from_millis(60), most: Duration::from_millis(250) };

/// While a batch is at work: those in it may join as soon as it is dealt with, and a batch that is held up is
/// best not overtaken by many small ones.
const AT_WORK: BatchWindow = BatchWindow { quiet: Duration::from_secs(2), most: Duration::from_secs(2) };

/// Demands of type `D`, waiting to be dealt with together.
#[derive(Debug)]
pub(super) struct Batcher<D> {
    lingers: bool,
    demands: Mutex<Demands<D>>,
    joined: Notify,
}

#[derive(Debug)]
struct Demands<D> {
    waiting: Vec<D>,
    /// How many have left in a batch that is not dealt with yet.
    at_work: usize,
    /// The most that were at work when a batch had left, forgotten by halves: parts of a crowd that got out
    /// of step wait for each other again, and who is left alone of many soon waits for nobody.
    expected: usize,
}

/// Demands that left together. Until it is dropped they count as being dealt with.
#[derive(Debug)]
struct Batch<'g, D> {
    demands: Vec<D>,
    size: usize,
    batcher: &'g Batcher<D>,
}

impl<D: Send + 'static> Batcher<D> {
    /// Adds a demand to the batch that is gathering; the first to come begins one. When it is complete, the
    /// first one's `deal` is called with all of it, in a task of its own: the batch is dealt with even if
    /// that caller goes away.
    pub(super) fn join<F>(self: &Arc<Self>, demand: D, deal: impl FnOnce(Vec<D>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        if self.add(demand) {
            let batcher = Arc::clone(self);
            tokio::spawn(async move {
                let mut batch = batcher.batch().await;
                deal(std::mem::take(&mut batch.demands)).await;
            });
        }
    }
}

impl<D> Batcher<D> {
    /// Leaves after a short silence.
    pub(super) fn brief() -> Self {
        Self::new(false)
    }

    /// Waits for as many as the last time, within reason.
    pub(super) fn lingering() -> Self {
        Self::new(true)
    }

    fn new(lingers: bool) -> Self {
        let demands = Mutex::new(Demands { waiting: Vec::new(), at_work: 0, expected: 0 });
        Self { lingers, demands, joined: Notify::new() }
    }

    /// True for the first of a batch.
    fn add(&self, demand: D) -> bool {
        let mut all = self.demands();
        all.waiting.push(demand);
        self.joined.notify_one();
        all.waiting.len() == 1
    }

    /// Waits for the batch to end, and takes it.
    async fn batch(&self) -> Batch<'_, D> {
        let (mut began, mut held_up) = (Instant::now(), false);
        while let Some(window) = self.window() {
            // Those of the batch that was at work come now.
            let is_held_up = self.demands().at_work > 0;
            if held_up && !is_held_up {
                began = Instant::now();
            }
            held_up = is_held_up;
            let end = (began + window.most).min(Instant::now() + window.quiet);
            if timeout_at(end, self.joined.notified()).await.is_err() {
                break;
            }
        }
        let mut all = self.demands();
        let demands = std::mem::take(&mut all.waiting);
        all.at_work += demands.len();
        all.expected = all.at_work.max(all.expected / 2);
        Batch { size: demands.len(), demands, batcher: self }
    }

    /// None once everybody is there.
    fn window(&self) -> Option<BatchWindow> {
        let all = self.demands();
        let missing = all.waiting.len() < all.expected;
        match all.expected {
            2.. if !missing => None,
            _ if missing && self.lingers && all.at_work > 0 => Some(AT_WORK),
            _ if missing && self.lingers => Some(LONG),
            _ => Some(SHORT),
        }
    }

    fn demands(&self) -> MutexGuard<'_, Demands<D>> {
        self.demands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D> Drop for Batch<'_, D> {
    fn drop(&mut self) {
        self.batcher.demands().at_work -= self.size;
        self.batcher.joined.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    async fn taken(batcher: &Batcher<u32>) -> Vec<u32> {
        std::mem::take(&mut batcher.batch().await.demands)
    }

    /// Joins `numbers`, with a pause before each.
    async fn arrive(batcher: &Batcher<u32>, numbers: impl IntoIterator<Item = u32>, pause: Duration) {
        for number in numbers {
            sleep(pause).await;
            batcher.add(number);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_joins_while_the_first_waits_is_in_the_batch() {
        let batcher = Batcher::brief();
        assert!(batcher.add(1));
        let (batch, ()) = tokio::join!(taken(&batcher), arrive(&batcher, 2..5, SHORT.quiet / 2));
        assert_eq!(batch, [1, 2, 3, 4]);
        assert!(batcher.add(5), "the next is the first of a new batch");
        assert_eq!(taken(&batcher).await, [5]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_demands_does_not_keep_the_first_waiting() {
        let batcher = Batcher::brief();
        let started = Instant::now();
        batcher.add(0);
        let batch = async {
            assert!(taken(&batcher).await.len() > 10);
            started.elapsed()
        };
        let (waited, ()) = tokio::join!(batch, arrive(&batcher, 1..100, Duration::from_millis(1)));
        assert_eq!(waited, SHORT.most);
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_as_the_last_time_are_waited_for_and_no_more() {
        let batcher = Batcher::lingering();
        batcher.add(0);
        let (batch, ()) = tokio::join!(taken(&batcher), arrive(&batcher, 1..10, Duration::from_millis(1)));
        assert_eq!(batch.len(), 10);

        let started = Instant::now();
        batcher.add(10);
        let slowly = Duration::from_millis(20);
        let (batch, ()) = tokio::join!(taken(&batcher), arrive(&batcher, 11..20, slowly));
        assert_eq!(batch.len(), 10, "though they came one by one");
        assert_eq!(started.elapsed(), slowly * 9, "and it left with the last");
    }

    #[tokio::test(start_paused = true)]
    async fn halves_that_are_out_of_step_become_one_batch() {
        let batcher = Batcher::lingering();
        batcher.add(1);
        let first = batcher.batch().await;
        batcher.add(2);
        let second = batcher.batch().await;
        drop((first, second));
        batcher.add(3);
        let (batch, ()) = tokio::join!(taken(&batcher), arrive(&batcher, [4], LONG.quiet / 2));
        assert_eq!(batch, [3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_while_a_batch_is_at_work_waits_for_those_in_it() {
        let batcher = Batcher::lingering();
        for number in 0..9 {
            batcher.add(number);
        }
        let at_work = batcher.batch().await;
        let started = Instant::now();
        batcher.add(9);
        let held_up = LONG.most * 4;
        let (batch, ()) = tokio::join!(taken(&batcher), async {
            sleep(held_up).await;
            drop(at_work);
            arrive(&batcher, 10..18, Duration::from_millis(1)).await;
        });
        assert_eq!(batch.len(), 9);
        assert_eq!(started.elapsed(), held_up + Duration::from_millis(8));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_is_at_work_for_long_is_waited_for_no_more() {
        let batcher = Batcher::lingering();
        for number in 0..9 {
            batcher.add(number);
        }
        let _at_work = batcher.batch().await;
        let started = Instant::now();
        batcher.add(9);
        assert_eq!(taken(&batcher).await, [9]);
        assert_eq!(started.elapsed(), AT_WORK.most);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_come_is_soon_waited_for_no_more() {
        for (crowd, disappointments) in [(2, 1), (3, 1), (4, 2), (10, 3), (100, 6)] {
            let batcher = Batcher::lingering();
            for number in 0..crowd {
                batcher.add(number);
            }
            assert_eq!(taken(&batcher).await.len(), crowd as usize);
            for alone in 0..disappointments + 3 {
                let started = Instant::now();
                batcher.add(alone);
                assert_eq!(taken(&batcher).await, [alone]);
                let window = if alone < disappointments { LONG } else { SHORT };
                assert_eq!(started.elapsed(), window.quiet, "{alone} of {crowd}");
            }
        }
    }
}
