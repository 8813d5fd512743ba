//! A provider and a resource for tests, with a schema that has one of everything and behaviour that is a
//! closure.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::mismatch::Mismatch;
use super::model::Model;
use super::path::Path;
use super::provider::Provider;
use super::registry::Registry;
use super::resource::{Change, CoordinateResource, Cx, ImportResource, Planned, Resource, Slot};
use super::schema::{Attribute, Block, BlockNesting, Kind, Mode, NestedBlock, Nesting};
use super::value::{Object, Type, Value};

/// What a model declares.
pub(crate) trait Shape: Send + Sync + 'static {
    fn attributes() -> Vec<Attribute>;
    fn blocks() -> Vec<NestedBlock>;
}

/// A model that is the object itself.
pub(crate) struct Raw<S>(pub(crate) Object, PhantomData<S>);

impl<S> Raw<S> {
    pub(crate) fn new(object: Object) -> Self {
        Self(object, PhantomData)
    }
}

impl<S> Clone for Raw<S> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<S> fmt::Debug for Raw<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S> PartialEq for Raw<S> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<S: Shape> Model for Raw<S> {
    fn attributes() -> Vec<Attribute> {
        S::attributes()
    }

    fn blocks() -> Vec<NestedBlock> {
        S::blocks()
    }

    fn read(object: &Object) -> Result<Self, Mismatch> {
        Ok(Self::new(object.clone()))
    }

    fn write(&self) -> Object {
        self.0.clone()
    }
}

/// One of everything.
#[derive(Debug)]
pub(crate) struct Everything;

/// The model of [`Fake`].
pub(crate) type Thing = Raw<Everything>;

impl Shape for Everything {
    fn attributes() -> Vec<Attribute> {
        let nested =
            || vec![plain("key", Type::String, Mode::Required), plain("hash", Type::String, Mode::Computed)];
        let repeated = |name, nesting| attribute(name, Kind::Nested(nesting, nested()), Mode::Optional);
        vec![
            plain("name", Type::String, Mode::Required),
            plain("note", Type::String, Mode::Optional),
            plain("size", Type::Number, Mode::OptionalComputed),
            plain("id", Type::String, Mode::Computed),
            plain("numbers", Type::Set(Box::new(Type::Number)), Mode::Optional),
            Attribute { write_only: true, ..plain("secret", Type::String, Mode::Optional) },
            repeated("one", Nesting::Single),
            repeated("list", Nesting::List),
            repeated("set", Nesting::Set),
            repeated("map", Nesting::Map),
            attribute("made", Kind::Nested(Nesting::Map, nested()), Mode::Computed),
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        let of = |name, nesting| NestedBlock {
            name,
            nesting,
            block: Block {
                description: String::new(),
                attributes: vec![
                    plain("port", Type::Number, Mode::Required),
                    plain("handle", Type::String, Mode::Computed),
                ],
                blocks: Vec::new(),
            },
            min_items: 0,
            max_items: 0,
        };
        vec![
            NestedBlock { max_items: 0, ..of("single", BlockNesting::Single) },
            of("group", BlockNesting::Group),
            of("rules", BlockNesting::List),
            of("ports", BlockNesting::Set),
            of("labels", BlockNesting::Map),
        ]
    }
}

/// An attribute of a plain type.
pub(crate) fn plain(name: &'static str, of: Type, mode: Mode) -> Attribute {
    attribute(name, Kind::Type(of), mode)
}

/// An attribute.
pub(crate) fn attribute(name: &'static str, kind: Kind, mode: Mode) -> Attribute {
    Attribute { name, description: "", kind, mode, sensitive: false, write_only: false, deprecated: None }
}

type Apply = dyn for<'a> Fn(
        &'a Cx<'a, World>,
        Option<Object>,
        Option<Object>,
        &'a mut Slot<Thing>,
    ) -> BoxFuture<'a, Result<(), Diagnostics>>
    + Send
    + Sync;
type Read = dyn for<'a> Fn(&'a Cx<'a, World>, Object) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>>
    + Send
    + Sync;
type Plan = dyn Fn(&Change<Thing>, &mut Planned<Thing>) + Send + Sync;

/// What the operations of a [`Fake`] do; configuring the provider yields it.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) apply: Arc<Apply>,
    pub(crate) read: Arc<Read>,
}

impl World {
    /// Nothing may be called.
    pub(crate) fn closed() -> Self {
        Self {
            apply: Arc::new(|_, _, _, _| panic!("nothing should be applied")),
            read: Arc::new(|_, _| panic!("nothing should be read")),
        }
    }

    /// Create, update and delete are `apply`, which is told the prior and the planned state.
    pub(crate) fn applying(
        apply: impl for<'a> Fn(
            &'a Cx<'a, World>,
            Option<Object>,
            Option<Object>,
            &'a mut Slot<Thing>,
        ) -> BoxFuture<'a, Result<(), Diagnostics>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { apply: Arc::new(apply), ..Self::closed() }
    }

    /// Read is `read`, which is told the state that is known; so is import, which is told the id as the name.
    pub(crate) fn reading(
        read: impl for<'a> Fn(&'a Cx<'a, World>, Object) -> BoxFuture<'a, Result<Option<Object>, Diagnostics>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { read: Arc::new(read), ..Self::closed() }
    }
}

/// A resource that does what its [`World`] does, and plans what its closure says.
pub(crate) struct Fake(pub(crate) Arc<Plan>);

impl Fake {
    /// A resource that leaves every plan as the framework made it.
    pub(crate) fn plain() -> Self {
        Self(Arc::new(|_, _| {}))
    }
}

impl Resource for Fake {
    const TYPE: &'static str = "fake_thing";
    const VERSION: i64 = 2;
    const DESCRIPTION: &'static str = "A thing.";
    type Data = World;
    type Model = Thing;

    /// A name of "bad" is an error, and one of "panic" a bug.
    fn validate(&self, config: &Thing, report: &mut Diagnostics) {
        assert_ne!(config.0.get("name"), Some(&text("panic")), "asked to panic");
        if config.0.get("name") == Some(&text("bad")) {
            report.push(Diagnostic::error("Bad name", "Choose another.").at(Path::attribute("name")));
        }
    }

    fn plan(&self, change: &Change<Thing>, planned: &mut Planned<Thing>) {
        (self.0)(change, planned);
    }

    async fn create(
        &self,
        cx: &Cx<'_, World>,
        planned: Thing,
        state: &mut Slot<Thing>,
    ) -> Result<(), Diagnostics> {
        (cx.data().apply)(cx, None, Some(planned.0), state).await
    }

    async fn read(&self, cx: &Cx<'_, World>, prior: Thing) -> Result<Option<Thing>, Diagnostics> {
        Ok((cx.data().read)(cx, prior.0).await?.map(Raw::new))
    }

    async fn update(
        &self,
        cx: &Cx<'_, World>,
        prior: Thing,
        planned: Thing,
        state: &mut Slot<Thing>,
    ) -> Result<(), Diagnostics> {
        (cx.data().apply)(cx, Some(prior.0), Some(planned.0), state).await
    }

    async fn delete(
        &self,
        cx: &Cx<'_, World>,
        prior: Thing,
        state: &mut Slot<Thing>,
    ) -> Result<(), Diagnostics> {
        (cx.data().apply)(cx, Some(prior.0), None, state).await
    }
}

impl CoordinateResource for Fake {
    /// Private bytes of "look" make the id unknown, warn and become "looked"; those of "keep" refuse the
    /// plan.
    async fn coordinate(
        &self,
        cx: &Cx<'_, World>,
        _: Option<&Thing>,
        planned: Option<&mut Thing>,
    ) -> Result<(), Diagnostics> {
        match cx.private().as_slice() {
            b"look" => {
                if let Some(planned) = planned {
                    planned.0.insert("id".to_owned(), Value::Unknown);
                }
                cx.warn(Diagnostic::warning("Looked", "Another one was there."));
                cx.keep_private(b"looked".to_vec());
                Ok(())
            }
            b"keep" => Err(Diagnostic::error("Kept by another", "It will not let go.").into()),
            _ => Ok(()),
        }
    }
}

impl ImportResource for Fake {
    async fn import(&self, cx: &Cx<'_, World>, id: &str) -> Result<Thing, Diagnostics> {
        let found = (cx.data().read)(cx, thing([("name", text(id))])).await?;
        found.map(Raw::new).ok_or_else(|| Diagnostic::error("Not found", "").into())
    }
}

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

/// The object of a [`Thing`] that has nothing but `attributes`.
pub(crate) fn thing<const N: usize>(attributes: [(&str, Value); N]) -> Object {
    let block = Block {
        description: String::new(),
        attributes: Everything::attributes(),
        blocks: Everything::blocks(),
    };
    with(block.empty_object(), attributes)
}

/// `base` with `attributes` instead of what it has there.
pub(crate) fn with<const N: usize>(mut base: Object, attributes: [(&str, Value); N]) -> Object {
    for (name, value) in attributes {
        base.insert(name.to_owned(), value);
    }
    base
}

/// An object of exactly `attributes`.
pub(crate) fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::Object(with(Object::new(), attributes))
}

/// A map of `elements`.
pub(crate) fn map<const N: usize>(elements: [(&str, Value); N]) -> Value {
    Value::Map(with(Object::new(), elements))
}

/// A string.
pub(crate) fn text(text: &str) -> Value {
    Value::string(text)
}

/// A number.
pub(crate) fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}
