//! Grants pairs for everybody who shares it, in the fewest calls.
//!
//! Demands that arrive together are tiled together, and each is told what became of its own pairs. How a call
//! that one bad pair spoils is dealt with is in `search.rs`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::batcher::Batcher;
use super::reader::Reader;
use super::report::GrantReport;
use super::search::Search;
use super::trouble::Trouble;
use super::{Halt, LAST_CALL, lock};
use crate::cloud::api::organization::{IDENTITIES_PER_CALL, MEMBERS_PER_CALL};
use crate::cloud::{Client, Deadline, DeadlineError};
use crate::reconcile::Pair;
use crate::reconcile::read::Freshness;
use crate::reconcile::tile::{self, Limits};

const LIMITS: Limits = Limits { members: MEMBERS_PER_CALL, identities: IDENTITIES_PER_CALL };

/// Grants for everybody who shares it.
#[derive(Debug)]
pub(super) struct Granter {
    client: Client,
    reader: Arc<Reader>,
    waiting: Arc<Batcher<GrantDemand>>,
    trouble: Mutex<Trouble>,
}

#[derive(Debug)]
struct GrantDemand {
    pairs: BTreeSet<Pair>,
    until: Deadline,
    reply: oneshot::Sender<GrantReport>,
}

impl Granter {
    pub(super) fn new(client: Client, reader: Arc<Reader>) -> Self {
        Self { client, reader, waiting: Arc::new(Batcher::lingering()), trouble: Mutex::default() }
    }

    /// Asks once for each of `pairs`, in calls that it may share with others, and says what became of them.
    ///
    /// Ends when `until` does, but not before a call that is under way. After a stop no call is begun.
    pub(super) async fn grant(self: &Arc<Self>, pairs: &BTreeSet<Pair>, until: &Deadline) -> GrantReport {
        let (reply, round) = oneshot::channel();
        let (demand, granter) =
            (GrantDemand { pairs: pairs.clone(), until: until.clone(), reply }, Arc::clone(self));
        self.waiting.join(demand, |batch| async move { granter.serve(batch).await });
        let halt = match timeout(until.remaining() + LAST_CALL, round).await {
            Ok(Ok(round)) => return round,
            Ok(Err(_)) => Halt::Broken,
            // Others' calls took longer than this demand may.
            Err(_) => Halt::Ended(DeadlineError::TimedOut),
        };
        // Its pairs may have been granted, or may still be.
        GrantReport { accepted: pairs.clone(), halt: Some(halt), ..GrantReport::default() }
    }

    /// Deals with the demands of a batch together, for as long as the most hurried of them may take; then
    /// with the others.
    async fn serve(&self, mut batch: Vec<GrantDemand>) {
        let round = Mutex::default();
        while let Some(until) = batch.iter().map(|demand| &demand.until).min_by_key(|until| until.remaining())
        {
            let until = until.clone();
            let wanted = batch.iter().flat_map(|demand| demand.pairs.iter().copied()).collect();
            self.round(&wanted, &round, &until).await;
            self.look(&round, &until).await;
            let round = lock(&round);
            let late = round.ran_out_of_time();
            // A caller that went away does not need an answer.
            for demand in
                batch.extract_if(.., |demand| !late || until.remaining() >= demand.until.remaining())
            {
                let _gone = demand.reply.send(round.of(&demand.pairs));
            }
        }
    }

    /// Looks once at everything that was accepted, so that those who share a batch end together and begin the
    /// next together: what it shows answers the looks of each.
    async fn look(&self, round: &Mutex<GrantReport>, until: &Deadline) {
        let (accepted, ended) = {
            let round = lock(round);
            (round.accepted.clone(), round.ended)
        };
        if accepted.is_empty() {
            return;
        }
        match self.reader.observe(&accepted, Freshness::Written(ended), until).await {
            // Whoever has more time looks again.
            Ok(_) | Err(Halt::Ended(_)) => {}
            Err(halt) => lock(round).unseen = Some(halt),
        }
    }

    /// Asks for what of `wanted` the `round` has no answer for yet.
    async fn round(&self, wanted: &BTreeSet<Pair>, round: &Mutex<GrantReport>, until: &Deadline) {
        let open = lock(round).resume(wanted);
        let (client, reader, trouble) = (&self.client, &self.reader, &self.trouble);
        let search = Search { client, reader, trouble, round, until, later: Mutex::default() };
        search.run(tile::tile(&open, LIMITS)).await;
    }
}
