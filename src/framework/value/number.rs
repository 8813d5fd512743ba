//! Numbers of any size, exact: a member's UIN passes 2^32 and must survive to the last digit.
//!
//! Terraform's numbers are decimal texts to a user and big floats to its core; neither may pass through
//! an `f64` here. How one travels is the codecs' business.

use std::fmt;
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, ToPrimitive};

/// The most digits, before or after the point, that a number may have written out. Terraform's own
/// mantissa holds 154; the bound keeps `1e999999999` from becoming a gigabyte of zeros.
pub const DIGITS_MAX: i64 = 4096;

/// An exact decimal number. Ordered and compared by value: `1.0` equals `1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// Why a text or a float is not a [`Number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal number.
    #[error("not a decimal number")]
    Malformed,
    /// More than [`DIGITS_MAX`] digits before or after the point.
    #[error("more than {DIGITS_MAX} digits")]
    TooLong,
    /// NaN or an infinity.
    #[error("not a finite number")]
    NotFinite,
}

impl Number {
    /// The value as `u64`, if it is a whole number in that range.
    pub fn to_u64(&self) -> Option<u64> {
        self.is_integer().then(|| self.0.to_u64()).flatten()
    }

    /// The value as `i64`, if it is a whole number in that range.
    pub fn to_i64(&self) -> Option<i64> {
        self.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// Whether there is nothing after the decimal point.
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }

    /// Why the value is no id: a whole number from 1 to `most`, the largest that every reader keeps exact.
    /// Goes on after "it is" or "it contains"; `None` if it is one.
    pub fn fault_as_id(&self, most: u64) -> Option<String> {
        if !self.is_integer() {
            return Some(format!("{self}, which is not a whole number"));
        }
        if self.is_negative() {
            return Some(format!("{self}, which is negative"));
        }
        match self.to_u64() {
            Some(0) => Some("0".to_owned()),
            Some(number) if number <= most => None,
            _ => Some(format!("{self}, which is too large")),
        }
    }

    /// Whether the value is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.sign() == bigdecimal::num_bigint::Sign::Minus
    }

    fn bounded(value: &BigDecimal) -> Result<Self, NumberError> {
        let value = value.normalized();
        let (digits, scale) = value.as_bigint_and_exponent();
        let length = i64::try_from(digits.magnitude().to_string().len()).unwrap_or(i64::MAX);
        if scale > DIGITS_MAX || length.saturating_sub(scale) > DIGITS_MAX {
            return Err(NumberError::TooLong);
        }
        Ok(Self(value))
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads plain or exponent notation, with an optional sign.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        if i64::try_from(text.len()).is_ok_and(|length| length > 2 * DIGITS_MAX) {
            return Err(NumberError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
            return Err(NumberError::Malformed);
        }
        Self::bounded(&BigDecimal::from_str(text).map_err(|_| NumberError::Malformed)?)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(BigDecimal::from(BigInt::from(value)).normalized())
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(BigDecimal::from(BigInt::from(value)).normalized())
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    /// The shortest decimal that reads back as `value`.
    fn try_from(value: f64) -> Result<Self, NumberError> {
        if !value.is_finite() {
            return Err(NumberError::NotFinite);
        }
        value.to_string().parse()
    }
}

/// Plain notation, no exponent, no trailing zeros after the point.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: Result<&str, NumberError>) {
        let number: Result<Number, _> = text.parse();
        assert_eq!(number.map(|number| number.to_string()), wanted.map(str::to_owned), "{text}");
    }

    #[test]
    fn every_digit_survives() {
        check("100000000001", Ok("100000000001"));
        check("9007199254740993", Ok("9007199254740993"));
        check("123456789012345678901234567890", Ok("123456789012345678901234567890"));
        check("0.12345678901234567890123", Ok("0.12345678901234567890123"));
    }

    #[test]
    fn notation_does_not_matter() {
        check("+1.50", Ok("1.5"));
        check("1e3", Ok("1000"));
        check("1.0", Ok("1"));
        check("-0", Ok("0"));
        check("0.000", Ok("0"));
        check("25e-2", Ok("0.25"));
    }

    #[test]
    fn nonsense_and_bombs_are_refused() {
        for text in ["", "x", "1x", "0x10", "1_000", "NaN", "inf", "--1", "1e", "e1", "."] {
            check(text, Err(NumberError::Malformed));
        }
        check("1e999999999", Err(NumberError::TooLong));
        check("1e-999999999", Err(NumberError::TooLong));
        check(&"9".repeat(10_000), Err(NumberError::TooLong));
        assert_eq!(Number::try_from(f64::NAN), Err(NumberError::NotFinite));
    }

    #[test]
    fn only_whole_numbers_in_range_become_integers() {
        let integer = |text: &str| text.parse::<Number>().unwrap().to_u64();
        assert_eq!(integer("18446744073709551615"), Some(u64::MAX));
        assert_eq!(integer("18446744073709551616"), None);
        assert_eq!(integer("1.5"), None);
        assert_eq!(integer("-1"), None);
    }
}
