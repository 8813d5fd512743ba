//! The `timeouts` attribute: how long each operation may take, in Go's duration notation, as everywhere in
//! Terraform. Where the time is kept is not known here.

use std::time::Duration;

use super::attribute::Attr;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::model::model;
use super::path::Path;
use super::value::Field;

const CREATE: Attr<String> =
    Attr::optional("create", "How long creating may take. Default `20m`.").validated(duration);
const READ: Attr<String> =
    Attr::optional("read", "How long reading may take. Default `5m`.").validated(duration);
const UPDATE: Attr<String> =
    Attr::optional("update", "How long updating may take. Default `20m`.").validated(duration);
const DELETE: Attr<String> =
    Attr::optional("delete", "How long deleting may take. Default `20m`.").validated(duration);

/// What the user allows each operation. Null means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// For creating; 20 minutes unless set.
    pub create: Field<String>,
    /// For reading; 5 minutes unless set.
    pub read: Field<String>,
    /// For updating; 20 minutes unless set.
    pub update: Field<String>,
    /// For deleting; 20 minutes unless set.
    pub delete: Field<String>,
}

/// An operation that a timeout limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Making what is not there.
    Create,
    /// Looking what is there, imports included.
    Read,
    /// Changing in place.
    Update,
    /// Removing.
    Delete,
}

impl Operation {
    /// The key in `timeouts` that limits it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Timeouts {
    /// How long `operation` may take. What was not validated, a state's leftovers say, counts as not set.
    pub fn limit(&self, operation: Operation) -> Duration {
        let (field, default) = match operation {
            Operation::Create => (&self.create, 20),
            Operation::Read => (&self.read, 5),
            Operation::Update => (&self.update, 20),
            Operation::Delete => (&self.delete, 20),
        };
        let set = field.known().and_then(|text| parse_duration(text).ok());
        set.unwrap_or(Duration::from_mins(default))
    }
}

model!(Timeouts { create: CREATE, read: READ, update: UPDATE, delete: DELETE });

fn duration(text: &String, at: &Path, report: &mut Diagnostics) {
    let Err(error) = parse_duration(text) else { return };
    report.push(
        Diagnostic::error(
            "Invalid timeout",
            format!(
                "{at} is {text:?}, which cannot be used as a duration: {error}. Write numbers with units, largest first, such as \"90s\", \
                 \"20m\" or \"1h30m\"; the units are h, m, s, ms, us and ns."
            ),
        )
        .at(at.clone()),
    );
}

/// Writes a duration as a user would: `20m`, `1h30m`, `1.5s`.
pub fn render_duration(duration: Duration) -> String {
    let (seconds, rest) = (duration.as_secs(), duration.subsec_nanos());
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m")];
    let whole =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}"));
    let fine = Duration::new(seconds % 60, rest);
    let fine = (!fine.is_zero() || seconds == 0).then(|| format!("{fine:?}"));
    whole.chain(fine).collect::<Vec<_>>().concat()
}

/// Why a text is not a usable duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Something that is neither a number nor a unit, or a number without a unit.
    #[error("it is not a duration")]
    Malformed,
    /// Zero or less.
    #[error("it must be longer than zero")]
    NotPositive,
    /// More than Go's 290 years.
    #[error("it is too long")]
    TooLong,
}

/// The longest duration Go can hold: 2^63 − 1 nanoseconds.
const NANOS_MAX: u128 = i64::MAX as u128;

/// Reads Go's notation: an optional sign, then decimal numbers each with a unit (`1h15m30.5s`). Source: the
/// documentation of Go's `time.ParseDuration`.
fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    let mut nanos = 0_u128;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (number, after) =
            rest.split_at(rest.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(rest.len()));
        let (unit, after) =
            after.split_at(after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len()));
        if unit.is_empty() && nanos == 0 && after.is_empty() && number.trim_matches('0').is_empty() {
            break; // Go allows a bare zero
        }
        nanos = nanos.saturating_add(part(number, unit_nanos(unit).ok_or(DurationError::Malformed)?)?);
        rest = after;
    }
    match u64::try_from(nanos) {
        _ if unsigned.is_empty() => Err(DurationError::Malformed),
        _ if nanos > NANOS_MAX => Err(DurationError::TooLong),
        Ok(nanos) if nanos > 0 && !text.starts_with('-') => Ok(Duration::from_nanos(nanos)),
        _ => Err(DurationError::NotPositive),
    }
}

fn unit_nanos(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// `number` times `unit`, in nanoseconds; what is finer than one is dropped.
fn part(number: &str, unit: u64) -> Result<u128, DurationError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return Err(DurationError::Malformed);
    }
    let digits = |digits: &str| -> Result<u128, DurationError> {
        if digits.is_empty() { Ok(0) } else { digits.parse().map_err(|_| DurationError::TooLong) }
    };
    let fraction: String = fraction.chars().take(18).collect();
    let scale = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    Ok(digits(whole)?
        .saturating_mul(unit.into())
        .saturating_add(digits(&fraction)? * u128::from(unit) / scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::Model;

    fn check(text: &str, wanted: Result<Duration, DurationError>) {
        assert_eq!(parse_duration(text), wanted, "{text:?}");
    }

    #[test]
    fn durations_read_as_go_reads_them() {
        check("20m", Ok(Duration::from_mins(20)));
        check("1h30m", Ok(Duration::from_mins(90)));
        check("1h15m30.5s", Ok(Duration::from_millis(4_530_500)));
        check("+5s", Ok(Duration::from_secs(5)));
        check(".5s", Ok(Duration::from_millis(500)));
        check("1.s", Ok(Duration::from_secs(1)));
        check("100ms", Ok(Duration::from_millis(100)));
        check("7µs", Ok(Duration::from_micros(7)));
        check("3m1h", Ok(Duration::from_mins(63)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        check("", Err(DurationError::Empty));
        for text in
            ["-", "+", "5", "m", ".s", "1x", "1 h", "1h ", "١s", "1..5s", "five minutes", "1hm", "1e3s"]
        {
            check(text, Err(DurationError::Malformed));
        }
        for text in ["0", "0s", "-1s", "-0", "00h0m"] {
            check(text, Err(DurationError::NotPositive));
        }
        check("9999999h", Err(DurationError::TooLong));
        check(&format!("{}s", "9".repeat(60)), Err(DurationError::TooLong));
    }

    #[test]
    fn durations_are_written_as_a_user_would() {
        for (text, written) in [
            ("20m", "20m"),
            ("90s", "1m30s"),
            ("1.5h", "1h30m"),
            ("1500ms", "1.5s"),
            ("250ms", "250ms"),
            ("3600s", "1h"),
        ] {
            assert_eq!(render_duration(parse_duration(text).unwrap()), written);
        }
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let timeouts = Timeouts { create: Field::Known("1m".into()), ..Timeouts::default() };
        let minutes = |operation| timeouts.limit(operation).as_secs() / 60;
        assert_eq!(
            [Operation::Create, Operation::Read, Operation::Update, Operation::Delete].map(minutes),
            [1, 5, 20, 20]
        );
    }

    #[test]
    fn a_bad_timeout_is_reported_at_its_place() {
        let timeouts = Timeouts { delete: Field::Known("soon".into()), ..Timeouts::default() };
        let mut report = Diagnostics::new();
        timeouts.validate(Some(&Path::attribute("timeouts")), &mut report);
        let places: Vec<_> =
            report.iter().filter_map(|found| found.path.clone()).map(|path| path.to_string()).collect();
        assert_eq!(places, ["timeouts.delete"]);
    }
}
