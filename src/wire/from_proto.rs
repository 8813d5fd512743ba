//! What the host sends, as the framework has it.

use super::error::{DecodeError, Problem};
use super::json::{self, Extra};
use super::msgpack;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::server::{IDENTITY_MISFIT, STATE_MISFIT};
use crate::framework::value::{Object, Type, Value};
use crate::proto::tfplugin6::{DynamicValue, RawState, ResourceIdentityData};

/// The object in `sent`, which is of the type `of`. `None`: null, which is also what a value that was left
/// out means.
pub(super) fn object(sent: Option<&DynamicValue>, of: &Type) -> Result<Option<Object>, Diagnostics> {
    let decoded = value(sent, of).and_then(into_object);
    decoded.map_err(|error| error.diagnostic("Value does not fit this provider's schema").into())
}

/// The value in `value`, which is of the type `of`; null also where it was left out.
pub(super) fn value(value: Option<&DynamicValue>, of: &Type) -> Result<Value, DecodeError> {
    match value {
        Some(value) if !value.msgpack.is_empty() => msgpack::decode(&value.msgpack, of),
        Some(value) if !value.json.is_empty() => json::decode(&value.json, of, Extra::Refuse),
        _ => Ok(Value::Null),
    }
}

/// The identity in `sent`, which is of the type `of`. `None`: there is none, or the type has none.
pub(super) fn identity(
    sent: Option<&ResourceIdentityData>,
    of: Option<&Type>,
) -> Result<Option<Object>, Diagnostics> {
    let (Some(sent), Some(of)) = (sent, of) else { return Ok(None) };
    object(sent.identity_data.as_ref(), of)
}

/// The object in the JSON of a stored state of type `of`; what the type no longer has is left out.
pub(super) fn stored(state: &RawState, of: &Type) -> Result<Option<Object>, Diagnostics> {
    from_json(state, of, STATE_MISFIT)
}

/// The same of a stored identity.
pub(super) fn stored_identity(identity: &RawState, of: &Type) -> Result<Option<Object>, Diagnostics> {
    from_json(identity, of, IDENTITY_MISFIT)
}

fn from_json(stored: &RawState, of: &Type, summary: &str) -> Result<Option<Object>, Diagnostics> {
    let decoded = json::decode(&stored.json, of, Extra::Ignore).and_then(into_object);
    decoded.map_err(|error| {
        let told = error.diagnostic(summary);
        let detail = format!(
            "{} The state was edited by hand, or damaged. Restore it from a backup, or take the resource out with \
             `terraform state rm` (or `tofu state rm`) and import it anew.",
            told.detail
        );
        Diagnostic { detail, ..told }.into()
    })
}

fn into_object(value: Value) -> Result<Option<Object>, DecodeError> {
    match value {
        Value::Object(object) => Ok(Some(object)),
        Value::Null => Ok(None),
        other => Err(Problem::Shape { wanted: "an object", found: other.shape() }.into()),
    }
}
