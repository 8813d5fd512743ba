//! A text with one layer of its escapes taken back: those of JSON strings, of HTML and of URLs, side by side.
//! Each character keeps where in the text it comes from.

/// A character, and the bytes that stand for it. Answers are not so long that 32 bits would not do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) character: char,
    start: u32,
    end: u32,
}

/// Every escape begins with one of these.
pub(super) const BEGIN: [char; 3] = ['\\', '&', '%'];

/// The longest that is understood is `&percnt;`, but numbers may begin with noughts.
const ENTITY_LENGTH_MAX: usize = 16;

/// Names of HTML for what can stand in a secret, without regard to case.
const NAMES: [(&str, char); 34] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("sol", '/'),
    ("plus", '+'),
    ("equals", '='),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("comma", ','),
    ("period", '.'),
    ("colon", ':'),
    ("semi", ';'),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("rcub", '}'),
    ("vert", '|'),
    ("verbar", '|'),
];

impl Unit {
    pub(super) fn start(&self) -> usize {
        self.start as usize
    }

    pub(super) fn end(&self) -> usize {
        self.end as usize
    }
}

/// `text` as it stands.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let narrow = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
    text.char_indices()
        .map(|(start, character)| Unit {
            character,
            start: narrow(start),
            end: narrow(start + character.len_utf8()),
        })
        .collect()
}

/// `units` with one layer of escapes taken back; `None` where there is none.
pub(super) fn take_back(units: &[Unit]) -> Option<Vec<Unit>> {
    let mut taken = Vec::new();
    let (mut rest, mut any) = (units, false);
    while let [first, after @ ..] = rest {
        let escape = match first.character {
            '\\' => json(after),
            '&' => entity(after),
            '%' => percent(after),
            _ => None,
        };
        let (character, length) = escape.unwrap_or((first.character, 0));
        let (escaped, next) = after.split_at_checked(length).unwrap_or((&[], after));
        any |= !escaped.is_empty();
        taken.push(Unit { character, start: first.start, end: escaped.last().unwrap_or(first).end });
        rest = next;
    }
    any.then_some(taken)
}

/// What a backslash and the characters after it stand for, and how many these are.
fn json(after: &[Unit]) -> Option<(char, usize)> {
    Some((
        match after.first()?.character {
            character @ ('"' | '\\' | '/') => character,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return Some((hexadecimal(after.get(1..5)?)?, 5)),
            _ => return None,
        },
        1,
    ))
}

/// As [`json`], after an ampersand.
fn entity(after: &[Unit]) -> Option<(char, usize)> {
    let length = after.iter().take(ENTITY_LENGTH_MAX).position(|unit| unit.character == ';')?;
    let name: String = after.get(..length)?.iter().map(|unit| unit.character.to_ascii_lowercase()).collect();
    let character = match name.strip_prefix('#') {
        Some(number) => char::from_u32(match number.strip_prefix('x') {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        })?,
        None => NAMES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((character, length + 1))
}

/// As [`json`], after a percent sign. What is not ASCII takes several of these, and is in none of our
/// secrets.
fn percent(after: &[Unit]) -> Option<(char, usize)> {
    hexadecimal(after.get(..2)?).filter(char::is_ascii).map(|character| (character, 2))
}

fn hexadecimal(digits: &[Unit]) -> Option<char> {
    digits
        .iter()
        .try_fold(0, |number, digit| Some(number * 16 + digit.character.to_digit(16)?))
        .and_then(char::from_u32)
}
