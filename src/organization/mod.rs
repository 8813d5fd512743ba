//! The drivers between `reconcile`, which decides, and `cloud`, which calls: look at grants, make them,
//! revoke them, and find who and what there is to grant. They know pairs and deadlines, and nothing of
//! Terraform.
//!
//! Every driver tells what became of every pair it was given, whatever went wrong on the way.

mod batcher;
mod claims;
mod confirm;
pub mod directory;
mod error;
mod granter;
mod handover;
mod lists;
mod reader;
mod report;
mod revoker;
mod role_search;
mod roles;
mod search;
mod tile;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use claims::Claim;
pub use confirm::GrantOutcome;
pub use directory::Directory;
pub use error::{Halt, Refusal};
pub use revoker::RevokeOutcome;

use self::claims::Claims;
use self::confirm::Confirmer;
use self::error::refusal;
use self::granter::Granter;
use self::handover::Handovers;
use self::reader::Reader;
use self::revoker::Revoker;
use crate::cloud::{Client, Deadline};
pub use crate::reconcile::confirm::Culprit;
use crate::reconcile::read::{Freshness, Revision};
use crate::reconcile::{Grant, Pair};

/// How many calls one operation has under way at most. The client's limiter paces them; this bounds what is
/// in flight when the user stops the run.
const CONCURRENT_CALLS: usize = 8;

/// How long after its own end an operation waits for a shared call that it takes part in: no call takes
/// longer.
const LAST_CALL: Duration = Duration::from_secs(31);

/// The organization that the client's credentials administer. One for all that a process does, so that it
/// shares calls.
#[derive(Debug)]
pub struct Organization {
    /// Which access is given.
    pub grants: Grants,
    /// Which members, identities, units and access policies there are.
    pub directory: Directory,
    /// Whether a plan looks for what its apply would be refused.
    pub checks_plans: bool,
}

impl Organization {
    /// Reaches the organization through `client`. Plans are checked.
    pub fn new(client: Client) -> Self {
        let directory = Directory::new(client.clone());
        Self { grants: Grants::new(client), directory, checks_plans: true }
    }
}

/// The grants of an organization, for all resources of a process.
#[derive(Debug)]
pub struct Grants {
    reader: Arc<Reader>,
    confirmer: Confirmer,
    revoker: Revoker,
    claims: Arc<Claims>,
    handovers: Handovers,
}

impl Grants {
    /// Reaches the organization through `client`.
    pub fn new(client: Client) -> Self {
        let reader = Arc::new(Reader::new(client.clone()));
        let granter = Arc::new(Granter::new(client.clone(), Arc::clone(&reader)));
        let claims = Arc::new(Claims::default());
        let confirmer = Confirmer::new(granter, Arc::clone(&reader));
        let revoker = Revoker::new(client, Arc::clone(&reader), Arc::clone(&claims));
        Self { reader, confirmer, revoker, claims, handovers: Handovers::default() }
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

    /// As [`Grants::observe`], by readings that began after `revision`.
    pub async fn observe_since(
        &self,
        revision: Revision,
        pairs: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        self.reader.observe(pairs, Freshness::Read(revision), until).await
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

    /// Grants `pairs`, and returns when each is confirmed or refused, or when `until` ends.
    pub async fn grant_and_confirm(&self, pairs: BTreeSet<Pair>, until: &Deadline) -> GrantOutcome {
        self.confirmer.grant_and_confirm(pairs, until).await
    }

    /// Revokes `pairs`, but for those that another resource of this run has come to hold when their turn
    /// comes: they are left to it. Those of one member follow each other; members go side by side.
    pub async fn revoke(&self, pairs: &BTreeSet<Pair>, until: &Deadline) -> RevokeOutcome {
        self.revoker.revoke(pairs, until).await
    }

    /// Which of `pairs`, that an operation was to give up and could not, another resource of this run has
    /// come to hold: the state of the one that gives up must not list them any more. Waits for claims under
    /// way.
    pub async fn release(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        self.claims.release(pairs).await
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
