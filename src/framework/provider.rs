//! What a provider does: its configuration, and the types that it registers.

use std::future::Future;

use super::diagnostic::Diagnostics;
use super::model::Model;
use super::registry::Registry;

/// A provider.
pub trait Provider: Send + Sync + 'static {
    /// What it is, in Markdown: the head of its registry page.
    const DESCRIPTION: &'static str;
    /// The arguments of its block.
    type Config: Model;
    /// What a configured provider hands to its resources.
    type Data: Send + Sync + 'static;

    /// Judges a configuration offline. Unknown means "cannot judge yet" and is never an error.
    fn validate(&self, config: &Self::Config, report: &mut Diagnostics) {
        let _ = (config, report);
    }

    /// Makes what the resources need from `config`, which is wholly known: while it is not, the provider
    /// counts as not configured yet, and this is not called. `host_version` is what the host calls itself:
    /// for the user agent, never for decisions. Warnings go to `report`.
    ///
    /// The future is dropped when the host asks for a stop.
    fn configure(
        &self,
        host_version: &str,
        config: Self::Config,
        report: &mut Diagnostics,
    ) -> impl Future<Output = Result<Self::Data, Diagnostics>> + Send;

    /// Names every type that the provider has, with its capabilities.
    fn register(registry: &mut Registry<Self::Data>);
}
