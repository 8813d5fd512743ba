//! The life of a managed resource.

use std::sync::Arc;

use tracing::Instrument;

use super::{Shared, beside};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::provider::Provider;
use crate::framework::resource::Planned;
use crate::framework::server::{Answer, ImportKey, MoveRequest, PlanRequest};
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;
use crate::wire::{from_proto, salvage, to_proto};

impl<P: Provider> Shared<P> {
    pub(super) fn validate_resource_config(
        &self,
        request: &proto::validate_resource_config::Request,
    ) -> Result<proto::validate_resource_config::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let host = request.client_capabilities.unwrap_or_default();
        let config = from_proto::object(request.config.as_ref(), resource.state_type())?;
        let report = config.map(|config| resource.validate(&config, host.write_only_attributes_allowed));
        Ok(proto::validate_resource_config::Response {
            diagnostics: to_proto::diagnostics(report.unwrap_or_default()),
        })
    }

    pub(super) fn upgrade_resource_state(
        &self,
        request: &proto::upgrade_resource_state::Request,
    ) -> Result<proto::upgrade_resource_state::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let stored = request.raw_state.as_ref().filter(|state| !state.json.is_empty());
        let stored = stored.ok_or_else(|| resource.flatmap_state())?;
        let stored = from_proto::stored(stored, resource.stored_type(request.version)?)?;
        let upgraded = resource.upgrade(request.version, stored)?;
        Ok(proto::upgrade_resource_state::Response {
            upgraded_state: Some(to_proto::object(Some(upgraded), resource.state_type())?),
            ..Default::default()
        })
    }

    pub(super) fn upgrade_resource_identity(
        &self,
        request: &proto::upgrade_resource_identity::Request,
    ) -> Result<proto::upgrade_resource_identity::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let of = resource.stored_identity_type(request.version)?;
        let stored = request.raw_identity.as_ref().filter(|identity| !identity.json.is_empty());
        let stored = stored.map(|stored| from_proto::stored_identity(stored, of)).transpose()?.flatten();
        let upgraded = resource.upgrade_identity(request.version, stored)?;
        Ok(proto::upgrade_resource_identity::Response {
            upgraded_identity: to_proto::identity(Some(upgraded), resource.identity_type())?,
            ..Default::default()
        })
    }

    pub(super) async fn read_resource(
        &self,
        request: proto::read_resource::Request,
    ) -> Result<proto::read_resource::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let current = from_proto::object(request.current_state.as_ref(), resource.state_type())?;
        let known_by = from_proto::identity(request.current_identity.as_ref(), resource.identity_type())?;
        if let Some(deferred) = self.deferred(request.client_capabilities) {
            return Ok(proto::read_resource::Response {
                new_state: Some(to_proto::object(current, resource.state_type())?),
                new_identity: to_proto::identity(known_by, resource.identity_type())?,
                private: request.private,
                deferred: Some(deferred),
                ..Default::default()
            });
        }
        let data = self.server.data()?;
        let found = resource.read(&data, &self.stop.current(), request.private, current).await?;
        let identity = beside(&found.report, resource.identity_of(found.value.as_ref(), known_by))?;
        let state = beside(&found.report, to_proto::object(found.value, resource.state_type()))?;
        Ok(proto::read_resource::Response {
            new_state: Some(state),
            new_identity: to_proto::identity(identity, resource.identity_type())?,
            diagnostics: to_proto::diagnostics(found.report),
            private: found.private,
            ..Default::default()
        })
    }

    pub(super) async fn plan_resource_change(
        &self,
        request: proto::plan_resource_change::Request,
    ) -> Result<proto::plan_resource_change::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let of = resource.state_type();
        let change = PlanRequest {
            prior: from_proto::object(request.prior_state.as_ref(), of)?,
            proposed: from_proto::object(request.proposed_new_state.as_ref(), of)?,
            config: from_proto::object(request.config.as_ref(), of)?,
        };
        let known_by = from_proto::identity(request.prior_identity.as_ref(), resource.identity_type())?;
        let deferred = self.deferred(request.client_capabilities);
        let planned = resource.plan(&change)?;
        let private = request.prior_private;
        let settled = match self.server.data() {
            Ok(data) => {
                let stop = self.stop.current();
                let mut settled = resource.coordinate(&data, &stop, private, &change, planned).await?;
                let state = settled.value.state.as_ref();
                settled.report.extend(resource.check(&data, &stop, &change, state).await);
                settled
            }
            // Planning needs no configured provider.
            Err(_) => Answer { value: planned, private, report: Diagnostics::new() },
        };
        let identity = resource.planned_identity(&change, &settled.value, known_by)?;
        let Planned { state, replace, mut report } = settled.value;
        report.extend(settled.report);
        Ok(proto::plan_resource_change::Response {
            planned_state: Some(beside(&report, to_proto::object(state, of))?),
            requires_replace: replace.iter().map(to_proto::path).collect(),
            planned_private: settled.private,
            planned_identity: to_proto::identity(identity, resource.identity_type())?,
            diagnostics: to_proto::diagnostics(report),
            deferred,
            ..Default::default()
        })
    }

    /// Runs in a task of its own: a host that loses interest must not leave an object half made.
    pub(super) async fn apply_resource_change(
        self: &Arc<Self>,
        request: proto::apply_resource_change::Request,
    ) -> Result<proto::apply_resource_change::Response, Diagnostics> {
        let shared = Arc::clone(self);
        let apply = async move { shared.apply(&request).await };
        let applied = self.work.spawn(apply.in_current_span()).await;
        applied.unwrap_or_else(|lost| Err(Diagnostic::bug(format!("The apply was lost: {lost}.")).into()))
    }

    async fn apply(
        &self,
        request: &proto::apply_resource_change::Request,
    ) -> Result<proto::apply_resource_change::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let of = resource.state_type();
        let prior = from_proto::object(request.prior_state.as_ref(), of)?;
        let planned = from_proto::object(request.planned_state.as_ref(), of)?;
        let config = from_proto::object(request.config.as_ref(), of)?;
        let known_by = from_proto::identity(request.planned_identity.as_ref(), resource.identity_type())?;
        let data = self.server.data()?;
        let (stop, private) = (self.stop.current(), request.planned_private.clone());
        let applied = resource.apply(&data, &stop, private, prior, planned, config.as_ref()).await;
        let mut report = applied.report;
        let identity = resource.identity_of_applied(applied.value.as_ref(), known_by, &mut report);
        let state = applied.value.map_or(Value::Null, Value::Object);
        let new_state = to_proto::value(&state, of).or_else(|misfit| {
            report.extend(misfit);
            let detail = "What does not fit the schema is saved as it was before, or left out; the rest is saved as it is. \
                          A new object is marked as tainted: look at it before the next apply replaces it, or keep it with \
                          `terraform untaint` (or `tofu untaint`).";
            report.push(Diagnostic::warning("Only a part of the new state is saved", detail));
            to_proto::object(salvage::of_apply(request, resource, state)?, of)
        })?;
        Ok(proto::apply_resource_change::Response {
            new_state: Some(new_state),
            private: applied.private,
            new_identity: to_proto::identity(identity, resource.identity_type()).unwrap_or_else(|misfit| {
                report.extend(misfit);
                None
            }),
            diagnostics: to_proto::diagnostics(report),
            ..Default::default()
        })
    }

    pub(super) async fn import_resource_state(
        &self,
        request: proto::import_resource_state::Request,
    ) -> Result<proto::import_resource_state::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        if let Some(deferred) = self.deferred(request.client_capabilities) {
            return Ok(proto::import_resource_state::Response {
                deferred: Some(deferred),
                ..Default::default()
            });
        }
        let data = self.server.data()?;
        let id = from_proto::identity(request.identity.as_ref(), resource.identity_type())?;
        let key = id.clone().map_or(ImportKey::Id(&request.id), ImportKey::Identity);
        let found = resource.import(&data, &self.stop.current(), key).await?;
        let identity = beside(&found.report, resource.identity_of(Some(&found.value), id))?;
        let state = beside(&found.report, to_proto::object(Some(found.value), resource.state_type()))?;
        let imported = proto::import_resource_state::ImportedResource {
            type_name: resource.name().to_owned(),
            state: Some(state),
            private: found.private,
            identity: to_proto::identity(identity, resource.identity_type())?,
        };
        Ok(proto::import_resource_state::Response {
            imported_resources: vec![imported],
            diagnostics: to_proto::diagnostics(found.report),
            ..Default::default()
        })
    }

    pub(super) fn move_resource_state(
        &self,
        request: &proto::move_resource_state::Request,
    ) -> Result<proto::move_resource_state::Response, Diagnostics> {
        let resource = self.server.resource(&request.target_type_name)?;
        let source = MoveRequest {
            provider: &request.source_provider_address,
            type_name: &request.source_type_name,
            version: request.source_schema_version,
        };
        let of = resource.moved_type(&source)?;
        let stored = request.source_state.as_ref().filter(|state| !state.json.is_empty());
        let stored = stored.map(|stored| from_proto::stored(stored, of)).transpose()?.flatten();
        let moved = resource.move_from(&source, stored)?;
        let identity = resource.identity_of(Some(&moved), None)?;
        Ok(proto::move_resource_state::Response {
            target_state: Some(to_proto::object(Some(moved), resource.state_type())?),
            target_identity: to_proto::identity(identity, resource.identity_type())?,
            ..Default::default()
        })
    }

    pub(super) fn generate_resource_config(
        &self,
        request: &proto::generate_resource_config::Request,
    ) -> Result<proto::generate_resource_config::Response, Diagnostics> {
        let resource = self.server.resource(&request.type_name)?;
        let state = from_proto::object(request.state.as_ref(), resource.state_type())?;
        let config = state.map(|state| resource.generate(state));
        Ok(proto::generate_resource_config::Response {
            config: Some(to_proto::object(config, resource.state_type())?),
            diagnostics: Vec::new(),
        })
    }
}
