//! What turns an object of one shape into one of another. These have no twin that is a trait: a resource may
//! read any number of older shapes, so each is a closure over the resource.

use std::sync::Arc;

use super::read;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::identity::{IdentityModel, UpgradesIdentityFrom};
use crate::framework::model::Model;
use crate::framework::stored::{MovesFrom, UpgradesFrom};
use crate::framework::value::Object;

/// Turns an object of schema version `i64` into one of today, or says why not.
pub(crate) type Convert = Box<dyn Fn(i64, &Object) -> Result<Object, Diagnostics> + Send + Sync>;

/// [`UpgradesFrom`] one older shape, on objects.
pub(crate) fn upgrade<R: UpgradesFrom<Old>, Old: Model>(resource: Arc<R>) -> Convert {
    Box::new(move |_, old| Ok(resource.upgrade(read(old)?)?.write()))
}

/// [`MovesFrom`] one other type, on objects.
pub(crate) fn moved<R: MovesFrom<Old>, Old: Model>(resource: Arc<R>) -> Convert {
    Box::new(move |version, old| Ok(resource.moved(version, read(old)?)?.write()))
}

/// [`UpgradesIdentityFrom`] one older shape, on objects.
pub(crate) fn upgrade_identity<R, Old>(resource: Arc<R>) -> Convert
where
    R: UpgradesIdentityFrom<Old>,
    Old: IdentityModel,
{
    Box::new(move |_, old| Ok(resource.upgrade_identity(read(old)?)?.write()))
}
