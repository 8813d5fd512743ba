//! Which of the provider's services a connection is served by.
//!
//! A host starts one process for each configuration of a provider, so there is one service, also for a host
//! that lost its connection and comes back. A process in debug mode is shared: a host opens one connection
//! for each configuration, and several hosts may do so at once. There each connection has a service of its
//! own, with its configuration and its stop.

use tokio_util::sync::DropGuard;

use super::lifetime::{Lifetime, Mode};

/// Provides each connection with its service, made by `F`.
pub(super) struct Provision<P, F> {
    make: F,
    lifetime: Lifetime,
    /// The one service of all connections, where there is one.
    shared: Option<P>,
}

/// What one connection is served by, for as long as it is open.
pub(super) struct Provided<P> {
    pub(super) service: P,
    /// Stops what the service has under way: whoever would hear of it is gone.
    _end: Option<DropGuard>,
}

impl<P: Clone, F: Fn(&Lifetime) -> P> Provision<P, F> {
    /// For the connections of a process that ends as `lifetime` says.
    pub(super) fn new(mode: Mode, lifetime: Lifetime, make: F) -> Self {
        let shared = (mode == Mode::Managed).then(|| make(&lifetime));
        Self { make, lifetime, shared }
    }

    /// The service for a new connection.
    pub(super) fn provide(&self) -> Provided<P> {
        if let Some(service) = &self.shared {
            return Provided { service: service.clone(), _end: None };
        }
        let stop = self.lifetime.stop.child_token();
        let service = (self.make)(&Lifetime { stop: stop.clone(), work: self.lifetime.work.clone() });
        Provided { service, _end: Some(stop.drop_guard()) }
    }
}
