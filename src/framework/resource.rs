//! What a resource type does: the contract between this floor and the authors above it.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use super::configured::Configured;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::model::Model;
use super::path::Path;

/// A type of thing that Terraform keeps. Registered in `provider.rs`.
///
/// The error of every operation is what the practitioner reads, and holds at least one error. Futures may be
/// dropped in [`Resource::read`] (the host lost interest) but never in create, update and delete: those run
/// to their end, which they bring about soon when [`Cx::stop`] fires.
pub trait Resource: Send + Sync + 'static {
    /// The full type name, provider prefix included.
    const TYPE: &'static str;
    /// The version of its state's shape.
    const VERSION: i64 = 0;
    /// What it is, in Markdown: the head of its registry page.
    const DESCRIPTION: &'static str;
    /// What the provider's configuration yields for it to work with.
    type Data: Send + Sync + 'static;
    /// Its attributes.
    type Model: Model;

    /// Judges a configuration without network and without a configured provider. Unknown means "cannot judge
    /// yet" and is never an error. Reports every problem it finds, each at its attribute.
    fn validate(&self, config: &Self::Model, report: &mut Diagnostics) {
        let _ = (config, report);
    }

    /// Says what will be after apply, without network: same input, same output.
    ///
    /// Called when the configuration wants the object to exist. On entry `planned` holds the proposed state,
    /// with every computed attribute that the configuration leaves null at its default; those without one are
    /// unknown if anything changes, and at their prior value if nothing does. On return every attribute set
    /// in the configuration must still be as configured.
    fn plan(&self, change: &Change<Self::Model>, planned: &mut Planned<Self::Model>) {
        let _ = (change, planned);
    }

    /// Makes what `planned` says. Write-only attributes in it have the value that the configuration gives
    /// them.
    ///
    /// After success the last [`StateSlot::save`] is the new state: wholly known, and equal to `planned`
    /// wherever that was known. After failure it is what exists (saved nothing: nothing exists).
    fn create(
        &self,
        cx: &Cx<'_, Self::Data>,
        planned: Self::Model,
        state: &mut StateSlot<Self::Model>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;

    /// Looks what is there now. `None`: confirmed gone. Any doubt is an error, which leaves the state as it
    /// was.
    fn read(
        &self,
        cx: &Cx<'_, Self::Data>,
        prior: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>, Diagnostics>> + Send;

    /// Turns what `prior` says into what `planned` says, in place. Write-only attributes as in
    /// [`Resource::create`].
    ///
    /// After success as in [`Resource::create`]. After failure the last [`StateSlot::save`] is what exists
    /// (saved nothing: `prior` still holds).
    fn update(
        &self,
        cx: &Cx<'_, Self::Data>,
        prior: Self::Model,
        planned: Self::Model,
        state: &mut StateSlot<Self::Model>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;

    /// Removes what `prior` says; what is already gone counts as removed.
    ///
    /// After failure the last [`StateSlot::save`] is what remains (saved nothing: all of `prior`).
    fn delete(
        &self,
        cx: &Cx<'_, Self::Data>,
        prior: Self::Model,
        state: &mut StateSlot<Self::Model>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// The capability to settle a plan with the other instances of a run, which may own the same things.
pub trait CoordinateResource: Resource {
    /// Looks at a plan beside those of the other instances. Follows [`Resource::plan`] wherever the provider
    /// is configured with known values, also for a destroy (`planned` is `None`) and for a creation (`prior`
    /// is `None`).
    ///
    /// May make computed attributes of `planned` unknown, warn, and change the private bytes
    /// ([`Cx::keep_private`]). Those of a destroy and of a replacement reach its apply. Those of an update do
    /// not, nor those of a destroy of a deposed object: a host plans these again before it applies them, in
    /// another process and from the state alone, so only what [`Resource::read`] has kept arrives there.
    ///
    /// An error refuses the plan. May wait for other instances, but never for one that may wait for this one.
    fn coordinate(
        &self,
        cx: &Cx<'_, Self::Data>,
        prior: Option<&Self::Model>,
        planned: Option<&mut Self::Model>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// The capability to be imported by an id that a person typed.
pub trait ImportResource: Resource {
    /// Finds what `id` names and says as much of it as [`Resource::read`], which always follows, needs.
    fn import(
        &self,
        cx: &Cx<'_, Self::Data>,
        id: &str,
    ) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send;
}

/// What one operation may use: passed first, never stored.
#[derive(Debug)]
pub struct Cx<'a, D> {
    data: &'a Configured<D>,
    stop: &'a CancellationToken,
    private: Mutex<Vec<u8>>,
    warnings: Mutex<Diagnostics>,
}

impl<'a, D> Cx<'a, D> {
    /// A context with no warnings yet. `private` are the bytes that the host keeps beside the object: what
    /// the last operation on it left there.
    pub fn new(data: &'a Configured<D>, stop: &'a CancellationToken, private: Vec<u8>) -> Self {
        Self { data, stop, private: Mutex::new(private), warnings: Mutex::default() }
    }

    /// What configuring the provider yielded. An error where its configuration is not known yet: nothing can
    /// be asked or done then.
    pub fn data(&self) -> Result<&'a D, Diagnostics> {
        self.data.ready()
    }

    /// Fires when the user asks the run to stop: start nothing new, finish what is in flight, save what
    /// exists.
    pub fn stop(&self) -> &'a CancellationToken {
        self.stop
    }

    /// Tells the practitioner something that does not fail the operation.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// The private bytes of the object. They come from a state or a plan, so anything may stand there.
    pub fn private(&self) -> Vec<u8> {
        self.private.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the private bytes. They are stored with the state that this operation leaves, also after a
    /// failure, except that a host which drops a reply or has nothing to change keeps the old ones.
    pub fn keep_private(&self, private: Vec<u8>) {
        *self.private.lock().unwrap_or_else(PoisonError::into_inner) = private;
    }

    /// The warnings given and the private bytes to keep, for the reply.
    pub fn into_parts(self) -> (Diagnostics, Vec<u8>) {
        let warnings = self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner);
        (warnings, self.private.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where an operation leaves the state that exists, as soon as it exists: what was saved last survives even
/// when the operation then fails.
#[derive(Debug)]
pub struct StateSlot<M>(Option<M>);

impl<M> StateSlot<M> {
    /// Nothing saved yet.
    pub fn empty() -> Self {
        Self(None)
    }

    /// Says that `model` is what exists now. Computed attributes still unknown are stored as null.
    pub fn save(&mut self, model: M) {
        self.0 = Some(model);
    }

    /// What was saved last.
    pub fn saved(&self) -> Option<&M> {
        self.0.as_ref()
    }

    /// What was saved last.
    pub fn into_saved(self) -> Option<M> {
        self.0
    }
}

/// What a plan starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<M> {
    /// The state before; `None` when it is to be created.
    pub prior: Option<M>,
    /// What the configuration says, computed attributes null.
    pub config: M,
}

/// What a plan comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned<M> {
    /// The state after apply.
    pub state: M,
    /// Attributes whose change cannot be made in place.
    pub replace: Vec<Path>,
    /// Warnings and errors.
    pub report: Diagnostics,
}
