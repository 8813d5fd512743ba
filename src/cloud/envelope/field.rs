//! Fields of an envelope, whatever stands in them: what is not as documented is skipped, and nothing of it is
//! kept.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A text; `None` for anything else.
#[derive(Default)]
pub(super) struct Text(pub(super) Option<String>);

/// The code of API 2.0: 0 for success, and `None` for what is no number.
#[derive(Default)]
pub(super) struct Code(Option<i64>);

/// What `Error` says.
#[derive(Default)]
pub(super) enum Error {
    /// The call succeeded.
    #[default]
    None,
    /// It failed.
    Some { code: Text, message: Text },
    /// Something that is no error and not the absence of one.
    Misshapen,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Refusal {
    code: Text,
    message: Text,
}

impl Code {
    pub(super) fn is_failure(&self) -> bool {
        self.0.is_some_and(|code| code != 0)
    }
}

/// What becomes of each kind of JSON; [`Otherwise::otherwise`] unless it is said.
trait Otherwise: Sized {
    fn otherwise() -> Self;

    fn null() -> Self {
        Self::otherwise()
    }

    fn text(_: &str) -> Self {
        Self::otherwise()
    }

    fn integer(_: i64) -> Self {
        Self::otherwise()
    }

    /// Also how a number comes under `arbitrary_precision`.
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::otherwise())
    }
}

impl Otherwise for Text {
    fn otherwise() -> Self {
        Self(None)
    }

    fn text(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl Otherwise for Code {
    fn otherwise() -> Self {
        Self(None)
    }

    fn integer(number: i64) -> Self {
        Self(Some(number))
    }

    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Ok(Self(serde_json::Number::deserialize(MapAccessDeserializer::new(map))?.as_i64()))
    }
}

impl Otherwise for Error {
    fn otherwise() -> Self {
        Self::Misshapen
    }

    fn null() -> Self {
        Self::None
    }

    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        let Refusal { code, message } = Refusal::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Self::Some { code, message })
    }
}

struct Any<T>(PhantomData<T>);

impl<'de, T: Otherwise> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(T::null())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<T, E> {
        Ok(T::otherwise())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Ok(T::integer(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Ok(i64::try_from(number).map_or_else(|_| T::otherwise(), T::integer))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<T, E> {
        Ok(T::otherwise())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<T, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::otherwise())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::map(map)
    }
}

macro_rules! read_whatever_it_is {
    ($($name:ty),*) => {
        $(impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(Any(PhantomData))
            }
        })*
    };
}

read_whatever_it_is!(Text, Code, Error);
