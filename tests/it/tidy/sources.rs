//! The repository's files as the rules see them.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file.
pub(super) struct Source {
    /// From the repository's root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    /// Compiled for tests alone: named after it, or declared under `cfg(test)`.
    pub(super) only_tests: bool,
}

/// One line of code.
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    /// As written, a trailing comment cut off.
    pub(super) text: &'a str,
    /// Inside `mod tests` at the foot of its file, or in a file of tests.
    pub(super) in_tests: bool,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let only_tests = path.ends_with("/tests.rs") || path.contains("/tests/");
        Self { path: path.to_owned(), text: text.to_owned(), only_tests }
    }

    /// The first name below `src`: a folder's, or a file's without its ending.
    pub(super) fn floor(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether a program wrote it.
    pub(super) fn generated(&self) -> bool {
        self.path.starts_with("src/proto/") && !self.path.ends_with("mod.rs")
    }

    /// Its lines without comments; blank ones stay, so that numbers hold.
    pub(super) fn code(&self) -> impl Iterator<Item = Line<'_>> {
        let foot = self.text.find("\n#[cfg(test)]\nmod ").map(|at| self.text[..at].lines().count());
        self.text.lines().zip(1..).map(move |(text, number)| Line {
            number,
            text: without_comment(text),
            in_tests: self.only_tests || foot.is_some_and(|foot| number > foot),
        })
    }

    /// The modules that it declares for tests alone, as paths without an ending.
    fn modules_for_tests(&self) -> Vec<String> {
        let folder =
            self.path.strip_suffix("/mod.rs").or(self.path.strip_suffix(".rs")).unwrap_or(&self.path);
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        let declared = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").filter_map(|pair| {
            let (_, module) = pair[1].strip_suffix(';')?.rsplit_once("mod ")?;
            Some(format!("{folder}/{module}"))
        });
        declared.collect()
    }

    /// All of its code in one piece, a line of text to each of the file's.
    pub(super) fn code_text(&self) -> String {
        self.code().fold(String::new(), |text, line| text + line.text + "\n")
    }
}

/// The number of the line, from 1, at position `at` of `text`.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// A line up to its `//`; one inside a string, as in a URL, stays.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| line[..*at].matches('"').count().is_multiple_of(2));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// The Rust files below `folder`.
pub(super) fn rust(folder: &str) -> Vec<Source> {
    let mut sources = read(folder, &|path| path.extension().is_some_and(|extension| extension == "rs"));
    let declared: Vec<String> = sources.iter().flat_map(Source::modules_for_tests).collect();
    for source in &mut sources {
        let inside = |module: &String| {
            source.path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        source.only_tests |= declared.iter().any(inside);
    }
    sources
}

/// Every file that we write by hand.
pub(super) fn everything() -> Vec<Source> {
    let mut all: Vec<Source> = ["src", "tests", "docs", "examples", "proto", ".ci"]
        .iter()
        .flat_map(|folder| read(folder, &|_| true))
        .collect();
    let files = top_level()
        .into_iter()
        .filter(|name| root().join(name).is_file() && ![".git", "Cargo.lock"].contains(&name.as_str()));
    all.extend(files.map(|name| Source::new(&name, &text(&name))));
    all.retain(|source| !source.generated());
    all
}

/// The names at the repository's top.
pub(super) fn top_level() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The text of one file; empty where there is none, or none that is text.
pub(super) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(folder: &str, wanted: &dyn Fn(&Path) -> bool) -> Vec<Source> {
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    files.sort();
    let wanted = files.into_iter().filter(|path| wanted(path));
    wanted
        .map(|file| {
            let path = file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            Source::new(&path, &text(&path))
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
