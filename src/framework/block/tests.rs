use tokio_util::sync::CancellationToken;

use super::*;
use crate::framework::attribute::Attr;
use crate::framework::configured::Configured;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::model::{model, tests::check};
use crate::framework::provider::Provider;
use crate::framework::registry::Registry;
use crate::framework::server::Server;
use crate::framework::testing::{number, object, text, with};
use crate::framework::value::{Number, Value};

/// A provider block with one of every kind of block in it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Config {
    region: Field<String>,
    assume_role: Field<Nested<Role>>,
    step: Field<List<Nested<Step>>>,
    tag: Field<Set<Nested<Tag>>>,
}

model!(Config { region: REGION } blocks { assume_role: ASSUME_ROLE, step: STEPS, tag: TAGS });

#[derive(Clone, Debug, Default, PartialEq)]
struct Role {
    arn: Field<String>,
    seconds: Field<Number>,
}

model!(Role { arn: ARN, seconds: SECONDS });

#[derive(Clone, Debug, Default, PartialEq)]
struct Step {
    tag: Field<Set<Nested<Tag>>>,
}

model!(Step {} blocks { tag: TAGS });

#[derive(Clone, Debug, Default, PartialEq)]
struct Tag {
    seconds: Field<Number>,
}

model!(Tag { seconds: SECONDS });

const REGION: Attr<String> = Attr::optional("region", "");
const ASSUME_ROLE: Blocks<Nested<Role>> = Blocks::optional("assume_role", "A role.");
const STEPS: Blocks<List<Nested<Step>>> = Blocks::list("step", "A step.").at_least(1).at_most(3);
const TAGS: Blocks<Set<Nested<Tag>>> = Blocks::set("tag", "A tag.");
const ARN: Attr<String> = Attr::required("arn", "");
const SECONDS: Attr<Number> = Attr::optional("seconds", "").validated(|seconds, at, report| {
    if seconds.is_negative() {
        report.push(Diagnostic::error("Negative duration", "").at(at.clone()));
    }
});

#[derive(Debug)]
struct Blocky;

impl Provider for Blocky {
    const DESCRIPTION: &'static str = "A provider with blocks.";
    type Config = Config;
    type Data = Config;

    async fn configure(&self, _: &str, config: Config, _: &mut Diagnostics) -> Result<Config, Diagnostics> {
        Ok(config)
    }

    fn register(_: &mut Registry<Config>) {}
}

fn role(arn: Value, seconds: Value) -> Value {
    object([("arn", arn), ("seconds", seconds)])
}

fn tag(seconds: &str) -> Value {
    object([("seconds", number(seconds))])
}

fn paths(report: &Diagnostics) -> Vec<String> {
    report.iter().map(|found| found.path.as_ref().unwrap().to_string()).collect()
}

#[test]
fn a_model_with_blocks_writes_what_it_declares() {
    check::<Config>();
    check::<Step>();
}

#[test]
fn s43_blocks_are_declared_with_their_counts_and_what_is_in_them() {
    let blocks = Config::blocks();
    let declared: Vec<_> =
        blocks.iter().map(|block| (block.name, block.nesting, block.min_items, block.max_items)).collect();
    let wanted = [
        ("assume_role", BlockNesting::Single, 0, 0),
        ("step", BlockNesting::List, 1, 3),
        ("tag", BlockNesting::Set, 0, 0),
    ];
    assert_eq!(declared, wanted);
    assert_eq!(
        blocks[0].block,
        Block { description: "A role.".to_owned(), attributes: Role::attributes(), blocks: Vec::new() }
    );
    assert_eq!(blocks[1].block.blocks, [TAGS.declare()]);
    let required = Blocks::<Nested<Role>>::required("role", "").declare();
    assert_eq!((required.min_items, required.max_items), (1, 1));
    assert_eq!(Server::new(Blocky).schema_problems(), Diagnostics::new());
}

#[test]
fn no_block_is_null_for_one_and_an_empty_collection_for_several() {
    let empty = Server::new(Blocky).schema().block.empty_object();
    let none = Config::read(&empty).unwrap();
    let nothing = Config {
        step: Field::Known(List(Vec::new())),
        tag: Field::Known(Set(Vec::new())),
        ..Config::default()
    };
    assert_eq!(none, nothing);
    assert_eq!(none.write(), empty);
}

#[test]
fn what_does_not_fit_in_a_block_is_told_at_its_place() {
    let config = with(Object::new(), [("assume_role", role(number("1"), Value::Null))]);
    assert_eq!(paths(&Diagnostic::from(Config::read(&config).unwrap_err()).into()), ["assume_role.arn"]);
}

#[test]
fn an_argument_of_a_block_is_judged_at_its_place_and_only_when_it_is_known() {
    let server = Server::new(Blocky);
    let config = |assume_role, step, tag| {
        let empty = server.schema().block.empty_object();
        Some(with(empty, [("assume_role", assume_role), ("step", step), ("tag", tag)]))
    };
    let step = |seconds| object([("tag", Value::set(vec![tag(seconds)]))]);
    let bad = config(
        role(text("a"), number("-1")),
        Value::List(vec![step("1"), step("-1")]),
        Value::set(vec![tag("1"), tag("-1")]),
    );
    assert_eq!(paths(&server.validate_config(bad)), ["assume_role.seconds", "step[1].tag", "tag"]);
    let unknown = || config(Value::Unknown, Value::Unknown, Value::Unknown);
    assert_eq!(server.validate_config(unknown()), Diagnostics::new());
    let inside =
        config(role(text("a"), Value::Unknown), Value::List(vec![Value::Unknown]), Value::set(vec![]));
    assert_eq!(server.validate_config(inside), Diagnostics::new());
}

#[tokio::test]
async fn an_argument_of_a_block_that_is_not_known_yet_is_named() {
    let (server, stop) = (Server::new(Blocky), CancellationToken::new());
    let empty = server.schema().block.empty_object();
    let config = with(empty, [("assume_role", role(Value::Unknown, Value::Null)), ("tag", Value::Unknown)]);
    assert_eq!(server.configure("1.2.3", Some(config), &stop).await, Diagnostics::new());
    let Configured::Unknown(unknown) = &*server.data().unwrap() else { panic!("it is not known") };
    assert_eq!(unknown.iter().map(ToString::to_string).collect::<Vec<_>>(), ["assume_role.arn", "tag"]);
}
