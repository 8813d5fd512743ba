//! A provider for tests that has everything beside resources: what each of them does is a closure.

mod data_source;
mod function;

use std::sync::Arc;

pub(crate) use data_source::{Gadgets, Question};
pub(crate) use function::{Describe, Join};

use super::diagnostic::{Diagnostic, Diagnostics};
use super::fake::{Raw, Region};
use super::provider::Provider;
use super::registry::Registry;
use super::resource::Cx;
use super::value::Object;

type Look = dyn Fn(&Cx<'_, Shop>, Object) -> Result<Object, Diagnostics> + Send + Sync;

/// What configuring a [`Workshop`] yields.
#[derive(Clone)]
pub(crate) struct Shop {
    /// What the data source answers.
    pub(crate) look: Arc<Look>,
}

impl Shop {
    /// Nothing may be called.
    pub(crate) fn closed() -> Self {
        Self { look: Arc::new(|_, _| panic!("nothing should be looked up")) }
    }

    /// The data source answers by `look`, which is told the configuration.
    pub(crate) fn looking(
        look: impl Fn(&Cx<'_, Self>, Object) -> Result<Object, Diagnostics> + Send + Sync + 'static,
    ) -> Self {
        Self { look: Arc::new(look), ..Self::closed() }
    }
}

/// A provider with one of everything.
pub(crate) struct Workshop(pub(crate) Shop);

impl Provider for Workshop {
    const DESCRIPTION: &'static str = "A workshop.";
    type Config = Raw<Region>;
    type Data = Shop;

    async fn configure(&self, _: &str, _: Raw<Region>, _: &mut Diagnostics) -> Result<Shop, Diagnostics> {
        Ok(self.0.clone())
    }

    fn register(registry: &mut Registry<Shop>) {
        registry.data_source(Gadgets);
        registry.function(Join);
        registry.function(Describe);
    }
}

/// An error that says `summary`.
pub(crate) fn error(summary: &str) -> Diagnostics {
    Diagnostic::error(summary, "It is so.").into()
}
