//! Who may import whom: the table, and the reading of `crate::…` paths that holds the sources to it.

use super::sources::{Source, line_of};

/// Each floor with the floors that it may name. `lib.rs` composes them all, and `main.rs` only calls it.
/// Tests may name `ambient` besides, to fix the world.
const TABLE: [(&str, &[&str]); 15] = [
    ("ambient", &[]),
    ("causes", &[]),
    ("reconcile", &[]),
    ("proto", &[]),
    ("framework", &[]),
    ("functions", &["framework", "reconcile"]),
    ("cloud", &["ambient", "causes"]),
    ("plugin", &["ambient", "causes", "proto"]),
    ("wire", &["causes", "framework", "proto"]),
    ("organization", &["cloud", "reconcile"]),
    ("diagnose", &["causes", "cloud", "framework", "organization", "reconcile"]),
    ("resources", &["cloud", "diagnose", "framework", "organization", "reconcile"]),
    ("data_sources", &["cloud", "diagnose", "framework", "organization", "reconcile"]),
    (
        "provider",
        &[
            "ambient",
            "causes",
            "cloud",
            "data_sources",
            "diagnose",
            "framework",
            "functions",
            "organization",
            "resources",
        ],
    ),
    (
        "lib",
        &[
            "ambient",
            "causes",
            "cloud",
            "data_sources",
            "diagnose",
            "framework",
            "functions",
            "organization",
            "plugin",
            "proto",
            "provider",
            "reconcile",
            "resources",
            "wire",
        ],
    ),
];

/// The imports of `source` that the table does not allow, each with its place.
pub(super) fn forbidden_imports(source: &Source) -> Vec<String> {
    let floor = source.floor();
    if floor == "main" {
        return Vec::new();
    }
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == floor) else {
        return vec![format!("{}: `{floor}` is a floor that the table does not know", source.path)];
    };
    let text = source.code_text();
    let tests = if source.only_tests { 0 } else { text.find("\n#[cfg(test)]\nmod ").unwrap_or(text.len()) };
    let crossing = named_floors(&text)
        .filter(|(_, named)| *named != floor && !allowed.contains(named))
        .filter(|(at, named)| *at < tests || *named != "ambient")
        .map(|(at, named)| (at, format!("`{floor}` may not name `{named}`")));
    // Up and over the wall: `super::super::x`, or `super::x` from a floor's own root.
    let climbing = text
        .match_indices("super::super::")
        .map(|(at, _)| (at, "climbs with `super::super::`: write `crate::`".to_owned()));
    let itself = text
        .match_indices("terraform_provider_tencentcloud::")
        .map(|(at, _)| (at, "names its own crate: write `crate::`".to_owned()));
    let root = source.path == format!("src/{floor}.rs") || source.path == format!("src/{floor}/mod.rs");
    let escaping = text
        .match_indices("\nuse super::")
        .filter(|_| root)
        .map(|(at, _)| (at + 1, "leaves its floor by `super::`: write `crate::`".to_owned()));
    crossing
        .chain(climbing)
        .chain(itself)
        .chain(escaping)
        .map(|(at, offence)| format!("{}:{}: {offence}", source.path, line_of(&text, at)))
        .collect()
}

/// The floors named by `crate::x` and `crate::{x::…, y}`, with their positions in `text`.
fn named_floors(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("crate::").flat_map(|(at, keyword)| {
        let rest = &text[at + keyword.len()..];
        let names = if let Some(group) = rest.strip_prefix('{') { members(group) } else { vec![word(rest)] };
        names.into_iter().filter(|name| !name.is_empty()).map(move |name| (at, name))
    })
}

/// The first word of each member of a `{…}` group, whose opening brace is behind us.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut names, mut start) = (0_i32, Vec::new(), 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

/// The identifier at the start of `text`, blanks skipped; empty where there is none.
fn word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(text.len())]
}

#[test]
fn an_import_is_seen_in_every_spelling() {
    let offences = |path: &str, text: &str| forbidden_imports(&Source::new(path, text)).len();
    let from_cloud = |text: &str| offences("src/cloud/client.rs", text);

    assert_eq!(from_cloud("use crate::ambient::Clock;\nuse crate::cloud::sign;\n"), 0, "allowed");
    assert_eq!(from_cloud("use crate::framework::Value;\n"), 1);
    assert_eq!(
        from_cloud("use crate::{\n    ambient::{Clock, Env},\n    framework::Value,\n    wire,\n};\n"),
        2
    );
    assert_eq!(from_cloud("fn f() { let x = crate::wire::server(); }\n"), 1);
    assert_eq!(from_cloud("use super::super::framework::Value;\n"), 1);
    assert_eq!(from_cloud("// crate::framework is not for us\n"), 0, "a comment names, it does not import");
    assert_eq!(offences("src/cloud/mod.rs", "\nuse super::framework;\n"), 1);
    assert_eq!(offences("src/resources/x.rs", "use crate::ambient::Env;\n"), 1);
    assert_eq!(offences("src/resources/x/tests.rs", "use crate::ambient::Env;\n"), 0, "tests fix the world");
    assert_eq!(offences("src/novel/mod.rs", ""), 1, "a floor that the table does not know");
}
