//! One folder per data source.
//!
//! A data source asks `organization::directory` for whole lists and writes them as attributes: nothing of it
//! decides who gets access, but its answers feed what does. So an answer is whole or an error, in ascending
//! order, and a name that stands for two things is left out of a map and told.

mod answer;
mod filter;
mod names;
pub mod org_access_review;
pub mod org_identities;
pub mod org_member_auth_identities;
pub mod org_members;
#[cfg(test)]
pub(crate) mod testing;

use std::time::Duration;

use crate::cloud::Deadline;
use crate::framework::resource::Cx;
use crate::organization::Organization;

/// How long a read may take. The longest list, of 10,000 members, takes ten seconds.
const READ_LIMIT: Duration = Duration::from_mins(5);

fn deadline(cx: &Cx<'_, Organization>) -> Deadline {
    Deadline::after(READ_LIMIT, cx.stop().clone())
}
