//! What the host sends, as the framework has it.

use super::error::{DecodeError, Problem};
use super::json::{self, Extra};
use super::msgpack;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::server::STATE_MISFIT;
use crate::framework::value::{Object, Type, Value};
use crate::proto::tfplugin6::{DynamicValue, RawState};

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

/// The object in the JSON of a stored state of type `of`; what the type no longer has is left out.
pub(super) fn stored(state: &RawState, of: &Type) -> Result<Option<Object>, Diagnostics> {
    let decoded = json::decode(&state.json, of, Extra::Ignore).and_then(into_object);
    decoded.map_err(|error| {
        let told = error.diagnostic(STATE_MISFIT);
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
