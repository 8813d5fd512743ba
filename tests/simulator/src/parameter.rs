//! The strict reading of what a caller sends: an action declares its fields in a table, and anything that
//! does not fit the table is refused before the action sees it.
//!
//! Codes: `UnknownParameter`, `MissingParameter`, and `InvalidParameter` for wrong types, caps and pages (the
//! last is inferred; only the rules are documented).

use serde_json::{Map, Value};

use crate::behaviour::Behaviour;
use crate::message::Request;
use crate::refusal::Refusal;

const LIMIT_MAX: u64 = 50;
const LIMIT_DEFAULT: u64 = 10;

/// One field of a request.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Integer,
    /// A list of at least one and at most this many.
    Integers(usize),
    Text,
    /// A list of at most this many objects.
    Objects(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    /// Documented as required and defaulted at once: [`Behaviour::strict_pagination`] decides.
    Page,
}

impl Field {
    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Required }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional }
    }

    pub(crate) const fn page(name: &'static str) -> Self {
        Self { name, kind: Kind::Integer, need: Need::Page }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
}

/// What was sent, once it fits the table.
#[derive(Debug)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    pub(crate) fn read(request: &Request, fields: &[Field], behaviour: &Behaviour) -> Result<Self, Refusal> {
        let mut sent =
            if request.method == "GET" { from_query(request.query()) } else { from_body(request)? };
        if let Some(name) = sent.keys().find(|name| fields.iter().all(|field| field.name != **name)) {
            return Err(Refusal::new(
                "UnknownParameter",
                format!("The parameter `{name}` is not recognized."),
            ));
        }
        for Field { name, kind, need } in fields {
            let Some(value) = sent.get_mut(*name) else {
                if *need == Need::Required || *need == Need::Page && behaviour.strict_pagination {
                    let message = format!("The request is missing a required parameter `{name}`.");
                    return Err(Refusal::new("MissingParameter", message));
                }
                continue;
            };
            if behaviour.numbers_as_strings || request.method == "GET" {
                read_numbers(value, *kind);
            }
            fits(name, value, *kind)?;
        }
        Ok(Self(sent))
    }

    pub(crate) fn integer(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    /// In the order sent.
    pub(crate) fn integers(&self, name: &str) -> Vec<u64> {
        let items = self.0.get(name).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// `Tags`, each of which an item must have to be listed.
    pub(crate) fn tags(&self) -> Result<Vec<(String, String)>, Refusal> {
        let sent = self.0.get("Tags").and_then(Value::as_array);
        let tag = |tag: &Value| {
            let text = |name| tag.get(name).and_then(Value::as_str).map(str::to_owned);
            let wrong = || Refusal::invalid("Each of `Tags` must have a `TagKey` and a `TagValue`.");
            Ok((text("TagKey").ok_or_else(wrong)?, text("TagValue").ok_or_else(wrong)?))
        };
        sent.into_iter().flatten().map(tag).collect()
    }

    pub(crate) fn page(&self) -> Result<Page, Refusal> {
        let offset = self.integer("Offset").unwrap_or(0);
        let limit = self.integer("Limit").unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Refusal::invalid(format!("`Limit` must lie between 1 and {LIMIT_MAX}.")));
        }
        if !offset.is_multiple_of(limit) {
            return Err(Refusal::invalid("`Offset` must be a multiple of `Limit`."));
        }
        let wide = |_| Refusal::invalid("`Offset` is too large.");
        Ok(Page {
            offset: usize::try_from(offset).map_err(wide)?,
            limit: usize::try_from(limit).map_err(wide)?,
        })
    }
}

fn from_body(request: &Request) -> Result<Map<String, Value>, Refusal> {
    let content_type = request.header("content-type").unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Refusal::invalid("The Content-Type must be application/json."));
    }
    serde_json::from_slice(&request.body).map_err(|_| Refusal::invalid("The body is not a JSON object."))
}

/// The flat form of GET: `Name=value` and, for lists, `Name.0=value`. Only numbers and plain text occur.
fn from_query(query: &str) -> Map<String, Value> {
    let mut sent = Map::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = Value::from(value);
        match name.split_once('.') {
            None => _ = sent.insert(name.to_owned(), value),
            Some((list, _)) => match sent.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(items) => items.push(value),
                other => *other = value,
            },
        }
    }
    sent
}

fn read_numbers(value: &mut Value, kind: Kind) {
    match (kind, value) {
        (Kind::Integers(_), Value::Array(items)) => {
            for item in items {
                read_numbers(item, Kind::Integer);
            }
        }
        (Kind::Integer, value) => {
            if let Some(number) = value.as_str().and_then(|text| text.parse::<u64>().ok()) {
                *value = number.into();
            }
        }
        _ => {}
    }
}

fn fits(name: &str, value: &Value, kind: Kind) -> Result<(), Refusal> {
    let wrong = |expected: &str| Err(Refusal::invalid(format!("The parameter `{name}` must be {expected}.")));
    match (kind, value) {
        (Kind::Integer, value) if !value.is_u64() => wrong("a non-negative integer"),
        (Kind::Text, value) if !value.is_string() => wrong("a string"),
        (Kind::Integers(_), Value::Array(items)) if items.iter().any(|item| !item.is_u64()) => {
            wrong("a list of non-negative integers")
        }
        (Kind::Objects(_), Value::Array(items)) if items.iter().any(|item| !item.is_object()) => {
            wrong("a list of objects")
        }
        (Kind::Integers(max), Value::Array(items)) if !(1..=max).contains(&items.len()) => {
            wrong(&format!("a list of 1 to {max} elements"))
        }
        (Kind::Objects(max), Value::Array(items)) if items.len() > max => {
            wrong(&format!("a list of at most {max} elements"))
        }
        (Kind::Integers(_) | Kind::Objects(_), value) if !value.is_array() => wrong("a list"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
