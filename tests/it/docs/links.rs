//! Links between the pages of this repository lead somewhere.

use std::collections::BTreeSet;
use std::path::Path;

use super::{files, rendered, root, text};

/// Every Markdown page.
fn pages() -> BTreeSet<String> {
    let all = ["docs", "examples"]
        .into_iter()
        .flat_map(files)
        .chain(["README.md", "CHANGELOG.md"].map(str::to_owned));
    all.filter(|path| Path::new(path).extension() == Some("md".as_ref()) && root().join(path).exists())
        .collect()
}

/// The targets of the links of a page that lead into this repository, without those in code.
fn targets(markdown: &str) -> Vec<String> {
    let mut fenced = false;
    let prose = markdown.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    let outside_code = prose.flat_map(|line| line.split('`').step_by(2).collect::<Vec<_>>());
    let text = outside_code.collect::<Vec<_>>().join("\n");
    let links = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()));
    links.filter(|target| !target.contains("://")).collect()
}

/// The anchors of a page: those written out, and those that headings get.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = markdown.lines().filter(|line| line.starts_with('#')).map(|line| {
        let kept = line.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.collect::<String>().replace(' ', "-")
    });
    let written =
        markdown.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    headings.chain(written).collect()
}

#[tokio::test]
async fn links_lead_somewhere() {
    rendered().await;
    for page in pages() {
        let markdown = text(&page);
        for target in targets(&markdown) {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let there = if file.is_empty() {
                root().join(&page)
            } else {
                root().join(&page).parent().unwrap().join(file)
            };
            assert!(there.exists(), "{page} links {target}, which does not exist");
            if !anchor.is_empty() {
                assert!(anchors(&text(&there)).contains(anchor), "{page} links {target}: no such heading");
            }
        }
    }
}
