//! The import id, `MEMBER_UIN[,…]#IDENTITY_ID[,…]`: read from what a person typed, written in one canonical
//! form.

use std::collections::BTreeSet;

use crate::reconcile::Product;

/// The largest UIN or identity id accepted: the largest whole number that every JSON reader on the way keeps
/// exact.
pub(super) const NUMBER_MAX: u64 = (1 << 53) - 1;

/// The form, for error texts.
pub(super) const FORM: &str = "MEMBER_UIN[,MEMBER_UIN…]#IDENTITY_ID[,IDENTITY_ID…]";

/// What a typed id names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ImportId {
    /// A whole id.
    Product(Product),
    /// Member UINs alone: what the public provider calls an id.
    Members(BTreeSet<u64>),
}

/// What is wrong with a typed id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum IdError {
    #[error("it is empty")]
    Empty,
    #[error("it has more than one `#`")]
    Parts,
    #[error("there is no {0} before the `#`")]
    Before(&'static str),
    #[error("there is no {0} after the `#`")]
    After(&'static str),
    #[error("there is nothing between two commas, or at one end of a list")]
    Gap,
    #[error("`{0}` is not a whole number between 1 and {NUMBER_MAX}")]
    Number(String),
}

/// Reads an id: any order; blanks and duplicates are forgiven.
pub(super) fn parse(text: &str) -> Result<ImportId, IdError> {
    let mut parts = text.split('#');
    match (parts.next().map(str::trim), parts.next().map(str::trim), parts.next()) {
        (Some(""), None, _) | (None, ..) => Err(IdError::Empty),
        (_, _, Some(_)) => Err(IdError::Parts),
        (Some(members), None, _) => Ok(ImportId::Members(numbers(members)?)),
        (Some(""), Some(_), None) => Err(IdError::Before("member UIN")),
        (Some(_), Some(""), None) => Err(IdError::After("identity id")),
        (Some(members), Some(identities), None) => {
            Ok(ImportId::Product(Product { members: numbers(members)?, identities: numbers(identities)? }))
        }
    }
}

/// Writes the canonical id: both lists ascending.
pub(super) fn render(product: &Product) -> String {
    let list = |numbers: &BTreeSet<u64>| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    format!("{}#{}", list(&product.members), list(&product.identities))
}

fn numbers(list: &str) -> Result<BTreeSet<u64>, IdError> {
    list.split(',').map(str::trim).map(number).collect()
}

fn number(text: &str) -> Result<u64, IdError> {
    match text.parse() {
        _ if text.is_empty() => Err(IdError::Gap),
        Ok(number)
            if (1..=NUMBER_MAX).contains(&number) && text.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Ok(number)
        }
        _ => Err(IdError::Number(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, canonical: &str) {
        match parse(text) {
            Ok(ImportId::Product(product)) => assert_eq!(render(&product), canonical, "{text:?}"),
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
        assert_eq!(parse("100000000001"), Ok(ImportId::Members([100_000_000_001].into())));
        assert_eq!(parse("2,1"), Ok(ImportId::Members([1, 2].into())));
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
}
