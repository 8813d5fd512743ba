//! The sessions that block and environment ask for: which role is taken on, by what, and for how long. A
//! block wins over the variables, and what it leaves out comes from them.

use secrecy::SecretString;

use super::argument::{SUMMARY, whole_number, whole_of};
use super::blocks::{AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity};
use super::config::{
    ASSUME_ROLE, ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY, Config, MFA_CERTIFICATION,
};
use super::text;
use crate::ambient::Env;
use crate::cloud::api::sts::{self, MFA_SECONDS_MAX, ROLE_SECONDS_MAX};
use crate::cloud::credentials::{TextFrom, WebIdentity};
use crate::framework::diagnostic::Diagnostic;
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};

/// The variables of the public provider, each followed by that of tccli where that has one.
const ROLE_ARN: [&str; 2] = ["TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ROLE_ARN"];
const SESSION_NAME: [&str; 2] = ["TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "TENCENTCLOUD_ROLE_SESSION_NAME"];
const SESSION_DURATION: &str = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION";
const EXTERNAL_ID: &str = "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID";
const SOURCE_IDENTITY: &str = "TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY";
const ROLE_SERIAL_NUMBER: &str = "TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER";
const ROLE_TOKEN_CODE: &str = "TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE";
const SAML_ASSERTION: &str = "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION";
const PRINCIPAL_ARN: &str = "TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN";
const PROVIDER_ID: &str = "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID";
const WEB_TOKEN: &str = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN";
const WEB_TOKEN_FILE: &str = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE";
/// The second one is how the public provider spells it.
const ROLE_ARN_FILE: [&str; 2] = ["TENCENTCLOUD_ASSUME_ROLE_ARN_FILE", "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE"];
const MFA_SERIAL_NUMBER: &str = "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER";
const MFA_TOKEN_CODE: &str = "TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE";
const MFA_DURATION: &str = "TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS";

const SESSION_SECONDS: u32 = 7_200;
const MFA_SECONDS: u32 = 1_800;
const PROVIDER_ID_DEFAULT: &str = "OIDC";

/// A role that is taken on by an identity provider, in place of a key.
#[derive(Debug)]
pub(super) enum Federation {
    Saml(sts::AssumeRoleWithSaml),
    WebIdentity(WebIdentity),
}

/// Reads one session from a block, if there is one, and the environment.
#[derive(Clone, Copy)]
struct Reader<'a> {
    block: &'static str,
    env: &'a dyn Env,
}

impl Reader<'_> {
    fn var(self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.env.var(name))
    }

    fn optional(self, field: &Field<String>, names: &[&str]) -> Option<String> {
        text(field).or_else(|| self.var(names))
    }

    fn required(self, field: &Field<String>, name: &str, variables: &[&str]) -> Result<String, Diagnostic> {
        self.optional(field, variables).ok_or_else(|| self.missing(name, variables))
    }

    fn missing(self, name: &str, variables: &[&str]) -> Diagnostic {
        let variables = variables.join(" or ");
        let detail = format!(
            "The session of `{}` needs a {name}, and there is none. Set it in the block, or in the environment \
             as {variables}.",
            self.block
        );
        Diagnostic::error(SUMMARY, detail).at(Path::attribute(self.block))
    }

    /// How long a session lasts; 0 leaves it to the service.
    fn seconds(
        self,
        field: &Field<Number>,
        variable: &str,
        default: u32,
        most: u32,
    ) -> Result<Option<u32>, Diagnostic> {
        let given = field.known().map(|number| whole_number(number, &Path::attribute(self.block), 0, most));
        let seconds = given.or_else(|| Some(whole_of(variable, &self.env.var(variable)?, 0, most)));
        Ok(Some(seconds.transpose()?.unwrap_or(default)).filter(|seconds| *seconds > 0))
    }

    fn session_seconds(self, field: &Field<Number>) -> Result<Option<u32>, Diagnostic> {
        self.seconds(field, SESSION_DURATION, SESSION_SECONDS, ROLE_SECONDS_MAX)
    }
}

/// The identity provider to use: that of a block, else that of the environment.
pub(super) fn federation(config: &Config, env: &dyn Env) -> Result<Option<Federation>, Diagnostic> {
    if let Some(block) = config.saml() {
        return saml(block, env).map(Some);
    }
    if let Some(block) = config.web_identity() {
        return web_identity(block, env).map(Some);
    }
    let set = |names: &[&'static str]| names.iter().copied().find(|name| env.var(name).is_some());
    let (of_saml, of_web) = (set(&[SAML_ASSERTION, PRINCIPAL_ARN]), set(&[WEB_TOKEN, WEB_TOKEN_FILE]));
    match (of_saml, of_web) {
        (None, None) => Ok(None),
        (Some(_), None) => saml(&AssumeRoleWithSaml::default(), env).map(Some),
        (None, Some(_)) => web_identity(&AssumeRoleWithWebIdentity::default(), env).map(Some),
        (Some(one), Some(other)) => Err(Diagnostic::error(
            SUMMARY,
            format!(
                "The environment variables {one} and {other} are both set, and a role is taken on by one \
                 identity provider. Unset one of them."
            ),
        )),
    }
}

fn saml(block: &AssumeRoleWithSaml, env: &dyn Env) -> Result<Federation, Diagnostic> {
    let reader = Reader { block: ASSUME_ROLE_WITH_SAML.name(), env };
    let assertion = reader.required(&block.saml_assertion, "saml_assertion", &[SAML_ASSERTION])?;
    Ok(Federation::Saml(sts::AssumeRoleWithSaml {
        saml_assertion: SecretString::from(assertion),
        principal_arn: reader.required(&block.principal_arn, "principal_arn", &[PRINCIPAL_ARN])?,
        role_arn: reader.required(&block.role_arn, "role_arn", &ROLE_ARN)?,
        role_session_name: reader.required(&block.session_name, "session_name", &SESSION_NAME)?,
        duration_seconds: reader.session_seconds(&block.session_duration)?,
    }))
}

fn web_identity(block: &AssumeRoleWithWebIdentity, env: &dyn Env) -> Result<Federation, Diagnostic> {
    let reader = Reader { block: ASSUME_ROLE_WITH_WEB_IDENTITY.name(), env };
    // Within the block, and within the environment, what is given directly wins over a file.
    let of = |direct: &Field<String>, file: &Field<String>, names: &[&str], files: &[&str]| {
        let direct_of_block = text(direct).map(TextFrom::Given);
        let of_block = direct_of_block.or_else(|| text(file).map(|path| TextFrom::File(path.into())));
        let of_env = || reader.var(names).map(TextFrom::Given);
        let file_of_env = || reader.var(files).map(|path| TextFrom::File(path.into()));
        of_block.or_else(of_env).or_else(file_of_env)
    };
    let token =
        of(&block.web_identity_token, &block.web_identity_token_file, &[WEB_TOKEN], &[WEB_TOKEN_FILE]);
    let role_arn = of(&block.role_arn, &block.role_arn_file, &ROLE_ARN, &ROLE_ARN_FILE);
    let token = token.ok_or_else(|| {
        reader.missing("web_identity_token or web_identity_token_file", &[WEB_TOKEN, WEB_TOKEN_FILE])
    })?;
    Ok(Federation::WebIdentity(WebIdentity {
        provider_id: reader
            .optional(&block.provider_id, &[PROVIDER_ID])
            .unwrap_or_else(|| PROVIDER_ID_DEFAULT.to_owned()),
        token: match token {
            TextFrom::Given(token) => TextFrom::Given(SecretString::from(token)),
            TextFrom::File(path) => TextFrom::File(path),
        },
        role_arn: role_arn.ok_or_else(|| reader.missing("role_arn or role_arn_file", &ROLE_ARN))?,
        session_name: reader.required(&block.session_name, "session_name", &SESSION_NAME)?,
        duration_seconds: reader.session_seconds(&block.session_duration)?,
    }))
}

/// The role to take on with the credentials: that of the block, else that of the environment, which is left
/// to the identity provider where there is one.
pub(super) fn role(
    config: &Config,
    env: &dyn Env,
    federated: bool,
) -> Result<Option<sts::AssumeRole>, Diagnostic> {
    let of_env = AssumeRole::default();
    let reader = Reader { block: ASSUME_ROLE.name(), env };
    let block = match config.role() {
        Some(block) => block,
        None if federated || reader.var(&ROLE_ARN).is_none() => return Ok(None),
        None => &of_env,
    };
    Ok(Some(sts::AssumeRole {
        role_arn: reader.required(&block.role_arn, "role_arn", &ROLE_ARN)?,
        role_session_name: reader.required(&block.session_name, "session_name", &SESSION_NAME)?,
        duration_seconds: reader.session_seconds(&block.session_duration)?,
        policy: text(&block.policy).map(|policy| percent_encoded(&policy)),
        external_id: reader.optional(&block.external_id, &[EXTERNAL_ID]),
        source_identity: reader.optional(&block.source_identity, &[SOURCE_IDENTITY]),
        serial_number: reader.optional(&block.serial_number, &[ROLE_SERIAL_NUMBER]),
        token_code: reader.optional(&block.token_code, &[ROLE_TOKEN_CODE]).map(SecretString::from),
    }))
}

/// The second factor of the key: that of the block, else that of the environment.
pub(super) fn second_factor(
    config: &Config,
    env: &dyn Env,
) -> Result<Option<sts::GetSessionToken>, Diagnostic> {
    let reader = Reader { block: MFA_CERTIFICATION.name(), env };
    let of_env = super::blocks::MfaCertification::default();
    let block = match config.second_factor() {
        Some(block) => block,
        None if reader.var(&[MFA_SERIAL_NUMBER, MFA_TOKEN_CODE]).is_none() => return Ok(None),
        None => &of_env,
    };
    Ok(Some(sts::GetSessionToken {
        serial_number: reader.required(&block.serial_number, "serial_number", &[MFA_SERIAL_NUMBER])?,
        token_code: reader.required(&block.token_code, "token_code", &[MFA_TOKEN_CODE])?.into(),
        duration_seconds: reader.seconds(
            &block.duration_seconds,
            MFA_DURATION,
            MFA_SECONDS,
            MFA_SECONDS_MAX,
        )?,
    }))
}

/// `text` as STS wants a policy: every byte but letters, digits and `-_.~` as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_sent_in_percent_encoding() {
        let policy = "{\"a\": \"\u{e9}*-_.~\"}";
        assert_eq!(percent_encoded(policy), "%7B%22a%22%3A%20%22%C3%A9%2A-_.~%22%7D");
    }
}
