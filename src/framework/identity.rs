//! What a resource is known by outside of a state: few attributes that name it for good.

use std::future::Future;

use super::diagnostic::Diagnostics;
use super::model::Model;
use super::resource::{Cx, Resource};
use super::value::Field;

/// A model of an identity: text, numbers, bools, and lists of these.
///
/// An import must give its required attributes and may give its optional ones; others it has not. The rules
/// of the schema hold it to that.
pub trait IdentityModel: Model {
    /// The version of the identity's shape.
    const VERSION: i64 = 0;
}

/// The capability to be identified, and imported by that.
pub trait Identified: Resource {
    /// What identifies it.
    type Identity: IdentityModel;

    /// The identity of what `state` says. Pure: same state, same identity.
    ///
    /// Whatever of it `state` does not know is unknown, as the whole or in part. That is what the host is
    /// told of an object that is to be created or replaced; of one that is to be updated it is told the
    /// identity from before. A state that a read, an import or an apply leaves must have a known one.
    fn identity(&self, state: &Self::Model) -> Field<Self::Identity>;

    /// Finds what `id` names and says as much of it as [`Resource::read`], which always follows, needs.
    fn import_identity(
        &self,
        cx: &Cx<'_, Self::Data>,
        id: Self::Identity,
    ) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send;
}

/// The capability to read an identity that an older version of the provider stored.
pub trait UpgradesIdentityFrom<Old: IdentityModel>: Identified {
    /// The identity that `old`, of version [`IdentityModel::VERSION`] of `Old`, stands for today. Works
    /// without network and without a configured provider.
    fn upgrade_identity(&self, old: Old) -> Result<Self::Identity, Diagnostics>;
}
