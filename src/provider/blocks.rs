//! The nested blocks of the provider block: sessions that are opened at STS. Names are those of the public
//! Tencent Cloud provider.

use std::fmt;

use secrecy::zeroize::Zeroize as _;

use super::validate;
use crate::framework::attribute::Attr;
use crate::framework::model::model;
use crate::framework::value::{Field, Number};

const ROLE_ARN: Attr<String> = Attr::optional(
    "role_arn",
    "The role, such as `qcs::cam::uin/100000000000:roleName/ops`. Environment: `TENCENTCLOUD_ASSUME_ROLE_ARN`.",
)
.validated(validate::arn);
const SESSION_NAME: Attr<String> = Attr::optional(
    "session_name",
    "What the session is called in the audit log: 2 to 128 characters. Environment: \
     `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`.",
)
.validated(validate::session_name);
const SESSION_DURATION: Attr<Number> = Attr::optional(
    "session_duration",
    "How many seconds the session lasts, up to 43200; the provider opens the next one in time. Default 7200. Environment: \
     `TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION`.",
)
.validated(validate::session_duration);
const POLICY: Attr<String> =
    Attr::optional("policy", "A CAM policy in JSON, without a principal: what the session may do at most.")
        .validated(validate::policy);
const EXTERNAL_ID: Attr<String> = Attr::optional(
    "external_id",
    "The word that the role asks for: 2 to 128 characters. Environment: `TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID`.",
)
.validated(validate::external_id);
const SOURCE_IDENTITY: Attr<String> = Attr::optional(
    "source_identity",
    "The UIN of the person behind the run, for the audit log. Environment: `TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY`.",
);
const ROLE_SERIAL_NUMBER: Attr<String> = Attr::optional(
    "serial_number",
    "The device of a second factor, where the role asks for one. Environment: `TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER`.",
);
const ROLE_TOKEN_CODE: Attr<String> = Attr::optional(
    "token_code",
    "The code that the device shows. It opens one session, which cannot be renewed. Environment: \
     `TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE`.",
)
.sensitive();
const SAML_ASSERTION: Attr<String> = Attr::optional(
    "saml_assertion",
    "The assertion of the identity provider, in Base64. Environment: `TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION`.",
)
.sensitive();
const PRINCIPAL_ARN: Attr<String> = Attr::optional(
    "principal_arn",
    "The identity provider, such as `qcs::cam::uin/100000000000:saml-provider/corporate`. Environment: \
     `TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN`.",
)
.validated(validate::arn);
const PROVIDER_ID: Attr<String> = Attr::optional(
    "provider_id",
    "The name of the identity provider in CAM. Default `OIDC`. Environment: `TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID`.",
);
const WEB_IDENTITY_TOKEN: Attr<String> = Attr::optional(
    "web_identity_token",
    "The token that the identity provider issued. Environment: `TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN`.",
)
.sensitive();
const WEB_IDENTITY_TOKEN_FILE: Attr<String> = Attr::optional(
    "web_identity_token_file",
    "A file with that token, read anew for each session: as it is, or as JSON, `{\"web_identity_token\":\"…\"}`. \
     Environment: `TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE`.",
);
const ROLE_ARN_FILE: Attr<String> = Attr::optional(
    "role_arn_file",
    "A file with the role's ARN: as it is, or as JSON, `{\"role_arn\":\"…\"}`. Environment: \
     `TENCENTCLOUD_ASSUME_ROLE_ARN_FILE`; its misspelling `TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE` is read as well.",
);
const SERIAL_NUMBER: Attr<String> = Attr::optional(
    "serial_number",
    "The device, such as `qcs::cam:uin/100000000000::mfa/softToken`. Environment: \
     `TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER`.",
);
const TOKEN_CODE: Attr<String> = Attr::optional(
    "token_code",
    "The code that it shows. It opens one session, which cannot be renewed. Environment: \
     `TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE`.",
)
.sensitive();
const DURATION_SECONDS: Attr<Number> = Attr::optional(
    "duration_seconds",
    "How many seconds the session lasts, up to 129600 (7200 for the root account). Default 1800. Environment: \
     `TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS`.",
)
.validated(validate::mfa_duration);

/// `assume_role`.
#[derive(Clone, Default, PartialEq)]
pub struct AssumeRole {
    pub(super) role_arn: Field<String>,
    pub(super) session_name: Field<String>,
    pub(super) session_duration: Field<Number>,
    pub(super) policy: Field<String>,
    pub(super) external_id: Field<String>,
    pub(super) source_identity: Field<String>,
    pub(super) serial_number: Field<String>,
    pub(super) token_code: Field<String>,
}

model!(AssumeRole {
    role_arn: ROLE_ARN,
    session_name: SESSION_NAME,
    session_duration: SESSION_DURATION,
    policy: POLICY,
    external_id: EXTERNAL_ID,
    source_identity: SOURCE_IDENTITY,
    serial_number: ROLE_SERIAL_NUMBER,
    token_code: ROLE_TOKEN_CODE,
});

/// `assume_role_with_saml`.
#[derive(Clone, Default, PartialEq)]
pub struct AssumeRoleWithSaml {
    pub(super) saml_assertion: Field<String>,
    pub(super) principal_arn: Field<String>,
    pub(super) role_arn: Field<String>,
    pub(super) session_name: Field<String>,
    pub(super) session_duration: Field<Number>,
}

model!(AssumeRoleWithSaml {
    saml_assertion: SAML_ASSERTION,
    principal_arn: PRINCIPAL_ARN,
    role_arn: ROLE_ARN,
    session_name: SESSION_NAME,
    session_duration: SESSION_DURATION,
});

/// `assume_role_with_web_identity`.
#[derive(Clone, Default, PartialEq)]
pub struct AssumeRoleWithWebIdentity {
    pub(super) provider_id: Field<String>,
    pub(super) web_identity_token: Field<String>,
    pub(super) web_identity_token_file: Field<String>,
    pub(super) role_arn: Field<String>,
    pub(super) role_arn_file: Field<String>,
    pub(super) session_name: Field<String>,
    pub(super) session_duration: Field<Number>,
}

model!(AssumeRoleWithWebIdentity {
    provider_id: PROVIDER_ID,
    web_identity_token: WEB_IDENTITY_TOKEN,
    web_identity_token_file: WEB_IDENTITY_TOKEN_FILE,
    role_arn: ROLE_ARN,
    role_arn_file: ROLE_ARN_FILE,
    session_name: SESSION_NAME,
    session_duration: SESSION_DURATION,
});

/// `mfa_certification`.
#[derive(Clone, Default, PartialEq)]
pub struct MfaCertification {
    pub(super) serial_number: Field<String>,
    pub(super) token_code: Field<String>,
    pub(super) duration_seconds: Field<Number>,
}

model!(MfaCertification {
    serial_number: SERIAL_NUMBER,
    token_code: TOKEN_CODE,
    duration_seconds: DURATION_SECONDS,
});

/// Wipes a secret of a block, and shows nothing of the block but which one it is.
macro_rules! secret {
    ($block:ident, $secret:ident) => {
        impl Drop for $block {
            fn drop(&mut self) {
                if let Field::Known(text) = &mut self.$secret {
                    text.zeroize();
                }
            }
        }

        impl fmt::Debug for $block {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($block)).finish_non_exhaustive()
            }
        }
    };
}

secret!(AssumeRole, token_code);
secret!(AssumeRoleWithSaml, saml_assertion);
secret!(AssumeRoleWithWebIdentity, web_identity_token);
secret!(MfaCertification, token_code);
