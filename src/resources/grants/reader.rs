//! The one reader of grants: everything that wants to know what exists asks here, and demands share what they can.
//!
//! What was read lately answers at once. For the rest, demands that arrive together are looked at together:
//! `reconcile::ledger` chooses lists, each list is read once for all who wait for it, and `reconcile::snapshot` says what the
//! readings are worth. A demand goes round until everything it asked about is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::Instant;

use super::gather::Gather;
use super::lists::Lists;
use super::page_hint::PageHint;
use super::{CONCURRENT_CALLS, Grant, Halt, LAST_CALL};
use crate::cloud::api::organization::PAGE_LIMIT;
use crate::cloud::{ApiError, Client, Deadline, Kind};
use crate::reconcile::Pair;
use crate::reconcile::ledger::{Choice, Ledger};
use crate::reconcile::snapshot::{Known, Snapshots, Tick};

/// After this many rounds a list that keeps changing is left, and its members are asked instead.
const ROUNDS_BY_IDENTITY: u32 = 3;

/// Reads for everybody who shares it.
#[derive(Debug)]
pub(super) struct Reader {
    lists: Lists,
    started: Instant,
    book: Mutex<Book>,
    waiting: Gather<Demand>,
    /// Bounds the connections; the client's limiter bounds the rate.
    lines: Semaphore,
}

/// What is known, and what is being found out.
#[derive(Debug)]
struct Book {
    snapshots: Snapshots<Grant>,
    ledger: Ledger,
    hint: PageHint,
    /// What the hinted pages, by identity, were read to show.
    hinted: BTreeMap<u64, BTreeSet<Pair>>,
    flights: BTreeMap<Question, Flight>,
}

/// One list, or one page of one, to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Member(u64),
    Page { identity: u64, number: u64 },
}

/// A question under way: who waits for it gets its outcome.
#[derive(Clone, Debug)]
struct Flight {
    since: Tick,
    landed: watch::Receiver<Option<Result<(), Arc<ApiError>>>>,
}

/// What one caller still has to know.
#[derive(Debug)]
struct Demand {
    open: BTreeSet<Pair>,
    /// Members whose whole list is wanted.
    members: BTreeSet<u64>,
    floor: Tick,
    round: u32,
    until: Deadline,
    reply: oneshot::Sender<Vec<Flight>>,
}

impl Reader {
    pub(super) fn new(client: Client) -> Self {
        let book = Book {
            snapshots: Snapshots::new(PAGE_LIMIT),
            ledger: Ledger::foreseeing(),
            hint: PageHint::default(),
            hinted: BTreeMap::new(),
            flights: BTreeMap::new(),
        };
        Self {
            lists: Lists::new(client),
            started: Instant::now(),
            book: Mutex::new(book),
            waiting: Gather::brief(),
            lines: Semaphore::new(2 * CONCURRENT_CALLS),
        }
    }

    /// What exists of `pairs`, by readings that began after `floor`. Absent from the answer: does not exist.
    pub(super) async fn observe(
        self: &Arc<Self>,
        pairs: &BTreeSet<Pair>,
        floor: Tick,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        let mut round = 0;
        loop {
            let open = match self.book().answer(pairs, floor, self.started) {
                Ok(found) => return Ok(found),
                Err(open) => open,
            };
            self.find_out(open, BTreeSet::new(), floor, round, until).await?;
            round += 1;
        }
    }

    /// Everything granted to `members`.
    pub(super) async fn held_by(
        self: &Arc<Self>,
        members: &BTreeSet<u64>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, Halt> {
        loop {
            let unknown = match self.book().holdings(members) {
                Ok(held) => return Ok(held),
                Err(unknown) => unknown,
            };
            self.find_out(BTreeSet::new(), unknown, Tick::default(), 0, until).await?;
        }
    }

    /// A moment: a reading that begins later is newer.
    pub(super) fn now(&self) -> Tick {
        self.book().snapshots.tick()
    }

    /// Stamps `pairs` as written: to be called when a write begins, and when it ends. What is read from then on may be
    /// believed about them; returns that moment.
    pub(super) fn written(&self, pairs: &BTreeSet<Pair>) -> Tick {
        self.book().snapshots.write(pairs.iter().copied())
    }

    /// Has one round of questions asked, shared with whoever else waits, and returns when all that concern this demand are
    /// answered.
    async fn find_out(
        self: &Arc<Self>,
        open: BTreeSet<Pair>,
        members: BTreeSet<u64>,
        floor: Tick,
        round: u32,
        until: &Deadline,
    ) -> Result<(), Halt> {
        let (reply, flights) = oneshot::channel();
        let first = self.waiting.join(Demand { open, members, floor, round, until: until.clone(), reply });
        if first {
            // A task of its own: the wave must be dealt with even if this caller goes away.
            let reader = Arc::clone(self);
            tokio::spawn(async move {
                let mut wave = reader.waiting.wave().await;
                reader.depart(std::mem::take(&mut wave.demands));
            });
        }
        let Ok(flights) = until.race(flights).await? else { return Ok(()) };
        for mut flight in flights {
            let landed = until.outlast(LAST_CALL, flight.landed.wait_for(Option::is_some)).await?;
            match landed.ok().and_then(|outcome| outcome.clone()) {
                // Whoever began it may have had less time than we have.
                Some(Err(error)) if is_out_of_time(&error) && until.ended().is_none() => {}
                Some(Err(error)) => return Err(Halt::Error(error)),
                Some(Ok(())) | None => {}
            }
        }
        Ok(())
    }

    /// Begins what the demands of one wave need, and tells each what to wait for.
    fn depart(self: &Arc<Self>, wave: Vec<Demand>) {
        let mut book = self.book();
        let Some(until) =
            wave.iter().map(|demand| &demand.until).max_by_key(|until| until.remaining()).cloned()
        else {
            return;
        };
        let questions = book.questions(&wave);
        for demand in wave {
            let identities: BTreeSet<u64> = demand.open.iter().map(|pair| pair.identity_id).collect();
            let mut members = demand.members;
            members.extend(demand.open.iter().map(|pair| pair.member_uin));
            let mut flights = Vec::new();
            for (question, floor) in &questions {
                let concerned = match question {
                    Question::Member(member) => members.contains(member),
                    Question::Page { identity, .. } => identities.contains(identity),
                };
                if concerned {
                    flights.push(self.board(&mut book, *question, (*floor).max(demand.floor), &until));
                }
            }
            // A caller that went away does not need an answer.
            let _gone = demand.reply.send(flights);
        }
    }

    /// The flight that answers `question` by a reading since `floor`: one under way if there is, else a new one.
    fn board(self: &Arc<Self>, book: &mut Book, question: Question, floor: Tick, until: &Deadline) -> Flight {
        if let Some(flight) = book.flights.get(&question).filter(|flight| flight.since > floor) {
            return flight.clone();
        }
        let since = book.snapshots.tick();
        let (land, landed) = watch::channel(None);
        let flight = Flight { since, landed };
        book.flights.insert(question, flight.clone());
        let (reader, until) = (Arc::clone(self), until.clone());
        tokio::spawn(async move {
            let outcome = reader.ask(question, since, &until).await.map_err(Arc::new);
            let mut book = reader.book();
            if book.flights.get(&question).is_some_and(|flight| flight.since == since) {
                book.flights.remove(&question);
            }
            drop(book);
            land.send_replace(Some(outcome));
        });
        flight
    }

    async fn ask(&self, question: Question, since: Tick, until: &Deadline) -> Result<(), ApiError> {
        let _line = self.lines.acquire().await;
        match question {
            Question::Member(member) => {
                let grants = self.lists.of_member(member, until).await?;
                self.book().snapshots.learn_member(member, since, self.started.elapsed(), grants);
            }
            Question::Page { identity, number } => {
                let page = self.lists.page_of_identity(identity, number, until).await?;
                self.book().snapshots.learn_page(identity, since, self.started.elapsed(), page);
            }
        }
        Ok(())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// What exists of `pairs`, or what of them must be asked.
    fn answer(
        &mut self,
        pairs: &BTreeSet<Pair>,
        floor: Tick,
        started: Instant,
    ) -> Result<BTreeMap<Pair, Grant>, BTreeSet<Pair>> {
        if self.snapshots.forget(started.elapsed()) {
            self.ledger = Ledger::foreseeing();
        }
        let (mut found, mut open) = (BTreeMap::new(), BTreeSet::new());
        for &pair in pairs {
            match self.snapshots.know(pair, floor) {
                Known::Yes(grant) => drop(found.insert(pair, grant.clone())),
                Known::No => {}
                Known::Open => drop(open.insert(pair)),
            }
        }
        if open.is_empty() { Ok(found) } else { Err(open) }
    }

    /// What `members` hold, or whose lists must be read.
    fn holdings(&self, members: &BTreeSet<u64>) -> Result<BTreeMap<Pair, Grant>, BTreeSet<u64>> {
        let (mut held, mut unknown) = (BTreeMap::new(), BTreeSet::new());
        for &member_uin in members {
            match self.snapshots.member(member_uin, Tick::default()) {
                Some(grants) => held.extend(
                    grants
                        .iter()
                        .map(|(&identity_id, grant)| (Pair { member_uin, identity_id }, grant.clone())),
                ),
                None => drop(unknown.insert(member_uin)),
            }
        }
        if unknown.is_empty() { Ok(held) } else { Err(unknown) }
    }

    /// What to ask for a whole wave, each with the moment after which it must be read.
    fn questions(&mut self, wave: &[Demand]) -> BTreeMap<Question, Tick> {
        let mut questions = BTreeMap::new();
        let mut looking = BTreeMap::new();
        let mut confirming = BTreeMap::new();
        for demand in wave {
            let members = demand.members.iter().map(|member| (*member, Tick::default()));
            let by_member = demand.round >= ROUNDS_BY_IDENTITY;
            let given_up =
                demand.open.iter().filter(|_| by_member).map(|pair| (pair.member_uin, demand.floor));
            for (member, floor) in members.chain(given_up) {
                raise(&mut questions, Question::Member(member), floor);
            }
            for &pair in demand.open.iter().filter(|_| !by_member) {
                let floor = self.snapshots.floor(pair, demand.floor);
                let purpose = if demand.floor == Tick::default() { &mut looking } else { &mut confirming };
                let known: &mut Tick = purpose.entry(pair).or_default();
                *known = floor.max(*known);
            }
        }
        let mut ledger = std::mem::take(&mut self.ledger);
        self.choose(&mut ledger, &looking, false, &mut questions);
        self.ledger = ledger;
        self.learn(&confirming);
        // Confirmations are not the beginning of anything: each is a wave of its own to the ledger.
        self.choose(&mut Ledger::default(), &confirming, true, &mut questions);
        questions
    }

    /// Learns where new grants show: if a hinted page of a longer list shows none of what it was read for, not there.
    fn learn(&mut self, open: &BTreeMap<Pair, Tick>) {
        let identities: BTreeSet<u64> = open.keys().map(|pair| pair.identity_id).collect();
        for identity in identities {
            let Some(asked) = self.hinted.remove(&identity) else { continue };
            let long = self.snapshots.total(identity).is_some_and(|total| total > PAGE_LIMIT);
            if long && asked.iter().all(|pair| open.contains_key(pair)) {
                self.hint.missed();
            }
        }
    }

    fn choose(
        &mut self,
        ledger: &mut Ledger,
        open: &BTreeMap<Pair, Tick>,
        confirming: bool,
        questions: &mut BTreeMap<Question, Tick>,
    ) {
        let mut floors: BTreeMap<u64, Tick> = BTreeMap::new();
        for (pair, floor) in open {
            let known = floors.entry(pair.identity_id).or_default();
            *known = (*floor).max(*known);
        }
        let floor_of = |identity| floors.get(&identity).copied().unwrap_or_default();
        let unread = |identity| {
            let hinted = || self.hint.pages(self.snapshots.total(identity), 1).len() as u64;
            self.snapshots.unread(identity, floor_of(identity)).or_else(|| confirming.then(hinted))
        };
        let Choice { members, identities } = ledger.choose(&open.keys().copied().collect(), unread);
        for (pair, floor) in open.iter().filter(|(pair, _)| members.contains(&pair.member_uin)) {
            raise(questions, Question::Member(pair.member_uin), *floor);
        }
        for identity in identities {
            let floor = floor_of(identity);
            let begun = self.snapshots.unread(identity, floor).is_some();
            let pages = if confirming && !begun {
                let asked: BTreeSet<Pair> =
                    open.keys().filter(|pair| pair.identity_id == identity).copied().collect();
                let pages = self.hint.pages(self.snapshots.total(identity), asked.len() as u64);
                self.hinted.insert(identity, asked);
                pages
            } else {
                self.snapshots.unread_pages(identity, floor)
            };
            for number in pages {
                raise(questions, Question::Page { identity, number }, floor);
            }
        }
    }
}

fn is_out_of_time(error: &ApiError) -> bool {
    matches!(error.kind(), Kind::TimedOut | Kind::Stopped)
}

fn raise(questions: &mut BTreeMap<Question, Tick>, question: Question, floor: Tick) {
    let known = questions.entry(question).or_default();
    *known = floor.max(*known);
}
