//! A resource that does what closures say.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Raw, Thing, text, thing};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::resource::{
    Change, CoordinateResource, Cx, ImportResource, Planned, Resource, StateSlot,
};
use crate::framework::value::{Object, Value};

type Apply = dyn for<'a> Fn(
        &'a Cx<'a, World>,
        Option<Object>,
        Option<Object>,
        &'a mut StateSlot<Thing>,
    ) -> BoxFuture<'a, Result<(), Diagnostics>>
    + Send
    + Sync;
type Read = dyn for<'a> Fn(&'a Cx<'a, World>, Object) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>>
    + Send
    + Sync;
type Plan = dyn Fn(&Change<Thing>, &mut Planned<Thing>) + Send + Sync;

/// What the operations of a [`Fake`] do; configuring the provider yields it.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) apply: Arc<Apply>,
    pub(crate) read: Arc<Read>,
}

impl World {
    /// Nothing may be called.
    pub(crate) fn closed() -> Self {
        Self {
            apply: Arc::new(|_, _, _, _| panic!("nothing should be applied")),
            read: Arc::new(|_, _| panic!("nothing should be read")),
        }
    }

    /// Create, update and delete are `apply`, which is told the prior and the planned state.
    pub(crate) fn applying(
        apply: impl for<'a> Fn(
            &'a Cx<'a, World>,
            Option<Object>,
            Option<Object>,
            &'a mut StateSlot<Thing>,
        ) -> BoxFuture<'a, Result<(), Diagnostics>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { apply: Arc::new(apply), ..Self::closed() }
    }

    /// Read is `read`, which is told the state that is known; so is import, which is told the id as the name.
    pub(crate) fn reading(
        read: impl for<'a> Fn(&'a Cx<'a, World>, Object) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { read: Arc::new(read), ..Self::closed() }
    }
}

/// A resource that does what its [`World`] does, and plans what its closure says.
pub(crate) struct Fake(pub(crate) Arc<Plan>);

impl Fake {
    /// A resource that leaves every plan as the framework made it.
    pub(crate) fn plain() -> Self {
        Self(Arc::new(|_, _| {}))
    }
}

impl Resource for Fake {
    const TYPE: &'static str = "fake_thing";
    const VERSION: i64 = 2;
    const DESCRIPTION: &'static str = "A thing.";
    type Data = World;
    type Model = Thing;

    /// A name of "bad" is an error, and one of "panic" a bug.
    fn validate(&self, config: &Thing, report: &mut Diagnostics) {
        assert_ne!(config.0.get("name"), Some(&text("panic")), "asked to panic");
        if config.0.get("name") == Some(&text("bad")) {
            report.push(Diagnostic::error("Bad name", "Choose another.").at(Path::attribute("name")));
        }
    }

    fn plan(&self, change: &Change<Thing>, planned: &mut Planned<Thing>) {
        (self.0)(change, planned);
    }

    async fn create(
        &self,
        cx: &Cx<'_, World>,
        planned: Thing,
        state: &mut StateSlot<Thing>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.apply)(cx, None, Some(planned.0), state).await
    }

    async fn read(&self, cx: &Cx<'_, World>, prior: Thing) -> Result<Option<Thing>, Diagnostics> {
        Ok((cx.data()?.read)(cx, prior.0).await?.map(Raw::new))
    }

    async fn update(
        &self,
        cx: &Cx<'_, World>,
        prior: Thing,
        planned: Thing,
        state: &mut StateSlot<Thing>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.apply)(cx, Some(prior.0), Some(planned.0), state).await
    }

    async fn delete(
        &self,
        cx: &Cx<'_, World>,
        prior: Thing,
        state: &mut StateSlot<Thing>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.apply)(cx, Some(prior.0), None, state).await
    }
}

impl CoordinateResource for Fake {
    /// Private bytes of "look" make the id unknown, warn and become "looked"; those of "keep" refuse the
    /// plan.
    async fn coordinate(
        &self,
        cx: &Cx<'_, World>,
        _: Option<&Thing>,
        planned: Option<&mut Thing>,
    ) -> Result<(), Diagnostics> {
        match cx.private().as_slice() {
            b"look" => {
                if let Some(planned) = planned {
                    planned.0.insert("id".to_owned(), Value::Unknown);
                }
                cx.warn(Diagnostic::warning("Looked", "Another one was there."));
                cx.keep_private(b"looked".to_vec());
                Ok(())
            }
            b"keep" => Err(Diagnostic::error("Kept by another", "It will not let go.").into()),
            _ => Ok(()),
        }
    }
}

impl ImportResource for Fake {
    async fn import(&self, cx: &Cx<'_, World>, id: &str) -> Result<Thing, Diagnostics> {
        let found = (cx.data()?.read)(cx, thing([("name", text(id))])).await?;
        found.map(Raw::new).ok_or_else(|| Diagnostic::error("Not found", "").into())
    }
}
