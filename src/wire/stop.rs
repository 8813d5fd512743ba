//! The wish to stop, passed on to whatever is running.

use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// The token of the operations that are running, and the one they all descend from.
#[derive(Debug)]
pub(super) struct Stop {
    process: CancellationToken,
    current: Mutex<CancellationToken>,
}

impl Stop {
    /// Operations stop when `process` is cancelled, for good, or when [`Stop::fire`] is called.
    pub(super) fn new(process: CancellationToken) -> Self {
        let current = Mutex::new(process.child_token());
        Self { process, current }
    }

    /// Asks what is running now to stop, and returns at once. Operations that begin later are not affected:
    /// in debug mode one process serves many runs.
    pub(super) fn fire(&self) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, self.process.child_token()).cancel();
    }

    /// The token for an operation that begins now.
    pub(super) fn current(&self) -> CancellationToken {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
