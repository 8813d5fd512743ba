//! A provider of the made-up resource, with a configuration of one argument.

use std::sync::{Arc, Mutex};

use super::{Fake, World};
use crate::framework::attribute::Attr;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::model::{Model as _, model};
use crate::framework::provider::Provider;
use crate::framework::registry::Registry;
use crate::framework::value::{Field, Object};

/// A provider with one [`Fake`], whose configuration is its one argument `region`.
pub(crate) struct FakeProvider {
    world: World,
    /// What was configured, in order.
    pub(crate) configured: Arc<Mutex<Vec<Object>>>,
}

impl FakeProvider {
    /// Configuring it yields `world`.
    pub(crate) fn new(world: World) -> Self {
        Self { world, configured: Arc::default() }
    }
}

/// The provider block of [`FakeProvider`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region {
    region: Field<String>,
}

model!(Region { region: REGION });

const REGION: Attr<String> = Attr::optional("region", "");

impl Provider for FakeProvider {
    const DESCRIPTION: &'static str = "A fake.";
    type Config = Region;
    type Data = World;

    /// A region of "nowhere" is an error, and for "far away" one waits for ever.
    async fn configure(&self, _: &str, config: Region, _: &mut Diagnostics) -> Result<World, Diagnostics> {
        let region = config.region.known().map(String::as_str);
        if region == Some("nowhere") {
            return Err(Diagnostic::error("No such region", "").at(REGION.path()).into());
        }
        if region == Some("far away") {
            std::future::pending::<()>().await;
        }
        self.configured.lock().unwrap().push(config.write());
        Ok(self.world.clone())
    }

    fn register(registry: &mut Registry<World>) {
        registry.resource(Fake::plain()).importable().coordinated();
    }
}
