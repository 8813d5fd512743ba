//! A look at the cloud after a plan, to say before the apply what will not work.

use std::future::Future;

use super::diagnostic::Diagnostics;
use super::resource::{Change, Cx, Resource};

/// The capability to look before an apply leaps.
pub trait Checked: Resource {
    /// Looks whether what is `planned` can be done, and adds to `report` what the practitioner should know:
    /// an error for what cannot work, a warning for what may surprise.
    ///
    /// Follows [`Resource::plan`] wherever the provider is configured with known values and the object is to
    /// exist, also where nothing changes and when a host plans again before it applies; never changes what is
    /// planned. What cannot be found out is not told: a plan needs no network. The future may be dropped at
    /// any time, and should end soon when [`Cx::stop`] fires. A panic in it is told as a warning.
    fn check(
        &self,
        cx: &Cx<'_, Self::Data>,
        change: &Change<Self::Model>,
        planned: &Self::Model,
        report: &mut Diagnostics,
    ) -> impl Future<Output = ()> + Send;
}
