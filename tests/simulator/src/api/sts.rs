//! Security Token Service, version 2018-08-13: sessions of roles and users.
//!
//! Follows the product's API reference (international site, product 1150; mainland site, product 1312).

use serde_json::{Map, Value, json};

use super::{Action, Answer, Context, Signing};
use crate::account::{Principal, Session, owner, role_name};
use crate::parameter::{Field, Kind, Parameters};
use crate::refusal::Refusal;

const DURATION_DEFAULT: u64 = 7_200;
const DURATION_MAX: u64 = 43_200;
const MFA_DURATION_DEFAULT: u64 = 1_800;
const MFA_DURATION_MAX: u64 = 129_600;

pub(super) const ACTIONS: &[Action] = &[
    action(
        "AssumeRole",
        600,
        Signing::Signed,
        &[
            Field::required("RoleArn", Kind::Text),
            Field::required("RoleSessionName", Kind::Text),
            Field::optional("DurationSeconds", Kind::Integer),
            Field::optional("Policy", Kind::Text),
            Field::optional("ExternalId", Kind::Text),
            Field::optional("Tags", Kind::Objects(50)),
            Field::optional("SourceIdentity", Kind::Text),
            Field::optional("SerialNumber", Kind::Text),
            Field::optional("TokenCode", Kind::Text),
        ],
        assume_role,
    ),
    action(
        "AssumeRoleWithSAML",
        200,
        Signing::Skipped,
        &[
            Field::required("SAMLAssertion", Kind::Text),
            Field::required("PrincipalArn", Kind::Text),
            Field::required("RoleArn", Kind::Text),
            Field::required("RoleSessionName", Kind::Text),
            Field::optional("DurationSeconds", Kind::Integer),
        ],
        assume_role_with_saml,
    ),
    action(
        "AssumeRoleWithWebIdentity",
        20,
        Signing::Skipped,
        &[
            Field::required("ProviderId", Kind::Text),
            Field::required("WebIdentityToken", Kind::Text),
            Field::required("RoleArn", Kind::Text),
            Field::required("RoleSessionName", Kind::Text),
            Field::optional("DurationSeconds", Kind::Integer),
        ],
        assume_role_with_web_identity,
    ),
    action(
        "GetSessionToken",
        20,
        Signing::Signed,
        &[
            Field::required("SerialNumber", Kind::Text),
            Field::required("TokenCode", Kind::Text),
            Field::optional("DurationSeconds", Kind::Integer),
        ],
        get_session_token,
    ),
    action("GetCallerIdentity", 20, Signing::Signed, &[], get_caller_identity),
];

const fn action(
    name: &'static str,
    per_second: u32,
    signing: Signing,
    fields: &'static [Field],
    run: fn(&mut Context<'_>, &Parameters) -> Answer,
) -> Action {
    Action {
        name,
        service: "sts",
        version: "2018-08-13",
        per_second,
        signing,
        needs_region: true,
        fields,
        run,
    }
}

fn assume_role(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let external_id = parameters.text("ExternalId");
    if let Some(policy) = parameters.text("Policy") {
        is_policy(policy)?;
    }
    if external_id.is_some_and(|id| !is_name(id, 2, 128, "+=,.@:/-_")) {
        return Err(Refusal::new("InvalidParameter.ParamError", "`ExternalId` does not conform."));
    }
    second_factor(cx, parameters.text("SerialNumber"), parameters.text("TokenCode"))?;
    let arn = parameters.text("RoleArn").unwrap_or_default();
    let role = cx.accounts.roles.get(arn);
    if role.is_some_and(|role| role.external_id.as_deref() != external_id) {
        return Err(Refusal::new("UnauthorizedOperation", "The role does not trust the caller."));
    }
    session_of_role(cx, parameters)
}

fn assume_role_with_saml(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let provider = parameters.text("PrincipalArn").unwrap_or_default();
    let assertion = cx.accounts.assertions.get(provider).map(String::as_str);
    if assertion.is_none() || assertion != parameters.text("SAMLAssertion") {
        return Err(Refusal::new("InvalidParameter.ParamError", "The assertion is not valid."));
    }
    session_of_role(cx, parameters)
}

fn assume_role_with_web_identity(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let provider = parameters.text("ProviderId").unwrap_or_default();
    let token = cx.accounts.web_tokens.get(provider).map(String::as_str);
    if token.is_none() || token != parameters.text("WebIdentityToken") {
        return Err(Refusal::new("InvalidParameter.WebIdentityTokenError", "The token is not valid."));
    }
    session_of_role(cx, parameters)
}

fn get_session_token(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let key = cx.accounts.keys.get(cx.caller);
    if key.is_none_or(|key| key.token.is_some()) {
        return Err(Refusal::new("FailedOperation.TempKeyNotAllowed", "Temporary keys are not allowed."));
    }
    let principal = key.map(|key| key.principal.clone());
    second_factor(cx, parameters.text("SerialNumber"), parameters.text("TokenCode"))?;
    let seconds = duration(parameters, MFA_DURATION_DEFAULT, MFA_DURATION_MAX)?;
    let Some(principal) = principal else { return Err(Refusal::invalid("Nobody called.")) };
    Ok(open(cx, principal, seconds))
}

fn get_caller_identity(cx: &mut Context<'_>, _: &Parameters) -> Answer {
    let Some(key) = cx.accounts.keys.get(cx.caller) else { return Err(Refusal::invalid("Nobody called.")) };
    let account = key.principal.account();
    let (arn, user, kind) = match &key.principal {
        Principal::User { .. } => {
            (format!("qcs::cam:{account}:uin/{account}"), account.to_string(), "CAMUser")
        }
        Principal::Role { arn, session } => {
            let role = role_name(arn);
            (format!("qcs::sts:{account}:assumed-role/{role}"), format!("{role}:{session}"), "CAMRole")
        }
    };
    Ok(object(json!({
        "Arn": arn,
        "AccountId": account.to_string(),
        "UserId": user,
        "PrincipalId": account.to_string(),
        "Type": kind,
    })))
}

fn session_of_role(cx: &mut Context<'_>, parameters: &Parameters) -> Answer {
    let (arn, name) = (
        parameters.text("RoleArn").unwrap_or_default(),
        parameters.text("RoleSessionName").unwrap_or_default(),
    );
    if owner(arn).is_none() {
        return Err(Refusal::new("InvalidParameter.ResouceError", "`RoleArn` is not the name of a role."));
    }
    if !is_name(name, 2, 128, "_+=,.@-") {
        return Err(Refusal::new("InvalidParameter.ParamError", "`RoleSessionName` does not conform."));
    }
    if !cx.accounts.roles.contains_key(arn) {
        return Err(Refusal::not_found("RoleNotFound"));
    }
    let seconds = duration(parameters, DURATION_DEFAULT, DURATION_MAX)?;
    Ok(open(cx, Principal::Role { arn: arn.to_owned(), session: name.to_owned() }, seconds))
}

/// Gives out a session; [`crate::Behaviour::session_seconds`] can make it shorter than was asked for.
fn open(cx: &mut Context<'_>, principal: Principal, seconds: u64) -> Map<String, Value> {
    let seconds = cx.behaviour.session_seconds.unwrap_or(seconds);
    let Session { secret_id, secret_key, token, expiry, .. } = cx.accounts.open(principal, cx.now, seconds);
    object(json!({
        "Credentials": { "Token": token, "TmpSecretId": secret_id, "TmpSecretKey": secret_key },
        "ExpiredTime": expiry.timestamp(),
        "Expiration": expiry.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }))
}

fn duration(parameters: &Parameters, default: u64, max: u64) -> Result<u64, Refusal> {
    let seconds = parameters.integer("DurationSeconds").unwrap_or(default);
    if (1..=max).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Refusal::new("InvalidParameter.OverTimeError", "`DurationSeconds` is out of range."))
}

/// A second factor that is given must be right.
fn second_factor(cx: &Context<'_>, serial: Option<&str>, code: Option<&str>) -> Result<(), Refusal> {
    if serial.is_none() && code.is_none() {
        return Ok(());
    }
    match &cx.accounts.second_factor {
        Some((device, shown)) if serial == Some(device) && code == Some(shown) => Ok(()),
        _ => Err(Refusal::new("FailedOperation.CheckMFAError", "The second factor is wrong.")),
    }
}

/// A policy travels as JSON in percent-encoding.
fn is_policy(text: &str) -> Result<(), Refusal> {
    let decoded = percent_decoded(text);
    match decoded.and_then(|json| serde_json::from_slice::<Map<String, Value>>(&json).ok()) {
        Some(_) => Ok(()),
        None => Err(Refusal::new("InvalidParameter.StrategyFormatError", "`Policy` is not a policy.")),
    }
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'{' | b'}' | b'"' | b' ' => return None,
            other => other,
        });
    }
    Some(decoded)
}

fn is_name(text: &str, least: usize, most: usize, marks: &str) -> bool {
    (least..=most).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

#[cfg(test)]
mod tests;
