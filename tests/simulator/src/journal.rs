//! What happened, call by call: the only thing a test should ask about how a client went to work.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::message::Request;

/// One call of the API as the cloud saw it. Requests to `/_simulator/` are not recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `X-TC-Action`; empty when it was not sent.
    pub action: String,
    /// The decoded JSON body; `Null` when it was no JSON.
    pub body: Value,
    /// What the client got: empty for success, the API's error code, or in angle brackets what came instead
    /// of an answer (`<reset>`, `<truncated>`, `<garbage>`, `<html 502>`).
    pub code: String,
    /// Whether the call changed anything; for a grant that existed already, whether it was configured again.
    pub applied: bool,
    /// The name of the scripted effect that fired on this call.
    pub fault: Option<&'static str>,
    /// By the cloud's clock.
    pub time: DateTime<Utc>,
    /// The `RequestId` of the answer, also where the answer got lost.
    pub request_id: String,
    /// `User-Agent`; empty when it was not sent.
    pub user_agent: String,
    /// All headers but `Authorization`, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The key that the caller named in `Authorization`, true or not. Empty when it was not sent.
    pub secret_id: String,
    /// The signature of `Authorization`, in hex: a test that looks for secrets must know it. Empty when it
    /// was not sent.
    pub signature: String,
    /// Which connection it came over, counted from 1; 0 for an in-memory call.
    pub connection: u64,
}

impl Call {
    pub(crate) fn new(connection: u64, time: DateTime<Utc>, request_id: String, request: &Request) -> Self {
        let text = |name| request.header(name).unwrap_or_default().to_owned();
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .filter(|(name, _)| name != "authorization")
            .collect();
        Self {
            action: text("x-tc-action"),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
            code: String::new(),
            applied: false,
            fault: None,
            time,
            request_id,
            user_agent: text("user-agent"),
            headers,
            secret_id: Self::key_of(request),
            signature: text("authorization")
                .rsplit_once("Signature=")
                .map(|(_, hex)| hex.to_owned())
                .unwrap_or_default(),
            connection,
        }
    }

    /// The key that the caller names in `Authorization`, true or not. Empty where nothing was signed.
    pub(crate) fn key_of(request: &Request) -> String {
        let authorization = request.header("authorization").unwrap_or_default();
        let credential = authorization.split_once("Credential=").and_then(|(_, rest)| rest.split_once('/'));
        credential.map(|(secret_id, _)| secret_id.to_owned()).unwrap_or_default()
    }

    /// The pairs that a grant or revoke was about; of other calls none.
    pub fn pairs(&self) -> BTreeSet<(u64, u64)> {
        let numbers = |many: &str, one: &str| -> Vec<u64> {
            let many = self.body.get(many).and_then(Value::as_array).into_iter().flatten();
            many.chain(self.body.get(one)).filter_map(Value::as_u64).collect()
        };
        let (uins, ids) = (numbers("MemberUins", "MemberUin"), numbers("IdentityIds", "IdentityId"));
        uins.iter().flat_map(|uin| ids.iter().map(move |id| (*uin, *id))).collect()
    }

    /// Whether its client may not know what it did: it was refused, or something went wrong with it on
    /// purpose.
    pub fn is_doubtful(&self) -> bool {
        self.fault.is_some() || !self.code.is_empty()
    }

    pub(crate) fn render(&self) -> Value {
        json!({
            "Action": self.action,
            "Body": self.body,
            "Code": self.code,
            "Applied": self.applied,
            "Fault": self.fault,
            "Time": self.time.to_rfc3339(),
            "RequestId": self.request_id,
            "UserAgent": self.user_agent,
            "Headers": self.headers,
            "Connection": self.connection,
        })
    }
}
