//! The id of a product of grants, `MEMBER_UIN[,…]#IDENTITY_ID[,…]`: read from what a person typed, written in
//! one canonical form.

use std::collections::BTreeSet;
use std::fmt;

use super::Product;

/// The largest UIN or identity id accepted: the largest whole number that every JSON reader on the way keeps
/// exact.
pub const NUMBER_MAX: u64 = (1 << 53) - 1;

/// The form, for error texts.
pub const FORM: &str = "MEMBER_UIN[,MEMBER_UIN…]#IDENTITY_ID[,IDENTITY_ID…]";

/// What a typed id names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantId {
    /// A whole id.
    Product(Product),
    /// Member UINs alone: what the public provider calls an id.
    Members(BTreeSet<u64>),
}

/// What is wrong with a typed id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantIdError {
    /// Nothing but blanks.
    #[error("it is empty")]
    Empty,
    /// More than two parts.
    #[error("it has more than one `#`")]
    Parts,
    /// No members; says what is missing.
    #[error("there is no {0} before the `#`")]
    Before(&'static str),
    /// No identities; says what is missing.
    #[error("there is no {0} after the `#`")]
    After(&'static str),
    /// A list has an empty element.
    #[error("there is nothing between two commas, or at one end of a list")]
    Gap,
    /// An element that is no number in the range.
    #[error("`{0}` is not a whole number between 1 and {NUMBER_MAX}")]
    Number(Quoted),
}

/// The start of a text that somebody typed, on one line and without characters that steer a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted(String);

/// How much of a typed text is quoted.
const QUOTED_MAX: usize = 80;

impl Quoted {
    /// Quotes `text`.
    pub fn new(text: &str) -> Self {
        let start: String = text.chars().take(QUOTED_MAX).collect();
        let more = if start.len() < text.len() { "…" } else { "" };
        Self(format!("{}{more}", start.escape_debug()))
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads an id: any order; blanks and duplicates are forgiven.
pub fn parse(text: &str) -> Result<GrantId, GrantIdError> {
    let mut parts = text.split('#');
    match (parts.next().map(str::trim), parts.next().map(str::trim), parts.next()) {
        (Some(""), None, _) | (None, ..) => Err(GrantIdError::Empty),
        (_, _, Some(_)) => Err(GrantIdError::Parts),
        (Some(members), None, _) => Ok(GrantId::Members(numbers(members)?)),
        (Some(""), Some(_), None) => Err(GrantIdError::Before("member UIN")),
        (Some(_), Some(""), None) => Err(GrantIdError::After("identity id")),
        (Some(members), Some(identities), None) => {
            Ok(GrantId::Product(Product { members: numbers(members)?, identities: numbers(identities)? }))
        }
    }
}

/// Writes the canonical id: both lists ascending.
pub fn render(product: &Product) -> String {
    let list = |numbers: &BTreeSet<u64>| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    format!("{}#{}", list(&product.members), list(&product.identities))
}

fn numbers(list: &str) -> Result<BTreeSet<u64>, GrantIdError> {
    list.split(',').map(str::trim).map(number).collect()
}

fn number(text: &str) -> Result<u64, GrantIdError> {
    match text.parse() {
        _ if text.is_empty() => Err(GrantIdError::Gap),
        Ok(number)
            if (1..=NUMBER_MAX).contains(&number) && text.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Ok(number)
        }
        _ => Err(GrantIdError::Number(Quoted::new(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, canonical: &str) {
        match parse(text) {
            Ok(GrantId::Product(product)) => assert_eq!(render(&product), canonical, "{text:?}"),
            other => panic!("{text:?} reads as {other:?}"),
        }
    }

    fn check_error(text: &str, message: &str) {
        let error = parse(text).map(|id| format!("{id:?}")).map_err(|error| error.to_string());
        assert_eq!(error, Err(message.to_owned()), "{text:?}");
    }

    #[test]
    fn an_id_is_read_in_any_order_and_written_in_one() {
        check("100000000001#13", "100000000001#13");
        check(" 2 ,1, 2 # 27,13 ", "1,2#13,27");
        check("007#1", "7#1");
    }

    #[test]
    fn bare_uins_are_told_apart() {
        assert_eq!(parse("100000000001"), Ok(GrantId::Members([100_000_000_001].into())));
        assert_eq!(parse("2,1"), Ok(GrantId::Members([1, 2].into())));
    }

    #[test]
    fn what_is_wrong_is_named() {
        check_error("", "it is empty");
        check_error("  ", "it is empty");
        check_error("#", "there is no member UIN before the `#`");
        check_error("#13", "there is no member UIN before the `#`");
        check_error("1#", "there is no identity id after the `#`");
        check_error("1#2#3", "it has more than one `#`");
        check_error("1,#2", "there is nothing between two commas, or at one end of a list");
        check_error("1#,2", "there is nothing between two commas, or at one end of a list");
        check_error("abc", "`abc` is not a whole number between 1 and 9007199254740991");
        check_error("1#x", "`x` is not a whole number between 1 and 9007199254740991");
        for bad in ["0", "-1", "1.5", "+1", "9007199254740992", "123456789012345678901234567890"] {
            check_error(
                &format!("1#{bad}"),
                &format!("`{bad}` is not a whole number between 1 and 9007199254740991"),
            );
        }
    }

    #[test]
    fn what_is_quoted_is_short_and_steers_no_terminal() {
        check_error(
            "1#\u{1b}[2J\u{202e}x",
            "`\\u{1b}[2J\\u{202e}x` is not a whole number between 1 and 9007199254740991",
        );
        let message = parse(&format!("1#{}", "9".repeat(100_000))).unwrap_err().to_string();
        assert!(message.len() < 200, "{message}");
    }
}
