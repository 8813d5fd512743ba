//! A provider of the made-up resource, with a configuration of one argument.

use std::sync::{Arc, Mutex};

use super::{Fake, Raw, Shape, World, plain, text};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::path::Path;
use crate::framework::provider::Provider;
use crate::framework::registry::Registry;
use crate::framework::schema::{Attribute, Mode, NestedBlock};
use crate::framework::value::{Object, Type};

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
#[derive(Debug)]
pub(crate) struct Region;

impl Shape for Region {
    fn attributes() -> Vec<Attribute> {
        vec![plain("region", Type::String, Mode::Optional)]
    }

    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }
}

impl Provider for FakeProvider {
    const DESCRIPTION: &'static str = "A fake.";
    type Config = Raw<Region>;
    type Data = World;

    /// A region of "nowhere" is an error, and for "far away" one waits for ever.
    async fn configure(
        &self,
        _: &str,
        config: Raw<Region>,
        _: &mut Diagnostics,
    ) -> Result<World, Diagnostics> {
        if config.0.get("region") == Some(&text("nowhere")) {
            return Err(Diagnostic::error("No such region", "").at(Path::attribute("region")).into());
        }
        if config.0.get("region") == Some(&text("far away")) {
            std::future::pending::<()>().await;
        }
        self.configured.lock().unwrap().push(config.0);
        Ok(self.world.clone())
    }

    fn register(registry: &mut Registry<World>) {
        registry.resource(Fake::plain()).importable().coordinated();
    }
}
