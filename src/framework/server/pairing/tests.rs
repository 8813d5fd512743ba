//! Elements of sets, told apart by what they say.

use super::*;
use crate::framework::schema::{BlockNesting, Mode, Nesting};
use crate::framework::testing::{attribute, number, object, plain, text};
use crate::framework::value::Type;

/// `key` must be configured, `note` may be, and of `mark` and `size` the provider sets what is not
/// configured.
fn attributes() -> Vec<Attribute> {
    vec![
        plain("key", Type::String, Mode::Required),
        plain("note", Type::String, Mode::Optional),
        plain("mark", Type::String, Mode::OptionalComputed),
        plain("size", Type::Number, Mode::OptionalComputed),
    ]
}

fn item(key: &str, note: Value, mark: Value, size: Value) -> Value {
    object([("key", text(key)), ("note", note), ("mark", mark), ("size", size)])
}

#[track_caller]
fn check(values: &[Value], config: &[Value], expected: &[Option<usize>]) {
    let attributes = attributes();
    let pairs = pair(attributes.as_slice().into(), values, config);
    let expected: BTreeMap<usize, &Value> =
        (0..).zip(expected).filter_map(|(value, origin)| Some((value, &config[(*origin)?]))).collect();
    assert_eq!(pairs, expected);
}

#[test]
fn s66_an_element_that_fits_several_leaves_each_of_them_its_own() {
    let null = || Value::Null;
    let (x1, y1) = (item("a", null(), text("x"), number("1")), item("a", null(), text("y"), number("1")));
    let (any, x) = (item("a", null(), null(), null()), item("a", null(), text("x"), null()));
    check(&[x1.clone(), y1.clone()], &[any.clone(), x.clone()], &[Some(1), Some(0)]);
    check(&[y1.clone(), x1.clone()], &[x.clone(), any.clone()], &[Some(1), Some(0)]);
    // Both of the particular ones fit the first value; the second fits one of them only.
    let one = item("a", null(), null(), number("1"));
    check(&[x1.clone(), y1], &[x.clone(), one.clone()], &[Some(0), Some(1)]);
    let x2 = item("a", null(), text("x"), number("2"));
    check(&[x1, x2], &[x, one], &[Some(1), Some(0)]);
}

#[test]
fn s66_null_is_open_in_a_computed_attribute_only() {
    let config = [item("a", Value::Null, Value::Null, Value::Null)];
    check(&[item("a", text("other"), text("x"), number("1"))], &config, &[None]);
    check(&[item("a", Value::Null, text("x"), number("1"))], &config, &[Some(0)]);
}

#[test]
fn what_is_unknown_fits_what_is_unknown_one_to_one() {
    let unknown = || item("a", Value::Unknown, Value::Null, Value::Null);
    let values = vec![unknown(); 3000];
    let attributes = attributes();
    assert_eq!(pair(attributes.as_slice().into(), &values, &values).len(), 3000);
}

#[test]
fn elements_are_told_apart_by_what_is_nested_in_them() {
    let inner =
        || vec![plain("name", Type::String, Mode::Required), plain("id", Type::String, Mode::Computed)];
    for nesting in [Nesting::List, Nesting::Set, Nesting::Map] {
        let attributes = [attribute("inner", Kind::Nested(nesting, inner()), Mode::Optional)];
        let element = |name: &str, id: Value| {
            let inner = object([("name", text(name)), ("id", id)]);
            let inner = match nesting {
                Nesting::List => Value::List(vec![inner]),
                Nesting::Set => Value::set(vec![inner]),
                _ => Value::Map([("k".to_owned(), inner)].into()),
            };
            object([("inner", inner)])
        };
        let values = [element("a", text("1")), element("b", text("2"))];
        let config = [element("b", Value::Null), element("a", Value::Null)];
        let pairs = pair(attributes.as_slice().into(), &values, &config);
        assert_eq!(pairs, BTreeMap::from([(0, &config[1]), (1, &config[0])]), "{nesting:?}");
    }
}

#[test]
fn blocks_are_told_apart_by_the_blocks_in_them() {
    let block = |attributes, blocks| Block { attributes, blocks, ..Block::default() };
    let nested = |name, nesting, block| NestedBlock { name, nesting, block, min_items: 0, max_items: 0 };
    let port = vec![plain("port", Type::Number, Mode::Required), plain("id", Type::String, Mode::Computed)];
    for nesting in [BlockNesting::Single, BlockNesting::List, BlockNesting::Set] {
        let rule = nested("rule", nesting, block(port.clone(), Vec::new()));
        let outer = block(vec![plain("mark", Type::String, Mode::OptionalComputed)], vec![rule]);
        let element = |port: &str, id: Value, mark: Value| {
            let rule = object([("port", number(port)), ("id", id)]);
            let rule = match nesting {
                BlockNesting::Single => rule,
                BlockNesting::List => Value::List(vec![rule]),
                BlockNesting::Set => Value::set(vec![rule]),
            };
            object([("mark", mark), ("rule", rule)])
        };
        let values = [element("1", text("a"), text("x")), element("2", text("b"), text("y"))];
        let config = [element("2", Value::Null, Value::Null), element("1", Value::Null, Value::Null)];
        let pairs = pair((&outer).into(), &values, &config);
        assert_eq!(pairs, BTreeMap::from([(0, &config[1]), (1, &config[0])]), "{nesting:?}");
    }
}

/// Every way to fill two computed attributes, against the most pairs that trying everything finds.
#[test]
fn as_many_are_paired_as_can_be() {
    let marks = [Value::Null, text("x"), text("y")];
    let sizes = [Value::Null, number("1"), number("2")];
    let all: Vec<Value> = marks
        .iter()
        .flat_map(|mark| sizes.iter().map(|size| item("a", Value::Null, mark.clone(), size.clone())))
        .collect();
    let subsets = || {
        (0_usize..1 << all.len()).filter(|set| (2..=3).contains(&set.count_ones())).map(|set| {
            let chosen = all.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
            chosen.map(|(_, element)| element.clone()).collect::<Vec<_>>()
        })
    };
    let attributes = attributes();
    let shape: Shape<'_> = attributes.as_slice().into();
    for (values, config) in subsets().flat_map(|values| subsets().map(move |config| (values.clone(), config)))
    {
        let pairs = pair(shape, &values, &config);
        assert!(pairs.iter().all(|(value, origin)| agrees(shape, &values[*value], origin)));
        assert_eq!(pairs.len(), most(shape, &values, &config), "{values:?} {config:?}");
    }
}

fn most(shape: Shape<'_>, values: &[Value], config: &[Value]) -> usize {
    let Some((value, values)) = values.split_first() else { return 0 };
    let with = (0..config.len()).filter(|&origin| agrees(shape, value, &config[origin])).map(|origin| {
        let left = [&config[..origin], &config[origin + 1..]].concat();
        1 + most(shape, values, &left)
    });
    with.max().unwrap_or_default().max(most(shape, values, config))
}
