//! Reads a list whole, or says that it could not. Knows nothing of what is listed.

use std::collections::BTreeMap;

use crate::cloud::api::organization::PAGE_LIMIT;
use crate::cloud::{Action, Client, Deadline};
use crate::organization::Halt;
use crate::reconcile::read::PAGES_MAX;
use crate::reconcile::read::sweep::{Bounds, Sweep};

/// How often a list is read, if it changes meanwhile or does not add up, before it is given up.
const READINGS_MAX: u32 = 3;

const BOUNDS: Bounds = Bounds { page_size: PAGE_LIMIT, pages_max: PAGES_MAX };

/// One page of a list: how long the list is, and each item by its key, which an item may lack.
pub(super) type PageOf<K, T> = (Option<u64>, Vec<(Option<K>, T)>);

/// Everything that `page_at` lists from one offset to the next, by key; `split` takes an answer apart.
///
/// What was listed all the time is in it. A list of which that cannot be said after three readings is
/// [`Halt::Incomplete`]: whoever takes a short list for the whole takes access away.
pub(super) async fn read<A: Action, K: Ord, T>(
    client: &Client,
    until: &Deadline,
    page_at: impl Fn(u64) -> A,
    split: impl Fn(A::Answer) -> PageOf<K, T>,
) -> Result<BTreeMap<K, T>, Halt> {
    for _ in 0..READINGS_MAX {
        let mut sweep = Sweep::new(BOUNDS);
        while let Some(number) = sweep.next_page() {
            let action = page_at(number.saturating_mul(PAGE_LIMIT));
            let (total, items) = split(client.call(&action, until).await?);
            sweep.take(total, items);
        }
        if sweep.is_whole() && !sweep.is_nameless() {
            return Ok(sweep.into_shown());
        }
    }
    Err(Halt::Incomplete { action: A::NAME })
}
