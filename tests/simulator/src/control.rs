//! `/_simulator/`: changes behind the client's back and looks at the cloud, by hand or from a script.
//!
//! Plain JSON without signature, never in the journal. Field names follow the API: `MemberUin`, `IdentityId`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::fault::{Effect, Fault};
use crate::journal::Call;
use crate::message::{Request, Response};

pub(crate) const PREFIX: &str = "/_simulator/";

const ROUTES: &[&str] = &[
    "GET grants",
    "GET journal",
    "GET calls",
    "DELETE journal",
    "DELETE fault",
    "POST grant {MemberUin, IdentityId}",
    "POST revoke {MemberUin, IdentityId}",
    "POST stale {MemberUin, IdentityId}",
    "POST bind {MemberUin, IdentityId}",
    "POST unbind {MemberUin, IdentityId}",
    "POST remove-member {MemberUin}",
    "POST remove-identity {IdentityId}",
    "POST fault {Effect, Action, Code, Message, Status, Milliseconds, Pairs, Nth, Times, Always}",
];

/// Answers 200 with what was asked for, 400 for a body that does not fit, 404 for an unknown route, member or
/// identity; errors as `{"Error": "…"}`.
pub(crate) fn handle(cloud: &mut Cloud, request: &Request) -> Response {
    match answer(cloud, request) {
        Ok(body) => Response::json(200, &body),
        Err(Problem { status, text }) => Response::json(status, &json!({ "Error": text })),
    }
}

struct Problem {
    status: u16,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Pair {
    member_uin: u64,
    identity_id: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Member {
    member_uin: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Identity {
    identity_id: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Script {
    effect: String,
    action: Option<String>,
    #[serde(default = "internal_error")]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default = "bad_gateway")]
    status: u16,
    #[serde(default)]
    milliseconds: u64,
    #[serde(default)]
    pairs: usize,
    nth: Option<usize>,
    times: Option<usize>,
    #[serde(default)]
    always: bool,
}

fn internal_error() -> String {
    "InternalError".to_owned()
}

fn bad_gateway() -> u16 {
    502
}

fn answer(cloud: &mut Cloud, request: &Request) -> Result<Value, Problem> {
    let path = request.path.split('?').next().unwrap_or_default();
    let route = path.strip_prefix(PREFIX).unwrap_or_default();
    if request.method == "POST"
        && let Some(change) = change(route)
    {
        let Pair { member_uin, identity_id } = known(cloud, request)?;
        change(cloud, member_uin, identity_id);
        return Ok(json!({}));
    }
    match (request.method.as_str(), route) {
        ("GET", "grants") => return Ok(grants(cloud)),
        ("GET", "journal") => return Ok(cloud.journal().iter().map(Call::render).collect()),
        ("GET", "calls") => return Ok(calls(cloud)),
        ("DELETE", "journal") => cloud.clear_journal(),
        ("DELETE", "fault") => cloud.clear_faults(),
        ("POST", "remove-member") => cloud.remove_member(read::<Member>(request)?.member_uin),
        ("POST", "remove-identity") => cloud.remove_identity(read::<Identity>(request)?.identity_id),
        ("POST", "fault") => cloud.fault(fault(read(request)?)?),
        _ => {
            let text = format!("No such route. There are, below {PREFIX}: {}", ROUTES.join("; "));
            return Err(Problem { status: 404, text });
        }
    }
    Ok(json!({}))
}

/// The changes that concern one member and one identity.
fn change(route: &str) -> Option<fn(&mut Cloud, u64, u64)> {
    match route {
        "grant" => Some(Cloud::grant),
        "revoke" => Some(Cloud::revoke),
        "stale" => Some(Cloud::make_stale),
        "bind" => Some(Cloud::bind_policy),
        "unbind" => Some(Cloud::unbind_policy),
        _ => None,
    }
}

fn grants(cloud: &Cloud) -> Value {
    let render = |(uin, id)| {
        let status = if cloud.is_stale(uin, id) { 2 } else { 1 };
        json!({ "MemberUin": uin, "IdentityId": id, "Status": status, "InUse": cloud.is_in_use(uin, id) })
    };
    cloud.snapshot().into_iter().map(render).collect()
}

fn calls(cloud: &Cloud) -> Value {
    let mut counts = BTreeMap::<&str, usize>::new();
    for call in cloud.journal() {
        *counts.entry(&call.action).or_default() += 1;
    }
    json!(counts)
}

fn fault(script: Script) -> Result<Fault, Problem> {
    let Script { code, message, status, pairs, .. } = script;
    let duration = Duration::from_millis(script.milliseconds);
    let effect = match script.effect.as_str() {
        "Throttle" => Effect::Throttle,
        "Code" => Effect::Code { code, message },
        "CodeAfterApply" => Effect::CodeAfterApply(code),
        "Partial" => Effect::Partial { pairs, code },
        "Html" => Effect::Html(status),
        "HtmlAfterApply" => Effect::HtmlAfterApply(status),
        "ResetBefore" => Effect::ResetBefore,
        "ResetAfterApply" => Effect::ResetAfterApply,
        "Truncate" => Effect::Truncate,
        "Garbage" => Effect::Garbage,
        "StallBefore" => Effect::StallBefore(duration),
        "StallAfterApply" => Effect::StallAfterApply(duration),
        "Lag" => Effect::Lag(duration),
        other => return Err(Problem { status: 400, text: format!("No such effect: {other}") }),
    };
    let fault = match &script.action {
        Some(action) => Fault::on(action, effect),
        None => Fault::any(effect),
    };
    let fault = fault.nth(script.nth.unwrap_or(1)).times(script.times.unwrap_or(1));
    Ok(if script.always { fault.always() } else { fault })
}

fn read<'a, T: Deserialize<'a>>(request: &'a Request) -> Result<T, Problem> {
    serde_json::from_slice(&request.body).map_err(|error| Problem { status: 400, text: error.to_string() })
}

fn known(cloud: &Cloud, request: &Request) -> Result<Pair, Problem> {
    let pair: Pair = read(request)?;
    if cloud.knows(pair.member_uin, pair.identity_id) {
        return Ok(pair);
    }
    let text = format!("Member {} or identity {} does not exist.", pair.member_uin, pair.identity_id);
    Err(Problem { status: 404, text })
}
