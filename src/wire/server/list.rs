//! Lists of what exists.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Events, Shared, traced};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::fence::fenced;
use crate::framework::list_resource::{ListEvent, Listing};
use crate::framework::provider::Provider;
use crate::framework::registry::ResourceType;
use crate::framework::server::ListRequest;
use crate::proto::tfplugin6 as proto;
use crate::wire::refusal::{Reply, no_such};
use crate::wire::{from_proto, to_proto};
use proto::list_resource::Event;

impl<P: Provider> Shared<P> {
    pub(super) fn validate_list_resource_config(
        &self,
        request: &proto::validate_list_resource_config::Request,
    ) -> Result<proto::validate_list_resource_config::Response, Diagnostics> {
        let resource = self.listed(&request.type_name)?;
        let filter = from_proto::object(request.config.as_ref(), resource.listed()?.filter_type())?;
        let report = filter.map(|filter| resource.validate_filter(&filter)).transpose()?;
        Ok(proto::validate_list_resource_config::Response {
            diagnostics: to_proto::diagnostics(report.unwrap_or_default()),
        })
    }

    /// Nothing is looked for unless the stream is polled, and nothing more once it is dropped.
    pub(super) fn list_resource(self: &Arc<Self>, request: proto::list_resource::Request) -> Events<Event> {
        let (sender, events) = mpsc::channel(1);
        let (shared, type_name) = (Arc::clone(self), request.type_name.clone());
        let work = async move {
            let listed = fenced(shared.list(request, sender.clone())).await;
            if let Err(errors) = listed {
                sender.send(ListEvent::Told(errors)).await.ok();
            }
        };
        let shared = Arc::clone(self);
        let about = type_name.clone();
        let events = ReceiverStream::new(events).map(move |event| Ok(shared.event(&type_name, event)));
        let work = stream::once(async move { traced("ListResource", &about, work).await });
        stream::select(events, work.filter_map(|()| async { None })).boxed()
    }

    async fn list(
        &self,
        request: proto::list_resource::Request,
        sender: mpsc::Sender<ListEvent>,
    ) -> Result<(), Diagnostics> {
        let resource = self.listed(&request.type_name)?;
        let request = ListRequest {
            filter: from_proto::object(request.config.as_ref(), resource.listed()?.filter_type())?,
            limit: request.limit,
            wants_state: request.include_resource_object,
        };
        let data = self.server.data()?;
        resource.list(&data, &self.stop.current(), request, sender).await;
        Ok(())
    }

    fn event(&self, type_name: &str, event: ListEvent) -> Event {
        let sent = match event {
            ListEvent::Found(listing) => {
                self.server.resource(type_name).and_then(|resource| listed(resource, listing))
            }
            ListEvent::Told(report) => Err(report),
        };
        sent.unwrap_or_else(Event::refused)
    }

    /// The resource type `name`, which has a list.
    fn listed(&self, name: &str) -> Result<&ResourceType<P::Data>, Diagnostics> {
        let resource = self.server.resource(name).ok().filter(|resource| resource.list_type().is_some());
        resource.ok_or_else(|| no_such("list resource", name))
    }
}

fn listed<D>(resource: &ResourceType<D>, listing: Listing) -> Result<Event, Diagnostics> {
    let state = listing.state.map(|state| to_proto::object(Some(state), resource.state_type()));
    Ok(Event {
        identity: to_proto::identity(Some(listing.identity), resource.identity_type())?,
        display_name: listing.display_name,
        resource_object: state.transpose()?,
        diagnostic: to_proto::diagnostics(listing.report),
    })
}
