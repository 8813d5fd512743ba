//! The drivers between `reconcile`, which decides, and `cloud`, which calls: look at grants, make them,
//! revoke them. They know pairs and deadlines, and nothing of Terraform.
//!
//! Every driver tells what became of every pair it was given, whatever went wrong on the way.

mod batcher;
mod claims;
mod confirm;
mod granter;
mod handover;
mod lists;
mod reader;
mod report;
mod revoker;
mod roles;
mod search;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

pub use claims::Claim;
pub use confirm::GrantOutcome;
pub use revoker::RevokeOutcome;

use self::claims::Claims;
use self::granter::Granter;
use self::handover::Handovers;
use self::reader::Reader;

use crate::cloud::{ApiError, Client, Deadline, Ended, Kind};
pub use crate::reconcile::confirm::Culprit;
use crate::reconcile::confirm::Says;
use crate::reconcile::read::{Freshness, Revision};
use crate::reconcile::{Grant, Pair};

/// How many calls one operation has under way at most. The client's limiter paces them; this bounds what is
/// in flight when the user stops the run.
const CONCURRENT_CALLS: usize = 8;

/// How long after its own end an operation waits for a shared call that it takes part in: no call takes
/// longer.
const LAST_CALL: Duration = Duration::from_secs(31);

/// The grants of the organization that the client's credentials administer. One for all resources of a
/// process, so that they share calls.
#[derive(Debug)]
pub struct Grants {
    client: Client,
    reader: Arc<Reader>,
    granter: Arc<Granter>,
    claims: Claims,
    handovers: Handovers,
}

impl Grants {
    /// Reaches the organization through `client`.
    pub fn new(client: Client) -> Self {
        let reader = Arc::new(Reader::new(client.clone()));
        let granter = Arc::new(Granter::new(client.clone(), Arc::clone(&reader)));
        Self { client, reader, granter, claims: Claims::default(), handovers: Handovers::default() }
    }

    /// A revision: what is observed since then was read after it.
    pub fn now(&self) -> Revision {
        self.reader.now()
    }

    /// What exists of `pairs`, by readings that are a minute old at most. Never by readings from before our
    /// own last write of a pair. Absent from the answer: does not exist.
    pub async fn observe(
        &self,
        pairs: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        self.reader.observe(pairs, Freshness::default(), until).await
    }

    /// As [`Grants::observe`], by readings that began after `moment`.
    pub async fn observe_since(
        &self,
        moment: Revision,
        pairs: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        self.reader.observe(pairs, Freshness::Read(moment), until).await
    }

    /// Looks a second time for what [`Grants::observe`] has missed, where the first look may have erred.
    pub async fn observe_missed(
        &self,
        missed: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        self.reader.observe_missed(missed, until).await
    }

    /// Claims `pairs` for an operation that will make them exist, so that no other operation of this run
    /// revokes them meanwhile. Waits for revokes of them that are under way.
    pub async fn claim(&self, pairs: &BTreeSet<Pair>, until: &Deadline) -> Result<Claim<'_>, Halt> {
        Ok(self.claims.claim(pairs, until).await?)
    }

    /// Everything granted to `members`.
    pub async fn held_by(
        &self,
        members: &BTreeSet<u64>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        self.reader.held_by(members, until).await
    }
}

/// A definite no of the API, or a doubt that could not be cleared up, about some pairs.
pub type Refusal = crate::reconcile::confirm::Refusal<Arc<ApiError>>;

fn refusal(pairs: BTreeSet<Pair>, error: ApiError, attempts: u32) -> Refusal {
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
    Ended(Ended),
    /// An answer that every further call would get too.
    Error(Arc<ApiError>),
    /// The API's lists contradict themselves, so that nobody can tell whether these pairs exist.
    Unclear(BTreeSet<Pair>),
    /// A task that worked for several operations panicked; the log says where.
    Broken,
}

impl From<Ended> for Halt {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        Self::Error(Arc::new(error))
    }
}
