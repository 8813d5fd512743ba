//! Which element of a set came from which element of the configured set.
//!
//! Elements of a set have no address, so they are told apart by what they say. A computed attribute that the
//! configuration leaves null may be anything, so an element may fit several; paired one to one, as many as
//! possible, each has its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::framework::schema::{Attribute, Block, Kind, NestedBlock};
use crate::framework::value::{Object, Value};

/// What the objects of a collection are made of.
#[derive(Clone, Copy)]
pub(super) struct Shape<'s> {
    pub(super) attributes: &'s [Attribute],
    pub(super) blocks: &'s [NestedBlock],
}

impl<'s> From<&'s Block> for Shape<'s> {
    fn from(block: &'s Block) -> Self {
        Self { attributes: &block.attributes, blocks: &block.blocks }
    }
}

impl<'s> From<&'s [Attribute]> for Shape<'s> {
    fn from(attributes: &'s [Attribute]) -> Self {
        Self { attributes, blocks: &[] }
    }
}

/// For each of `values` that came from an element of `config`, by position: that element.
pub(super) fn pair<'c>(
    shape: Shape<'_>,
    values: &[Value],
    config: &'c [Value],
) -> BTreeMap<usize, &'c Value> {
    let fits = |value: usize, origin: usize| match (values.get(value), config.get(origin)) {
        (Some(value), Some(config)) => agrees(shape, value, config),
        _ => false,
    };
    let pairs = matched(&candidates(shape, values, config), fits);
    pairs.into_iter().filter_map(|(value, origin)| Some((value, config.get(origin)?))).collect()
}

/// Positions of configured elements, and of the values that may fit them; the most particular first.
type Candidates = Vec<(Vec<usize>, Vec<usize>)>;

/// Found without comparing each with each: elements that leave the same attributes open are looked up by the
/// others.
fn candidates(shape: Shape<'_>, values: &[Value], config: &[Value]) -> Candidates {
    let mut alike: BTreeMap<BTreeSet<&str>, Vec<(usize, &Value)>> = BTreeMap::new();
    for (position, config) in config.iter().enumerate() {
        if let Value::Object(object) = config {
            alike.entry(open(shape, object)).or_default().push((position, config));
        }
    }
    let mut alike: Vec<_> = alike.into_iter().collect();
    alike.sort_by_key(|(open, _)| open.len());
    let mut candidates = Vec::new();
    for (open, config) in alike {
        let mut same: BTreeMap<Value, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (position, config) in config {
            same.entry(said(shape, config, &open)).or_default().0.push(position);
        }
        for (position, value) in values.iter().enumerate() {
            if let Some((_, values)) = same.get_mut(&said(shape, value, &open)) {
                values.push(position);
            }
        }
        candidates.extend(same.into_values());
    }
    candidates
}

/// The computed attributes that a configured element leaves to the provider.
fn open<'s>(shape: Shape<'s>, config: &Object) -> BTreeSet<&'s str> {
    let open = |of: &&Attribute| of.mode.is_computed() && config.get(of.name).is_none_or(Value::is_null);
    shape.attributes.iter().filter(open).map(|attribute| attribute.name).collect()
}

/// What `value` says but for what is `open`, or computed further inside.
fn said(shape: Shape<'_>, value: &Value, open: &BTreeSet<&str>) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let attributes = shape.attributes.iter().filter(|of| !of.write_only && !open.contains(of.name));
    let attributes = attributes.map(|of| {
        let value = at(object, of.name);
        let said = match &of.kind {
            Kind::Type(_) => value.clone(),
            Kind::Nested(_, nested) => said_by_each(nested.as_slice().into(), value),
        };
        (of.name.to_owned(), said)
    });
    let blocks = shape.blocks.iter().map(|nested| {
        (nested.name.to_owned(), said_by_each((&nested.block).into(), at(object, nested.name)))
    });
    Value::Object(attributes.chain(blocks).collect())
}

fn said_by_each(shape: Shape<'_>, value: &Value) -> Value {
    let each = |elements: &[Value]| elements.iter().map(|element| said_by_each(shape, element)).collect();
    match value {
        Value::Object(_) => {
            let computed = shape.attributes.iter().filter(|attribute| attribute.mode.is_computed());
            said(shape, value, &computed.map(|attribute| attribute.name).collect())
        }
        Value::List(elements) => Value::List(each(elements)),
        Value::Map(elements) => {
            let elements = elements.iter().map(|(key, element)| (key.clone(), said_by_each(shape, element)));
            Value::Map(elements.collect())
        }
        // Elements that now say the same stay as many.
        Value::Set(elements) => {
            let mut elements: Vec<Value> = each(elements);
            elements.sort();
            Value::Set(elements)
        }
        other => other.clone(),
    }
}

/// Whether `value` says what `config` says, wherever that does not leave it to the provider.
fn agrees(shape: Shape<'_>, value: &Value, config: &Value) -> bool {
    let (Value::Object(value), Value::Object(config)) = (value, config) else { return value == config };
    let attributes = shape.attributes.iter().all(|of| {
        let (value, config) = (at(value, of.name), at(config, of.name));
        let open = of.write_only || of.mode.is_computed() && config.is_null();
        open || match &of.kind {
            Kind::Type(_) => value == config,
            Kind::Nested(_, nested) => all_agree(nested.as_slice().into(), value, config),
        }
    });
    attributes
        && shape
            .blocks
            .iter()
            .all(|nested| all_agree((&nested.block).into(), at(value, nested.name), at(config, nested.name)))
}

fn all_agree(shape: Shape<'_>, value: &Value, config: &Value) -> bool {
    match (value, config) {
        (Value::List(value), Value::List(config)) => {
            value.len() == config.len()
                && value.iter().zip(config).all(|(value, config)| all_agree(shape, value, config))
        }
        (Value::Map(value), Value::Map(config)) => {
            value.keys().eq(config.keys())
                && value.values().zip(config.values()).all(|(value, config)| all_agree(shape, value, config))
        }
        (Value::Set(value), Value::Set(config)) => {
            let objects = value.iter().filter(|value| matches!(value, Value::Object(_))).count();
            value.len() == config.len() && pair(shape, value, config).len() == objects
        }
        (value, config) => agrees(shape, value, config),
    }
}

/// As many pairs of a value and an origin as there can be: first whoever comes first, then along augmenting
/// paths.
fn matched(candidates: &Candidates, fits: impl Fn(usize, usize) -> bool) -> BTreeMap<usize, usize> {
    let mut origins: BTreeMap<usize, usize> = BTreeMap::new();
    let mut left = Vec::new();
    for (configured, values) in candidates {
        let mut free: VecDeque<usize> =
            values.iter().copied().filter(|value| !origins.contains_key(value)).collect();
        for &origin in configured {
            match free.iter().position(|&value| fits(value, origin)).and_then(|index| free.remove(index)) {
                Some(value) => {
                    origins.insert(value, origin);
                }
                None => left.push(origin),
            }
        }
    }
    if !left.is_empty() {
        let values: BTreeMap<usize, &[usize]> = candidates
            .iter()
            .flat_map(|(configured, values)| configured.iter().map(|&origin| (origin, values.as_slice())))
            .collect();
        let mut holds: BTreeMap<usize, usize> =
            origins.iter().map(|(&value, &origin)| (origin, value)).collect();
        for origin in left {
            augment(origin, &values, &fits, &mut origins, &mut holds);
        }
    }
    origins
}

/// Finds a value for `start` if others can move over to make room for it.
fn augment(
    start: usize,
    candidates: &BTreeMap<usize, &[usize]>,
    fits: impl Fn(usize, usize) -> bool,
    origins: &mut BTreeMap<usize, usize>,
    holds: &mut BTreeMap<usize, usize>,
) {
    let mut wanted_by: BTreeMap<usize, usize> = BTreeMap::new();
    let mut asked = VecDeque::from([start]);
    while let Some(origin) = asked.pop_front() {
        for &value in candidates.get(&origin).copied().unwrap_or_default() {
            if wanted_by.contains_key(&value) || !fits(value, origin) {
                continue;
            }
            wanted_by.insert(value, origin);
            if let Some(&holder) = origins.get(&value) {
                asked.push_back(holder);
                continue;
            }
            let mut given = Some(value);
            while let Some((value, &origin)) = given.and_then(|value| Some((value, wanted_by.get(&value)?))) {
                origins.insert(value, origin);
                given = holds.insert(origin, value);
            }
            return;
        }
    }
}

fn at<'o>(object: &'o Object, name: &str) -> &'o Value {
    object.get(name).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests;
