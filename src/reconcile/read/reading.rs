//! What a reading is: when it began, and what it gave.

use std::collections::BTreeMap;
use std::time::Duration;

/// A number that rises with everything that happens to the lists as we see it: a reading that begins, a write
/// that begins or ends. What has a greater one came later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(u64);

impl Revision {
    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// When a reading began, in order and by the clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadAt {
    /// Its revision.
    pub(super) since: Revision,
    /// Since the process began.
    pub(super) at: Duration,
}

/// Why a list says nothing about what it does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The API refuses to give it: what it is of may not exist.
    Refused,
    /// It contradicts itself, or claims to be longer than anybody reads.
    Unclear,
}

/// What is known about a pair: `Yes` and `No` are as good as the API's word. Where neither list of a pair is
/// of any use, it is `Refused` or `Unclear`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<'a, G> {
    /// It exists.
    Yes(&'a G),
    /// It does not exist.
    No,
    /// It must be asked.
    Open,
    /// The API gives neither the list of its member nor that of its identity.
    Refused,
    /// Neither of its lists shows it, and one or both contradict themselves.
    Unclear,
}

/// A list read to its end: the grants of a member by identity, or of an identity by member.
#[derive(Debug)]
pub(super) struct Whole<G> {
    pub(super) since: Revision,
    pub(super) at: Duration,
    pub(super) grants: BTreeMap<u64, G>,
    /// Why it is not the whole list after all.
    pub(super) gap: Option<Gap>,
}

/// One page of an identity's list.
#[derive(Clone, Debug)]
pub struct Page<G> {
    /// Counted from 0.
    pub number: u64,
    /// The length of the whole list, as this page gave it.
    pub total: u64,
    /// By member; `None` where an item did not say whose it is.
    pub items: Vec<(Option<u64>, G)>,
}
