//! Replies that only say why there is no better one. Every reply can carry diagnostics somewhere; here is
//! where.

use super::to_proto;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;

/// A reply that can be a refusal.
pub(super) trait Reply: Send {
    /// The reply that carries `report` and nothing else.
    fn refused(report: Diagnostics) -> Self;
}

/// The error for something that no provider of this version declares, so that a host has no reason to ask.
pub(super) fn no_such(kind: &str, name: &str) -> Diagnostics {
    let detail = format!("This provider has no {kind} {name:?}.");
    Diagnostic::error(format!("Unknown {kind}"), detail).into()
}

macro_rules! carries_diagnostics {
    ($($module:ident :: $reply:ident . $field:ident),* $(,)?) => {
        $(impl Reply for proto::$module::$reply {
            fn refused(report: Diagnostics) -> Self {
                let mut reply = Self::default();
                reply.$field.extend(to_proto::diagnostics(report));
                reply
            }
        })*
    };
}

carries_diagnostics!(
    apply_resource_change::Response.diagnostics,
    close_ephemeral_resource::Response.diagnostics,
    configure_provider::Response.diagnostics,
    delete_state::Response.diagnostics,
    generate_resource_config::Response.diagnostics,
    get_functions::Response.diagnostics,
    get_metadata::Response.diagnostics,
    get_provider_schema::Response.diagnostics,
    get_resource_identity_schemas::Response.diagnostics,
    get_states::Response.diagnostics,
    import_resource_state::Response.diagnostics,
    list_resource::Event.diagnostic,
    lock_state::Response.diagnostics,
    move_resource_state::Response.diagnostics,
    open_ephemeral_resource::Response.diagnostics,
    plan_action::Response.diagnostics,
    plan_resource_change::Response.diagnostics,
    read_data_source::Response.diagnostics,
    read_resource::Response.diagnostics,
    read_state_bytes::Response.diagnostics,
    renew_ephemeral_resource::Response.diagnostics,
    unlock_state::Response.diagnostics,
    upgrade_resource_identity::Response.diagnostics,
    upgrade_resource_state::Response.diagnostics,
    validate_action_config::Response.diagnostics,
    validate_data_resource_config::Response.diagnostics,
    validate_ephemeral_resource_config::Response.diagnostics,
    validate_list_resource_config::Response.diagnostics,
    validate_provider_config::Response.diagnostics,
    validate_resource_config::Response.diagnostics,
    validate_state_store::Response.diagnostics,
    write_state_bytes::Response.diagnostics,
);

impl Reply for proto::configure_state_store::Response {
    /// The host reads the capabilities before it looks at the diagnostics, and does not survive their
    /// absence.
    fn refused(report: Diagnostics) -> Self {
        let capabilities = proto::StateStoreServerCapabilities { chunk_size: 8 << 20 };
        Self { diagnostics: to_proto::diagnostics(report), capabilities: Some(capabilities) }
    }
}

impl Reply for proto::call_function::Response {
    fn refused(report: Diagnostics) -> Self {
        let texts: Vec<_> = report.into_iter().map(|diagnostic| diagnostic.detail).collect();
        let error = proto::FunctionError { text: texts.join("\n"), function_argument: None };
        Self { result: None, error: Some(error) }
    }
}

impl Reply for proto::invoke_action::Event {
    fn refused(report: Diagnostics) -> Self {
        let completed = proto::invoke_action::event::Completed { diagnostics: to_proto::diagnostics(report) };
        Self { r#type: Some(proto::invoke_action::event::Type::Completed(completed)) }
    }
}
