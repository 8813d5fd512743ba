//! How numbers and long lists are written in every text. Knows nothing of what it counts.

use std::collections::BTreeSet;

/// How many of a list a text names before it only counts.
const NAMED: usize = 5;

/// Up to five of `all` by name, and how many more there are.
pub fn named<T: ToString>(all: &BTreeSet<T>) -> String {
    let named: Vec<String> = all.iter().take(NAMED).map(T::to_string).collect();
    let more = all.len().saturating_sub(NAMED);
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

/// `number` of what `noun` says in the singular.
pub fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The same, and its verb in the past.
pub(super) fn counted_were(number: usize, noun: &str) -> String {
    format!("{} {}", counted(number, noun), if number == 1 { "was" } else { "were" })
}

/// `first` and `others`, each a paragraph of its own.
pub(super) fn paragraphs(first: String, others: &[String]) -> String {
    std::iter::once(first).chain(others.iter().cloned()).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_named_in_part_and_counted() {
        assert_eq!(named(&(1..=5).collect()), "1, 2, 3, 4, 5");
        assert_eq!(named(&(1..=7).collect()), "1, 2, 3, 4, 5 and 2 more");
        assert_eq!([counted(0, "grant"), counted(1, "grant")], ["0 grants", "1 grant"]);
        assert_eq!(
            [0, 1, 2].map(|n| counted_were(n, "grant")),
            ["0 grants were", "1 grant was", "2 grants were"]
        );
    }
}
