//! What can be said about single arguments of the provider block offline. An empty text is the same as none.
#![expect(clippy::ptr_arg, reason = "the shape of a validator")]

use super::argument::{
    MAX_RETRIES_MAX, REQUESTS_PER_SECOND_MAX, SUMMARY, domain_error, endpoint, protocol as protocol_of,
    whole_number,
};
use crate::cloud::api::sts::{MFA_SECONDS_MAX, ROLE_SECONDS_MAX};
use crate::cloud::{Endpoint, Product, Protocol};
use crate::framework::attribute::Set;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};

pub(super) fn protocol(text: &String, at: &Path, report: &mut Diagnostics) {
    if !text.is_empty() {
        report.extend(protocol_of(text, Some(at.clone())).err());
    }
}

pub(super) fn domain(text: &String, at: &Path, report: &mut Diagnostics) {
    if !text.is_empty() {
        let wrong = Endpoint::under(text, Product::Organization, Protocol::Https).err();
        report.extend(wrong.map(|error| domain_error(text, &error, at.clone())));
    }
}

pub(super) fn url(text: &String, at: &Path, report: &mut Diagnostics) {
    if !text.is_empty() {
        report.extend(endpoint(text, at.clone()).err());
    }
}

pub(super) fn requests_per_second(number: &Number, at: &Path, report: &mut Diagnostics) {
    report.extend(whole_number(number, at, 1, REQUESTS_PER_SECOND_MAX).err());
}

pub(super) fn max_retries(number: &Number, at: &Path, report: &mut Diagnostics) {
    report.extend(whole_number(number, at, 0, MAX_RETRIES_MAX).err());
}

pub(super) fn profile(text: &String, at: &Path, report: &mut Diagnostics) {
    if text.contains(['/', '\\']) {
        report.push(refused(
            at,
            "it is the name of a profile, and its folder goes into shared_credentials_dir",
        ));
    }
}

pub(super) fn account_ids(accounts: &Set<String>, at: &Path, report: &mut Diagnostics) {
    let uin = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if accounts.0.iter().filter_map(Field::known).any(|text| !uin(text)) {
        report.push(refused(at, "each must be the UIN of an account, which is a number"));
    }
}

pub(super) fn arn(text: &String, at: &Path, report: &mut Diagnostics) {
    if !text.is_empty() && !text.starts_with("qcs::") {
        report.push(refused(
            at,
            "it is not an ARN, which looks like `qcs::cam::uin/100000000000:roleName/ops`",
        ));
    }
}

pub(super) fn session_name(text: &String, at: &Path, report: &mut Diagnostics) {
    if !text.is_empty() && !is_name(text, "_+=,.@-") {
        report.push(refused(at, "it must be 2 to 128 letters, digits or characters of `_+=,.@-`"));
    }
}

pub(super) fn external_id(text: &String, at: &Path, report: &mut Diagnostics) {
    if !text.is_empty() && !is_name(text, "_+=,.@:/-") {
        report.push(refused(at, "it must be 2 to 128 letters, digits or characters of `_+=,.@:/-`"));
    }
}

pub(super) fn session_duration(number: &Number, at: &Path, report: &mut Diagnostics) {
    report.extend(whole_number(number, at, 0, ROLE_SECONDS_MAX).err());
}

pub(super) fn mfa_duration(number: &Number, at: &Path, report: &mut Diagnostics) {
    report.extend(whole_number(number, at, 0, MFA_SECONDS_MAX).err());
}

pub(super) fn policy(text: &String, at: &Path, report: &mut Diagnostics) {
    let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
    if !text.is_empty() && object.is_err() {
        report.push(refused(at, "it is not a JSON object"));
    }
}

fn is_name(text: &str, marks: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    (2..=128).contains(&text.len()) && text.chars().all(plain)
}

fn refused(at: &Path, why: &str) -> Diagnostic {
    Diagnostic::error(SUMMARY, format!("{at} cannot be used: {why}.")).at(at.clone())
}
