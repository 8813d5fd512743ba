//! An error as the API words it: a code that clients may rely on and a message that they may not.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameter", message)
    }

    /// Without the value or name at fault: a client that has to know must find out by itself.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(format!("ResourceNotFound.{what}"), "The resource does not exist.")
    }

    pub(crate) fn throttled(measured: usize, allowed: u32) -> Self {
        let message = format!(
            "Your current request times equals to `{measured}` in a second, which exceeds the frequency limit \
             `{allowed}` for a second. Please reduce the frequency of calls."
        );
        Self::new("RequestLimitExceeded", message)
    }

    pub(crate) fn throttled_on_purpose(allowed: u32) -> Self {
        Self::throttled(allowed as usize + 1, allowed)
    }

    pub(crate) fn render(&self) -> Value {
        json!({ "Code": self.code, "Message": self.message })
    }
}
