//! What a single argument says, wherever it was written: in the block or in the environment. Knows no handle
//! of the block.

use std::error::Error;

use crate::causes::with_causes;
use crate::cloud::{Endpoint, EndpointError, Protocol};
use crate::framework::diagnostic::Diagnostic;
use crate::framework::path::Path;
use crate::framework::value::Number;

pub(super) const SUMMARY: &str = "Invalid provider configuration";
pub(super) const REQUESTS_PER_SECOND_MAX: u32 = 1_000;
pub(super) const MAX_RETRIES_MAX: u32 = 100;
/// How much of a domain a text quotes: more than a real one has.
const DOMAIN_QUOTED: usize = 80;

/// An error and its causes, as one sentence.
pub(super) fn sentence(error: &dyn Error) -> String {
    let text = with_causes(error);
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

pub(super) fn protocol(text: &str, path: Option<Path>) -> Result<Protocol, Diagnostic> {
    text.parse()
        .map_err(|error: EndpointError| Diagnostic { path, ..Diagnostic::error(SUMMARY, sentence(&error)) })
}

/// Quotes the start of the domain, unless it may hold a password, as a URL can.
pub(super) fn domain_error(domain: &str, error: &EndpointError, at: Path) -> Diagnostic {
    let start: String = domain.chars().take(DOMAIN_QUOTED).collect();
    let subject = if matches!(error, EndpointError::UserInfo) {
        "The domain cannot be used".to_owned()
    } else if start.len() < domain.len() {
        format!("The domain begins with {start:?}")
    } else {
        format!("The domain is {domain:?}")
    };
    let detail = format!(
        "{subject}: {}. A whole URL, with a port say, goes into endpoints.organization.",
        with_causes(error)
    );
    Diagnostic::error(SUMMARY, detail).at(at)
}

pub(super) fn endpoint(url: &str, path: Path) -> Result<Endpoint, Diagnostic> {
    endpoint_of(&path.to_string(), url).map_err(|diagnostic| diagnostic.at(path))
}

pub(super) fn endpoint_of(name: &str, url: &str) -> Result<Endpoint, Diagnostic> {
    Endpoint::parse(url)
        .map_err(|error| Diagnostic::error(SUMMARY, format!("{name} cannot be used: {error}.")))
}

pub(super) fn whole_number(number: &Number, path: &Path, least: u32, most: u32) -> Result<u32, Diagnostic> {
    in_range(number, least, most).ok_or_else(|| {
        Diagnostic::error(
            SUMMARY,
            format!("{path} is {number}; it must be a whole number from {least} to {most}."),
        )
        .at(path.clone())
    })
}

pub(super) fn whole_of(name: &str, text: &str, least: u32, most: u32) -> Result<u32, Diagnostic> {
    text.parse().ok().and_then(|number: Number| in_range(&number, least, most)).ok_or_else(|| {
        Diagnostic::error(
            SUMMARY,
            format!("{name} is {text:?}; it must be a whole number from {least} to {most}."),
        )
    })
}

fn in_range(number: &Number, least: u32, most: u32) -> Option<u32> {
    u32::try_from(number.to_u64()?).ok().filter(|number| (least..=most).contains(number))
}
