//! Page templates: the small part of Go's `text/template`, with the functions of tfplugindocs, that our pages
//! use.
//!
//! `{{ a | b }}` is a pipeline: each stage is a value or a function with arguments, and takes the outcome of
//! the stage before it as its last argument. Conditions, loops and trim marks are not known here.

use std::collections::BTreeMap;

use super::{description, text};

/// The template with every `{{ … }}` replaced. `values` are what it may name as `.Name`.
pub(super) fn render(template: &str, values: &BTreeMap<&str, String>) -> String {
    let mut pieces = template.split("{{");
    let mut rendered = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (pipeline, after) = piece.split_once("}}").expect("`{{` is closed by `}}`");
        rendered += &evaluate(pipeline, values);
        rendered += after;
    }
    rendered
}

fn evaluate(pipeline: &str, values: &BTreeMap<&str, String>) -> String {
    let mut outcome = None;
    for stage in pipeline.split('|') {
        let mut words = words(stage).into_iter();
        let first = words.next().unwrap_or_else(|| panic!("nothing in {pipeline:?}"));
        let value = |word: &str| match (word.strip_prefix('.'), word.strip_prefix('"')) {
            (Some(name), _) => values.get(name).unwrap_or_else(|| panic!("no value {name:?}")).clone(),
            (_, Some(literal)) => literal.to_owned(),
            _ => panic!("{word:?} is no value"),
        };
        let arguments: Vec<String> = words.map(|word| value(&word)).chain(outcome).collect();
        outcome = Some(if first.starts_with(['.', '"']) { value(&first) } else { call(&first, &arguments) });
    }
    outcome.unwrap_or_default()
}

/// The words of a stage; a literal keeps its opening quote, to be told from a name.
fn words(stage: &str) -> Vec<String> {
    let place = |(place, piece): (usize, &str)| -> Vec<String> {
        if place % 2 == 1 {
            vec![format!("\"{piece}")]
        } else {
            piece.split_whitespace().map(str::to_owned).collect()
        }
    };
    stage.split('"').enumerate().flat_map(place).collect()
}

fn call(function: &str, arguments: &[String]) -> String {
    match (function, arguments) {
        ("trimspace", [text]) => text.trim().to_owned(),
        ("plainmarkdown", [markdown]) => description::plain(markdown),
        ("prefixlines", [prefix, text]) => {
            text.split('\n').map(|line| format!("{prefix}{line}")).collect::<Vec<_>>().join("\n")
        }
        ("tffile", [file]) => code("terraform", file),
        ("codefile", [language, file]) => code(language, file),
        _ => panic!("no function {function:?} of {} arguments", arguments.len()),
    }
}

fn code(language: &str, file: &str) -> String {
    format!("```{language}\n{}\n```", text(file).trim())
}

#[test]
fn a_pipeline_is_evaluated_from_left_to_right() {
    let values = BTreeMap::from([("Name", " `a`\n\nb ".to_owned())]);
    let rendered =
        render(r#"<{{ .Name | plainmarkdown | trimspace | prefixlines "- " }}> {{.Name}}{{ "x" }}"#, &values);
    assert_eq!(rendered, "<- a\n- b>  `a`\n\nb x");
}

#[test]
fn a_file_is_quoted_as_code() {
    let rendered = render(r#"{{ codefile "toml" ".rustfmt.toml" }}"#, &BTreeMap::new());
    assert!(rendered.starts_with("```toml\n") && rendered.ends_with("\n```"), "{rendered}");
}
