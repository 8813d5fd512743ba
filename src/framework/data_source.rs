//! What a data source does: it reads what a configuration asks for, and keeps nothing.

use std::future::Future;

use super::diagnostic::Diagnostics;
use super::model::Model;
use super::resource::Cx;

/// A type of question to the cloud. Registered in `provider.rs`.
pub trait DataSource: Send + Sync + 'static {
    /// The full type name, provider prefix included.
    const TYPE: &'static str;
    /// What it tells, in Markdown: the head of its registry page.
    const DESCRIPTION: &'static str;
    /// What the provider's configuration yields for it to work with.
    type Data: Send + Sync + 'static;
    /// Its arguments, and what it answers as computed attributes.
    type Model: Model;

    /// Judges a configuration without network and without a configured provider. Unknown means "cannot judge
    /// yet" and is never an error. Reports every problem it finds, each at its attribute.
    fn validate(&self, config: &Self::Model, report: &mut Diagnostics) {
        let _ = (config, report);
    }

    /// Answers `config`, which is wholly known and has null for what is computed.
    ///
    /// The answer is wholly known, and still says whatever the configuration says. What does not exist is an
    /// error where one thing was asked for by name, and an empty collection where things were searched. The
    /// future may be dropped at any time.
    fn read(
        &self,
        cx: &Cx<'_, Self::Data>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send;
}
