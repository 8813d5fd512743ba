//! The drivers between `reconcile`, which decides, and `cloud`, which calls: look at grants, make them,
//! revoke them. They know pairs and deadlines, and nothing of Terraform.
//!
//! Every driver tells what became of every pair it was given, whatever went wrong on the way.

mod grant;
mod observe;
mod revoke;
mod settle;

use std::collections::BTreeSet;

pub use revoke::Revoked;
pub use settle::Settled;

use crate::cloud::{ApiError, Client, Deadline, Ended, Kind};
use crate::reconcile::Pair;
use crate::reconcile::decide::Standing;

/// How many calls one operation has under way at most. The client's limiter paces them; this bounds what is in
/// flight when the user stops the run.
const CONCURRENT_CALLS: usize = 8;

/// An existing grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The CAM role in the member account; empty if the API does not say.
    pub role_name: String,
    /// How it stands.
    pub standing: Standing,
}

impl Grant {
    /// Whether it works.
    pub fn is_configured(&self) -> bool {
        self.standing == Standing::Configured
    }
}

/// The grants of the organization that the client's credentials administer.
#[derive(Debug)]
pub struct Grants {
    client: Client,
}

impl Grants {
    /// Reaches the organization through `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

/// A definite no of the API, or a doubt that could not be cleared up, about some pairs.
#[derive(Debug)]
pub struct Refusal {
    /// The pairs it is about.
    pub pairs: BTreeSet<Pair>,
    /// The member or identity to blame, where the API's code says which.
    pub culprit: Option<Culprit>,
    /// What the API said, the last time.
    pub error: ApiError,
    /// How often it was asked.
    pub attempts: u32,
}

impl Refusal {
    fn new(pairs: BTreeSet<Pair>, error: ApiError) -> Self {
        Self { attempts: error.attempts(), pairs, culprit: None, error }
    }
}

/// What spoils every pair that it is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// This member.
    Member(u64),
    /// This identity.
    Identity(u64),
}

impl Culprit {
    fn spoils(self, pair: Pair) -> bool {
        match self {
            Self::Member(uin) => pair.member_uin == uin,
            Self::Identity(id) => pair.identity_id == id,
        }
    }
}

/// Why a driver stopped before it had dealt with every pair.
#[derive(Debug)]
pub enum Halt {
    /// Its time was up, or the user asked the run to stop.
    Ended(Ended),
    /// An answer that every further call would get too.
    Error(ApiError),
}

impl From<Ended> for Halt {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

fn remove_refused(pairs: &mut BTreeSet<Pair>, refusals: &[Refusal]) {
    pairs.retain(|pair| !refusals.iter().any(|refusal| refusal.pairs.contains(pair)));
}

/// Whether every further call would end like this one: nothing about the pairs in it can be the reason.
fn is_hopeless(error: &ApiError) -> bool {
    let class = error.code().and_then(|code| code.split('.').next());
    match error.kind() {
        Kind::Absent | Kind::Failed | Kind::InUse | Kind::Uncertain => false,
        Kind::Rejected => !class.is_some_and(|class| PAIR_ERRORS.contains(&class)),
        _ => true,
    }
}

/// Classes of codes that reject the pairs of a call rather than the call itself.
const PAIR_ERRORS: [&str; 7] = [
    "FailedOperation",
    "InvalidParameter",
    "InvalidParameterValue",
    "LimitExceeded",
    "OperationDenied",
    "ResourceInsufficient",
    "UnsupportedOperation",
];
