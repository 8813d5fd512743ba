//! The actions, one file per product, and the table that routes to them. Another product is another file with
//! its own `ACTIONS`, named once below.

mod organization;
mod sts;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::account::Accounts;
use crate::behaviour::Behaviour;
use crate::organization::Organization;
use crate::parameter::{Field, Parameters};
use crate::refusal::Refusal;

const PRODUCTS: &[&[Action]] = &[organization::ACTIONS, sts::ACTIONS];

/// The fields of a successful answer, without `RequestId`.
pub(crate) type Answer = Result<Map<String, Value>, Refusal>;

/// One action as its documentation describes it.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    /// The product's name in a signature's scope.
    pub(crate) service: &'static str,
    pub(crate) version: &'static str,
    pub(crate) per_second: u32,
    pub(crate) signing: Signing,
    /// Whether `X-TC-Region` must be sent.
    pub(crate) needs_region: bool,
    pub(crate) fields: &'static [Field],
    pub(crate) run: fn(&mut Context<'_>, &Parameters) -> Answer,
}

/// How a call says who makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    /// By a signature.
    Signed,
    /// By what it carries: `Authorization: SKIP`.
    Skipped,
}

/// What an action works on.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) organization: &'a mut Organization,
    pub(crate) accounts: &'a mut Accounts,
    /// The id of the key that signed the call; empty for one that is not signed.
    pub(crate) caller: &'a str,
    pub(crate) behaviour: &'a Behaviour,
    pub(crate) now: DateTime<Utc>,
    /// How long writes stay unseen.
    pub(crate) lag: Duration,
    /// How many pairs a grant call may change before it stops.
    pub(crate) pairs_max: usize,
    /// Set by whatever changes something.
    pub(crate) applied: bool,
}

/// The product an action belongs to; an unknown action is taken for one of Organization.
pub(crate) fn service(action: &str) -> &'static str {
    all().find(|known| known.name == action).map_or("organization", |known| known.service)
}

/// Whether calls of this action go unsigned.
pub(crate) fn is_unsigned(action: &str) -> bool {
    all().any(|known| known.name == action && known.signing == Signing::Skipped)
}

pub(crate) fn route(name: &str, version: &str) -> Result<&'static Action, Refusal> {
    let action = all()
        .find(|action| action.name == name)
        .ok_or_else(|| Refusal::new("InvalidAction", "The requested action does not exist."))?;
    if action.version != version {
        return Err(Refusal::new("NoSuchVersion", "The requested version does not exist."));
    }
    Ok(action)
}

fn all() -> impl Iterator<Item = &'static Action> {
    PRODUCTS.iter().copied().flatten()
}
