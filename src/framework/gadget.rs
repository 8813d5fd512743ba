//! A provider for tests that has everything beside resources: what each of them does is a closure.

mod data_source;
mod function;
mod list;
mod resource;
mod stored;

use std::sync::Arc;

pub(crate) use data_source::{Gadgets, Question};
pub(crate) use function::{Describe, Join};
pub(crate) use list::Wanted;
pub(crate) use resource::{Gadget, Parts, Serial, gadget, identity};
pub(crate) use stored::{Foreign, Nothing, OldParts};

use futures_util::future::BoxFuture;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::list_resource::Found;
use super::provider::Provider;
use super::registry::Registry;
use super::resource::{Change, Cx, StateSlot};
use super::testing::{Raw, Region};
use super::value::Object;

type Find = dyn Fn(Object) -> Result<Option<Object>, Diagnostics> + Send + Sync;
type Make = dyn Fn(Object, &mut StateSlot<Raw<Parts>>) -> Result<(), Diagnostics> + Send + Sync;
type Check = dyn Fn(&Change<Raw<Parts>>, &Raw<Parts>, &mut Diagnostics) + Send + Sync;
type List = dyn for<'a, 'f> Fn(
        &'a Cx<'_, Shop>,
        Object,
        &'a mut Found<'f, Gadget>,
    ) -> BoxFuture<'a, Result<(), Diagnostics>>
    + Send
    + Sync;
type Look = dyn Fn(&Cx<'_, Shop>, Object) -> Result<Object, Diagnostics> + Send + Sync;

/// What configuring a [`Workshop`] yields.
#[derive(Clone)]
pub(crate) struct Shop {
    /// What create, update and delete do; they are told the planned state, or what to delete.
    pub(crate) make: Arc<Make>,
    /// What there is of a gadget that is known so far.
    pub(crate) find: Arc<Find>,
    /// What the check of a plan finds.
    pub(crate) check: Arc<Check>,
    /// What lists of gadgets send.
    pub(crate) list: Arc<List>,
    /// What the data source answers.
    pub(crate) look: Arc<Look>,
}

impl Shop {
    /// Nothing may be called; checks find nothing.
    pub(crate) fn closed() -> Self {
        Self {
            make: Arc::new(|_, _| panic!("nothing should be made")),
            find: Arc::new(|_| panic!("nothing should be looked for")),
            check: Arc::new(|_, _, _| {}),
            list: Arc::new(|_, _, _| panic!("nothing should be listed")),
            look: Arc::new(|_, _| panic!("nothing should be looked up")),
        }
    }

    /// Create, update and delete are `make`.
    pub(crate) fn making(
        make: impl Fn(Object, &mut StateSlot<Raw<Parts>>) -> Result<(), Diagnostics> + Send + Sync + 'static,
    ) -> Self {
        Self { make: Arc::new(make), ..Self::closed() }
    }

    /// Read and import find what `find` says.
    pub(crate) fn finding(
        find: impl Fn(Object) -> Result<Option<Object>, Diagnostics> + Send + Sync + 'static,
    ) -> Self {
        Self { find: Arc::new(find), ..Self::closed() }
    }

    /// The check of a plan is `check`.
    pub(crate) fn checking(
        check: impl Fn(&Change<Raw<Parts>>, &Raw<Parts>, &mut Diagnostics) + Send + Sync + 'static,
    ) -> Self {
        Self { check: Arc::new(check), ..Self::closed() }
    }

    /// Lists of gadgets send what `list` does, which is told the filter.
    pub(crate) fn listing(
        list: impl for<'a, 'f> Fn(
            &'a Cx<'_, Self>,
            Object,
            &'a mut Found<'f, Gadget>,
        ) -> BoxFuture<'a, Result<(), Diagnostics>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { list: Arc::new(list), ..Self::closed() }
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
    type Config = Region;
    type Data = Shop;

    async fn configure(&self, _: &str, _: Region, _: &mut Diagnostics) -> Result<Shop, Diagnostics> {
        Ok(self.0.clone())
    }

    fn register(registry: &mut Registry<Shop>) {
        registry
            .resource(Gadget)
            .importable()
            .identified()
            .listed()
            .checked()
            .upgrades_identity_from()
            .upgrades_from::<Raw<OldParts>>()
            .moves_from::<Raw<Nothing>>()
            .moves_from::<Raw<Foreign>>();
        registry.data_source(Gadgets);
        registry.function(Join);
        registry.function(Describe);
    }
}

/// An error that says `summary`.
pub(crate) fn error(summary: &str) -> Diagnostics {
    Diagnostic::error(summary, "It is so.").into()
}
