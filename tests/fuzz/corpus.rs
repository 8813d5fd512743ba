//! The inputs that every run begins with: one file each, in a folder per target, kept small and named for
//! what it shows.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the corpus of a target lies.
pub(crate) fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz").join(target)
}

/// The corpus of a target, by file name.
pub(crate) fn load(target: &str) -> Vec<Vec<u8>> {
    let folder = folder(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Writes an input that failed to a file of its own, beside what is built.
pub(crate) fn keep_failure(target: &str, input: &[u8]) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}-{}", fastrand::u32(..)));
    fs::write(&file, input).unwrap();
    file
}
