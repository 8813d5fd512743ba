//! Which pages there are, and what their templates are filled with.

use std::collections::BTreeMap;

use terraform_provider_tencentcloud::proto::tfplugin6::get_provider_schema::Response;
use terraform_provider_tencentcloud::proto::tfplugin6::{ResourceIdentitySchema, Schema};

use super::{function, schema, template, text};

/// A page of the registry.
pub(super) struct Page {
    /// Its path from the root.
    pub(super) path: String,
    /// Its Markdown.
    pub(super) text: String,
}

/// The identity schema of each resource that has one.
pub(super) type Identities = BTreeMap<String, ResourceIdentitySchema>;

pub(super) const TEMPLATES: &str = "tests/it/docs/templates";

/// What is declared about types that have pages of one kind, and how those are called.
struct Kind<'a> {
    folder: &'a str,
    title: &'a str,
    example: &'a str,
    schemas: &'a BTreeMap<String, Schema>,
}

/// Every page, from what the provider says about itself.
pub(super) fn render(provider: &Response, identities: &Identities) -> Vec<Page> {
    assert!(
        provider.ephemeral_resource_schemas.is_empty()
            && provider.action_schemas.is_empty()
            && provider.state_store_schemas.is_empty(),
        "there is a type of a kind that has no pages yet: give it some here"
    );
    let index = page("index", provider.provider.as_ref().unwrap(), &[("ProviderShortName", "tencentcloud")]);
    let kinds = [
        Kind {
            folder: "resources",
            title: "Resource",
            example: "resource.tf",
            schemas: &provider.resource_schemas,
        },
        Kind {
            folder: "data-sources",
            title: "Data Source",
            example: "data-source.tf",
            schemas: &provider.data_source_schemas,
        },
        Kind {
            folder: "list-resources",
            title: "List Resource",
            example: "list-resource.tfquery.hcl",
            schemas: &provider.list_resource_schemas,
        },
    ];
    let types = kinds.iter().flat_map(|kind| {
        kind.schemas.iter().map(|(name, schema)| page_of_type(kind, name, schema, identities.get(name)))
    });
    let functions = provider.functions.iter().map(|(name, declared)| function::page(name, declared));
    std::iter::once(index).chain(types).chain(functions).collect()
}

fn page_of_type(
    kind: &Kind<'_>,
    name: &str,
    schema: &Schema,
    identity: Option<&ResourceIdentitySchema>,
) -> Page {
    let short = name.strip_prefix("tencentcloud_").expect("a type carries the provider's name");
    let examples = format!("examples/{}/{name}", kind.folder);
    let example = |file: &str| format!("{examples}/{file}");
    let values = [
        ("Name", name.to_owned()),
        ("Type", kind.title.to_owned()),
        ("RenderedProviderName", "tencentcloud".to_owned()),
        ("ExampleFile", example(kind.example)),
        ("ImportFile", example("import.sh")),
        ("ImportIDConfigFile", example("import-by-string-id.tf")),
        ("ImportIdentityConfigFile", example("import-by-identity.tf")),
        ("IdentitySchemaMarkdown", identity.map(schema::render_identity).unwrap_or_default()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    page(&format!("{}/{short}", kind.folder), schema, &values)
}

fn page(name: &str, schema: &Schema, more: &[(&str, &str)]) -> Page {
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
