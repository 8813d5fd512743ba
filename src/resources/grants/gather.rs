//! Collects demands that arrive close together, so that they can share calls. Terraform starts its operations in
//! waves; whoever comes first waits a few milliseconds for the rest of the wave.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

/// A wave is over when nobody has joined for this long.
const QUIET: Duration = Duration::from_millis(4);

/// Whoever came first waits no longer than this.
const PATIENCE: Duration = Duration::from_millis(24);

/// Demands of type `D`, waiting to be dealt with together.
#[derive(Debug)]
pub(super) struct Gather<D>(Mutex<Vec<D>>);

impl<D> Default for Gather<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<D> Gather<D> {
    /// Adds a demand. True for the first of a wave: its caller must see to it that [`Gather::wave`] is awaited, and the
    /// wave dealt with, whatever becomes of the caller.
    pub(super) fn join(&self, demand: D) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(demand);
        waiting.len() == 1
    }

    /// Waits for the wave to end, and takes it.
    pub(super) async fn wave(&self) -> Vec<D> {
        let mut waited = Duration::ZERO;
        let mut count = self.count();
        while waited < PATIENCE {
            sleep(QUIET).await;
            waited += QUIET;
            let now = self.count();
            if now == count {
                break;
            }
            count = now;
        }
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_joins_while_the_first_waits_is_in_the_wave() {
        let gather = Gather::default();
        assert!(gather.join(1));
        let (wave, ()) = tokio::join!(gather.wave(), async {
            for number in 2..5 {
                sleep(QUIET / 2).await;
                assert!(!gather.join(number));
            }
        });
        assert_eq!(wave, [1, 2, 3, 4]);
        assert!(gather.join(5), "the next is the first of a new wave");
        assert_eq!(gather.wave().await, [5]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_demands_does_not_keep_the_first_waiting() {
        let gather = Gather::default();
        let started = tokio::time::Instant::now();
        gather.join(0);
        let stream = async {
            loop {
                sleep(Duration::from_millis(1)).await;
                gather.join(1);
            }
        };
        tokio::select! {
            wave = gather.wave() => assert!(wave.len() > 10),
            () = stream => {}
        }
        assert_eq!(started.elapsed(), PATIENCE);
    }
}
