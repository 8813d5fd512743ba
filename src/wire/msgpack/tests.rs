use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::{decode, encode};
use crate::framework::testing::{map, number, object, text};
use crate::framework::value::{Number, Type, Value};
use crate::wire::error::Problem;

fn list(of: Type) -> Type {
    Type::List(Box::new(of))
}

fn set(of: Type) -> Type {
    Type::Set(Box::new(of))
}

fn object_type<const N: usize>(attributes: [(&str, Type); N]) -> Type {
    Type::Object(attributes.into_iter().map(|(name, of)| (name.to_owned(), of)).collect())
}

/// `bytes` read as `of` are `value`, and `value` is written as `written`.
#[track_caller]
fn check(bytes: &[u8], of: &Type, value: &Value, written: &[u8]) {
    assert_eq!(&decode(bytes, of).unwrap(), value);
    assert_eq!(encode(value, of).unwrap(), written);
}

/// `bytes` read as `of` are an error whose text has `words` in it, at `path`.
#[track_caller]
fn check_refused(bytes: &[u8], of: &Type, path: &str, words: &str) {
    let error = decode(bytes, of).unwrap_err();
    let found = error.path().map(|path| path.to_string()).unwrap_or_default();
    assert_eq!(found, path);
    assert!(error.to_string().contains(words), "{error}");
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool),];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(list),
            inner.clone().prop_map(set),
            inner.clone().prop_map(|of| Type::Map(Box::new(of))),
            prop::collection::btree_map("[a-z_]{1,4}", inner, 0..3).prop_map(Type::Object),
        ]
    })
}

fn any_value(of: &Type) -> BoxedStrategy<Value> {
    let known = match of {
        Type::String => any::<String>().prop_map(Value::string).boxed(),
        Type::Number => prop_oneof![
            any::<i64>().prop_map(Number::from),
            any::<u64>().prop_map(Number::from),
            "-?[0-9]{1,40}(\\.[0-9]{1,40})?".prop_map(|text| text.parse().unwrap()),
        ]
        .prop_map(Value::Number)
        .boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::List(of) => prop::collection::vec(any_value(of), 0..4).prop_map(Value::List).boxed(),
        Type::Set(of) => prop::collection::vec(any_value(of), 0..4).prop_map(Value::set).boxed(),
        Type::Map(of) => {
            let keys = any::<String>().prop_map(crate::framework::value::normal_form);
            prop::collection::btree_map(keys, any_value(of), 0..4).prop_map(Value::Map).boxed()
        }
        Type::Object(of) => {
            let names: Vec<String> = of.keys().cloned().collect();
            let values: Vec<_> = of.values().map(any_value).collect();
            values.prop_map(move |values| Value::Object(names.iter().cloned().zip(values).collect())).boxed()
        }
    };
    prop_oneof![1 => Just(Value::Null), 1 => Just(Value::Unknown), 6 => known].boxed()
}

fn fixed() -> Config {
    Config { rng_seed: RngSeed::Fixed(6), failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(fixed())]

    #[test]
    fn s51_every_value_of_every_type_survives_the_way_there_and_back(
        (of, value) in any_type().prop_flat_map(|of| (Just(of.clone()), any_value(&of)))
    ) {
        let bytes = encode(&value, &of).unwrap();
        prop_assert_eq!(decode(&bytes, &of).unwrap(), value);
    }

    #[test]
    fn s64_no_bytes_do_harm(of in any_type(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(decode(&bytes, &of));
    }

    #[test]
    fn s64_no_value_cut_short_does_harm(
        (of, value) in any_type().prop_flat_map(|of| (Just(of.clone()), any_value(&of))),
        kept in 0.0..1.0,
    ) {
        let bytes = encode(&value, &of).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a length")]
        let end = (bytes.len() as f64 * kept) as usize;
        let error = decode(&bytes[..end], &of).unwrap_err();
        prop_assert!(matches!(error.problem(), Problem::Truncated));
    }
}

#[test]
fn s52_a_number_is_read_from_every_form() {
    let read = |bytes: &[u8]| decode(bytes, &Type::Number).unwrap();
    assert_eq!(read(&[0x07]), number("7"));
    assert_eq!(read(&[0xff]), number("-1"));
    assert_eq!(read(&[0xcc, 0xff]), number("255"));
    assert_eq!(read(&[0xcd, 0x01, 0x00]), number("256"));
    assert_eq!(read(&[0xce, 0, 1, 0, 0]), number("65536"));
    assert_eq!(read(&[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), number("18446744073709551615"));
    assert_eq!(read(&[0xd0, 0x80]), number("-128"));
    assert_eq!(read(&[0xd1, 0x80, 0]), number("-32768"));
    assert_eq!(read(&[0xd2, 0x80, 0, 0, 0]), number("-2147483648"));
    assert_eq!(read(&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]), number("-9223372036854775808"));
    assert_eq!(read(&[0xca, 0x3f, 0x00, 0, 0]), number("0.5"));
    assert_eq!(read(&[0xcb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]), number("0.1"));
    assert_eq!(read(b"\xa30.1"), number("0.1"));
    assert_eq!(read(b"\xa4+1e3"), number("1000"));
    assert_eq!(read(b"\xc4\x017"), number("7"));
}

#[test]
fn s52_a_fraction_and_thirty_digits_are_written_as_they_came() {
    check(b"\xa30.1", &Type::Number, &number("0.1"), b"\xa30.1");
    let digits = "123456789012345678901234567890";
    let bytes = [b"\xbe", digits.as_bytes()].concat();
    check(&bytes, &Type::Number, &number(digits), &bytes);
}

#[test]
fn s53_an_integer_is_written_exactly_in_the_smallest_form() {
    let written = |text: &str| encode(&number(text), &Type::Number).unwrap();
    assert_eq!(written("127"), [0x7f]);
    assert_eq!(written("-1"), [0xff]);
    assert_eq!(written("100000000001"), [&[0xcf], &100_000_000_001_u64.to_be_bytes()[..]].concat());
    assert_eq!(written("9223372036854775808"), [&[0xcf], &(1_u64 << 63).to_be_bytes()[..]].concat());
    assert_eq!(written("18446744073709551616"), b"\xb418446744073709551616");
    assert_eq!(written("-9223372036854775809"), b"\xb4-9223372036854775809");
}

#[test]
fn s54_what_is_not_finite_is_refused_and_no_float_is_written() {
    for bits in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bytes = [&[0xcb], &bits.to_be_bytes()[..]].concat();
        check_refused(&bytes, &Type::Number, "", "number");
    }
    for text in ["NaN", "Inf", "-Inf"] {
        let bytes = [&[0xa0 | u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        check_refused(&bytes, &Type::Number, "", "number");
    }
    for text in ["0.5", "0.1", "1e300", "-2.5"] {
        let marker = encode(&number(text), &Type::Number).unwrap()[0];
        assert!(marker != 0xca && marker != 0xcb, "{text}");
    }
}

#[test]
fn s55_every_extension_is_an_unknown_value() {
    let refinement = [0xc7, 5, 12, 0x82, 1, 0xc2, 0x7f, 0xc0];
    for bytes in [
        &[0xd4, 0, 0][..],
        &[0xd4, 99, 7],
        &[0xd5, 12, 0x81, 1],
        &[0xd6, 1, 2, 3, 4, 5],
        &[0xc7, 0, 0],
        &[0xc8, 0, 1, 5, 9],
        &[0xc9, 0, 0, 0, 1, 5, 9],
        &refinement,
    ] {
        for of in [Type::String, Type::Number, list(Type::Bool), object_type([("a", Type::Bool)])] {
            assert_eq!(decode(bytes, &of).unwrap(), Value::Unknown, "{bytes:x?}");
        }
    }
    let pair = [&[0x92][..], &refinement, &[0xa1, b'x']].concat();
    assert_eq!(decode(&pair, &list(Type::String)).unwrap(), Value::List(vec![Value::Unknown, text("x")]));
}

#[test]
fn s56_an_unknown_value_is_written_plainly() {
    for of in [Type::String, set(Type::Number)] {
        assert_eq!(encode(&Value::Unknown, &of).unwrap(), [0xd4, 0, 0]);
    }
}

#[test]
fn s57_an_object_is_written_with_exactly_its_attributes_in_order() {
    let of = object_type([("a", Type::Bool), ("b", Type::Bool)]);
    let whole = object([("b", Value::Null), ("a", Value::Bool(true))]);
    assert_eq!(encode(&whole, &of).unwrap(), b"\x82\xa1a\xc3\xa1b\xc0");
    let less = object([("a", Value::Null)]);
    let more = object([("a", Value::Null), ("b", Value::Null), ("c", Value::Null)]);
    for wrong in [less, more, text("x"), Value::List(Vec::new())] {
        encode(&wrong, &of).unwrap_err();
    }
}

#[test]
fn s58_an_object_is_read_in_any_order_and_with_nothing_missing_or_extra() {
    let of = object_type([("a", Type::Bool), ("b", object_type([("c", Type::Number)]))]);
    let value = object([("a", Value::Bool(true)), ("b", object([("c", number("1"))]))]);
    assert_eq!(decode(b"\x82\xa1b\x81\xa1c\x01\xa1a\xc3", &of).unwrap(), value);
    check_refused(b"\x81\xa1a\xc3", &of, "b", "missing");
    check_refused(b"\x80", &of, "a", "missing");
    check_refused(b"\x82\xa1a\xc3\xa1b\x80", &of, "b.c", "missing");
    check_refused(b"\x82\xa1a\xc3\xa1b\x82\xa1c\x01\xa1d\x01", &of, "b.d", "not in the schema");
    check_refused(b"\x82\xa1a\xc3\xa1a\xc3", &of, "a", "twice");
    check_refused(b"\x82\xa1a\x01\xa1b\xc0", &of, "a", "found a number where a bool should be");
    check_refused(b"\x82\xa1a\xc3\x01\xc0", &of, "", "found a number where a key should be");
}

#[test]
fn s62_text_and_keys_leave_and_arrive_in_normal_form_c() {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
    let bytes = b"\xa6cafe\xcc\x81";
    check(bytes, &Type::String, &text(composed), b"\xa5caf\xc3\xa9");
    assert_eq!(text(decomposed), text(composed));
    assert_eq!(encode(&Value::String(decomposed.to_owned()), &Type::String).unwrap(), b"\xa5caf\xc3\xa9");
    let by_key = Value::Map(BTreeMap::from([(decomposed.to_owned(), Value::Null)]));
    let of = Type::Map(Box::new(Type::String));
    assert_eq!(encode(&by_key, &of).unwrap(), b"\x81\xa5caf\xc3\xa9\xc0");
    assert_eq!(decode(b"\x81\xa6cafe\xcc\x81\xc0", &of).unwrap(), map([(composed, Value::Null)]));
    check_refused(b"\xa1\xff", &Type::String, "", "UTF-8");
}

#[test]
fn s63_a_set_has_no_order_and_leaves_without_duplicates() {
    let of = set(Type::Number);
    assert_eq!(decode(b"\x93\x02\x01\x02", &of).unwrap(), decode(b"\x92\x01\x02", &of).unwrap());
    let made_by_hand = Value::Set(vec![number("2"), number("1"), number("2.0")]);
    assert_eq!(encode(&made_by_hand, &of).unwrap(), b"\x92\x01\x02");
    let undecided = Value::Set(vec![Value::Unknown, Value::Unknown]);
    assert_eq!(encode(&undecided, &of).unwrap(), [0x92, 0xd4, 0, 0, 0xd4, 0, 0]);
}

#[test]
fn s64_a_claimed_length_reserves_nothing() {
    for bytes in [
        &[0xdd, 0xff, 0xff, 0xff, 0xff][..],
        &[0xdf, 0xff, 0xff, 0xff, 0xff],
        &[0xdb, 0xff, 0xff, 0xff, 0xff],
    ] {
        for of in [list(Type::Number), Type::Map(Box::new(Type::Number)), Type::String] {
            decode(bytes, &of).unwrap_err();
        }
    }
    check_refused(&[0xdd, 0xff, 0xff, 0xff, 0xff, 1], &list(Type::Number), "", "end in the middle");
}

#[test]
fn an_error_says_where() {
    let of = object_type([("map", Type::Map(Box::new(list(object_type([("a", Type::Bool)])))))]);
    check_refused(b"\x81\xa3map\x81\xa1k\x92\xc0\x81\xa1a\x01", &of, "map[\"k\"][1].a", "a bool");
    let in_set = object_type([("set", set(object_type([("a", Type::Bool)])))]);
    check_refused(b"\x81\xa3set\x91\x81\xa1a\x01", &in_set, "set", "a bool");
}
