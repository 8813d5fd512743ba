//! Reading: lenient in form, strict in substance, bounded by the bytes that are there, and as deep as the
//! type.

use std::collections::BTreeMap;
use std::str::from_utf8;

use rmp::Marker;

use crate::framework::path::Step;
use crate::framework::value::{Number, Object, Type, Value, normal_form};
use crate::wire::error::{DecodeError, Problem};

/// The value of type `of` that `bytes` begin with; what follows it is ignored, as the host does.
pub fn decode(bytes: &[u8], of: &Type) -> Result<Value, DecodeError> {
    Reader { rest: bytes }.value(of)
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn value(&mut self, of: &Type) -> Result<Value, DecodeError> {
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension_length(marker)? {
            // One byte names the kind of extension. Whatever it is, the value is unknown; what else the host
            // may know of it (a refinement) is only a hint.
            self.take(length.saturating_add(1))?;
            return Ok(Value::Unknown);
        }
        match of {
            Type::String => Ok(Value::String(self.text(marker, "a string")?)),
            Type::Number => self.number(marker).map(Value::Number),
            Type::Bool => match marker {
                Marker::False => Ok(Value::Bool(false)),
                Marker::True => Ok(Value::Bool(true)),
                other => Err(shape("a bool", other)),
            },
            Type::List(of) => self.elements(marker, of, "a list", DecodeError::within).map(Value::List),
            Type::Set(of) => {
                self.elements(marker, of, "a set", |error, _| error.within_set()).map(Value::set)
            }
            Type::Map(of) => self.map(marker, of),
            Type::Object(of) => self.object(marker, of).map(Value::Object),
        }
    }

    fn elements(
        &mut self,
        marker: Marker,
        of: &Type,
        wanted: &'static str,
        within: fn(DecodeError, Step) -> DecodeError,
    ) -> Result<Vec<Value>, DecodeError> {
        let length = self.array_length(marker, wanted)?;
        // An element has at least one byte, so a claimed length never reserves more than what was sent.
        let mut elements = Vec::with_capacity(length.min(self.rest.len()).min(1024));
        for index in 0..length {
            let step = Step::Index(i64::try_from(index).unwrap_or(i64::MAX));
            elements.push(self.value(of).map_err(|error| within(error, step))?);
        }
        Ok(elements)
    }

    fn map(&mut self, marker: Marker, of: &Type) -> Result<Value, DecodeError> {
        let mut elements = BTreeMap::new();
        for _ in 0..self.map_length(marker, "a map")? {
            let key = self.key()?;
            let value = self.value(of).map_err(|error| error.within(Step::Key(key.clone())))?;
            if elements.insert(key.clone(), value).is_some() {
                return Err(DecodeError::from(Problem::Twice).within(Step::Key(key)));
            }
        }
        Ok(Value::Map(elements))
    }

    fn object(&mut self, marker: Marker, of: &BTreeMap<String, Type>) -> Result<Object, DecodeError> {
        let mut object = Object::new();
        for _ in 0..self.map_length(marker, "an object")? {
            let name = self.key()?;
            let within = |error: DecodeError| error.within(Step::Attribute(name.clone()));
            let of = of.get(&name).ok_or_else(|| within(Problem::Superfluous.into()))?;
            let value = self.value(of).map_err(within)?;
            if object.insert(name.clone(), value).is_some() {
                return Err(within(Problem::Twice.into()));
            }
        }
        match of.keys().find(|name| !object.contains_key(*name)) {
            Some(missing) => {
                Err(DecodeError::from(Problem::Missing).within(Step::Attribute(missing.clone())))
            }
            None => Ok(object),
        }
    }

    fn number(&mut self, marker: Marker) -> Result<Number, DecodeError> {
        let number = match marker {
            Marker::FixPos(value) => Ok(u64::from(value).into()),
            Marker::FixNeg(value) => Ok(i64::from(value).into()),
            Marker::U8 => Ok(u64::from(u8::from_be_bytes(self.array()?)).into()),
            Marker::U16 => Ok(u64::from(u16::from_be_bytes(self.array()?)).into()),
            Marker::U32 => Ok(u64::from(u32::from_be_bytes(self.array()?)).into()),
            Marker::U64 => Ok(u64::from_be_bytes(self.array()?).into()),
            Marker::I8 => Ok(i64::from(i8::from_be_bytes(self.array()?)).into()),
            Marker::I16 => Ok(i64::from(i16::from_be_bytes(self.array()?)).into()),
            Marker::I32 => Ok(i64::from(i32::from_be_bytes(self.array()?)).into()),
            Marker::I64 => Ok(i64::from_be_bytes(self.array()?).into()),
            Marker::F32 => Number::try_from(f64::from(f32::from_be_bytes(self.array()?))),
            Marker::F64 => Number::try_from(f64::from_be_bytes(self.array()?)),
            other => self.text(other, "a number")?.parse(),
        };
        Ok(number.map_err(Problem::Number)?)
    }

    fn key(&mut self) -> Result<String, DecodeError> {
        let marker = self.marker()?;
        self.text(marker, "a key")
    }

    fn text(&mut self, marker: Marker, wanted: &'static str) -> Result<String, DecodeError> {
        let length = self.text_length(marker, wanted)?;
        let text = from_utf8(self.take(length)?).map_err(Problem::NotUtf8)?;
        Ok(normal_form(text.to_owned()))
    }

    fn marker(&mut self) -> Result<Marker, DecodeError> {
        let [byte] = self.array()?;
        Ok(Marker::from_u8(byte))
    }

    fn text_length(&mut self, marker: Marker, wanted: &'static str) -> Result<usize, DecodeError> {
        match marker {
            Marker::FixStr(length) => Ok(length.into()),
            Marker::Str8 | Marker::Bin8 => self.length_of_8(),
            Marker::Str16 | Marker::Bin16 => self.length_of_16(),
            Marker::Str32 | Marker::Bin32 => self.length_of_32(),
            other => Err(shape(wanted, other)),
        }
    }

    fn array_length(&mut self, marker: Marker, wanted: &'static str) -> Result<usize, DecodeError> {
        match marker {
            Marker::FixArray(length) => Ok(length.into()),
            Marker::Array16 => self.length_of_16(),
            Marker::Array32 => self.length_of_32(),
            other => Err(shape(wanted, other)),
        }
    }

    fn map_length(&mut self, marker: Marker, wanted: &'static str) -> Result<usize, DecodeError> {
        match marker {
            Marker::FixMap(length) => Ok(length.into()),
            Marker::Map16 => self.length_of_16(),
            Marker::Map32 => self.length_of_32(),
            other => Err(shape(wanted, other)),
        }
    }

    fn extension_length(&mut self, marker: Marker) -> Result<Option<usize>, DecodeError> {
        Ok(Some(match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.length_of_8()?,
            Marker::Ext16 => self.length_of_16()?,
            Marker::Ext32 => self.length_of_32()?,
            _ => return Ok(None),
        }))
    }

    fn length_of_8(&mut self) -> Result<usize, DecodeError> {
        self.array().map(u8::from_be_bytes).map(usize::from)
    }

    fn length_of_16(&mut self) -> Result<usize, DecodeError> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    fn length_of_32(&mut self) -> Result<usize, DecodeError> {
        let length = self.array().map(u32::from_be_bytes)?;
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Problem::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Problem::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn shape(wanted: &'static str, marker: Marker) -> DecodeError {
    let found = match marker {
        Marker::False | Marker::True => "a bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a string",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "a sequence",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a mapping",
        Marker::Reserved => "a reserved byte",
        _ => "a number",
    };
    Problem::Shape { wanted, found }.into()
}
