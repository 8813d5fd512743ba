//! `docs/dev/CONFORMANCE.md` names every statement once, and for each either tests that exist or what it
//! waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const STATEMENTS: u32 = 112;

/// The number that a test function is named after.
fn number(function: &str) -> Option<u32> {
    let (digits, rest) = function.strip_prefix('s')?.split_once('_')?;
    (digits.len() >= 2 && !rest.is_empty()).then(|| digits.parse().ok()).flatten()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every test function of the tree that is named after a statement.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("tests"), &mut files);
    let mut tests = BTreeSet::new();
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let Some((_, rest)) = line.split_once("fn ") else { continue };
            let name = rest.split('(').next().unwrap_or_default().trim();
            if number(name).is_some() {
                tests.insert(name.to_owned());
            }
        }
    }
    tests
}

/// The rows of the table: number, and what stands in the column of tests.
fn rows() -> BTreeMap<u32, String> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dev/CONFORMANCE.md");
    let mut rows = BTreeMap::new();
    for line in fs::read_to_string(table).unwrap().lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, number, _, tests, ..] = cells.as_slice() else { continue };
        let Ok(number) = number.parse() else { continue };
        assert_eq!(rows.insert(number, (*tests).to_owned()), None, "statement {number} stands twice");
    }
    rows
}

#[test]
fn every_statement_has_a_row_and_every_row_a_test_that_exists_or_a_reason() {
    let (rows, tests) = (rows(), tests());
    assert!(rows.keys().copied().eq(1..=STATEMENTS), "{:?}", rows.keys());
    for (statement, cell) in &rows {
        let named: Vec<_> = cell.split('`').skip(1).step_by(2).collect();
        assert!(
            !named.is_empty() || cell.contains("later") || cell.contains("Not applicable"),
            "statement {statement} has neither test nor reason"
        );
        for name in named {
            assert!(tests.contains(name), "statement {statement}: there is no test {name}");
            assert_eq!(number(name), Some(*statement), "{name}");
        }
    }
}
