//! The metadata service of a machine in the cloud: plain HTTP, no signature, and the keys of the role that is
//! bound to the machine.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::account::{Accounts, Principal, Session};
use crate::behaviour::Behaviour;
use crate::message::Request;
use crate::message::Response;

pub(crate) const PREFIX: &str = "/latest/meta-data/";

const CREDENTIALS: &str = "/latest/meta-data/cam/security-credentials/";
const SECONDS: u64 = 7_200;

/// Answers the role's name, or its keys; 404 where no role is bound and for everything else.
pub(crate) fn handle(
    accounts: &mut Accounts,
    behaviour: &Behaviour,
    now: DateTime<Utc>,
    request: &Request,
) -> Response {
    let missing = || Response::new(404, "text/plain", b"404 - Not Found\n".to_vec());
    let Some(role) = accounts.instance_role.clone() else { return missing() };
    let path = request.path.split('?').next().unwrap_or_default();
    match path.strip_prefix(CREDENTIALS) {
        Some("") => Response::new(200, "text/plain", role.into_bytes()),
        Some(name) if name == role => {
            if let Some(code) = &behaviour.metadata_code {
                return Response::json(200, &json!({ "Code": code }));
            }
            let arn = format!("qcs::cam::uin/{}:roleName/{role}", crate::account::HOST_UIN);
            let principal = Principal::Role { arn, session: "instance".to_owned() };
            let seconds = behaviour.session_seconds.unwrap_or(SECONDS);
            let Session { secret_id, secret_key, token, expiry, .. } = accounts.open(principal, now, seconds);
            Response::json(
                200,
                &json!({
                    "TmpSecretId": secret_id,
                    "TmpSecretKey": secret_key,
                    "ExpiredTime": expiry.timestamp(),
                    "Expiration": expiry.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    "Token": token,
                    "Code": "Success",
                }),
            )
        }
        _ => missing(),
    }
}
