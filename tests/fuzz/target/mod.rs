//! What is fuzzed: one file per reader of bytes that others wrote.

mod answers;
mod calls;
mod handshake;
mod json;
mod lists;
mod msgpack;
mod texts;

use fastrand::Rng;
use terraform_provider_tencentcloud::framework::value::Type;

use support::type_json::read_type;

/// A reader of bytes, and what it promises for any of them.
pub(crate) trait Target {
    /// Its name on the command line, and that of its corpus.
    fn name(&self) -> &'static str;
    /// An input as a well-meaning peer might send it, more or less.
    fn fresh(&self, random: &mut Rng) -> Vec<u8>;
    /// Reads `input`, asserts what must hold of the outcome, and says in coarse words what happened.
    fn run(&mut self, input: &[u8]) -> String;
    /// The most memory, in bytes, that reading `input` may take at any moment.
    fn allocation_max(&self, input: &[u8]) -> usize;
    /// How long an input may become.
    fn input_bytes_max(&self) -> usize {
        64 << 10
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Box<dyn Target + Send>> {
    vec![
        Box::new(msgpack::Msgpack),
        Box::new(json::Json),
        Box::new(texts::Texts),
        Box::new(handshake::Handshake),
        Box::new(answers::Answers::default()),
        Box::new(lists::Lists::default()),
        Box::new(calls::Calls::default()),
    ]
}

/// `text` without what differs from one input to the next: digits, what is quoted, length.
fn coarse(text: &str) -> String {
    let mut quoted = false;
    let mut coarse = String::new();
    for character in text.chars().take(400) {
        let quote = matches!(character, '"' | '`');
        quoted ^= quote;
        let repeated = character.is_ascii_digit() && coarse.ends_with('9');
        if (!quoted || quote) && !repeated {
            coarse.push(if character.is_ascii_digit() { '9' } else { character });
        }
    }
    coarse
}

/// An input of two parts: the first line, and the rest.
fn split(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    (&input[..end], input.get(end + 1..).unwrap_or_default())
}

/// The type in the first line of an input, and the bytes to read as that type.
fn typed(input: &[u8]) -> Option<(Type, &[u8])> {
    let (of, bytes) = split(input);
    Some((read_type(of)?, bytes))
}

/// How a value is built, without what is in it.
fn shape(of: &Type, depth: u8) -> String {
    let inner = |of: &Type| if depth == 0 { String::new() } else { shape(of, depth - 1) };
    match of {
        Type::String => "s".to_owned(),
        Type::Number => "n".to_owned(),
        Type::Bool => "b".to_owned(),
        Type::List(of) => format!("l{}", inner(of)),
        Type::Set(of) => format!("e{}", inner(of)),
        Type::Map(of) => format!("m{}", inner(of)),
        Type::Object(of) => format!("o{}", of.values().map(inner).collect::<String>()),
    }
}
