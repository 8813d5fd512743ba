//! Object-safe twins of the traits that a resource author implements, so that a registry can hold types of
//! any model. Each reads the model, calls, and writes what came out; nothing else here is `dyn`.

pub(crate) mod check;
pub(crate) mod data_source;
pub(crate) mod function;
pub(crate) mod identity;
pub(crate) mod list_resource;
pub(crate) mod stored;

use futures_util::future::BoxFuture;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::fence::fenced;
use super::model::Model;
use super::resource::{Change, CoordinateResource, Cx, ImportResource, Planned, Resource, StateSlot};
use super::value::Object;

/// What create, update or delete came to: the state it saved last, and how it ended.
pub(crate) struct Outcome {
    pub(crate) saved: Option<Object>,
    pub(crate) result: Result<(), Diagnostics>,
}

/// [`Resource`], on objects.
pub(crate) trait AnyResource<D>: Send + Sync {
    fn validate(&self, config: &Object) -> Diagnostics;
    fn plan(
        &self,
        prior: Option<&Object>,
        config: &Object,
        planned: &Object,
    ) -> Result<Planned<Object>, Diagnostics>;
    fn create<'a>(&'a self, cx: &'a Cx<'a, D>, planned: &'a Object) -> BoxFuture<'a, Outcome>;
    fn read<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        prior: &'a Object,
    ) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>>;
    fn update<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        prior: &'a Object,
        planned: &'a Object,
    ) -> BoxFuture<'a, Outcome>;
    fn delete<'a>(&'a self, cx: &'a Cx<'a, D>, prior: &'a Object) -> BoxFuture<'a, Outcome>;
    /// What the model makes of `object` when it has read it and writes it again.
    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics>;
}

/// [`CoordinateResource`], on objects.
pub(crate) trait AnyCoordinate<D>: Send + Sync {
    fn coordinate<'a>(
        &'a self,
        cx: &'a Cx<'a, D>,
        prior: Option<&'a Object>,
        planned: Option<&'a Object>,
    ) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>>;
}

/// [`ImportResource`], on objects.
pub(crate) trait AnyImport<D>: Send + Sync {
    fn import<'a>(&'a self, cx: &'a Cx<'a, D>, id: &'a str) -> BoxFuture<'a, Result<Object, Diagnostics>>;
}

impl<R: Resource> AnyResource<R::Data> for R {
    fn validate(&self, config: &Object) -> Diagnostics {
        judge(config, |config, report| Resource::validate(self, config, report))
    }

    fn plan(
        &self,
        prior: Option<&Object>,
        config: &Object,
        planned: &Object,
    ) -> Result<Planned<Object>, Diagnostics> {
        let change = Change { prior: prior.map(read).transpose()?, config: read(config)? };
        let mut planned = Planned { state: read(planned)?, replace: Vec::new(), report: Diagnostics::new() };
        Resource::plan(self, &change, &mut planned);
        let Planned { state, replace, report } = planned;
        Ok(Planned { state: R::Model::write(&state), replace, report })
    }

    fn create<'a>(&'a self, cx: &'a Cx<'a, R::Data>, planned: &'a Object) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let mut state = StateSlot::empty();
            let result = fenced(async {
                let planned = read(planned)?;
                Resource::create(self, cx, planned, &mut state).await
            });
            Outcome { result: result.await, saved: saved(state) }
        })
    }

    fn read<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        prior: &'a Object,
    ) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>> {
        Box::pin(fenced(async move {
            let found = Resource::read(self, cx, read(prior)?).await?;
            Ok(found.map(|found| found.write()))
        }))
    }

    fn update<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        prior: &'a Object,
        planned: &'a Object,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let mut state = StateSlot::empty();
            let result = fenced(async {
                let (prior, planned) = (read(prior)?, read(planned)?);
                Resource::update(self, cx, prior, planned, &mut state).await
            });
            Outcome { result: result.await, saved: saved(state) }
        })
    }

    fn delete<'a>(&'a self, cx: &'a Cx<'a, R::Data>, prior: &'a Object) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let mut state = StateSlot::empty();
            let result = fenced(async {
                let prior = read(prior)?;
                Resource::delete(self, cx, prior, &mut state).await
            });
            Outcome { result: result.await, saved: saved(state) }
        })
    }

    #[cfg(test)]
    fn rewrite(&self, object: &Object) -> Result<Object, Diagnostics> {
        Ok(read::<R::Model>(object)?.write())
    }
}

impl<R: CoordinateResource> AnyCoordinate<R::Data> for R {
    fn coordinate<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        prior: Option<&'a Object>,
        planned: Option<&'a Object>,
    ) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>> {
        Box::pin(fenced(async move {
            let prior: Option<R::Model> = prior.map(read).transpose()?;
            let mut planned: Option<R::Model> = planned.map(read).transpose()?;
            CoordinateResource::coordinate(self, cx, prior.as_ref(), planned.as_mut()).await?;
            Ok(planned.map(|planned| planned.write()))
        }))
    }
}

impl<R: ImportResource> AnyImport<R::Data> for R {
    fn import<'a>(
        &'a self,
        cx: &'a Cx<'a, R::Data>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Object, Diagnostics>> {
        Box::pin(fenced(async move { Ok(ImportResource::import(self, cx, id).await?.write()) }))
    }
}

/// Reads a model; an object that the codec let pass and the model does not is a bug.
pub(crate) fn read<M: Model>(object: &Object) -> Result<M, Diagnostics> {
    M::read(object).map_err(|misfit| Diagnostic::from(misfit).into())
}

/// Judges a configuration: its attributes by their validators, and then the whole by `judge_whole`.
pub(crate) fn judge<M: Model>(
    config: &Object,
    judge_whole: impl FnOnce(&M, &mut Diagnostics),
) -> Diagnostics {
    let mut report = Diagnostics::new();
    match read::<M>(config) {
        Ok(config) => {
            config.validate(None, &mut report);
            judge_whole(&config, &mut report);
        }
        Err(misfit) => report.extend(misfit),
    }
    report
}

fn saved<M: Model>(state: StateSlot<M>) -> Option<Object> {
    state.into_saved().map(|model| model.write())
}
