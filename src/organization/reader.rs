//! The one reader of grants: everything that wants to know what exists asks here, and demands share what they
//! can.
//!
//! What was read lately answers at once. For the rest, demands that arrive together are looked at together:
//! the planner says which lists to read, and each is read once for all who wait for it. A demand goes round
//! until everything it asked about is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::Instant;

use super::batcher::Batcher;
use super::lists::{Lists, is_refusal};
use super::{CONCURRENT_CALLS, Grant, Halt, LAST_CALL};
use crate::cloud::api::organization::PAGE_LIMIT;
use crate::cloud::{ApiError, Client, Deadline, Kind};
use crate::reconcile::Pair;
use crate::reconcile::read::Revision;
use crate::reconcile::read::{Answer, Concern, Freshness, Question, ReadDemand, ReadPlanner, Reading};

/// The identity that every organization has. That the API gives its list says that it refuses others for what
/// they are of.
const PRESET_IDENTITY: u64 = 1;

/// Reads for everybody who shares it.
#[derive(Debug)]
pub(super) struct Reader {
    lists: Lists,
    started: Instant,
    shared: Mutex<Shared>,
    waiting: Arc<Batcher<Waiter>>,
    /// Bounds the connections; the client's limiter bounds the rate.
    in_flight: Semaphore,
}

/// What is known, and what is being found out.
#[derive(Debug)]
struct Shared {
    planner: ReadPlanner,
    flights: BTreeMap<Question, Flight>,
}

/// A question under way: who waits for it gets its outcome.
#[derive(Clone, Debug)]
struct Flight {
    since: Revision,
    outcome: watch::Receiver<Option<Result<(), Arc<ApiError>>>>,
}

/// A caller that waits for flights.
#[derive(Debug)]
struct Waiter {
    demand: ReadDemand,
    until: Deadline,
    reply: oneshot::Sender<Vec<Flight>>,
}

impl Reader {
    pub(super) fn new(client: Client) -> Self {
        Self {
            lists: Lists::new(client),
            started: Instant::now(),
            shared: Mutex::new(Shared { planner: ReadPlanner::new(PAGE_LIMIT), flights: BTreeMap::new() }),
            waiting: Arc::new(Batcher::brief()),
            in_flight: Semaphore::new(2 * CONCURRENT_CALLS),
        }
    }

    /// What exists of `pairs`, by readings that began after `since`. Absent from the answer: does not exist,
    /// or, where new grants are looked for, does not show. A pair of which that cannot be told otherwise ends
    /// with [`Halt::Unclear`].
    pub(super) async fn observe(
        self: &Arc<Self>,
        pairs: &BTreeSet<Pair>,
        since: Freshness,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        let mut found = BTreeMap::new();
        let mut demand = ReadDemand { open: pairs.clone(), since, ..ReadDemand::default() };
        // What is answered stays so: an answer may be forgotten before a slow API has given the last one.
        loop {
            let Answer { found: new, open, refused, unclear } =
                self.shared().planner.answer(&demand, self.started.elapsed());
            found.extend(new);
            demand.open = open;
            // Who looks for what is new goes on looking.
            let looking = matches!(since, Freshness::Read(_));
            if looking && !unclear.is_empty() {
                return Err(Halt::Unclear(unclear));
            }
            demand.control = looking && !refused.is_empty();
            if demand.open.is_empty() && !demand.control {
                return Ok(found);
            }
            self.find_out(demand.clone(), until).await?;
            demand.open.extend(refused);
            demand.round = demand.round.saturating_add(1);
        }
    }

    /// As [`Reader::observe`], for pairs that a reading has missed: what a list of several pages did not show
    /// may have slipped from one page to another between two readings, so it is believed of the second list
    /// that says so.
    pub(super) async fn observe_missed(
        self: &Arc<Self>,
        missed: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        let since = Freshness::Read(self.shared().planner.doubt(missed));
        self.observe(missed, since, until).await
    }

    /// Everything granted to `members`.
    pub(super) async fn held_by(
        self: &Arc<Self>,
        members: &BTreeSet<u64>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        loop {
            let unknown = match self.shared().planner.holdings(members) {
                Ok(held) => return Ok(held),
                Err(unknown) => unknown,
            };
            self.find_out(ReadDemand { members: unknown, ..ReadDemand::default() }, until).await?;
        }
    }

    /// A new revision: a reading that begins later is newer.
    pub(super) fn now(&self) -> Revision {
        self.shared().planner.now()
    }

    /// Stamps `pairs` as granted: to be called when the call begins, and when it ends. What is read from then
    /// on may be believed about them; returns that revision.
    pub(super) fn granted(&self, pairs: &BTreeSet<Pair>) -> Revision {
        self.shared().planner.granted(pairs)
    }

    /// As [`Reader::granted`], for pairs that are revoked.
    pub(super) fn revoked(&self, pairs: &BTreeSet<Pair>) -> Revision {
        self.shared().planner.revoked(pairs)
    }

    /// Has one round of questions asked, shared with whoever else waits, and returns when all that concern
    /// this demand are answered.
    async fn find_out(self: &Arc<Self>, demand: ReadDemand, until: &Deadline) -> Result<(), Halt> {
        let (reply, flights) = oneshot::channel();
        let (waiter, reader) = (Waiter { demand, until: until.clone(), reply }, Arc::clone(self));
        self.waiting.join(waiter, |batch| async move { reader.begin(batch) });
        let flights = until.race(flights).await?.map_err(|_| Halt::Broken)?;
        for mut flight in flights {
            let outcome = until.race_with_grace(LAST_CALL, flight.outcome.wait_for(Option::is_some)).await?;
            let outcome = outcome.map_err(|_| Halt::Broken)?.clone();
            match outcome {
                // Whoever began it may have had less time than we have.
                Some(Err(error)) if is_out_of_time(&error) && until.ended().is_none() => {}
                Some(Err(error)) => return Err(Halt::Error(error)),
                Some(Ok(())) | None => {}
            }
        }
        Ok(())
    }

    /// Begins what the demands of one batch need, and tells each what to wait for.
    fn begin(self: &Arc<Self>, batch: Vec<Waiter>) {
        let longest = batch.iter().map(|waiter| &waiter.until).max_by_key(|until| until.remaining());
        let Some(until) = longest.cloned() else { return };
        let mut shared = self.shared();
        let questions = shared.planner.questions(batch.iter().map(|waiter| &waiter.demand));
        for Waiter { demand, reply, .. } in batch {
            let concern = Concern::of(&demand);
            let mut join = |(question, not_older_than): (&Question, &Revision)| {
                let concerned = question.concerns(&concern);
                concerned.then(|| {
                    self.join(
                        &mut shared,
                        *question,
                        (*not_older_than).max(demand.since.not_older_than()),
                        &until,
                    )
                })
            };
            let flights = questions.iter().filter_map(&mut join).collect();
            // A caller that went away does not need an answer.
            let _gone = reply.send(flights);
        }
    }

    /// The flight that answers `question` by a reading since `not_older_than`: one under way if there is,
    /// else a new one.
    fn join(
        self: &Arc<Self>,
        shared: &mut Shared,
        question: Question,
        not_older_than: Revision,
        until: &Deadline,
    ) -> Flight {
        if let Some(flight) = shared.flights.get(&question).filter(|flight| flight.since > not_older_than) {
            return flight.clone();
        }
        let since = shared.planner.now();
        let (end, outcome) = watch::channel(None);
        let flight = Flight { since, outcome };
        shared.flights.insert(question, flight.clone());
        let (reader, until) = (Arc::clone(self), until.clone());
        tokio::spawn(async move {
            let asking = Arc::clone(&reader);
            let asked = tokio::spawn(async move { asking.ask(question, since, &until).await }).await;
            let mut shared = reader.shared();
            if shared.flights.get(&question).is_some_and(|flight| flight.since == since) {
                shared.flights.remove(&question);
            }
            drop(shared);
            // Whoever waits for one that panicked sees that no outcome will come.
            if let Ok(outcome) = asked {
                end.send_replace(Some(outcome.map_err(Arc::new)));
            }
        });
        flight
    }

    async fn ask(&self, question: Question, since: Revision, until: &Deadline) -> Result<(), ApiError> {
        let _line = self.in_flight.acquire().await;
        if self.shared().planner.is_moot(question, since) {
            return Ok(());
        }
        let reading = match question {
            Question::Member(member) => self.lists.of_member(member, until).await.map(Reading::Member),
            Question::Page { identity, number } => {
                self.lists.page_of_identity(identity, number, until).await.map(Reading::Page)
            }
            Question::Sweep(identity) => self.lists.of_identity(identity, until).await.map(Reading::Sweep),
            Question::Control => {
                Ok(Reading::Page(self.lists.page_of_identity(PRESET_IDENTITY, 0, until).await?))
            }
        };
        let reading = match reading {
            Err(error) if is_refusal(&error) => Reading::Refused,
            reading => reading?,
        };
        self.shared().planner.learn(question, since, self.started.elapsed(), reading);
        Ok(())
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_out_of_time(error: &ApiError) -> bool {
    matches!(error.kind(), Kind::TimedOut | Kind::Stopped)
}
