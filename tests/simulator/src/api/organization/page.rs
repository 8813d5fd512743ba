//! Pages of a list, in the order of this cloud.

use serde_json::{Map, Value, json};

use super::object;
use crate::behaviour::{Behaviour, Order};
use crate::organization::Pair;
use crate::parameter::Page;

/// One page of rows (creation order, key, what `render` makes the item of). Past the end there is an empty
/// page with the same `Total`.
pub(super) fn list<T>(
    mut rows: Vec<(u64, Pair, T)>,
    page: Page,
    behaviour: &Behaviour,
    render: impl Fn(T) -> Value,
) -> Map<String, Value> {
    let total = rows.len();
    rows.sort_by_cached_key(|(sequence, key, _)| match behaviour.order {
        Order::NewestFirst => u64::MAX - sequence,
        Order::OldestFirst => *sequence,
        Order::Shuffled(seed) => shuffled(seed, *key),
    });
    let shown = rows.into_iter().map(|(_, _, row)| row).skip(page.offset).take(page.limit);
    let items: Vec<Value> = shown.map(render).collect();
    let items = if items.is_empty() && behaviour.null_items { Value::Null } else { items.into() };
    object(json!({ "Items": items, "Total": total }))
}

fn shuffled(seed: u64, key: Pair) -> u64 {
    let mut random = fastrand::Rng::with_seed(seed);
    for part in [key.0, key.1] {
        random = fastrand::Rng::with_seed(random.u64(..) ^ part);
    }
    random.u64(..)
}
