//! Security Token Service, version 2018-08-13: temporary credentials, and who the caller is.
//!
//! Follows <https://www.tencentcloud.com/document/product/1150/49452> and the pages named at each action.
//! What is secret in a request or an answer is a type that cannot be printed, and nothing of either is
//! logged. All actions only read: a session that nobody uses harms nobody, so that each may be repeated.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lenient::{Object, name, number, secret};
use crate::cloud::action::{Action, Authentication, Effect, Product};

/// The longest session of a role, in seconds. The role may allow less.
pub const ROLE_SECONDS_MAX: u32 = 43_200;
/// The longest session that a second factor gives, in seconds.
pub const MFA_SECONDS_MAX: u32 = 129_600;

/// Takes on a role. At most 600 calls per second.
///
/// <https://www.tencentcloud.com/document/product/1150/49452>
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRole {
    /// The role, such as `qcs::cam::uin/100000000000:roleName/ops`.
    pub role_arn: String,
    /// What the session is called in the audit log.
    pub role_session_name: String,
    /// How long the session lasts; 7,200 s if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
    /// What the session may do at most, as JSON in percent-encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The word that the role asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The UIN of the person behind the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// The device of the second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// The code that it shows.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed_if_any")]
    pub token_code: Option<SecretString>,
}

/// Takes on a role by the assertion of a SAML identity provider. At most 200 calls per second, unsigned.
///
/// <https://www.tencentcloud.com/document/product/1150/49453>
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRoleWithSaml {
    /// The assertion, in Base64.
    #[serde(rename = "SAMLAssertion", serialize_with = "exposed")]
    pub saml_assertion: SecretString,
    /// The identity provider, such as `qcs::cam::uin/100000000000:saml-provider/corporate`.
    pub principal_arn: String,
    /// As for [`AssumeRole`].
    pub role_arn: String,
    /// As for [`AssumeRole`].
    pub role_session_name: String,
    /// As for [`AssumeRole`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
}

/// Takes on a role by the token of an OIDC identity provider. At most 20 calls per second, unsigned.
///
/// <https://www.tencentcloud.com/document/product/1150/54309>
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRoleWithWebIdentity {
    /// The name of the identity provider.
    pub provider_id: String,
    /// The token that it issued.
    #[serde(serialize_with = "exposed")]
    pub web_identity_token: SecretString,
    /// As for [`AssumeRole`].
    pub role_arn: String,
    /// As for [`AssumeRole`].
    pub role_session_name: String,
    /// As for [`AssumeRole`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
}

/// Opens a session of the caller for a second factor. Takes permanent keys only.
///
/// <https://cloud.tencent.com/document/product/1312/76024>
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSessionToken {
    /// The device, such as `qcs::cam:uin/100000000000::mfa/softToken`.
    pub serial_number: String,
    /// The code that it shows.
    #[serde(serialize_with = "exposed")]
    pub token_code: SecretString,
    /// How long the session lasts; 1,800 s if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
}

/// Tells who signed the call. At most 20 calls per second.
///
/// <https://www.tencentcloud.com/document/product/1150/49455>
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetCallerIdentity {}

/// A session, as the first four actions answer it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Session {
    #[serde(deserialize_with = "keys")]
    pub(crate) credentials: Option<SessionKeys>,
    /// When it ends, in UNIX seconds.
    #[serde(deserialize_with = "number")]
    pub expired_time: Option<u64>,
    /// The same, as RFC 3339 has it.
    #[serde(deserialize_with = "name")]
    pub expiration: Option<String>,
}

/// What signs within a session.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SessionKeys {
    #[serde(deserialize_with = "secret")]
    pub(crate) token: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    pub(crate) tmp_secret_id: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    pub(crate) tmp_secret_key: Option<SecretString>,
}

/// Who signed a call. All of it is text, also the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CallerIdentity {
    /// The caller's ARN.
    #[serde(deserialize_with = "name")]
    pub arn: Option<String>,
    /// The UIN of the account that the caller belongs to.
    #[serde(deserialize_with = "name")]
    pub account_id: Option<String>,
    /// The caller's UIN; of a session, the role's id and the session's name.
    #[serde(deserialize_with = "name")]
    pub user_id: Option<String>,
    /// The UIN that owns the key; of a session, that which asked for it.
    #[serde(deserialize_with = "name")]
    pub principal_id: Option<String>,
    /// `CAMUser` or `CAMRole`.
    #[serde(deserialize_with = "name")]
    pub r#type: Option<String>,
}

macro_rules! action {
    ($type:ident, $name:literal, $authentication:ident, rate $rate:literal, $answer:ty, confidential $confidential:literal, |$action:ident| $secrets:expr) => {
        impl Action for $type {
            const NAME: &'static str = $name;
            const PRODUCT: Product = Product::Sts;
            const EFFECT: Effect = Effect::Read;
            const AUTHENTICATION: Authentication = Authentication::$authentication;
            const RATE: u32 = $rate;
            const CONFIDENTIAL: bool = $confidential;
            type Answer = $answer;

            fn secrets(&self) -> Vec<&SecretString> {
                let $action = self;
                $secrets
            }
        }
    };
}

action!(AssumeRole, "AssumeRole", Signature, rate 600, Session, confidential true,
    |action| action.token_code.iter().collect());
action!(AssumeRoleWithSaml, "AssumeRoleWithSAML", Content, rate 200, Session, confidential true,
    |action| vec![&action.saml_assertion]);
action!(AssumeRoleWithWebIdentity, "AssumeRoleWithWebIdentity", Content, rate 20, Session, confidential true,
    |action| vec![&action.web_identity_token]);
action!(GetSessionToken, "GetSessionToken", Signature, rate 20, Session, confidential true,
    |action| vec![&action.token_code]);
action!(GetCallerIdentity, "GetCallerIdentity", Signature, rate 20, CallerIdentity, confidential false,
    |_action| Vec::new());

fn exposed<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "the shape that serde calls")]
fn exposed_if_any<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

fn keys<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SessionKeys>, D::Error> {
    Ok(Option::<Object<SessionKeys>>::deserialize(from)?.map(|Object(keys)| keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_carries_what_is_set_and_shows_no_secret() {
        let assume = AssumeRole {
            role_arn: "arn".to_owned(),
            role_session_name: "me".to_owned(),
            token_code: Some("123456".into()),
            ..AssumeRole::default()
        };
        let written = serde_json::to_string(&assume).unwrap();
        assert_eq!(written, r#"{"RoleArn":"arn","RoleSessionName":"me","TokenCode":"123456"}"#);
        let saml = AssumeRoleWithSaml {
            saml_assertion: "PHNhbWw+".into(),
            principal_arn: "provider".to_owned(),
            role_arn: "arn".to_owned(),
            role_session_name: "me".to_owned(),
            duration_seconds: Some(900),
        };
        let written = serde_json::to_string(&saml).unwrap();
        let expected = r#"{"SAMLAssertion":"PHNhbWw+","PrincipalArn":"provider","RoleArn":"arn","RoleSessionName":"me","DurationSeconds":900}"#;
        assert_eq!(written, expected);
        assert!(!format!("{assume:?}{saml:?}").contains("PHNh"));
        assert!(!format!("{assume:?}").contains("123456"));
    }

    #[test]
    fn an_answer_is_read_and_shows_none_of_its_keys() {
        let answer = r#"{"Credentials":{"Token":"the-token","TmpSecretId":"AKIDwhole-id","TmpSecretKey":"the-key"},"ExpiredTime":"1800000000","Expiration":"2027-01-15T08:00:00Z"}"#;
        let session: Session = serde_json::from_str(answer).unwrap();
        assert_eq!(session.expired_time, Some(1_800_000_000));
        let keys = session.credentials.clone().unwrap();
        assert_eq!(keys.tmp_secret_key.unwrap().expose_secret(), "the-key");
        let shown = format!("{session:?}");
        for secret in ["the-token", "AKIDwhole-id", "the-key"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
