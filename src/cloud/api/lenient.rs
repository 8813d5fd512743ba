//! How the fields of an answer are read where the documentation and its samples disagree, and how much of
//! them.
//!
//! Whoever answers must not decide how much memory that takes: nothing here builds a tree, and lists have an
//! end.

use std::fmt;
use std::marker::PhantomData;

use secrecy::SecretString;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::PAGE_LIMIT;
use crate::cloud::printable::printable;
use crate::cloud::redact::is_steering;

/// No list inside an item is documented to be this long.
const LIST_LENGTH_MAX: u64 = 1_000;

/// A whole number, a decimal string, `null`, or nothing.
pub(in crate::cloud) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    struct Number;

    impl<'de> Visitor<'de> for Number {
        type Value = Option<u64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number that is not negative")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| no_number()) }
        }

        /// How a number arrives under `arbitrary_precision`; an object is none.
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            let number = serde_json::Number::deserialize(MapAccessDeserializer::new(map));
            number.ok().and_then(|number| number.as_u64()).map(Some).ok_or_else(no_number)
        }
    }

    fn no_number<E: Error>() -> E {
        E::custom("expected a whole number that is not negative")
    }

    from.deserialize_any(Number)
}

/// A text that nobody may see.
pub(in crate::cloud) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}

/// A name, as it may be shown and stored: see [`printable`].
pub(in crate::cloud) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|name| printable(&name)))
}

/// A text that is longer than a name, and read by programs: whole, but it must not steer a terminal either.
pub(super) fn document<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|document| document.replace(is_steering, " ")))
}

/// The items of a page, or `null` for none; never more than the largest page has.
pub(super) fn page<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    from.deserialize_any(List { length_max: PAGE_LIMIT, of: PhantomData })
}

/// A list inside an item, or `null` for an empty one.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    from.deserialize_any(List { length_max: LIST_LENGTH_MAX, of: PhantomData })
}

struct List<T> {
    length_max: u64,
    of: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {} objects", self.length_max)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Object(element)) = elements.next_element()? {
            if list.len() as u64 >= self.length_max {
                return Err(A::Error::invalid_length(list.len() + 1, &self));
            }
            list.push(element);
        }
        Ok(list)
    }
}

/// What is read from an object and from nothing else: a `struct` by itself would also take its fields from a
/// list, in order.
pub(in crate::cloud) struct Object<T>(pub(in crate::cloud) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        from.deserialize_map(Fields(PhantomData))
    }
}
