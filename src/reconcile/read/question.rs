//! What is asked of the reader, what it asks of the API, and what comes of both.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Page, Revision};
use super::sweep::Sweep;
use crate::reconcile::{Grant, Pair};

/// What one caller still has to know.
#[derive(Clone, Debug, Default)]
pub struct ReadDemand {
    /// Pairs to be told apart: exists, or does not.
    pub open: BTreeSet<Pair>,
    /// Members whose whole list is wanted.
    pub members: BTreeSet<u64>,
    /// Whether it must be known if the API gives any list at all.
    pub control: bool,
    /// How new the reading must be.
    pub since: Freshness,
    /// How often this caller has asked already.
    pub round: u32,
}

/// How new a reading must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Begun after this revision, for what was there before.
    Read(Revision),
    /// Begun after this revision, for what is new since: it may have a place of its own in a list.
    Written(Revision),
}

impl Freshness {
    /// The revision after which it must have begun.
    pub fn not_older_than(self) -> Revision {
        match self {
            Self::Read(not_older_than) | Self::Written(not_older_than) => not_older_than,
        }
    }
}

impl Default for Freshness {
    fn default() -> Self {
        Self::Read(Revision::default())
    }
}

/// What is known of some pairs.
#[derive(Debug, Default)]
pub struct Answer {
    /// Those that exist.
    pub found: BTreeMap<Pair, Grant>,
    /// Those that must be asked. Pairs in none of these sets do not exist.
    pub open: BTreeSet<Pair>,
    /// Those whose lists the API refuses to give, though it has given no other yet: perhaps it gives none to
    /// us.
    pub refused: BTreeSet<Pair>,
    /// Those that may or may not exist: their lists contradict themselves.
    pub unclear: BTreeSet<Pair>,
}

/// One list, or one page of one, to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The whole list of a member.
    Member(u64),
    /// One page of the list of an identity.
    Page {
        /// The identity.
        identity: u64,
        /// Counted from 0.
        number: u64,
    },
    /// The whole list of an identity, page after page.
    Sweep(u64),
    /// Any list that surely exists: its refusal is an error.
    Control,
}

/// What a member's list has shown.
#[derive(Debug, Default)]
pub struct Holdings {
    /// By identity.
    pub grants: BTreeMap<u64, Grant>,
    /// Whether that is all there is.
    pub whole: bool,
}

/// What came of a question.
#[derive(Debug)]
pub enum Reading {
    /// What a member holds.
    Member(Holdings),
    /// A page of an identity's list.
    Page(Page<Grant>),
    /// An identity's list.
    Sweep(Sweep<u64, Grant>),
    /// The API refuses to give the list.
    Refused,
}

impl Question {
    /// Whether the answer helps whom `concern` is of.
    pub fn concerns(self, concern: &Concern) -> bool {
        match self {
            Self::Member(member) => concern.members.contains(&member),
            Self::Page { identity, .. } | Self::Sweep(identity) => concern.identities.contains(&identity),
            Self::Control => concern.control,
        }
    }
}

/// Whose lists tell a demand something.
#[derive(Debug)]
pub struct Concern {
    members: BTreeSet<u64>,
    identities: BTreeSet<u64>,
    control: bool,
}

impl Concern {
    /// What tells `demand` something.
    pub fn of(demand: &ReadDemand) -> Self {
        let members = demand.open.iter().map(|pair| pair.member_uin).chain(demand.members.iter().copied());
        Self {
            members: members.collect(),
            identities: demand.open.iter().map(|pair| pair.identity_id).collect(),
            control: demand.control,
        }
    }
}
