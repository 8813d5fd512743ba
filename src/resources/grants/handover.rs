//! Settles the plans of the instances of a run with each other: `reconcile::roster`, shared, with a wait for plans to come.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Grants, Halt};
use crate::cloud::{Deadline, Ended};
use crate::reconcile::Pair;
use crate::reconcile::roster::{Handover, Intent, Mark, Roster};

/// How long nothing is planned before an instance that was read and is awaited is given up: a host plans what it has read
/// within milliseconds, unless it has nothing to plan (an object that is only forgotten).
const PLAN_PAUSE: Duration = Duration::from_secs(5);

/// The instances of one run.
#[derive(Debug, Default)]
pub(super) struct Handovers {
    roster: Mutex<Roster>,
    planned: Notify,
}

impl Handovers {
    fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody is awaited for `intent` any more, or until nothing was planned for a while.
    async fn wait(&self, intent: &Intent, until: &Deadline) -> Result<(), Ended> {
        loop {
            let planned = self.planned.notified();
            tokio::pin!(planned);
            planned.as_mut().enable();
            if !self.roster().awaits(intent) {
                return Ok(());
            }
            if until.race(timeout(PLAN_PAUSE, planned)).await?.is_err() {
                return Ok(());
            }
        }
    }
}

impl Grants {
    /// A mark for an instance that has none.
    pub fn draw_mark(&self) -> Mark {
        Mark::new(fastrand::u64(..))
    }

    /// Says that the state of the instance `mark` lists `pairs`. Returns those of them that an instance which said so earlier
    /// lists too: the state must note them.
    pub fn enter(&self, mark: Mark, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        self.handovers.roster().enter(mark, pairs)
    }

    /// Records the plan `intent` and settles it with those of the others. Waits for those that were entered earlier.
    ///
    /// # Errors
    ///
    /// The run was stopped, or `until` ended, while it waited.
    pub async fn settle_plan(&self, intent: &Intent, until: &Deadline) -> Result<Handover, Halt> {
        self.handovers.roster().plan(intent);
        self.handovers.planned.notify_waiters();
        self.handovers.wait(intent, until).await?;
        Ok(self.handovers.roster().settle(intent))
    }

    /// Records the plan `intent` of an instance that does not know yet what it keeps.
    pub fn record_plan(&self, intent: &Intent) {
        self.handovers.roster().plan(intent);
        self.handovers.planned.notify_waiters();
    }

    /// What the old object of the instance `mark`, which is replaced, leaves to others.
    pub fn left_by_replacement(&self, mark: Mark, noted: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        self.handovers.roster().settle_replacement(mark, noted)
    }

    /// What a tainted object leaves to others, if there is one behind the plan of a new one.
    pub fn left_by_tainted(&self) -> BTreeSet<Pair> {
        self.handovers.roster().left_by_the_unplanned()
    }
}
