//! What exists of a resource type.

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::validate;
use crate::framework::configured::Configured;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::list_resource::{Ended, ListEvent, Results};
use crate::framework::path::Path;
use crate::framework::registry::{ListType, ResourceType};
use crate::framework::resource::Cx;
use crate::framework::value::{Object, known_or_null};

/// What is asked of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// What to look for; `None` is a filter that says nothing.
    pub filter: Option<Object>,
    /// How many are wanted at most.
    pub limit: i64,
    /// Whether states are wanted beside identities.
    pub wants_state: bool,
}

impl<D> ResourceType<D> {
    /// The list that the type was registered with, if it was.
    pub fn list_type(&self) -> Option<&ListType<D>> {
        self.list.as_ref()
    }

    /// The same, or the error of a type that cannot be listed.
    pub fn listed(&self) -> Result<&ListType<D>, Diagnostics> {
        self.list.as_ref().ok_or_else(|| {
            let detail = format!("Resources of type {} cannot be listed by this provider.", self.name);
            Diagnostic::error("List is not supported", detail).into()
        })
    }

    /// Judges a filter. Needs no configured provider.
    pub fn validate_filter(&self, filter: &Object) -> Result<Diagnostics, Diagnostics> {
        let list = self.listed()?;
        let mut report = validate::against_schema(&list.schema.block, filter);
        report.extend(list.twin.validate_filter(filter));
        Ok(report)
    }
}

impl<D: Sync> ResourceType<D> {
    /// Sends what `request` asks for, each as soon as the one before was taken, and at the end what is told
    /// about the whole, if anything is. `sender` must have room for one. May be dropped at any time.
    ///
    /// That as many were found as were asked for, or that nobody takes more, is no error.
    pub async fn list(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        request: ListRequest,
        sender: Sender<ListEvent>,
    ) {
        let report = self.send_listings(data, stop, request, &sender).await.unwrap_or_else(|errors| errors);
        if !report.is_empty() {
            // Where nobody takes it, nobody has to be told.
            sender.send(ListEvent::Told(report)).await.ok();
        }
    }

    async fn send_listings(
        &self,
        data: &Configured<D>,
        stop: &CancellationToken,
        request: ListRequest,
        sender: &Sender<ListEvent>,
    ) -> Result<Diagnostics, Diagnostics> {
        let list = self.listed()?;
        let filter = request.filter.unwrap_or_else(|| list.schema.block.empty_object());
        let unknown = filter.iter().filter(|(_, value)| !value.is_wholly_known());
        let unknown: Diagnostics = unknown.map(|(name, _)| self.filter_not_known(name)).collect();
        if unknown.has_errors() {
            return Err(unknown);
        }
        let left = usize::try_from(request.limit).unwrap_or(0);
        if left == 0 {
            return Ok(Diagnostics::new());
        }
        let complete = |state: Object| known_or_null(self.storable(state));
        let (sender, wants_state) = (sender.clone(), request.wants_state);
        let results = Results { sender, stop, left, wants_state, complete: &complete, ended: None };
        let cx = Cx::new(data, stop, Vec::new());
        let (listed, ended) = list.twin.list(&cx, &filter, results).await;
        let (mut report, _) = cx.into_parts();
        match ended {
            Some(Ended::Limit | Ended::Dropped) => {}
            // Also where the list was content with what it had sent until then.
            Some(ended @ (Ended::Stopped | Ended::Unidentified)) => report.extend(Diagnostics::from(ended)),
            None => report.extend(listed.err().unwrap_or_default()),
        }
        Ok(report)
    }

    fn filter_not_known(&self, name: &str) -> Diagnostic {
        let detail = format!(
            "The argument {name:?} of the list of {} is not known, so nothing can be looked for. Give it a \
             value that is.",
            self.name
        );
        Diagnostic::error("Configuration is not known yet", detail).at(Path::attribute(name))
    }
}
