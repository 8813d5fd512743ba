//! Text of whoever answers, as it may be shown. Knows no secret: these are struck out elsewhere.

use super::redact::is_steering;

/// How many characters of what the service says are kept: no documented text comes near it.
pub(super) const TEXT_LENGTH_MAX: usize = 2_000;

/// `text` as it may be shown: whoever answers must not be able to steer a terminal, or to flood it.
pub(crate) fn printable(text: &str) -> String {
    shortened(&text.replace(is_steering, " "), TEXT_LENGTH_MAX)
}

/// The first `length_max` characters of `text`, and a sign that there were more.
pub(super) fn shortened(text: &str, length_max: usize) -> String {
    match text.char_indices().nth(length_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
