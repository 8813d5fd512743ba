//! Unicode normal form C: the form in which Terraform compares all text.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// `text` in normal form C. Free for text that is already in it.
pub fn normal_form(text: String) -> String {
    if text.is_ascii() || is_nfc(&text) { text } else { text.nfc().collect() }
}
