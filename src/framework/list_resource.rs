//! What exists of a resource type, found without a state: `list` blocks and `terraform query`.

use std::future::Future;

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::identity::Identified;
use super::model::Model;
use super::resource::Cx;
use super::value::{Field, Object, Value};

/// The capability to be listed.
pub trait Listed: Identified + Sized {
    /// What is listed, in Markdown: the head of its registry page.
    const LIST_DESCRIPTION: &'static str;
    /// What may be asked for.
    type Filter: Model;

    /// Judges a filter without network and without a configured provider. Unknown means "cannot judge yet"
    /// and is never an error. Reports every problem it finds, each at its attribute.
    fn validate_filter(&self, filter: &Self::Filter, report: &mut Diagnostics) {
        let _ = (filter, report);
    }

    /// Finds what there is of `filter`, which is wholly known, and sends each as it is found.
    ///
    /// Asks for no more than is needed for the next: [`Found::send`] returns when that is wanted, and is an
    /// error when nothing more is, to be handed on with `?`. The future may be dropped at any time.
    fn list(
        &self,
        cx: &Cx<'_, Self::Data>,
        filter: Self::Filter,
        found: &mut Found<'_, Self>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// Where [`Listed::list`] sends what it finds.
pub struct Found<'f, R> {
    pub(super) resource: &'f R,
    pub(super) results: Results<'f>,
}

impl<R: Listed> Found<'_, R> {
    /// Sends `state` under a name for people, and waits until another one is wanted.
    ///
    /// Only the identity of `state` need be known; where [`Found::wants_state`], as much as an import would
    /// say should be too.
    pub async fn send(&mut self, state: R::Model, display_name: impl Into<String>) -> Result<(), Ended> {
        self.send_with(state, display_name, Diagnostics::new()).await
    }

    /// The same with `report` about this one. An error among it ends the host's query.
    pub async fn send_with(
        &mut self,
        state: R::Model,
        display_name: impl Into<String>,
        report: Diagnostics,
    ) -> Result<(), Ended> {
        let identity = match self.resource.identity(&state) {
            Field::Known(identity) => identity.write(),
            Field::Null | Field::Unknown => Object::new(),
        };
        if identity.is_empty() || !identity.values().all(Value::is_wholly_known) {
            return Err(self.results.end(Ended::Unidentified));
        }
        let state = self.wants_state().then(|| (self.results.complete)(state.write()));
        self.results.send(Listing { identity, display_name: display_name.into(), state, report }).await
    }

    /// Whether more than the identity is wanted.
    pub fn wants_state(&self) -> bool {
        self.results.wants_state
    }

    /// How many are still wanted.
    pub fn left(&self) -> usize {
        self.results.left
    }
}

impl<R> std::fmt::Debug for Found<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Found").field("left", &self.results.left).finish_non_exhaustive()
    }
}

/// Why nothing more is wanted from a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// As many were found as were asked for.
    #[error("as many were found as were asked for")]
    Limit,
    /// The host has lost interest.
    #[error("the host has lost interest")]
    Dropped,
    /// The user asked the run to stop.
    #[error("the run was asked to stop")]
    Stopped,
    /// What was found has no identity that is known.
    #[error("what was found has no identity that is known")]
    Unidentified,
}

impl From<Ended> for Diagnostics {
    fn from(ended: Ended) -> Self {
        let told = match ended {
            Ended::Unidentified => {
                Diagnostic::bug("The list found something without an identity that is known.")
            }
            Ended::Limit | Ended::Dropped | Ended::Stopped => {
                let detail = format!("The list is not complete: {ended}.");
                Diagnostic::error("Operation stopped", detail)
            }
        };
        told.into()
    }
}

/// What a list sends, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListEvent {
    /// Something was found.
    Found(Listing),
    /// What is told about the list as a whole.
    Told(Diagnostics),
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its identity, wholly known.
    pub identity: Object,
    /// Its name for people.
    pub display_name: String,
    /// What is known of its state, the rest null; if it was asked for.
    pub state: Option<Object>,
    /// What is told about it.
    pub report: Diagnostics,
}

/// The untyped half of [`Found`].
pub(super) struct Results<'f> {
    pub(super) sender: Sender<ListEvent>,
    pub(super) stop: &'f CancellationToken,
    pub(super) left: usize,
    pub(super) wants_state: bool,
    /// Makes of a state what may be stored of it.
    pub(super) complete: &'f (dyn Fn(Object) -> Object + Send + Sync),
    pub(super) ended: Option<Ended>,
}

impl Results<'_> {
    async fn send(&mut self, listing: Listing) -> Result<(), Ended> {
        if let Some(ended) = self.ended {
            return Err(ended);
        }
        let sent = self.sender.send(ListEvent::Found(listing));
        match self.stop.run_until_cancelled(sent).await {
            Some(Ok(())) => self.left = self.left.saturating_sub(1),
            Some(Err(_)) => return Err(self.end(Ended::Dropped)),
            None => return Err(self.end(Ended::Stopped)),
        }
        if self.left == 0 {
            return Err(self.end(Ended::Limit));
        }
        // Room for another one means that this one was taken.
        let room = self.stop.run_until_cancelled(self.sender.reserve()).await.map(|room| room.is_ok());
        match room {
            Some(true) => Ok(()),
            Some(false) => Err(self.end(Ended::Dropped)),
            None => Err(self.end(Ended::Stopped)),
        }
    }

    fn end(&mut self, ended: Ended) -> Ended {
        *self.ended.get_or_insert(ended)
    }
}
