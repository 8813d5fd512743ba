//! Grants pairs for everybody who shares it, in the fewest calls.
//!
//! Demands that arrive together are tiled together, and each is told what became of its own pairs. How a call
//! that one bad pair spoils is dealt with is in `search.rs`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::book::Since;
use super::gather::Gather;
use super::reader::Reader;
use super::round::Round;
use super::search::{Search, lock};
use super::trouble::Trouble;
use super::{Halt, LAST_CALL};
use crate::cloud::api::organization::{IDENTITIES_PER_CALL, MEMBERS_PER_CALL};
use crate::cloud::{Client, Deadline, Ended};
use crate::reconcile::Pair;
use crate::reconcile::tile::{self, Limits};

const LIMITS: Limits = Limits { members: MEMBERS_PER_CALL, identities: IDENTITIES_PER_CALL };

/// Grants for everybody who shares it.
#[derive(Debug)]
pub(super) struct Granter {
    client: Client,
    reader: Arc<Reader>,
    waiting: Arc<Gather<Demand>>,
    trouble: Mutex<Trouble>,
}

#[derive(Debug)]
struct Demand {
    pairs: BTreeSet<Pair>,
    until: Deadline,
    reply: oneshot::Sender<Round>,
}

impl Granter {
    pub(super) fn new(client: Client, reader: Arc<Reader>) -> Self {
        Self { client, reader, waiting: Arc::new(Gather::lingering()), trouble: Mutex::default() }
    }

    /// Asks once for each of `pairs`, in calls that it may share with others, and says what became of them.
    ///
    /// Ends when `until` does, but not before a call that is under way. After a stop no call is begun.
    pub(super) async fn grant(self: &Arc<Self>, pairs: &BTreeSet<Pair>, until: &Deadline) -> Round {
        let (reply, round) = oneshot::channel();
        let (demand, granter) =
            (Demand { pairs: pairs.clone(), until: until.clone(), reply }, Arc::clone(self));
        self.waiting.join(demand, |wave| async move { granter.serve(wave).await });
        let halt = match timeout(until.remaining() + LAST_CALL, round).await {
            Ok(Ok(round)) => return round,
            Ok(Err(_)) => Halt::Broken,
            // Others' calls took longer than this demand may.
            Err(_) => Halt::Ended(Ended::TimedOut),
        };
        // Its pairs may have been granted, or may still be.
        Round { accepted: pairs.clone(), halt: Some(halt), ..Round::default() }
    }

    /// Deals with the demands of a wave together, for as long as the most hurried of them may take; then with
    /// the others.
    async fn serve(&self, mut wave: Vec<Demand>) {
        let round = Mutex::default();
        while let Some(until) = wave.iter().map(|demand| &demand.until).min_by_key(|until| until.remaining())
        {
            let until = until.clone();
            let wanted = wave.iter().flat_map(|demand| demand.pairs.iter().copied()).collect();
            self.round(&wanted, &round, &until).await;
            self.look(&round, &until).await;
            let round = lock(&round);
            let late = round.ran_out_of_time();
            // A caller that went away does not need an answer.
            for demand in wave.extract_if(.., |demand| !late || until.remaining() >= demand.until.remaining())
            {
                let _gone = demand.reply.send(round.of(&demand.pairs));
            }
        }
    }

    /// Looks once at everything that was accepted, so that those who share a wave end together and begin the
    /// next together: what it shows answers the looks of each.
    async fn look(&self, round: &Mutex<Round>, until: &Deadline) {
        let (accepted, ended) = {
            let round = lock(round);
            (round.accepted.clone(), round.ended)
        };
        if accepted.is_empty() {
            return;
        }
        match self.reader.observe(&accepted, Since::Written(ended), until).await {
            // Whoever has more time looks again.
            Ok(_) | Err(Halt::Ended(_)) => {}
            Err(halt) => lock(round).unseen = Some(halt),
        }
    }

    /// Asks for what of `wanted` the `round` has no answer for yet.
    async fn round(&self, wanted: &BTreeSet<Pair>, round: &Mutex<Round>, until: &Deadline) {
        let open = lock(round).resume(wanted);
        let (client, reader, trouble) = (&self.client, &self.reader, &self.trouble);
        let search = Search { client, reader, trouble, round, until, later: Mutex::default() };
        search.run(tile::tile(&open, LIMITS)).await;
    }
}
