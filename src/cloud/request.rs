//! From an action to the request that is sent, signed for one moment.
//!
//! Pure: a call, who signs it, where it goes, what is said of its sender, and a time go in; method, URL,
//! headers and body come out. Follows <https://www.tencentcloud.com/document/product/1031/52043> for the
//! headers. How a signature is made is in `sign.rs`; sending is the business of a
//! [`Transport`](super::Transport).

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::action::{Action, Authentication, Effect, Product};
use super::agent::Agent;
use super::credentials::Credentials;
use super::endpoint::Endpoint;
use super::sign::Signable;
use super::transport::{HttpRequest, Method};

/// An action without its types, written down once for all attempts.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) action: &'static str,
    pub(crate) product: Product,
    pub(crate) effect: Effect,
    pub(crate) rate: u32,
    pub(crate) authentication: Authentication,
    pub(crate) confidential: bool,
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) body: Bytes,
}

/// What every request of a client says of its sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) region: Option<&'a str>,
}

const CONTENT_TYPE: &str = "application/json";
/// What the service takes in place of a signature, where the call carries another proof of who makes it.
const UNSIGNED: &str = "SKIP";

impl Call {
    /// Writes `action` down; fails where it cannot be written as JSON.
    pub(crate) fn of<A: Action>(action: &A) -> Result<Self, serde_json::Error> {
        Ok(Self {
            action: A::NAME,
            product: A::PRODUCT,
            effect: A::EFFECT,
            rate: A::RATE,
            authentication: A::AUTHENTICATION,
            confidential: A::CONFIDENTIAL,
            secrets: action.secrets().into_iter().cloned().collect(),
            body: serde_json::to_vec(action)?.into(),
        })
    }
}

/// The request that makes `call` at the time `at`. Without a `signer` it is sent unsigned.
pub(crate) fn request(
    call: &Call,
    signer: Option<&Credentials>,
    endpoint: &Endpoint,
    sender: Sender<'_>,
    at: DateTime<Utc>,
) -> HttpRequest {
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let signable = Signable {
        service: call.product.service(),
        headers: &[("content-type", CONTENT_TYPE), ("host", endpoint.host())],
        body: &call.body,
        at,
    };
    let authorization = match signer {
        Some(signer) => signable.authorization(signer.secret_id(), signer.secret_key()),
        None => own(UNSIGNED),
    };
    let mut headers = vec![
        ("Authorization", authorization),
        ("Content-Type", own(CONTENT_TYPE)),
        ("Host", own(endpoint.host())),
        ("User-Agent", own(sender.agent.user_agent())),
        ("X-TC-Action", own(call.action)),
        ("X-TC-Language", own("en-US")),
        ("X-TC-RequestClient", own(sender.agent.request_client())),
        ("X-TC-Timestamp", Zeroizing::new(at.timestamp().to_string())),
        ("X-TC-Version", own(call.product.version())),
    ];
    let region = sender.region.or(call.product.default_region());
    headers.extend(region.map(|region| ("X-TC-Region", own(region))));
    let token = signer.and_then(Credentials::token);
    headers.extend(token.map(|token| ("X-TC-Token", own(token.expose_secret()))));
    HttpRequest { method: Method::Post, endpoint: endpoint.clone(), headers, body: call.body.clone() }
}

/// Shows no body, which may hold a secret.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("action", &self.action).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::api::organization::CreateOrganizationMemberAuthIdentity;

    const GRANT: CreateOrganizationMemberAuthIdentity =
        CreateOrganizationMemberAuthIdentity { member_uins: Vec::new(), identity_ids: Vec::new() };

    fn send(
        call: &Call,
        signer: Option<&Credentials>,
        url: &str,
        at: i64,
        region: Option<&str>,
    ) -> HttpRequest {
        let agent = Agent::new("tests", "tests");
        let at = DateTime::from_timestamp(at, 0).unwrap();
        request(call, signer, &Endpoint::parse(url).unwrap(), Sender { agent: &agent, region }, at)
    }

    fn signer(number: u8, token: Option<&str>) -> Credentials {
        let id = format!("AKIDtest000000000000000000000000000{number}");
        let key = format!("testSecretKey0000000000000000000{number}").into();
        Credentials::new(id, key, token.map(Into::into)).unwrap()
    }

    /// Holds a request against a published vector or one of an official signer; see `tests/data/signing`.
    fn check(body: &str, signer: &Credentials, url: &str, at: i64, authorization: &str) -> HttpRequest {
        let call = Call { body: body.to_owned().into(), ..Call::of(&GRANT).unwrap() };
        let request = send(&call, Some(signer), url, at, None);
        assert_eq!(request.header("Authorization"), Some(authorization));
        assert_eq!(request.header("X-TC-Timestamp"), Some(at.to_string().as_str()));
        assert_eq!(request.header("Host"), Some(request.endpoint.host()));
        assert_eq!((request.method, &*request.body), (Method::Post, body.as_bytes()));
        request
    }

    #[test]
    fn a_request_is_signed_as_official_clients_sign_it() {
        let mainland = "https://organization.tencentcloudapi.com";
        let body = r#"{"MemberUins": [100000000002], "IdentityIds": [13, 14]}"#;
        let authorization = include_str!("../../tests/data/signing/v1_spaced_body/authorization.txt");
        check(body, &signer(1, None), mainland, 1_700_000_000, authorization);

        let body = r#"{"Offset": 0, "Limit": 50, "MemberUin": 100000000002}"#;
        let international = "https://organization.intl.tencentcloudapi.com";
        let authorization =
            include_str!("../../tests/data/signing/v2_temporary_key_last_second_of_a_year/authorization.txt");
        let temporary = signer(2, Some("testSessionToken0123456789"));
        let request = check(body, &temporary, international, 1_735_689_599, authorization);
        assert_eq!(request.header("X-TC-Token"), Some("testSessionToken0123456789"));

        let body = r#"{"MemberUin": 100000000002, "IdentityId": 13}"#;
        let authorization = include_str!(
            "../../tests/data/signing/v3_host_with_port_first_second_of_a_year/authorization.txt"
        );
        check(body, &signer(3, None), "http://127.0.0.1:18080/path", 1_735_689_600, authorization);
    }

    #[test]
    fn an_action_is_written_as_compact_json() {
        let action = CreateOrganizationMemberAuthIdentity {
            member_uins: vec![100_000_000_002],
            identity_ids: vec![13, 14],
        };
        let call = Call::of(&action).unwrap();
        let url = "https://organization.tencentcloudapi.com";
        let request = send(&call, Some(&signer(1, None)), url, 1_700_000_000, None);
        let authorization = include_str!("../../tests/data/signing/v6_compact_body/authorization.txt");
        assert_eq!(request.header("Authorization"), Some(authorization));
        assert_eq!(request.body, r#"{"MemberUins":[100000000002],"IdentityIds":[13,14]}"#);
    }

    #[test]
    fn the_headers_are_those_of_the_documentation() {
        let call = Call::of(&GRANT).unwrap();
        let request = send(&call, Some(&signer(1, None)), "http://127.0.0.1:1", 0, Some("ap-singapore"));
        let names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
        let expected = [
            "Authorization",
            "Content-Type",
            "Host",
            "User-Agent",
            "X-TC-Action",
            "X-TC-Language",
            "X-TC-RequestClient",
            "X-TC-Timestamp",
            "X-TC-Version",
            "X-TC-Region",
        ];
        assert_eq!(names, expected);
        for (name, value) in [
            ("Content-Type", "application/json"),
            ("Host", "127.0.0.1:1"),
            ("X-TC-Action", "CreateOrganizationMemberAuthIdentity"),
            ("X-TC-Language", "en-US"),
            ("X-TC-Region", "ap-singapore"),
            ("X-TC-Timestamp", "0"),
            ("X-TC-Version", "2021-03-31"),
        ] {
            assert_eq!(request.header(name), Some(value), "{name}");
        }
    }

    #[test]
    fn what_needs_no_signature_says_so_and_carries_no_token() {
        let request = send(&Call::of(&GRANT).unwrap(), None, "http://127.0.0.1:1", 0, None);
        assert_eq!(request.header("Authorization"), Some("SKIP"));
        assert_eq!(request.header("X-TC-Token"), None);
    }
}
