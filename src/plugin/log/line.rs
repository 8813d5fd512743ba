//! One log entry as one line of JSON.
//!
//! The host reads `@message`, `@level` and `@timestamp` as text and crashes, itself, on any other type; it
//! reads a time with other than six digits of fraction, or a line beyond 64 KiB, as no JSON at all.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tracing::Level;

/// Well under what the host reads as one line.
const LINE_BYTES_MAX: usize = 60 << 10;

/// How long texts may stay, tried in turn until the line is short enough.
const TEXT_BYTES_MAX: [usize; 4] = [16 << 10, 4 << 10, 1 << 10, 128];

/// What a line says.
pub(super) struct Entry {
    pub(super) level: Level,
    pub(super) message: String,
    pub(super) module: String,
    pub(super) timestamp: DateTime<Utc>,
    pub(super) fields: Map<String, Value>,
}

/// The line, its line feed included, and never too long: texts are cut, and in the last resort all but
/// the message goes. A field whose name begins with `@` gets `_` instead; that sign is the host's.
pub(super) fn render(entry: Entry) -> Vec<u8> {
    let mut line: Map<String, Value> =
        entry.fields.into_iter().map(|(name, value)| (unreserved(name), value)).collect();
    let reserved = [
        ("@level", entry.level.as_str().to_lowercase()),
        ("@message", entry.message),
        ("@module", entry.module),
        ("@timestamp", entry.timestamp.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()),
    ];
    for (name, value) in reserved {
        line.insert(name.to_owned(), value.into());
    }
    let mut bytes = encode(&line);
    for text_max in TEXT_BYTES_MAX {
        if bytes.len() <= LINE_BYTES_MAX {
            break;
        }
        line.values_mut().for_each(|value| shorten(value, text_max));
        bytes = encode(&line);
    }
    if bytes.len() > LINE_BYTES_MAX {
        line.retain(|name, _| name.starts_with('@'));
        bytes = encode(&line);
    }
    bytes
}

fn unreserved(name: String) -> String {
    name.strip_prefix('@').map(|rest| format!("_{rest}")).unwrap_or(name)
}

fn encode(line: &Map<String, Value>) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn shorten(value: &mut Value, bytes_max: usize) {
    if let Value::String(text) = value
        && text.len() > bytes_max
    {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push_str(" … (cut)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: String, fields: Map<String, Value>) -> Value {
        let timestamp = DateTime::UNIX_EPOCH;
        let entry = Entry { level: Level::INFO, message, module: "m".to_owned(), timestamp, fields };
        let line = render(entry);
        assert!(line.len() <= LINE_BYTES_MAX, "{}", line.len());
        let value: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(value["@timestamp"], "1970-01-01T00:00:00.000000Z");
        assert!(value["@message"].is_string());
        value
    }

    #[test]
    fn long_texts_are_cut_and_short_ones_kept() {
        let fields =
            Map::from_iter([("body".to_owned(), "é".repeat(1 << 20).into()), ("page".to_owned(), 1.into())]);
        let line = check("listed".to_owned(), fields);
        assert!(line["body"].as_str().unwrap().ends_with("é … (cut)"));
        assert_eq!((&line["@message"], &line["page"]), (&"listed".into(), &1.into()));
    }

    #[test]
    fn what_grows_by_escaping_is_cut_further() {
        check("\u{1}".repeat(1 << 20), Map::new());
    }

    #[test]
    fn the_message_survives_a_flood_of_fields() {
        let fields = (0..100_000).map(|index| (format!("field {index}"), index.into())).collect();
        assert_eq!(check("still here".to_owned(), fields)["@message"], "still here");
    }
}
