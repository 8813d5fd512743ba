//! Takes the steps of [`Confirm`]: grants, looks, waits.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Halt;
use super::granter::Granter;
use super::reader::Reader;
use crate::cloud::{ApiError, Deadline};
use crate::reconcile::Pair;
use crate::reconcile::confirm::{Confirm, Granted, Outcome, Step};
use crate::reconcile::read::Freshness;

/// What became of the pairs to grant.
pub type GrantOutcome = Outcome<Arc<ApiError>, Halt>;

/// Grants and looks.
#[derive(Debug)]
pub(super) struct Confirmer {
    granter: Arc<Granter>,
    reader: Arc<Reader>,
}

impl Confirmer {
    pub(super) fn new(granter: Arc<Granter>, reader: Arc<Reader>) -> Self {
        Self { granter, reader }
    }

    /// Grants `pairs`, and returns when each is confirmed or refused, or when `until` ends.
    pub(super) async fn grant_and_confirm(&self, pairs: BTreeSet<Pair>, until: &Deadline) -> GrantOutcome {
        let mut confirm = Confirm::new(pairs);
        loop {
            match confirm.step() {
                Step::Grant(pairs) => {
                    let report = self.granter.grant(&pairs, until).await;
                    let halt = report.halt.or(report.unseen);
                    let (accepted, refusals, doubts) = (report.accepted, report.refusals, report.doubts);
                    confirm.granted(Granted { accepted, refusals, doubts, ended: report.ended });
                    if halt.is_some() {
                        return confirm.end(halt);
                    }
                }
                Step::Look(pairs, since) => {
                    match self.reader.observe(&pairs, Freshness::Written(since), until).await {
                        Ok(seen) => confirm.looked(seen),
                        Err(halt) => return confirm.end(Some(halt)),
                    }
                }
                Step::Wait(pause) => match until.sleep(pause).await {
                    Ok(()) => confirm.waited(self.reader.now()),
                    Err(ended) => return confirm.end(Some(ended.into())),
                },
                Step::End => return confirm.end(None),
            }
        }
    }
}
