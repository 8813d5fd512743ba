//! An answer without the secrets of its request.
//!
//! The service does not repeat them; something in its place may (the error page of a proxy, an endpoint for
//! debugging), and parts of an answer reach logs, error texts and, by the name of a role, the state. An echo
//! may have been escaped on its way, more than once, so an answer is looked at as it stands and with its
//! escapes of JSON, HTML and URLs taken back, layer by layer.

mod escapes;

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use self::escapes::Unit;
use super::credentials::Credentials;
use super::request::Call;
use super::transport::HttpRequest;

/// Shorter ones are no secrets of this service, and might stand anywhere.
const LENGTH_MIN: usize = 16;
/// As [`LENGTH_MIN`], for passwords that people chose.
const PASSWORD_LENGTH_MIN: usize = 3;
/// How many layers of escapes are taken back.
const LAYERS_MAX: usize = 4;
const STRUCK: &str = "[secret]";

/// A secret, character by character.
type Form = Zeroizing<Vec<char>>;

/// What only the two of us may know of one request, and what only the proxy may.
#[derive(Default)]
pub(crate) struct Secrets {
    ours: Vec<Form>,
    /// They may be short words, so they are struck out of texts for people, never out of what is read by a
    /// machine.
    of_proxies: Vec<Form>,
    /// Whether the answer may bring secrets that nobody knows yet.
    confidential: bool,
}

impl Secrets {
    /// Those of `call`, of the `request` that makes it, of who signed it, and of the proxies that it may have
    /// gone through.
    pub(crate) fn of(
        call: &Call,
        request: &HttpRequest,
        signer: Option<&Credentials>,
        proxies: &[SecretString],
    ) -> Self {
        let signature = request.header("Authorization").and_then(|value| value.rsplit('=').next());
        let token = signer.and_then(Credentials::token).map(ExposeSecret::expose_secret);
        let key = signer.map(|signer| signer.secret_key().expose_secret());
        let ours = [signature, token, key, signer.map(Credentials::secret_id)].into_iter().flatten();
        let of_call = call.secrets.iter().map(ExposeSecret::expose_secret);
        let of_proxies = proxies.iter().map(ExposeSecret::expose_secret);
        Self {
            ours: ours.chain(of_call).flat_map(|secret| forms(secret, LENGTH_MIN)).collect(),
            of_proxies: of_proxies.flat_map(|secret| forms(secret, PASSWORD_LENGTH_MIN)).collect(),
            confidential: call.confidential,
        }
    }

    #[cfg(test)]
    pub(crate) fn of_proxy(password: &str) -> Self {
        Self { of_proxies: forms(password, PASSWORD_LENGTH_MIN), ..Self::default() }
    }

    /// Whether nothing of the answer may be shown but an error code and its message.
    pub(crate) fn is_confidential(&self) -> bool {
        self.confidential
    }

    /// `body` without ours. What was JSON still is.
    pub(crate) fn strike_body(&self, body: Bytes) -> Bytes {
        match strike(&String::from_utf8_lossy(&body), &[&self.ours]) {
            Some(text) => text.into(),
            None => body,
        }
    }

    /// `text`, which people will read, without any of them.
    pub(crate) fn strike<'t>(&self, text: &'t str) -> Cow<'t, str> {
        strike(text, &[&self.ours, &self.of_proxies]).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// Whether a terminal does something else with `character` than show it: controls, and those of the direction
/// of writing, which can make a text read as another one.
pub(crate) fn is_steering(character: char) -> bool {
    let bidirectional = ['\u{61c}', '\u{200e}', '\u{200f}'].contains(&character)
        || ('\u{202a}'..='\u{202e}').contains(&character)
        || ('\u{2066}'..='\u{2069}').contains(&character);
    character.is_control() || bidirectional
}

/// `secret` as it is, and as it becomes where its own characters look like escapes.
fn forms(secret: &str, length_min: usize) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut units = Some(escapes::units(secret));
    for _ in 0..=LAYERS_MAX {
        let Some(layer) = units.take() else { break };
        units = escapes::take_back(&layer);
        forms.push(Form::new(layer.iter().map(|unit| unit.character).collect()));
    }
    forms.retain(|form| form.len() >= length_min);
    forms
}

/// `text` without any of `secrets`; `None` where it holds none.
fn strike(text: &str, secrets: &[&[Form]]) -> Option<String> {
    let secrets: Vec<&Form> = secrets.iter().copied().flatten().collect();
    let mut found = Vec::new();
    for secret in &secrets {
        let plain: Zeroizing<String> = Zeroizing::new(secret.iter().collect());
        found.extend(text.match_indices(plain.as_str()).map(|(start, plain)| start..start + plain.len()));
    }
    if !secrets.is_empty() && text.contains(escapes::BEGIN) {
        let mut units = escapes::take_back(&escapes::units(text));
        for _ in 0..LAYERS_MAX {
            let Some(layer) = units.take() else { break };
            found.extend(secrets.iter().flat_map(|secret| places(&layer, secret)));
            units = escapes::take_back(&layer);
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_unstable_by_key(|place| (place.start, place.end));
    let (mut struck, mut done) = (String::with_capacity(text.len()), 0);
    for place in found {
        if place.start >= done {
            struck.push_str(text.get(done..place.start).unwrap_or_default());
            struck.push_str(STRUCK);
        }
        done = done.max(place.end);
    }
    struck.push_str(text.get(done..).unwrap_or_default());
    Some(struck)
}

/// Where in the text that `layer` was made of `secret` stands.
fn places<'a>(layer: &'a [Unit], secret: &'a [char]) -> impl Iterator<Item = Range<usize>> + 'a {
    layer.windows(secret.len().max(1)).filter_map(|window| {
        let same = window.iter().map(|unit| unit.character).eq(secret.iter().copied());
        same.then(|| Some(window.first()?.start()..window.last()?.end())).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "tok/en+of=a&role<1>%2F";

    fn secrets() -> Secrets {
        Secrets {
            ours: forms(TOKEN, LENGTH_MIN),
            of_proxies: forms("p@ss", PASSWORD_LENGTH_MIN),
            ..Secrets::default()
        }
    }

    fn check(echo: &str) {
        let struck = secrets().strike_body(format!("before {echo} after").into());
        assert_eq!(struck, "before [secret] after", "{echo}");
    }

    fn each(escape: impl Fn(char) -> String) -> String {
        TOKEN.chars().map(escape).collect()
    }

    #[test]
    fn an_echo_is_struck_out_however_it_is_escaped() {
        check(TOKEN);
        check(&TOKEN.replace('/', "\\/"));
        check(&TOKEN.replace('=', "\\u003d"));
        check(&each(|character| format!("\\u{:04X}", u32::from(character))));
        check(&each(|character| format!("&#x{:x};", u32::from(character))));
        check(&each(|character| format!("&#{:05};", u32::from(character))));
        check(&each(|character| format!("%{:02x}", u32::from(character))));
        check("tok&sol;en&plus;of&equals;a&amp;role&lt;1&gt;%2F");
        check("tok&#x2F;en&#43;of=a&AMP;role&lt;1&GT;&percnt;2F");
    }

    #[test]
    fn an_echo_that_was_escaped_twice_is_struck_out() {
        check("tok\\u0026#x2F;en+of=a\\u0026amp;role\\u0026lt;1\\u0026gt;%2F");
        check("tok\\\\/en+of\\\\u003da\\\\u0026role\\\\u003c1\\\\u003e%2F");
        check("tok%252Fen%252Bof=a&amp;amp;role&amp;lt;1&amp;gt;%2F");
    }

    #[test]
    fn what_was_json_still_is_and_two_echoes_that_overlap_are_one() {
        let json = format!(r#"{{"RequestId":"\u202e{}\n"}}"#, TOKEN.replace('/', "\\/"));
        let struck = secrets().strike_body(json.into());
        assert_eq!(struck, r#"{"RequestId":"\u202e[secret]\n"}"#);
        let secrets = Secrets { ours: [forms("abcd", 4), forms("cdef", 4)].concat(), ..Secrets::default() };
        assert_eq!(secrets.strike("xabcdef"), "x[secret]");
    }

    #[test]
    fn an_answer_without_an_echo_stays_as_it_is() {
        for body in [&b"\xff\\u00&#;&#x110000;&nosuch;%&%\\"[..], b"tok/en", b""] {
            let body = Bytes::from_static(body);
            assert_eq!(secrets().strike_body(body.clone()), body);
        }
    }

    #[test]
    fn the_password_of_a_proxy_is_struck_out_of_texts_only() {
        assert_eq!(secrets().strike("by p@ss, p%40ss or p&#64;ss"), "by [secret], [secret] or [secret]");
        assert_eq!(secrets().strike_body("by p@ss".into()), "by p@ss");
    }
}
