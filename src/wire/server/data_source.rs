//! Data sources.

use super::{Shared, beside};
use crate::framework::diagnostic::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;
use crate::wire::{from_proto, to_proto};

impl<P: Provider> Shared<P> {
    pub(super) fn validate_data_resource_config(
        &self,
        request: &proto::validate_data_resource_config::Request,
    ) -> Result<proto::validate_data_resource_config::Response, Diagnostics> {
        let data_source = self.server.data_source(&request.type_name)?;
        let config = from_proto::object(request.config.as_ref(), data_source.config_type())?;
        let report = config.map(|config| data_source.validate(&config));
        Ok(proto::validate_data_resource_config::Response {
            diagnostics: to_proto::diagnostics(report.unwrap_or_default()),
        })
    }

    pub(super) async fn read_data_source(
        &self,
        request: proto::read_data_source::Request,
    ) -> Result<proto::read_data_source::Response, Diagnostics> {
        let data_source = self.server.data_source(&request.type_name)?;
        let of = data_source.config_type();
        let config = from_proto::object(request.config.as_ref(), of)?;
        if let Some(deferred) = self.deferred(request.client_capabilities) {
            return Ok(proto::read_data_source::Response {
                state: Some(to_proto::value(&Value::Unknown, of)?),
                deferred: Some(deferred),
                ..Default::default()
            });
        }
        let data = self.server.data()?;
        let answer = data_source.read(&data, &self.stop.current(), config).await?;
        Ok(proto::read_data_source::Response {
            state: Some(beside(&answer.report, to_proto::object(Some(answer.value), of))?),
            diagnostics: to_proto::diagnostics(answer.report),
            ..Default::default()
        })
    }
}
