//! Which instances of a run list which pairs in their states, and what becomes of a pair that two of them list.
//!
//! Two states list one pair after it was declared twice, taken over alone, or given up by an operation that failed. While
//! a run plans, every instance is entered here, told from the others by its [`Mark`]. Of two that list a pair, the one that
//! was entered first answers for it: if it gives the pair up, it revokes it. The other one has a note of the pair, which
//! its state keeps for the apply: if it gives the pair up, it leaves it to the first; if it keeps the pair although the
//! first gives it up, it takes part in the apply, to claim it.
//!
//! Does not know how notes travel, nor how long to wait for a plan that is still to come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use super::Pair;

/// Tells an instance from every other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u64);

impl Mark {
    /// The mark `number`, which must be drawn at random.
    pub fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Mark {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

/// The instances of a run, in the order in which they were entered.
#[derive(Debug, Default)]
pub struct Roster {
    instances: Vec<Instance>,
    places: BTreeMap<Mark, usize>,
    /// By pair: the places of the instances that list it.
    listers: BTreeMap<Pair, Vec<usize>>,
    /// The pairs that at least two instances list.
    listed_twice: BTreeSet<Pair>,
}

#[derive(Debug, Default)]
struct Instance {
    lists: Vec<Pair>,
    noted: BTreeSet<Pair>,
    /// What its plan gives up of what it lists; `None` until it was planned.
    gives_up: Option<BTreeSet<Pair>>,
}

/// How an instance will take part in the apply, if nobody else matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It will not: nothing about it changes.
    Nothing,
    /// It is updated in place. Its apply will know the notes of its state, and nothing of this plan.
    Update,
    /// It is destroyed, or replaced. Its apply will know what this plan decides.
    Destroy,
}

/// One instance's plan, to be settled with those of the others.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Whose plan it is.
    pub mark: Mark,
    /// The pairs that its state lists.
    pub lists: BTreeSet<Pair>,
    /// Of these, the ones that it goes on declaring.
    pub keeps: BTreeSet<Pair>,
    /// Of these, the ones that an instance which was entered earlier lists too, as its state notes.
    pub noted: BTreeSet<Pair>,
    /// What happens to it.
    pub change: Change,
}

/// What a plan comes to beside the plans of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// Given up without being revoked: another instance answers for them.
    pub left: BTreeSet<Pair>,
    /// To be claimed and looked at again in the apply.
    pub again: BTreeSet<Pair>,
    /// Of these, the ones that another instance gives up, or may give up.
    pub taken_over: BTreeSet<Pair>,
    /// Kept by this instance and by another one.
    pub declared_twice: BTreeSet<Pair>,
    /// One of two instances gives them up and the other keeps them, and neither has a note: the apply could not keep them.
    pub unsettled: BTreeSet<Pair>,
}

/// Another instance that lists a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Other {
    plan: Plan,
    /// Whether it was entered earlier and has no note of the pair: it answers for the pair.
    answers: bool,
}

/// What is known of another instance's plan for a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Keeps,
    GivesUp,
    /// Still to come, of an instance that was entered earlier.
    Awaited,
    /// Still to come, of an instance that was entered later and will see this one.
    Later,
}

impl Roster {
    /// Enters the instance `mark` with what its state lists, or corrects what it lists. Returns the pairs among these that
    /// an instance which was entered earlier lists too: those to note.
    pub fn enter(&mut self, mark: Mark, lists: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let place = *self.places.entry(mark).or_insert(self.instances.len());
        if place == self.instances.len() {
            self.instances.push(Instance::default());
        }
        let Some(instance) = self.instances.get_mut(place) else { return BTreeSet::new() };
        let before = std::mem::replace(&mut instance.lists, lists.iter().copied().collect());
        for pair in before.into_iter().filter(|pair| !lists.contains(pair)) {
            self.strike(place, pair);
        }
        let mut noted = BTreeSet::new();
        for &pair in lists {
            let listers = self.listers.entry(pair).or_default();
            if !listers.contains(&place) {
                listers.push(place);
            }
            if listers.len() > 1 {
                self.listed_twice.insert(pair);
            }
            if listers.iter().any(|other| *other < place) {
                noted.insert(pair);
            }
        }
        noted
    }

    fn strike(&mut self, place: usize, pair: Pair) {
        let Some(listers) = self.listers.get_mut(&pair) else { return };
        listers.retain(|other| *other != place);
        if listers.len() < 2 {
            self.listed_twice.remove(&pair);
        }
        if listers.is_empty() {
            self.listers.remove(&pair);
        }
    }

    /// Records what `intent` keeps, for those that are planned later. Enters the instance if it is not there yet.
    pub fn plan(&mut self, intent: &Intent) {
        if !self.places.contains_key(&intent.mark) {
            self.enter(intent.mark, &intent.lists);
        }
        let place = self.places.get(&intent.mark).copied();
        if let Some(instance) = place.and_then(|place| self.instances.get_mut(place)) {
            instance.gives_up = Some(&intent.lists - &intent.keeps);
            instance.noted.clone_from(&intent.noted);
        }
    }

    /// Whether what `intent` comes to depends on an instance that was entered earlier and is still to be planned.
    pub fn awaits(&self, intent: &Intent) -> bool {
        let awaited = |pair: &Pair| self.others(intent, *pair).any(|other| other.plan == Plan::Awaited);
        match intent.change {
            Change::Nothing => intent.noted.intersection(&intent.keeps).any(awaited),
            Change::Update => false,
            Change::Destroy => intent.lists.iter().any(awaited),
        }
    }

    /// What `intent`, which was recorded, comes to. Whoever is awaited still counts as giving up what the instance keeps, and as keeping what it
    /// gives up: no access is lost by that.
    pub fn settle(&self, intent: &Intent) -> Handover {
        let mut handover = Handover::default();
        for &pair in &intent.lists {
            let others: Vec<Other> = self.others(intent, pair).collect();
            let noted = intent.noted.contains(&pair);
            if intent.keeps.contains(&pair) {
                handover.keep(pair, &others, noted, intent.change);
            } else {
                handover.give_up(pair, &others, noted, intent.change);
            }
        }
        handover
    }

    /// What the instance `mark` leaves to others when it is replaced: its old object is destroyed as if nothing of it were
    /// kept.
    pub fn settle_replacement(&self, mark: Mark, noted: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let place = self.places.get(&mark).copied();
        let lists = place.and_then(|place| self.instances.get(place)).map(|instance| &instance.lists);
        let intent = Intent {
            mark,
            lists: lists.into_iter().flatten().copied().collect(),
            keeps: BTreeSet::new(),
            noted: noted.clone(),
            change: Change::Destroy,
        };
        self.settle(&intent).left
    }

    /// The pairs that two instances list, one of which was not planned: as far as is known, that of a tainted object, which
    /// is planned like a new one. If there is one behind a plan, it leaves these to others.
    pub fn left_by_the_unplanned(&self) -> BTreeSet<Pair> {
        let unplanned =
            |place: usize| self.instances.get(place).is_some_and(|other| other.gives_up.is_none());
        self.listed_twice.iter().filter(|pair| self.places_of(**pair).any(unplanned)).copied().collect()
    }

    fn places_of(&self, pair: Pair) -> impl Iterator<Item = usize> {
        self.listers.get(&pair).into_iter().flatten().copied()
    }

    fn others(&self, intent: &Intent, pair: Pair) -> impl Iterator<Item = Other> {
        let own = self.places.get(&intent.mark).copied().unwrap_or(self.instances.len());
        self.places_of(pair).filter(move |place| *place != own).filter_map(move |place| {
            let other = self.instances.get(place)?;
            let earlier = place < own;
            let plan = match &other.gives_up {
                None if earlier => Plan::Awaited,
                None => Plan::Later,
                Some(gives_up) if gives_up.contains(&pair) => Plan::GivesUp,
                Some(_) => Plan::Keeps,
            };
            Some(Other { plan, answers: earlier && !other.noted.contains(&pair) })
        })
    }
}

impl Handover {
    fn keep(&mut self, pair: Pair, others: &[Other], noted: bool, change: Change) {
        let answers_and = |plan| others.contains(&Other { plan, answers: true });
        if !noted {
            if answers_and(Plan::GivesUp) {
                self.unsettled.insert(pair);
            } else if answers_and(Plan::Keeps) {
                self.declared_twice.insert(pair);
            }
            return;
        }
        let may_lose = others.iter().any(|other| matches!(other.plan, Plan::GivesUp | Plan::Awaited));
        // In the apply the one that answers may not be known: the note alone must lead to the same plan there.
        if change == Change::Update || may_lose || !answers_and(Plan::Keeps) {
            self.again.insert(pair);
        }
        if may_lose {
            self.taken_over.insert(pair);
        } else if !others.is_empty() {
            self.declared_twice.insert(pair);
        }
    }

    fn give_up(&mut self, pair: Pair, others: &[Other], noted: bool, change: Change) {
        let may_keep = others.iter().any(|other| matches!(other.plan, Plan::Keeps | Plan::Awaited));
        // In the apply of an update nobody may be known: then the note decides.
        let somebody_may_keep = may_keep || (noted && others.is_empty());
        if somebody_may_keep && (noted || change == Change::Destroy) {
            self.left.insert(pair);
        } else if change == Change::Update && others.contains(&Other { plan: Plan::Keeps, answers: true }) {
            self.unsettled.insert(pair);
        }
    }
}

#[cfg(test)]
mod tests;
