//! Which instances of a run list which pairs in their states, and what becomes of a pair that two of them
//! list.
//!
//! Two states list one pair after it was declared twice, taken over alone, or given up by an operation that
//! failed. While a run plans, every instance is entered here, told from the others by its [`Mark`]. Of those
//! that list a pair, the one that was entered first *answers* for it: if it gives the pair up, it revokes it.
//! Each of the others has a *note* of the pair in its state. If it gives the pair up, it leaves it to the one
//! that answers. If it keeps the pair although that one gives it up, it takes part in the apply, to claim it.
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
    /// By pair: the places of the instances that list it, in ascending order.
    listers: BTreeMap<Pair, Vec<usize>>,
}

#[derive(Debug, Default)]
struct Instance {
    /// Whether it was read in this run: then so is every other one, and its notes are of this run.
    read: bool,
    lists: Vec<Pair>,
    noted: BTreeSet<Pair>,
    plan: Planned,
}

/// What is known of an instance's plan.
#[derive(Debug, Default)]
enum Planned {
    /// It is still to come.
    #[default]
    Open,
    /// It was not seen in time, or does not know yet what it keeps.
    Unknown,
    /// It gives these pairs up, and keeps what else it lists.
    GivesUp(BTreeSet<Pair>),
}

/// How an instance will take part in the apply, if nobody else matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It will not: nothing about it changes.
    Nothing,
    /// It is updated in place. Its apply will know the notes of its state, and nothing of this plan.
    Update,
    /// It is destroyed, or its object is replaced by another.
    Destroy,
}

/// One instance's plan, to be settled with those of the others.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Whose plan it is.
    pub mark: Mark,
    /// The pairs that its state lists.
    pub lists: BTreeSet<Pair>,
    /// Of these, the ones that it goes on declaring; `None` while that is not known.
    pub keeps: Option<BTreeSet<Pair>>,
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
    /// Neither of two instances has a note, and perhaps only one of them keeps the pair: the apply could not
    /// keep it.
    pub unsettled: BTreeSet<Pair>,
}

/// Another instance that lists a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Other {
    plan: Plan,
    /// Whether it was entered earlier and has no note of the pair.
    answers: bool,
    /// Whether it was read in this run.
    read: bool,
}

/// What is known of another instance's plan for a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Keeps,
    GivesUp,
    Unknown,
    /// Still to come, of an instance that was entered earlier.
    Awaited,
    /// Still to come, of an instance that was entered later and will see this one.
    Later,
}

impl Plan {
    fn may_keep(self) -> bool {
        matches!(self, Self::Keeps | Self::Unknown | Self::Awaited)
    }

    fn may_give_up(self) -> bool {
        matches!(self, Self::GivesUp | Self::Unknown | Self::Awaited)
    }
}

impl Roster {
    /// Enters the instance `mark`, which was read, with what its state lists, or corrects what it lists.
    /// Returns the pairs among these that an instance which was entered earlier answers for: those to note.
    pub fn enter(&mut self, mark: Mark, lists: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let place = self.place(mark, lists);
        let answered = |pair: &&Pair| {
            let earlier = self.places_of(**pair).take_while(|other| *other < place);
            let mut earlier = earlier.filter_map(|other| self.instances.get(other));
            earlier.any(|other| !other.noted.contains(pair))
        };
        let noted: BTreeSet<Pair> = lists.iter().filter(answered).copied().collect();
        let Some(instance) = self.instances.get_mut(place) else { return noted };
        instance.read = true;
        // What was planned before it was read goes by the notes of its plan.
        if matches!(instance.plan, Planned::Open) {
            instance.noted = noted;
        }
        instance.noted.clone()
    }

    /// The place of the instance `mark`, which lists `lists`.
    fn place(&mut self, mark: Mark, lists: &BTreeSet<Pair>) -> usize {
        let place = *self.places.entry(mark).or_insert(self.instances.len());
        if place == self.instances.len() {
            self.instances.push(Instance::default());
        }
        let Some(instance) = self.instances.get_mut(place) else { return place };
        let before = std::mem::replace(&mut instance.lists, lists.iter().copied().collect());
        for pair in before.into_iter().filter(|pair| !lists.contains(pair)) {
            self.strike(place, pair);
        }
        for &pair in lists {
            // In ascending order.
            let listers = self.listers.entry(pair).or_default();
            if let Err(position) = listers.binary_search(&place) {
                listers.insert(position, place);
            }
        }
        place
    }

    /// What the instance `mark` has noted, if it was entered. The host need not bring it: Terraform plans the
    /// destroy of a resource that is no longer configured from the state before the refresh.
    pub fn notes(&self, mark: Mark) -> Option<&BTreeSet<Pair>> {
        let place = self.places.get(&mark)?;
        self.instances.get(*place).map(|instance| &instance.noted)
    }

    fn strike(&mut self, place: usize, pair: Pair) {
        let Some(listers) = self.listers.get_mut(&pair) else { return };
        listers.retain(|other| *other != place);
        if listers.is_empty() {
            self.listers.remove(&pair);
        }
    }

    /// Records what `intent` keeps, for those that are planned later. Enters the instance if it is not there
    /// yet.
    pub fn plan(&mut self, intent: &Intent) {
        if !self.places.contains_key(&intent.mark) {
            self.place(intent.mark, &intent.lists);
        }
        let place = self.places.get(&intent.mark).copied();
        if let Some(instance) = place.and_then(|place| self.instances.get_mut(place)) {
            instance.noted.clone_from(&intent.noted);
            instance.plan = match &intent.keeps {
                Some(keeps) => Planned::GivesUp(&intent.lists - keeps),
                None => Planned::Unknown,
            };
        }
    }

    /// Whether what `intent` comes to depends on an instance that was entered earlier and is still to be
    /// planned.
    pub fn must_wait(&self, intent: &Intent) -> bool {
        let awaited = |pair: &Pair| self.others(intent, *pair).any(|(_, other)| other.plan == Plan::Awaited);
        let keeps = intent.keeps.iter().flatten().filter(|pair| intent.noted.contains(pair));
        intent.change == Change::Nothing && keeps.into_iter().any(awaited)
    }

    /// Gives up those that `intent` awaits, if it does: nobody waits for them again.
    pub fn wait_no_more(&mut self, intent: &Intent) {
        if !self.must_wait(intent) {
            return;
        }
        let noted = intent.noted.iter();
        let awaited: Vec<usize> = noted
            .flat_map(|pair| self.others(intent, *pair))
            .filter_map(|(place, other)| (other.plan == Plan::Awaited).then_some(place))
            .collect();
        for place in awaited {
            if let Some(instance) = self.instances.get_mut(place) {
                instance.plan = Planned::Unknown;
            }
        }
    }

    /// What `intent`, which was recorded, comes to. Who is awaited still may keep a pair or give it up.
    pub fn settle(&self, intent: &Intent) -> Handover {
        let mut handover = Handover::default();
        for &pair in &intent.lists {
            let others: Vec<Other> = self.others(intent, pair).map(|(_, other)| other).collect();
            let noted = intent.noted.contains(&pair);
            match &intent.keeps {
                Some(keeps) if keeps.contains(&pair) => handover.keep(pair, &others, noted, intent.change),
                Some(_) => handover.give_up(pair, &others, noted, intent.change),
                None if !noted && others.iter().any(|other| other.answers) => {
                    handover.unsettled.insert(pair);
                }
                None => {}
            }
        }
        // The apply plans again and knows the notes alone, so who claims one pair claims all that it has
        // noted and keeps.
        if !handover.again.is_empty() {
            handover.again.extend(intent.keeps.iter().flatten().filter(|pair| intent.noted.contains(pair)));
        }
        handover
    }

    /// The instance `mark` was planned, and now its object is to be replaced: the old one gives up all that
    /// it lists. Returns what that comes to.
    pub fn replace(&mut self, mark: Mark) -> Handover {
        let place = self.places.get(&mark).copied();
        let Some(instance) = place.and_then(|place| self.instances.get(place)) else {
            return Handover::default();
        };
        let intent = Intent {
            mark,
            lists: instance.lists.iter().copied().collect(),
            keeps: Some(BTreeSet::new()),
            noted: instance.noted.clone(),
            change: Change::Destroy,
        };
        self.plan(&intent);
        self.settle(&intent)
    }

    /// Whether a tainted object that makes room for a new one with the pairs `desired` could be any of
    /// several instances.
    pub fn is_ambiguous(&self, desired: &BTreeSet<Pair>) -> bool {
        self.unplanned(desired).len() > 1
    }

    /// A new object is planned that will have the pairs `desired`. Hosts plan a tainted object in this way
    /// and do not say which it is, so it is taken for the one that was entered, was not planned and lists one
    /// of these pairs. Returns what the old object leaves to others; nothing if there is none. Where it could
    /// be any of several, each of these leaves what it has noted, and is no longer awaited. Where it lists
    /// none of these pairs any more, it may be any of those that were not planned yet: so it leaves what they
    /// have noted.
    pub fn replace_unplanned(&mut self, desired: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let unplanned = self.unplanned(desired);
        if unplanned.is_empty() {
            let open = self.instances.iter().filter(|instance| matches!(instance.plan, Planned::Open));
            return open.flat_map(|instance| &instance.noted).copied().collect();
        }
        let mut marks =
            self.places.iter().filter(|(_, place)| unplanned.contains(place)).map(|(mark, _)| *mark);
        if let (1, Some(mark)) = (unplanned.len(), marks.next()) {
            return self.replace(mark).left;
        }
        let mut left = BTreeSet::new();
        for place in unplanned {
            if let Some(instance) = self.instances.get_mut(place) {
                left.extend(&instance.noted);
                instance.plan = Planned::Unknown;
            }
        }
        left
    }

    /// The places of those that list one of `pairs` and were not planned.
    fn unplanned(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<usize> {
        let open = |place: &usize| {
            self.instances.get(*place).is_some_and(|instance| matches!(instance.plan, Planned::Open))
        };
        pairs.iter().flat_map(|pair| self.places_of(*pair)).filter(open).collect()
    }

    fn places_of(&self, pair: Pair) -> impl Iterator<Item = usize> {
        self.listers.get(&pair).into_iter().flatten().copied()
    }

    /// The others that list `pair`, with their places.
    fn others(&self, intent: &Intent, pair: Pair) -> impl Iterator<Item = (usize, Other)> {
        let own = self.places.get(&intent.mark).copied().unwrap_or(self.instances.len());
        self.places_of(pair).filter(move |place| *place != own).filter_map(move |place| {
            let other = self.instances.get(place)?;
            let earlier = place < own;
            let plan = match &other.plan {
                Planned::Open if earlier => Plan::Awaited,
                Planned::Open => Plan::Later,
                Planned::Unknown => Plan::Unknown,
                Planned::GivesUp(pairs) if pairs.contains(&pair) => Plan::GivesUp,
                Planned::GivesUp(_) => Plan::Keeps,
            };
            let answers = earlier && !other.noted.contains(&pair);
            Some((place, Other { plan, answers, read: other.read }))
        })
    }
}

impl Handover {
    fn keep(&mut self, pair: Pair, others: &[Other], noted: bool, change: Change) {
        let mut answering = others.iter().filter(|other| other.answers);
        if !noted {
            if answering.any(|other| other.plan.may_give_up()) {
                self.unsettled.insert(pair);
            } else if others.iter().any(|other| other.answers) {
                self.declared_twice.insert(pair);
            }
            return;
        }
        let may_lose = others.iter().any(|other| other.plan.may_give_up());
        let answered_for = answering.any(|other| other.plan == Plan::Keeps);
        // An apply plans an update again, without those that do not take part in it. Then the note alone
        // tells that the pair must be claimed, as it did when an update was planned first.
        if change == Change::Update || may_lose || !answered_for {
            self.again.insert(pair);
        }
        if may_lose {
            self.taken_over.insert(pair);
        } else if !others.is_empty() {
            self.declared_twice.insert(pair);
        }
    }

    fn give_up(&mut self, pair: Pair, others: &[Other], noted: bool, change: Change) {
        // Terraform plans the destroy of a resource that is no longer configured before it reads it. Its
        // apply will know what is decided here.
        let read_by_others = others.iter().any(|other| other.answers && other.read);
        if noted || (change == Change::Destroy && read_by_others) {
            self.left.insert(pair);
        } else if others.iter().any(|other| other.answers && other.plan.may_keep()) {
            self.unsettled.insert(pair);
        }
    }
}

#[cfg(test)]
mod tests;
