//! Small harm to bytes: flips, cuts, repetitions, splices, and words that some reader may trip over.

use fastrand::Rng;

/// Pieces of the formats that are read here, and values at the edge of what they can hold.
const WORDS: &[&[u8]] = &[
    b"\x00",
    b"\xc0",
    b"\xc1",
    b"\xc2",
    b"\xd4\x00\x00",
    b"\xc7\x05\x0c",
    b"\xc9\xff\xff\xff\xff\x00",
    b"\x80",
    b"\x90",
    b"\x91",
    b"\x92",
    b"\xdc\xff\xff",
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
    b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00",
    b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    b"\xcb\x00\x00\x00\x00\x00\x00\x00\x01",
    b"\xca\x7f\x80\x00\x00",
    b"\xab1e999999999",
    b"\xa61e4095",
    b"\x92\xc4\x08\"string\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[",
    b"{\"a\":",
    b"\"",
    b"null",
    b"true",
    b"\"type\":",
    b"\"value\":",
    b"[\"list\",",
    b"[\"set\",\"number\"]",
    b"[\"map\",\"string\"]",
    b"[\"object\",{\"a\":\"bool\"}]",
    b"{\"$serde_json::private::Number\":\"1\"}",
    b"1e999999999",
    b"10e9223372036854775807",
    b"1e-9223372036854775808",
    b"0e4097",
    b"-0",
    b"1e4095",
    b"9007199254740993",
    b"18446744073709551615",
    b"9223372036854775807",
    b"50000000000",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"0.1",
    b"\\u0000",
    b"\\ud800",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    "e\u{301}".as_bytes(),
    "\u{1d160}".as_bytes(),
    "\u{202e}".as_bytes(),
    b"#",
    b",",
    b" ",
    b"\n",
    b"\r\n",
    b"\x1b[31m",
    b"h",
    b"ms",
    b"ns",
    b"\xc2\xb5s",
    b"1h",
    b"-",
    b"+",
    b".",
    b"e",
    b"://",
    b"@",
    b"[::1]",
    b"?",
    b"%00",
    b"=",
    b"|",
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
    b"Response",
    b"Error",
    b"Code",
    b"Message",
    b"RequestId",
    b"RequestLimitExceeded",
    b"InternalError",
    b"AuthFailure.SignatureExpire",
    b"Items",
    b"Total",
    b"MemberUin",
    b"IdentityId",
    b"ResourceNotFound",
    b"{},",
    b"{\"\":0},",
];

/// How often one piece is repeated at most: enough to nest deeper than any reader should follow.
const REPETITIONS_MAX: usize = 2_000;

/// `base` after one to eight changes, some of which take from `other`.
pub(crate) fn vary(random: &mut Rng, base: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = base.to_vec();
    for _ in 0..random.usize(1..=8) {
        change(random, &mut bytes, other);
    }
    bytes
}

fn change(random: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = random.usize(..=bytes.len());
    match random.u8(..12) {
        0 | 1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
        2 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.u8(..);
            }
        }
        3 => insert(bytes, at, &[random.u8(..)]),
        4 => bytes.truncate(at),
        5 => drop(bytes.drain(piece(random, bytes.len()))),
        6 => {
            let copy = bytes[piece(random, bytes.len())].to_vec();
            insert(bytes, at, &copy);
        }
        7 => {
            let copy = &other[piece(random, other.len())];
            insert(bytes, at, copy);
        }
        8 => {
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.usize(..=other.len())..]);
        }
        9 if random.u8(..16) == 0 => {
            let word = WORDS[random.usize(..WORDS.len())].repeat(random.usize(1..=REPETITIONS_MAX));
            insert(bytes, at, &word);
        }
        10 => {
            let word = WORDS[random.usize(..WORDS.len())];
            let end = bytes.len().min(at + word.len());
            bytes.splice(at..end, word.iter().copied());
        }
        _ => insert(bytes, at, WORDS[random.usize(..WORDS.len())]),
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Somewhere within `length`, mostly short.
fn piece(random: &mut Rng, length: usize) -> std::ops::Range<usize> {
    let start = random.usize(..=length);
    let longest = if random.bool() { 8 } else { length };
    start..(start + random.usize(..=longest)).min(length)
}
