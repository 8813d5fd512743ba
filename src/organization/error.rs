//! How a driver ends that did not do everything: what was refused, and why it stopped.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cloud::{ApiError, DeadlineError, Kind};
use crate::reconcile::Pair;
use crate::reconcile::confirm::Says;

/// A definite no of the API, or a doubt that could not be cleared up, about some pairs.
pub type Refusal = crate::reconcile::confirm::Refusal<Arc<ApiError>>;

/// A refusal of `pairs`, which the API was asked for so many times.
pub(super) fn refusal(pairs: BTreeSet<Pair>, error: ApiError, attempts: u32) -> Refusal {
    let says = match error.kind() {
        Kind::Absent => Says::Absent,
        Kind::Failed => Says::Perhaps,
        _ => Says::NotDone,
    };
    Refusal { pairs, culprit: None, error: Arc::new(error), says, attempts }
}

/// Why a driver stopped before it had dealt with every pair.
#[derive(Clone, Debug)]
pub enum Halt {
    /// Its time was up, or the user asked the run to stop.
    Ended(DeadlineError),
    /// An answer that every further call would get too.
    Error(Arc<ApiError>),
    /// The API's lists contradict themselves, so that nobody can tell whether these pairs exist.
    Unclear(BTreeSet<Pair>),
    /// A list never added up to as many items as it says it has, or kept changing while it was read.
    Incomplete {
        /// The action that lists it.
        action: &'static str,
    },
    /// A task that worked for several operations panicked; the log says where.
    Broken,
}

impl From<DeadlineError> for Halt {
    fn from(ended: DeadlineError) -> Self {
        Self::Ended(ended)
    }
}

impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        Self::Error(Arc::new(error))
    }
}
