//! The envelope of every answer: `{"Response": {…, "RequestId": …}}`, with `Error` in it or not.
//!
//! `Error` alone says whether a call failed; the HTTP status is 200 either way and is not asked
//! (<https://www.tencentcloud.com/document/product/1031/52046>). An answer without an envelope is not from
//! the service but from something in between. Does not know what a code means: that is `classify`.
//!
//! An answer is read twice, for its envelope and for its fields, and each time straight into what is wanted
//! of it: a tree of all that it holds can take two hundred times its length.

mod field;

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use self::field::{Code, Error, Text};
use super::api::lenient::Object;
use super::error::{Failure, Misshape};
use super::printable::{printable, shortened};
use super::redact::{Secrets, is_steering};
use super::transport::HttpResponse;

/// A call that succeeded.
pub(crate) struct Success {
    pub(crate) request_id: Option<String>,
    body: Bytes,
    confidential: bool,
}

/// The envelope, and that of API 2.0, which old gateways may still answer with and the vendor's own SDKs
/// still understand.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    #[serde(rename = "Response")]
    response: Option<Object<Head>>,
    code: Code,
    #[serde(rename = "codeDesc")]
    code_desc: Text,
    message: Text,
}

/// What every answer may have beside its own fields.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Head {
    error: Error,
    request_id: Text,
}

/// The envelope around what an action answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", bound = "T: DeserializeOwned")]
struct Around<T> {
    response: Object<T>,
}

/// How many characters of a foreign answer are shown.
const EXCERPT_LENGTH_MAX: usize = 160;
/// In place of what may hold credentials.
const NOT_SHOWN: &str = "(not shown, as it may hold credentials)";

/// Opens the envelope. What a failure says is without `secrets`.
pub(crate) fn open(answer: &HttpResponse, secrets: &Secrets) -> Result<Success, Failure> {
    let foreign = || Failure::Foreign { status: answer.status, excerpt: excerpt(&answer.body, secrets) };
    let Object(envelope): Object<Envelope> = serde_json::from_slice(&answer.body).map_err(|_| foreign())?;
    let said =
        |Text(text)| text.filter(|text| !text.is_empty()).map(|text| printable(&secrets.strike(&text)));
    let refused = |code, message, request_id| {
        let message = said(message).unwrap_or_default();
        Failure::Refused { code, message, request_id, skew: None }
    };
    let Some(Object(Head { error, request_id })) = envelope.response else {
        let code = said(envelope.code_desc).filter(|_| envelope.code.is_failure());
        return Err(code.map_or_else(foreign, |code| refused(code, envelope.message, None)));
    };
    let request_id = said(request_id);
    match error {
        Error::None => {
            let confidential = secrets.is_confidential();
            Ok(Success { request_id, body: answer.body.clone(), confidential })
        }
        Error::Some { code, message } => {
            Err(said(code).map_or_else(foreign, |code| refused(code, message, request_id)))
        }
        Error::Misshapen => Err(foreign()),
    }
}

impl fmt::Debug for Success {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Success").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

impl Success {
    /// Reads the fields of the answer.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let request_id = self.request_id;
        let read: Result<Around<T>, _> = serde_json::from_slice(&self.body);
        read.map(|around| around.response.0).map_err(|error| {
            // The reader's words may quote what it read.
            let told = if self.confidential { NOT_SHOWN.to_owned() } else { printable(&error.to_string()) };
            Failure::Shape { request_id, source: Misshape(told) }
        })
    }
}

/// The start of a body in one printable line: enough to recognise a proxy's page.
fn excerpt(body: &[u8], secrets: &Secrets) -> String {
    if secrets.is_confidential() {
        return NOT_SHOWN.to_owned();
    }
    let text = String::from_utf8_lossy(body);
    let start: String = secrets.strike(&text).chars().take(EXCERPT_LENGTH_MAX * 4).collect();
    let line = start.replace(is_steering, " ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "(empty)".to_owned() } else { shortened(&line, EXCERPT_LENGTH_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::with_causes;
    use crate::cloud::api::organization::AuthIdentityPage;
    use crate::cloud::printable::TEXT_LENGTH_MAX;

    fn check(status: u16, body: &str) -> String {
        match open(
            &HttpResponse { status, date: None, body: body.to_owned().into() },
            &Secrets::of_proxy("hunter2"),
        ) {
            Ok(success) => format!("success {:?}", success.request_id),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn the_envelope_decides_and_the_status_does_not() {
        let refused = r#"{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}}"#;
        for status in [200, 400, 502] {
            assert_eq!(check(status, r#"{"Response":{"RequestId":"r"}}"#), r#"success Some("r")"#);
            assert_eq!(check(status, refused), "InternalError: m");
        }
        assert_eq!(check(200, r#"{"Response":{"Error":null,"RequestId":null}}"#), "success None");
        assert_eq!(check(200, r#"{"Response":{"Error":{"Code":"A.B"}}}"#), "A.B: ");
        for id in ["7", "-7", "1e99", "18446744073709551616", "true", "null", "{}"] {
            assert_eq!(
                check(200, &format!(r#"{{"Response":{{"RequestId":{id}}}}}"#)),
                "success None",
                "{id}"
            );
        }
        let odd =
            r#"{"Response":{"RequestId":[{"":0}],"Error":{"Message":{},"Code":"A.B"},"x":{"y":[1e99]}}}"#;
        assert_eq!(check(200, odd), "A.B: ");
        let told = r#"{"Response":{"Error":{"Code":"A.B","Message":"by hunter2"},"RequestId":"r"}}"#;
        assert_eq!(check(200, told), "A.B: by [secret]");
        assert_eq!(check(200, r#"{"code":4000,"message":"m","codeDesc":"AuthFailure"}"#), "AuthFailure: m");
    }

    #[test]
    fn anything_else_is_foreign() {
        for body in [
            "",
            "<html>",
            r#"{"Response":{"Requ"#,
            "[]",
            "null",
            r#"{"Response":[]}"#,
            r#"{"Response":null}"#,
            r#"{"Response":{"Error":{}}}"#,
            r#"{"Response":{"Error":"no"}}"#,
            r#"{"Response":{"Error":7}}"#,
            r#"{"Response":{"Error":1.5e9}}"#,
            r#"{"Response":{"Error":{"Code":7}}}"#,
            r#"{"Response":{},"Response":{}}"#,
            r#"{"code":0,"message":"","codeDesc":"Success"}"#,
            r#"{"code":true,"message":"","codeDesc":"Success"}"#,
            r#"{"code":[1],"message":"","codeDesc":"Success"}"#,
        ] {
            assert!(check(502, body).starts_with("the answer is not one of"), "{body}");
        }
    }

    #[test]
    fn what_the_service_says_steers_no_terminal_and_floods_none() {
        let refused = |message: &str| {
            let error = serde_json::json!({ "Code": "A.B\u{1b}c", "Message": message });
            check(200, &serde_json::json!({ "Response": { "Error": error } }).to_string())
        };
        assert_eq!(
            refused("\u{202e}a\u{2066}b\u{61c}c\u{200f}\u{5e9}\u{200d}"),
            "A.B c:  a b c \u{5e9}\u{200d}",
            "what only joins letters stays"
        );
        assert_eq!(refused("\u{1b}[31mred\r\nline\u{9b}"), "A.B c:  [31mred  line ");
        assert_eq!(refused(&"é".repeat(1 << 20)).chars().count(), "A.B c: ".len() + TEXT_LENGTH_MAX + 1);

        let misshapen = serde_json::json!({ "Response": { "Items": "\u{1b}x".repeat(1 << 20) } }).to_string();
        let answer = HttpResponse { status: 200, date: None, body: misshapen.into() };
        let success = open(&answer, &Secrets::of_proxy("hunter2")).unwrap();
        let chain = with_causes(&success.read::<AuthIdentityPage>().unwrap_err());
        assert!(chain.starts_with("the answer does not have the documented shape: invalid type"), "{chain}");
        assert!(chain.chars().count() < TEXT_LENGTH_MAX + 100 && !chain.contains('\u{1b}'));
    }

    #[test]
    fn an_excerpt_is_one_short_printable_line() {
        let shown = |body: &[u8]| excerpt(body, &Secrets::of_proxy("hunter2"));
        assert_eq!(shown(b"<html>\r\n  <b>502\x1b[31m</b>"), "<html> <b>502 [31m</b>");
        assert_eq!(shown("é".repeat(5000).as_bytes()).chars().count(), EXCERPT_LENGTH_MAX + 1);
        assert_eq!(shown(b" \n"), "(empty)");
    }
}
