//! What can be said about single arguments of the provider block offline. An empty text is the same as none.
#![expect(clippy::ptr_arg, reason = "the shape of a validator")]

use super::argument::{
    MAX_RETRIES_MAX, REQUESTS_PER_SECOND_MAX, domain_error, endpoint, protocol as protocol_of, whole_number,
};
use crate::cloud::{Endpoint, Product, Protocol};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::path::Path;
use crate::framework::value::Number;

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
