//! What the provider declares, and its own block.

use super::Shared;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::registry::{DataSourceType, FunctionType, ResourceType};
use crate::proto::tfplugin6 as proto;
use crate::wire::{from_proto, to_proto};

impl<P: Provider> Shared<P> {
    /// What this server can do beyond the first version of the protocol. Configurations are generated for
    /// hosts that list: what they make by themselves of an import is as good, and users know it.
    fn capabilities(&self) -> proto::ServerCapabilities {
        proto::ServerCapabilities {
            plan_destroy: true,
            get_provider_schema_optional: true,
            move_resource_state: self.server.resources().any(ResourceType::moves),
            generate_resource_config: self.server.resources().any(|resource| resource.list_type().is_some()),
        }
    }

    pub(super) fn get_metadata(&self) -> proto::get_metadata::Response {
        let metadata = |resource: &ResourceType<P::Data>| proto::get_metadata::ResourceMetadata {
            type_name: resource.name().to_owned(),
        };
        let data_source = |data_source: &DataSourceType<P::Data>| proto::get_metadata::DataSourceMetadata {
            type_name: data_source.name().to_owned(),
        };
        let function = |function: &FunctionType| proto::get_metadata::FunctionMetadata {
            name: function.name.to_owned(),
        };
        let list = |resource: &ResourceType<P::Data>| {
            resource.list_type()?;
            Some(proto::get_metadata::ListResourceMetadata { type_name: resource.name().to_owned() })
        };
        proto::get_metadata::Response {
            server_capabilities: Some(self.capabilities()),
            diagnostics: to_proto::diagnostics(self.server.schema_problems()),
            resources: self.server.resources().map(metadata).collect(),
            data_sources: self.server.data_sources().map(data_source).collect(),
            functions: self.server.functions().map(function).collect(),
            list_resources: self.server.resources().filter_map(list).collect(),
            ..Default::default()
        }
    }

    pub(super) fn get_provider_schema(&self) -> proto::get_provider_schema::Response {
        let schema = |resource: &ResourceType<P::Data>| {
            (resource.name().to_owned(), to_proto::schema(resource.schema()))
        };
        let data_source = |data_source: &DataSourceType<P::Data>| {
            (data_source.name().to_owned(), to_proto::schema(data_source.schema()))
        };
        let list = |resource: &ResourceType<P::Data>| {
            Some((resource.name().to_owned(), to_proto::schema(resource.list_type()?.schema())))
        };
        proto::get_provider_schema::Response {
            provider: Some(to_proto::schema(self.server.schema())),
            resource_schemas: self.server.resources().map(schema).collect(),
            data_source_schemas: self.server.data_sources().map(data_source).collect(),
            functions: self.get_functions().functions,
            list_resource_schemas: self.server.resources().filter_map(list).collect(),
            diagnostics: to_proto::diagnostics(self.server.schema_problems()),
            server_capabilities: Some(self.capabilities()),
            ..Default::default()
        }
    }

    pub(super) fn get_resource_identity_schemas(&self) -> proto::get_resource_identity_schemas::Response {
        let identity = |resource: &ResourceType<P::Data>| {
            Some((resource.name().to_owned(), to_proto::identity_schema(resource.identity()?)))
        };
        proto::get_resource_identity_schemas::Response {
            identity_schemas: self.server.resources().filter_map(identity).collect(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn validate_provider_config(
        &self,
        request: &proto::validate_provider_config::Request,
    ) -> Result<proto::validate_provider_config::Response, Diagnostics> {
        let config = from_proto::object(request.config.as_ref(), self.server.config_type())?;
        Ok(proto::validate_provider_config::Response {
            diagnostics: to_proto::diagnostics(self.server.validate_config(config)),
        })
    }

    pub(super) async fn configure_provider(
        &self,
        request: proto::configure_provider::Request,
    ) -> Result<proto::configure_provider::Response, Diagnostics> {
        let config = from_proto::object(request.config.as_ref(), self.server.config_type())?;
        let stop = self.stop.current();
        let report = self.server.configure(&request.terraform_version, config, &stop).await;
        Ok(proto::configure_provider::Response { diagnostics: to_proto::diagnostics(report) })
    }
}
