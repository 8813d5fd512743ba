//! The layout rules of `docs/dev/ARCHITECTURE.md`, enforced.
//!
//! One crate cannot make the compiler keep its floors apart, so these tests read the sources. They see text,
//! not syntax: good enough for rules about who may name whom, and every failure says where and why. What a
//! lint can see is left to clippy (`Cargo.toml`, `.clippy.toml`); here are only the places where it may
//! yield.

mod floors;
mod sources;

use sources::{Line, Source};

/// Fails with every offence, each with its place, under the rule that it breaks.
fn check(rule: &str, reason: &str, offences: impl IntoIterator<Item = String>) {
    let offences: Vec<String> = offences.into_iter().collect();
    assert!(offences.is_empty(), "\n{rule}\n({reason})\n\n  {}\n", offences.join("\n  "));
}

/// Every code line of `sources` that `offends`, comments left out.
fn lines(sources: &[Source], offends: impl Fn(&Source, &Line) -> bool) -> Vec<String> {
    sources
        .iter()
        .flat_map(|source| source.code().map(move |line| (source, line)))
        .filter(|(source, line)| offends(source, line))
        .map(|(source, line)| format!("{}:{}: {}", source.path, line.number, line.text.trim()))
        .collect()
}

#[test]
fn each_floor_imports_only_what_the_table_allows() {
    let offences = sources::rust("src")
        .iter()
        .filter(|source| !source.generated())
        .flat_map(floors::forbidden_imports)
        .collect::<Vec<_>>();
    check(
        "An import goes against the table in tests/it/tidy/floors.rs.",
        "data flows one way: a floor that knows only the floors below it can be read and tested alone",
        offences,
    );
}

#[test]
fn the_pure_floors_stay_pure() {
    let offences = lines(&sources::rust("src"), |source, line| {
        let banned: &[&str] = match source.floor() {
            "reconcile" | "diagnose" | "functions" => {
                &["async ", ".await", "tokio", "tracing", "tonic", "prost", "reqwest", "std::net", "std::fs"]
            }
            "framework" => &["tokio::time", "tokio::net", "tonic", "prost", "reqwest", "std::net", "std::fs"],
            "cloud" => &["tonic", "prost", "tfplugin", "Diagnostic"],
            "plugin" => &["tfplugin6::", "reqwest"],
            "wire" => &["reqwest", "std::net", "tokio::net", "std::fs"],
            "organization" => &["tonic", "prost", "reqwest", "Diagnostic", "std::net", "std::fs"],
            "resources" | "data_sources" => {
                &["tonic", "prost", "reqwest", "std::net", "std::fs", "tokio::net", "tokio::time"]
            }
            "provider" => &["tonic", "prost", "reqwest", "std::net", "std::fs"],
            "ambient" | "causes" => &["tokio", "tonic", "prost", "reqwest", "std::net", "std::fs"],
            _ => &[],
        };
        !line.in_tests && banned.iter().any(|word| line.text.contains(word))
    });
    check(
        "A floor uses what belongs to another.",
        "reconcile decides and diagnose tells without IO or async, framework knows no wire, clock or network, cloud knows no \
         Terraform, plugin knows no provider",
        offences,
    );
}

#[test]
fn the_cloud_floor_does_not_know_who_uses_it() {
    let hosts = [["terra", "form"].concat(), ["open", "tofu"].concat()];
    let named = |line: &str| hosts.iter().any(|host| line.to_lowercase().contains(host));
    let sources = sources::rust("src").into_iter().filter(|source| source.floor() == "cloud");
    let offences = sources.flat_map(|source| {
        let lines = source.text.lines().zip(1..).filter(|(line, _)| named(line));
        lines.map(|(line, number)| format!("{}:{number}: {}", source.path, line.trim())).collect::<Vec<_>>()
    });
    check(
        "The cloud floor names the host.",
        "another program could use it: whatever it says of its user comes in as a parameter",
        offences.collect::<Vec<_>>(),
    );
}

#[test]
fn only_one_table_spells_the_codes_of_the_api() {
    const TABLE: &str = "src/cloud/codes.rs";
    let sources = sources::rust("src");
    let table = sources.iter().find(|source| source.path == TABLE).map(Source::code_text).unwrap_or_default();
    let quoted =
        |text: &str| -> Vec<String> { text.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
    let codes: Vec<String> = quoted(&table).into_iter().filter(|code| !code.is_empty()).collect();
    assert!(codes.len() > 40, "the table is no longer in {TABLE}");
    let offences = lines(&sources, |source, line| {
        let spelled = || quoted(line.text).iter().any(|text| codes.contains(text));
        source.path != TABLE && !line.in_tests && spelled()
    });
    check(
        "A code of the API is spelled outside src/cloud/codes.rs.",
        "whoever asks what a code means must find one answer: add what is missing to its row",
        offences,
    );
}

#[test]
fn only_ambient_reads_the_environment_and_the_clock() {
    let offences = lines(&sources::rust("src"), |source, line| {
        !["ambient", "proto"].contains(&source.floor())
            && (line.text.contains("disallowed_methods") || line.text.contains("disallowed_types"))
    });
    check(
        "A lint that bans a call is lifted outside src/ambient.rs.",
        "time, environment and network are parameters: take an `Env`, a `Clock`, or use `tokio::time`",
        offences,
    );
    let banned = sources::text(".clippy.toml");
    for call in ["SystemTime::now", "Instant::now", "env::var", "Utc::now", "thread::sleep", "process::exit"]
    {
        assert!(banned.contains(call), ".clippy.toml no longer bans `{call}`, and nothing else does");
    }
}

#[test]
fn only_the_plugin_floor_writes_to_standard_output() {
    let offences = lines(&sources::rust("src"), |source, line| {
        let writes = [
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "stdout()",
            "stderr()",
            "print_stdout",
            "print_stderr",
        ];
        !line.in_tests && source.floor() != "plugin" && writes.iter().any(|call| line.text.contains(call))
    });
    check(
        "Something other than src/plugin writes to a standard stream.",
        "standard output carries the handshake line and nothing else, standard error carries log lines",
        offences,
    );
}

#[test]
fn files_are_small_and_say_what_they_are() {
    const LINES_MAX: usize = 600;
    let offences =
        sources::rust("src").into_iter().chain(sources::rust("tests")).filter(|source| !source.generated());
    let offences = offences.flat_map(|source| {
        let length = source.text.lines().count();
        let long =
            (length > LINES_MAX).then(|| format!("{}: {length} lines, {LINES_MAX} at most", source.path));
        let silent = (!source.text.starts_with("//! ") && !source.path.ends_with("/tests.rs"))
            .then(|| format!("{}: no `//!` header", source.path));
        long.into_iter().chain(silent)
    });
    check(
        "A file is too long, or does not open with what it is.",
        "one idea a file: a reader decides by the header whether to read on; `foo/tests.rs` has the header of `foo.rs`",
        offences.collect::<Vec<_>>(),
    );
}

#[test]
fn names_say_what_a_thing_is() {
    const VAGUE: [&str; 9] =
        ["common", "helper", "helpers", "manager", "misc", "service", "shared", "util", "utils"];
    let all: Vec<Source> = sources::rust("src").into_iter().chain(sources::rust("tests")).collect();
    let files = all.iter().filter(|source| source.path.split(['/', '.']).any(|part| VAGUE.contains(&part)));
    let mut offences: Vec<String> = files.map(|source| source.path.clone()).collect();
    offences.extend(lines(&all, |_, line| line.text.trim_start().starts_with("fn test_")));
    check(
        "A name says nothing.",
        "modules are nouns of the field; a test is a sentence, without `test_`",
        offences,
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled in two halves, so that this file does not offend itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[ig", "nore")];
    let offences = sources::everything().into_iter().flat_map(|source| {
        let found =
            source.text.lines().zip(1..).filter(|(line, _)| marks.iter().any(|mark| line.contains(mark)));
        found.map(|(line, number)| format!("{}:{number}: {}", source.path, line.trim())).collect::<Vec<_>>()
    });
    check(
        "Something is unfinished.",
        "an open end is an issue, not a comment; a test runs or goes",
        offences,
    );
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let places =
        [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")];
    let offences = sources::everything().into_iter().flat_map(|source| {
        let found = source.text.lines().zip(1..).filter(|(line, _)| {
            places.iter().any(|place| {
                line.match_indices(place).any(|(at, _)| {
                    // A path of its own, not the tail of a longer one or of a URL.
                    !line[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || "-_.*)}".contains(before))
                })
            })
        });
        found.map(|(line, number)| format!("{}:{number}: {}", source.path, line.trim())).collect::<Vec<_>>()
    });
    check("A path is absolute.", "everything works from a fresh clone, anywhere", offences);
}

#[test]
fn the_top_level_holds_the_agreed_names() {
    const NAMES: [&str; 11] = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "Makefile",
        "README.md",
        "docs",
        "examples",
        "proto",
        "src",
        "terraform-registry-manifest.json",
    ];
    let offences = sources::top_level().into_iter().filter(|name| {
        !NAMES.contains(&name.as_str())
            && !["target", "tests"].contains(&name.as_str())
            && !name.starts_with('.')
    });
    check("The top level has a new name.", "it is the first thing that a visitor reads", offences);
}

#[test]
fn every_page_for_developers_is_linked() {
    let front = format!("{}{}", sources::text("README.md"), sources::text("docs/dev/ARCHITECTURE.md"));
    let pages = sources::everything()
        .into_iter()
        .filter(|source| source.path.starts_with("docs/dev/") && !source.path.ends_with("ARCHITECTURE.md"));
    let offences = pages.map(|page| page.path).filter(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        !front.contains(name)
    });
    check(
        "A page under docs/dev is linked from neither README.md nor ARCHITECTURE.md.",
        "nobody finds it",
        offences.collect::<Vec<_>>(),
    );
}

/// The eye loses the next line of a wider text.
const WIDTH: usize = 110;

#[test]
fn comments_are_no_wider_than_a_reader_follows() {
    let wide = |source: &Source| -> Vec<String> {
        let lines = source.text.lines().zip(1..);
        let comments = lines.filter(|(line, _)| line.trim_start().starts_with("//"));
        comments
            .filter(|(line, _)| line.chars().count() > WIDTH)
            .map(|(_, number)| format!("{}:{number}", source.path))
            .collect()
    };
    let sources = sources::rust("src").into_iter().chain(sources::rust("tests"));
    check(
        "A comment is wider than 110 columns.",
        "the eye loses the next line of a wide text",
        sources.filter(|source| !source.generated()).flat_map(|source| wide(&source)),
    );
}

/// Tables, titles, code and the head of a page are as wide as they must be.
#[test]
fn pages_are_no_wider_than_a_reader_follows() {
    let wide = |path: &str| -> Vec<String> {
        let (mut code, mut offences) = (false, Vec::new());
        let text = sources::text(path);
        let head = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---\n"));
        let head = head.map_or(0, |end| text[..end].lines().count() + 2);
        for (line, number) in text.lines().zip(1..).skip(head) {
            code ^= line.trim_start().starts_with("```");
            let is_text = !code && !line.starts_with(['|', '#']);
            if is_text && line.chars().count() > WIDTH {
                offences.push(format!("{path}:{number}"));
            }
        }
        offences
    };
    let pages = [
        "README.md",
        "CHANGELOG.md",
        "docs/dev/ARCHITECTURE.md",
        "docs/dev/BENCHMARKS.md",
        "docs/dev/CONFORMANCE.md",
        "docs/dev/CONTRIBUTING.md",
        "docs/dev/DECISIONS.md",
        "docs/guides/when-something-breaks.md",
    ];
    check(
        "A page has text wider than 110 columns.",
        "the eye loses the next line of a wide text",
        pages.iter().flat_map(|path| wide(path)),
    );
}
