//! What waits for a provider configuration that is not known yet, where the host says that it can wait.
//!
//! Hosts say so in each request, so far only as an experiment. To all others an operation that needs the
//! configuration is an error, which names the arguments that are not known.

use super::Shared;
use crate::framework::configured::Configured;
use crate::framework::provider::Provider;
use crate::proto::tfplugin6 as proto;

impl<P: Provider> Shared<P> {
    /// That the operation is put off, if `host` allows it and the provider's configuration is not known yet.
    pub(super) fn deferred(&self, host: Option<proto::ClientCapabilities>) -> Option<proto::Deferred> {
        let allowed = host.is_some_and(|host| host.deferral_allowed);
        let is_open = || self.server.data().is_ok_and(|data| matches!(*data, Configured::Unknown(_)));
        let reason = proto::deferred::Reason::ProviderConfigUnknown.into();
        (allowed && is_open()).then_some(proto::Deferred { reason })
    }
}
