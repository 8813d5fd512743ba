//! The envelope of every answer: `{"Response": {…, "RequestId": …}}`, with `Error` in it or not.
//!
//! `Error` alone says whether a call failed; the HTTP status is 200 either way and is not asked
//! (<https://www.tencentcloud.com/document/product/1031/52046>). An answer without an envelope is not from
//! the service but from something in between. Does not know what a code means: that is `classify`.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::{Failure, Misshape};
use super::transport::HttpAnswer;

/// A call that succeeded.
#[derive(Debug)]
pub(crate) struct Success {
    pub(crate) request_id: Option<String>,
    fields: Map<String, Value>,
}

/// How many characters of a foreign answer are shown.
const EXCERPT_LENGTH_MAX: usize = 160;
/// How many characters of what the service says are kept: no documented text comes near it.
const TEXT_LENGTH_MAX: usize = 2_000;

/// Opens the envelope.
pub(crate) fn open(answer: &HttpAnswer) -> Result<Success, Failure> {
    let foreign = || Failure::Foreign { status: answer.status, excerpt: excerpt(&answer.body) };
    let mut envelope: Map<String, Value> = serde_json::from_slice(&answer.body).map_err(|_| foreign())?;
    let Some(Value::Object(fields)) = envelope.remove("Response") else {
        return Err(legacy_refusal(&envelope).unwrap_or_else(foreign));
    };
    let request_id = text(&fields, "RequestId");
    match fields.get("Error") {
        None | Some(Value::Null) => Ok(Success { request_id, fields }),
        Some(error) => match error.as_object().and_then(|error| Some((error, text(error, "Code")?))) {
            Some((error, code)) => {
                let message = text(error, "Message").unwrap_or_default();
                Err(Failure::Refused { code, message, request_id, skew: None })
            }
            None => Err(foreign()),
        },
    }
}

impl Success {
    /// Reads the fields of the answer.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let request_id = self.request_id;
        serde_json::from_value(Value::Object(self.fields))
            .map_err(|error| Failure::Shape { request_id, source: Misshape(printable(&error.to_string())) })
    }
}

/// The envelope of API 2.0, which old gateways may still answer with and the vendor's own SDKs still
/// understand.
fn legacy_refusal(envelope: &Map<String, Value>) -> Option<Failure> {
    envelope.get("code")?.as_i64().filter(|code| *code != 0)?;
    let code = text(envelope, "codeDesc")?;
    let message = text(envelope, "message").unwrap_or_default();
    Some(Failure::Refused { code, message, request_id: None, skew: None })
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty()).map(printable)
}

/// `text` as it may be shown: whoever answers must not be able to steer a terminal, or to flood it.
fn printable(text: &str) -> String {
    shortened(&text.replace(|character: char| character.is_control(), " "), TEXT_LENGTH_MAX)
}

fn shortened(text: &str, length_max: usize) -> String {
    match text.char_indices().nth(length_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The start of a body in one printable line: enough to recognise a proxy's page.
fn excerpt(body: &[u8]) -> String {
    let start = body.get(..body.len().min(EXCERPT_LENGTH_MAX * 4)).unwrap_or_default();
    let printable = String::from_utf8_lossy(start).replace(|c: char| c.is_control(), " ");
    let line = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "(empty)".to_owned() } else { shortened(&line, EXCERPT_LENGTH_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::organization::AuthIdentityPage;

    fn check(status: u16, body: &str) -> String {
        match open(&HttpAnswer { status, date: None, body: body.to_owned().into() }) {
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
            r#"{"code":0,"message":"","codeDesc":"Success"}"#,
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
        assert_eq!(refused("\u{1b}[31mred\r\nline\u{9b}"), "A.B c:  [31mred  line ");
        assert_eq!(refused(&"é".repeat(1 << 20)).chars().count(), "A.B c: ".len() + TEXT_LENGTH_MAX + 1);

        let misshapen = serde_json::json!({ "Response": { "Items": "\u{1b}x".repeat(1 << 20) } }).to_string();
        let success = open(&HttpAnswer { status: 200, date: None, body: misshapen.into() }).unwrap();
        let chain = success.read::<AuthIdentityPage>().unwrap_err().chain();
        assert!(chain.starts_with("the answer does not have the documented shape: invalid type"), "{chain}");
        assert!(chain.chars().count() < TEXT_LENGTH_MAX + 100 && !chain.contains('\u{1b}'));
    }

    #[test]
    fn an_excerpt_is_one_short_printable_line() {
        assert_eq!(excerpt(b"<html>\r\n  <b>502\x1b[31m</b>"), "<html> <b>502 [31m</b>");
        assert_eq!(excerpt("é".repeat(5000).as_bytes()).chars().count(), EXCERPT_LENGTH_MAX + 1);
        assert_eq!(excerpt(b" \n"), "(empty)");
    }
}
