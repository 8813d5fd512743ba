//! The user's wish to stop, passed on to whatever is running.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// A handle to the operations of a [`super::Service`].
#[derive(Clone, Debug, Default)]
pub struct StopHandle(Arc<Mutex<CancellationToken>>);

impl StopHandle {
    /// Asks what is running now to stop, and returns at once. Operations that begin later are not affected: in debug mode
    /// one process serves many runs.
    pub fn fire(&self) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *current).cancel();
    }

    /// The token for an operation that begins now.
    pub(super) fn current(&self) -> CancellationToken {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
