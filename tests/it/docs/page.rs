//! Which pages there are, and what their templates are filled with.

use std::collections::BTreeMap;

use terraform_provider_tencentcloud::proto::tfplugin6::Schema;
use terraform_provider_tencentcloud::proto::tfplugin6::get_provider_schema::Response;

use super::{function, schema, template, text};

/// A page of the registry.
pub(super) struct Page {
    /// Its path from the root.
    pub(super) path: String,
    /// Its Markdown.
    pub(super) text: String,
}

pub(super) const TEMPLATES: &str = "tests/it/docs/templates";

/// Every page, from what the provider says about itself.
pub(super) fn render(provider: &Response) -> Vec<Page> {
    assert!(
        provider.data_source_schemas.is_empty()
            && provider.ephemeral_resource_schemas.is_empty()
            && provider.list_resource_schemas.is_empty()
            && provider.action_schemas.is_empty()
            && provider.state_store_schemas.is_empty(),
        "there is a type of a kind that has no pages yet: give it some here"
    );
    let index = page("index", provider.provider.as_ref().unwrap(), &[("ProviderShortName", "tencentcloud")]);
    let resource = |(name, schema): (&String, &Schema)| {
        let short = name.strip_prefix("tencentcloud_").expect("a type carries the provider's name");
        let examples = format!("examples/resources/{name}");
        let values = [
            ("Name", name.as_str()),
            ("Type", "Resource"),
            ("RenderedProviderName", "tencentcloud"),
            ("ImportFile", &format!("{examples}/import.sh")),
            ("ImportIDConfigFile", &format!("{examples}/import-by-string-id.tf")),
        ];
        page(&format!("resources/{short}"), schema, &values)
    };
    let resources = provider.resource_schemas.iter().map(resource);
    let functions = provider.functions.iter().map(|(name, declared)| function::page(name, declared));
    std::iter::once(index).chain(resources).chain(functions).collect()
}

fn page(name: &str, schema: &Schema, more: &[(&'static str, &str)]) -> Page {
    let block = schema.block.as_ref().unwrap();
    let mut values: BTreeMap<&str, String> =
        more.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    values.insert("Description", block.description.clone());
    values.insert("SchemaMarkdown", schema::render(block));
    Page {
        path: format!("docs/{name}.md"),
        text: template::render(&text(format!("{TEMPLATES}/{name}.md.tmpl")), &values),
    }
}
