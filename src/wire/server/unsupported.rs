//! RPCs of features that this provider has nothing of. A host has no reason to call them, and is told so.

use super::Shared;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::provider::Provider;
use crate::proto::tfplugin6 as proto;
use crate::wire::refusal::no_such;

/// A method for each RPC: there is no such thing as the request names.
macro_rules! unsupported {
    ($($rpc:ident($messages:ident . $type_name:ident) = $kind:literal;)*) => {
        impl<P: Provider> Shared<P> {
            $(pub(super) fn $rpc(
                &self,
                request: &proto::$messages::Request,
            ) -> Result<proto::$messages::Response, Diagnostics> {
                Err(no_such($kind, &request.$type_name))
            })*
        }
    };
}

unsupported! {
    validate_ephemeral_resource_config(validate_ephemeral_resource_config.type_name) = "ephemeral resource";
    open_ephemeral_resource(open_ephemeral_resource.type_name) = "ephemeral resource";
    renew_ephemeral_resource(renew_ephemeral_resource.type_name) = "ephemeral resource";
    close_ephemeral_resource(close_ephemeral_resource.type_name) = "ephemeral resource";
    validate_action_config(validate_action_config.type_name) = "action";
    plan_action(plan_action.action_type) = "action";
    validate_state_store_config(validate_state_store.type_name) = "state store";
    configure_state_store(configure_state_store.type_name) = "state store";
    lock_state(lock_state.type_name) = "state store";
    unlock_state(unlock_state.type_name) = "state store";
    get_states(get_states.type_name) = "state store";
    delete_state(delete_state.type_name) = "state store";
}
