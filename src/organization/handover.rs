//! Settles the plans of the instances of a run with each other: `reconcile::roster`, shared, with a wait for
//! plans to come.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Grants, Halt};
use crate::cloud::{Deadline, DeadlineError};
use crate::reconcile::Pair;
use crate::reconcile::roster::{Handover, Intent, Mark, Roster};

/// How long nothing is planned before an instance that was read and is awaited is given up: a host plans what
/// it has read within milliseconds, unless it has nothing to plan (an object that is only forgotten).
const PLAN_PAUSE: Duration = Duration::from_secs(5);

/// How long after an awaited plan another one may follow: a host that replaces an object plans the same
/// instance twice.
const SECOND_PLAN: Duration = Duration::from_millis(100);

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

    /// Waits while `goes_on` says so, unless nothing was planned for a while. Returns whether it waited.
    async fn wait(&self, until: &Deadline, goes_on: impl Fn(&Roster) -> bool) -> Result<bool, DeadlineError> {
        let mut waited = false;
        loop {
            let planned = self.planned.notified();
            tokio::pin!(planned);
            planned.as_mut().enable();
            if !goes_on(&self.roster()) || until.race(timeout(PLAN_PAUSE, planned)).await?.is_err() {
                return Ok(waited);
            }
            waited = true;
        }
    }
}

impl Grants {
    /// A mark for an instance that has none.
    pub fn draw_mark(&self) -> Mark {
        Mark::new(fastrand::u64(..))
    }

    /// Says that the state of the instance `mark` lists `pairs`. Returns those of them that an instance which
    /// said so earlier lists too: the state must note them.
    pub fn enter(&self, mark: Mark, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        self.handovers.roster().enter(mark, pairs)
    }

    /// What the instance `mark` has noted, if this run has read or planned it already.
    pub fn notes(&self, mark: Mark) -> Option<BTreeSet<Pair>> {
        self.handovers.roster().notes(mark).cloned()
    }

    /// Records the plan `intent` and settles it with those of the others. Waits for those that were entered
    /// earlier.
    ///
    /// # Errors
    ///
    /// The run was stopped, or `until` ended, while it waited.
    pub async fn settle_plan(&self, intent: &Intent, until: &Deadline) -> Result<Handover, Halt> {
        self.handovers.roster().plan(intent);
        self.handovers.planned.notify_waiters();
        if self.handovers.wait(until, |roster| roster.must_wait(intent)).await? {
            until.sleep(SECOND_PLAN).await?;
        }
        let mut roster = self.handovers.roster();
        roster.wait_no_more(intent);
        Ok(roster.settle(intent))
    }

    /// Says that the object of the instance `mark`, which was planned, is to be replaced. Returns what
    /// becomes of the pairs that the old object lists.
    pub fn replace(&self, mark: Mark) -> Handover {
        let handover = self.handovers.roster().replace(mark);
        self.handovers.planned.notify_waiters();
        handover
    }

    /// Says that a new object is planned which will have the pairs `desired`. Returns what the tainted object
    /// that it may replace leaves to others. Waits while that could be any of several.
    ///
    /// # Errors
    ///
    /// The run was stopped, or `until` ended, while it waited.
    pub async fn replace_tainted(
        &self,
        desired: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeSet<Pair>, Halt> {
        self.handovers.wait(until, |roster| roster.is_ambiguous(desired)).await?;
        let left = self.handovers.roster().replace_unplanned(desired);
        self.handovers.planned.notify_waiters();
        Ok(left)
    }
}
