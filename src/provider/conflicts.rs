//! Arguments of the provider block that exclude each other, found offline. What is unknown may still be null,
//! so that nothing is said about it.

use super::argument::SUMMARY;
use super::config::{
    ALLOWED_ACCOUNT_IDS, ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY, Config, FORBIDDEN_ACCOUNT_IDS,
    MFA_CERTIFICATION,
};
use crate::framework::attribute::{List, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::value::Field;

/// Arguments and why they do not go together.
const GUARD: &str =
    "an account is either in the list of those that are allowed or it is not, so one list says all";
const GUARDED_FEDERATION: &str =
    "the role's ARN names its account already, and the public provider takes no such list beside it";
const FEDERATIONS: &str = "a role is taken on by one identity provider";
const SECOND_FACTOR: &str = "a second factor belongs to a permanent key, and an identity provider gives none";

/// Reports each pair of arguments of `config` that exclude each other.
pub(super) fn check(config: &Config, report: &mut Diagnostics) {
    let allowed = (ALLOWED_ACCOUNT_IDS.path(), has_elements(&config.allowed_account_ids));
    let forbidden = (FORBIDDEN_ACCOUNT_IDS.path(), has_elements(&config.forbidden_account_ids));
    let saml = (ASSUME_ROLE_WITH_SAML.path(), has_blocks(&config.assume_role_with_saml));
    let web = (ASSUME_ROLE_WITH_WEB_IDENTITY.path(), has_blocks(&config.assume_role_with_web_identity));
    let factor = (MFA_CERTIFICATION.path(), has_elements(&config.mfa_certification));
    for (one, other, why) in [
        (&allowed, &forbidden, GUARD),
        (&allowed, &saml, GUARDED_FEDERATION),
        (&allowed, &web, GUARDED_FEDERATION),
        (&forbidden, &saml, GUARDED_FEDERATION),
        (&forbidden, &web, GUARDED_FEDERATION),
        (&saml, &web, FEDERATIONS),
        (&factor, &saml, SECOND_FACTOR),
        (&factor, &web, SECOND_FACTOR),
    ] {
        if one.1 && other.1 {
            report.push(conflict(&one.0, &other.0, why));
        }
    }
}

fn conflict(one: &Path, other: &Path, why: &str) -> Diagnostic {
    let detail = format!("{one} and {other} exclude each other: {why}. Leave one of them out.");
    Diagnostic::error(SUMMARY, detail).at(one.clone())
}

fn has_elements<T>(field: &Field<Set<T>>) -> bool {
    field.known().is_some_and(|set| !set.0.is_empty())
}

fn has_blocks<T>(field: &Field<List<T>>) -> bool {
    field.known().is_some_and(|list| !list.0.is_empty())
}
