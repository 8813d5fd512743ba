//! Switches for everything the documentation leaves open, so that a test can have it either way.
//! The defaults are the likeliest reading, and the strictest where two are equally likely.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;

/// How this cloud behaves where its documentation is silent. Change it before or between calls.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with its own question")]
pub struct Behaviour {
    /// In which order lists are returned.
    pub order: Order,
    /// How many calls a second each key may make of each action.
    pub rate: Rate,
    /// What becomes of a grant call in which some member or identity is bad.
    pub poisoned: Poisoned,
    /// How long it takes until a list shows a write.
    pub visibility_delay: Duration,
    /// How long every reply is held back.
    pub latency: Duration,
    /// How far the cloud's own clock is ahead of the one it is given.
    pub clock_offset: TimeDelta,
    /// Whether `Offset` and `Limit` must be sent (else they default to 0 and 10).
    pub strict_pagination: bool,
    /// Whether an empty list is answered as `null`.
    pub null_items: bool,
    /// Whether lists leave out what may be missing: of grants `Status`, `MemberUin` and `MemberName`, as in
    /// the published samples; of members `Tags` and `NickName`; of an identity's policies `PolicyType`.
    pub omit_optional_fields: bool,
    /// Whether answers carry fields that no documentation mentions.
    pub extra_fields: bool,
    /// Whether a number may be sent as a string, as in some published samples.
    pub numbers_as_strings: bool,
    /// Whether an unknown identity is reported before an unknown member.
    pub identities_checked_first: bool,
    /// Whether revoking the preset identity 1 is refused.
    pub preset_is_permanent: bool,
    /// What listing the grants of a member or an identity answers that is not part of the organization.
    pub unknown: Unknown,
    /// Grants that lists count and do not show.
    pub hidden: BTreeSet<(u64, u64)>,
    /// What lists of grants give as `Total`, however long they are.
    pub claimed_total: Option<u64>,
    /// Whether lists of grants give their first page at every `Offset`.
    pub first_page_only: bool,
    /// How long every session lasts, whatever was asked for.
    pub session_seconds: Option<u64>,
    /// The `Code` that the metadata service answers in place of keys.
    pub metadata_code: Option<String>,
    /// Whether a member that joins carries the preset identity 1 from the start.
    pub preset_grants: bool,
    /// Whether asking for the members of a unit lists those of the units below it as well.
    pub units_reach_down: bool,
    /// What one row is about in the list of access policies.
    pub policy_rows: PolicyRows,
    /// Whether the list of access policies has a row for one that nobody is bound to.
    pub unbound_policies: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            order: Order::NewestFirst,
            rate: Rate::Documented,
            poisoned: Poisoned::Nothing,
            visibility_delay: Duration::ZERO,
            latency: Duration::ZERO,
            clock_offset: TimeDelta::zero(),
            strict_pagination: false,
            null_items: false,
            omit_optional_fields: false,
            extra_fields: false,
            numbers_as_strings: false,
            identities_checked_first: false,
            preset_is_permanent: false,
            unknown: Unknown::Empty,
            hidden: BTreeSet::new(),
            claimed_total: None,
            first_page_only: false,
            session_seconds: None,
            metadata_code: None,
            preset_grants: false,
            units_reach_down: false,
            policy_rows: PolicyRows::OneForEachMember,
            unbound_policies: false,
        }
    }
}

/// The order of a list; undocumented, so no client may depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By creation, latest on top: what the published samples show.
    NewestFirst,
    /// By creation, earliest on top.
    OldestFirst,
    /// In an order drawn from this seed: the same on every call, so that pages fit together, and anywhere for
    /// a new item.
    Shuffled(u64),
}

/// Calls per second, per key and action, in a sliding window of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// What the documentation of each action says.
    Documented,
    /// The same number for every action.
    PerSecond(u32),
    /// No limit.
    Off,
}

/// What a list answers whose member or identity does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// An empty list.
    Empty,
    /// `ResourceNotFound` with the name of what is missing. A revoke names a missing member as well.
    NotFound,
    /// `InvalidParameter`.
    Invalid,
}

/// What one row of the list of access policies is about, besides a policy and one who is bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRows {
    /// One member, in `MemberUin`.
    OneForEachMember,
    /// All members of the policy, in `Members`; `MemberUin` is null.
    AllMembersInOne,
}

/// What a grant call does when only some of its pairs can be granted. It answers the first error in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poisoned {
    /// Nothing is granted.
    Nothing,
    /// The pairs before the first bad one are granted, member by member.
    UpToTheBad,
    /// Every good pair is granted.
    AllTheGood,
}
