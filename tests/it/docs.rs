//! The registry pages are what schema, examples and page templates say today.
//!
//! The pages have the shape of tfplugindocs 0.25, the generator that most providers use: given the templates
//! beside this file, it writes the same bytes. Ours needs no Go and no Terraform: it asks the real binary for
//! its schema. `BLESS=1` writes the pages, without it a stale page is a failure.

mod description;
mod function;
mod links;
mod page;
mod schema;
mod template;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use terraform_provider_tencentcloud::ambient::{Env as _, ProcessEnv};
use terraform_provider_tencentcloud::proto::tfplugin6::get_provider_schema::{Request, Response};
use terraform_provider_tencentcloud::proto::tfplugin6::get_resource_identity_schemas;
use tokio::sync::OnceCell;

use self::page::Page;
use support::host::{Host, HostOptions};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `directory`, by its path from the root, in order.
fn files(directory: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::from(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(root().join(&directory)).unwrap() {
            let entry = entry.unwrap();
            let path = directory.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                found.insert(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found
}

/// What the binary says about itself, and the pages that come of it.
struct Rendered {
    schema: Response,
    pages: Vec<Page>,
}

impl Rendered {
    fn page(&self, path: &str) -> &str {
        &self.pages.iter().find(|page| page.path == path).unwrap().text
    }
}

/// Renders once for all tests, and writes the pages where that is asked for before any test reads them.
async fn rendered() -> &'static Rendered {
    static RENDERED: OnceCell<Rendered> = OnceCell::const_new();
    RENDERED
        .get_or_init(async || {
            let host = Host::start(HostOptions::default()).await;
            let schema = host.provider().get_provider_schema(Request {}).await.unwrap().into_inner();
            let request = get_resource_identity_schemas::Request {};
            let identities = host.provider().get_resource_identity_schemas(request).await.unwrap();
            let pages = page::render(&schema, &identities.into_inner().identity_schemas);
            if ProcessEnv.var("BLESS").is_some() {
                for Page { path, text } in &pages {
                    let path = root().join(path);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).unwrap();
                }
            }
            Rendered { schema, pages }
        })
        .await
}

#[tokio::test]
async fn pages_say_what_schema_and_examples_say() {
    let pages = &rendered().await.pages;
    for Page { path, text } in pages {
        let committed = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(committed == *text, "{path} is stale: run `make docs`");
    }
    let known: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    let written = |path: &String| path.starts_with("docs/dev/") || path.starts_with("docs/guides/");
    let found = files("docs").into_iter().filter(|path| !written(path));
    let strays: Vec<String> = found.filter(|path| !known.contains(path.as_str())).collect();
    assert!(strays.is_empty(), "no type has these pages: {strays:?}");
}

/// The registry takes a guide's place in the menu from its front matter.
#[test]
fn every_guide_has_a_title_and_quotes_what_the_program_says() {
    let sources: String = files("src").iter().map(text).collect();
    for path in files("docs/guides") {
        let guide = text(&path);
        let matter = guide.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let (matter, body) = matter.unwrap_or_else(|| panic!("{path} has no front matter"));
        for key in ["page_title: \"", "subcategory: \"", "description: |-"] {
            assert!(matter.lines().any(|line| line.starts_with(key)), "{path}: no {key}");
        }
        // What is quoted as a message is one: a capital letter, and more than one word.
        let quoted = body.split('`').skip(1).step_by(2).filter(|quote| {
            quote.starts_with(|letter: char| letter.is_ascii_uppercase()) && quote.contains(' ')
        });
        for message in quoted {
            assert!(sources.contains(&format!("\"{message}\"")), "{path}: nothing says {message:?}");
        }
    }
}

#[tokio::test]
async fn every_example_is_on_a_page() {
    let pages: String = rendered().await.pages.iter().map(|page| page.text.as_str()).collect();
    let kinds = ["provider", "resources", "functions", "data-sources", "list-resources"];
    let examples = kinds.map(|kind| format!("examples/{kind}"));
    let examples = examples.iter().filter(|folder| root().join(folder).exists()).map(|folder| files(folder));
    let examples: Vec<BTreeSet<String>> = examples.collect();
    for example in examples.iter().flatten() {
        assert!(pages.contains(text(example).trim()), "{example} is on no page");
    }
}

#[tokio::test]
async fn the_table_of_settings_has_every_argument_with_its_variable() {
    let rendered = rendered().await;
    let index = rendered.page("docs/index.md");
    let row = |name: &str| index.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
    let block = rendered.schema.provider.as_ref().and_then(|schema| schema.block.as_ref()).unwrap();
    let mut arguments = Vec::new();
    for attribute in &block.attributes {
        match &attribute.nested_type {
            None => arguments.push((attribute.name.clone(), &attribute.description)),
            Some(object) => arguments.extend(
                object
                    .attributes
                    .iter()
                    .map(|inner| (format!("{}.{}", attribute.name, inner.name), &inner.description)),
            ),
        }
    }
    for nested in &block.block_types {
        let inner = nested.block.as_ref().unwrap();
        arguments.extend(
            inner
                .attributes
                .iter()
                .map(|inner| (format!("{}.{}", nested.type_name, inner.name), &inner.description)),
        );
    }
    for (name, description) in arguments {
        let row = row(&name).unwrap_or_else(|| panic!("`{name}` has no row"));
        let Some((_, variable)) = description.split_once("Environment: `") else {
            assert!(row.contains(&format!("| `{name}` | none |")), "{row}");
            continue;
        };
        let (variable, _) = variable.split_once('`').unwrap();
        assert!(row.contains(&format!("| `{variable}` |")), "{row}");
    }
}

#[tokio::test]
async fn errors_are_called_what_the_program_calls_them() {
    let sources: String = files("src").iter().map(text).collect();
    // What a function says of its arguments is no summary.
    let pages = rendered().await.pages.iter().filter(|page| !page.path.starts_with("docs/functions/"));
    for page in pages {
        let cells = page.text.lines().filter_map(|line| line.strip_prefix("| **")?.split_once("** |"));
        let summaries: Vec<&str> = cells.map(|(summary, _)| summary).collect();
        assert!(!summaries.is_empty(), "{} lists no errors", page.path);
        for summary in summaries {
            assert!(sources.contains(&format!("\"{summary}\"")), "{}: nothing says {summary:?}", page.path);
        }
    }
}

#[tokio::test]
async fn every_remedy_is_on_a_page() {
    let pages: String = rendered().await.pages.iter().map(|page| page.text.as_str()).collect();
    let shipped = files("src").into_iter().filter(|path| !path.contains("tests"));
    let sources: String = shipped.map(text).collect();
    let literals =
        sources.split("Remedy::new(").skip(1).filter_map(|call| call.trim_start().strip_prefix('"'));
    let summaries: BTreeSet<&str> = literals.filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
    assert!(summaries.len() > 20, "no file of src/ makes remedies as before");
    for summary in summaries {
        assert!(pages.contains(&format!("| **{summary}** |")), "no page tells of {summary:?}");
    }
}
