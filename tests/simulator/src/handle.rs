//! The way of one request: gateway checks, then a scripted fault if one is due, then the action, then the
//! journal.
//!
//! Order of the gateway's checks (undocumented): method, size, headers, signature, route, CAM permission,
//! rate.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::api::{self, Action, Answer, Context};
use crate::behaviour::Rate;
use crate::cloud::Cloud;
use crate::fault::Effect;
use crate::journal::Call;
use crate::message::{Delivery, Request, Response};
use crate::metadata;
use crate::parameter::Parameters;
use crate::refusal::Refusal;
use crate::signature;

const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;

/// How a call went: what it did, and the reply to send.
struct Outcome {
    applied: bool,
    reply: Reply,
    delay: Duration,
}

enum Reply {
    Answer(Answer),
    Truncated(Answer),
    Reset,
    Garbage,
    Html(u16),
}

impl Outcome {
    fn refused(refusal: Refusal) -> Self {
        Self::unapplied(Reply::Answer(Err(refusal)))
    }

    fn unapplied(reply: Reply) -> Self {
        Self { applied: false, reply, delay: Duration::ZERO }
    }

    /// The same deed with another reply.
    fn replied(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }

    fn truncated(self) -> Self {
        match self.reply {
            Reply::Answer(answer) => Self { reply: Reply::Truncated(answer), ..self },
            _ => self,
        }
    }
}

impl Cloud {
    /// Answers one request at this moment and records it. Never fails: what the API has to say is in the
    /// response.
    pub fn handle(&mut self, now: DateTime<Utc>, request: &Request) -> Response {
        self.handle_over(0, now, request)
    }

    pub(crate) fn handle_over(&mut self, connection: u64, now: DateTime<Utc>, request: &Request) -> Response {
        self.now = now + self.behaviour.clock_offset;
        let mut call = Call::new(connection, self.now, self.request_id(), request);
        if self.closed {
            self.late.push(call.action.clone());
        }

        if request.path.starts_with(metadata::PREFIX) {
            return self.tell_metadata(call, request);
        }
        let outcome = match self.admit(request) {
            Err(refusal) => Outcome::refused(refusal),
            Ok(action) => {
                let effect = self.script.fire(action.name);
                call.fault = effect.as_ref().map(Effect::name);
                self.perform(action, request, effect)
            }
        };

        call.applied = outcome.applied;
        call.code = outcome.reply.code();
        let mut response = outcome.reply.render(&call.request_id, self.behaviour.extra_fields);
        // A client whose clock is off can learn the time from here.
        response.headers.push(("date".to_owned(), self.now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        response.delay = outcome.delay + self.behaviour.latency;
        self.journal.push(call);
        response
    }

    /// Answers for the machine's metadata service, and records the call as an action of its path.
    fn tell_metadata(&mut self, mut call: Call, request: &Request) -> Response {
        let mut response = metadata::handle(&mut self.accounts, &self.behaviour, self.now, request);
        call.action = format!("{} {}", request.method, request.path);
        call.code =
            if response.status == 200 { String::new() } else { format!("<http {}>", response.status) };
        response.delay = self.behaviour.latency;
        self.journal.push(call);
        response
    }

    fn admit(&mut self, request: &Request) -> Result<&'static Action, Refusal> {
        if !matches!(request.method.as_str(), "GET" | "POST") {
            return Err(Refusal::new("UnsupportedProtocol", "Only GET and POST requests are supported."));
        }
        if request.body.len() > BODY_BYTES_MAX {
            return Err(Refusal::new("RequestSizeLimitExceeded", "The request exceeds 10 MB."));
        }
        let header = |name: &str| {
            let message = format!("The request is missing the header `{name}`.");
            request
                .header(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| Refusal::new("MissingParameter", message))
        };
        let (name, version) = (header("X-TC-Action")?, header("X-TC-Version")?);
        header("X-TC-Timestamp")?;

        let service = api::service(name);
        let key = match request.header("authorization") {
            Some("SKIP") if api::is_unsigned(name) => "",
            _ => signature::verify(request, service, &self.accounts.keys, self.now)?,
        };
        let action = api::route(name, version)?;
        if action.needs_region {
            header("X-TC-Region")?;
        }
        if self.denied.contains(action.name) {
            let message = format!("You are not authorized to perform `{service}:{}`.", action.name);
            return Err(Refusal::new("UnauthorizedOperation", message));
        }
        let allowed = match self.behaviour.rate {
            Rate::Documented => action.per_second,
            Rate::PerSecond(number) => number,
            Rate::Off => return Ok(action),
        };
        self.limiter.admit(key, action.name, allowed, self.now)?;
        Ok(action)
    }

    fn perform(&mut self, action: &Action, request: &Request, effect: Option<Effect>) -> Outcome {
        let lag = if let Some(Effect::Lag(lag)) = effect { lag } else { self.behaviour.visibility_delay };
        let pairs_max = if let Some(Effect::Partial { pairs, .. }) = effect { pairs } else { usize::MAX };
        let mut run = || self.run(action, request, lag, pairs_max);
        match effect {
            None | Some(Effect::Lag(_)) => run(),
            Some(Effect::Throttle) => Outcome::refused(Refusal::throttled_on_purpose(action.per_second)),
            Some(Effect::Code { code, message }) => Outcome::refused(Refusal::new(code, message)),
            Some(Effect::CodeAfterApply(code) | Effect::Partial { code, .. }) => {
                run().replied(Reply::Answer(Err(Refusal::new(code, "Scripted."))))
            }
            Some(Effect::Html(status)) => Outcome::unapplied(Reply::Html(status)),
            Some(Effect::HtmlAfterApply(status)) => run().replied(Reply::Html(status)),
            Some(Effect::ResetBefore) => Outcome::unapplied(Reply::Reset),
            Some(Effect::ResetAfterApply) => run().replied(Reply::Reset),
            Some(Effect::Truncate) => run().truncated(),
            Some(Effect::Garbage) => run().replied(Reply::Garbage),
            Some(Effect::StallBefore(delay)) => {
                let refusal = Refusal::new("InternalError", "The backend did not answer in time.");
                Outcome { delay, ..Outcome::refused(refusal) }
            }
            Some(Effect::StallAfterApply(delay)) => Outcome { delay, ..run() },
            Some(Effect::MemberLeaves(uin)) => {
                let outcome = run();
                self.remove_member(uin);
                outcome
            }
        }
    }

    fn run(&mut self, action: &Action, request: &Request, lag: Duration, pairs_max: usize) -> Outcome {
        let caller = Call::key_of(request);
        let mut context = Context {
            organization: &mut self.organization,
            accounts: &mut self.accounts,
            caller: &caller,
            behaviour: &self.behaviour,
            now: self.now,
            lag,
            pairs_max,
            applied: false,
        };
        let answer = Parameters::read(request, action.fields, &self.behaviour)
            .and_then(|parameters| (action.run)(&mut context, &parameters));
        Outcome { applied: context.applied, reply: Reply::Answer(answer), delay: Duration::ZERO }
    }

    /// A UUID of version 4.
    fn request_id(&mut self) -> String {
        let bits = self.random.u128(..) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
        let digits = format!("{bits:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits.get(range).unwrap_or_default());
        parts.join("-")
    }
}

impl Reply {
    fn code(&self) -> String {
        match self {
            Self::Answer(Ok(_)) => String::new(),
            Self::Answer(Err(refusal)) => refusal.code.clone(),
            Self::Truncated(_) => "<truncated>".to_owned(),
            Self::Reset => "<reset>".to_owned(),
            Self::Garbage => "<garbage>".to_owned(),
            Self::Html(status) => format!("<html {status}>"),
        }
    }

    fn render(self, request_id: &str, extra_fields: bool) -> Response {
        match self {
            Self::Answer(answer) => envelope(answer, request_id, extra_fields),
            Self::Truncated(answer) => {
                Response { delivery: Delivery::Truncated, ..envelope(answer, request_id, extra_fields) }
            }
            Self::Reset => {
                Response { delivery: Delivery::Reset, ..Response::new(200, "application/json", Vec::new()) }
            }
            Self::Garbage => Response::new(200, "application/json", b"{\"Response\":{\"Requ\0\xff".to_vec()),
            Self::Html(status) => {
                let page =
                    format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n");
                Response::new(status, "text/html", page.into_bytes())
            }
        }
    }
}

fn envelope(answer: Answer, request_id: &str, extra_fields: bool) -> Response {
    let mut fields =
        answer.unwrap_or_else(|refusal| Map::from_iter([("Error".to_owned(), refusal.render())]));
    fields.insert("RequestId".to_owned(), Value::from(request_id));
    if extra_fields {
        fields.insert("Undocumented".to_owned(), json!({ "Since": "tomorrow", "Values": [null, 1.5] }));
    }
    Response::json(200, &json!({ "Response": fields }))
}

#[cfg(test)]
mod tests;
