//! An error with its causes, as one text: the one place that walks the chain. Every floor may use it; it
//! knows no error, and not who reads the text.

use std::error::Error;

/// `error`, then each of its causes, joined by `: `.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Self>>,
    }

    #[test]
    fn every_cause_is_told_once_and_in_order() {
        let last = Link { text: "the disk is full", source: None };
        assert_eq!(with_causes(&last), "the disk is full");
        let middle = Link { text: "no file could be written", source: Some(last.into()) };
        let first = Link { text: "nothing was saved", source: Some(middle.into()) };
        assert_eq!(with_causes(&first), "nothing was saved: no file could be written: the disk is full");
    }
}
