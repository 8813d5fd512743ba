//! A resource that is identified by its serial, which it gets when it is made.

use super::Shop;
use crate::framework::check::Checked;
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::identity::{Identified, IdentityModel, UpgradesIdentityFrom};
use crate::framework::resource::{Change, Cx, ImportResource, Planned, Resource, StateSlot};
use crate::framework::schema::{Attribute, Block, BlockNesting, Kind, Mode, NestedBlock, Nesting};
use crate::framework::testing::{Raw, Shape, attribute, plain, text, with};
use crate::framework::value::{Field, Object, Type, Value};

/// Makes gadgets.
pub(crate) struct Gadget;

/// The attributes of [`Gadget`].
#[derive(Debug)]
pub(crate) struct Parts;

impl Shape for Parts {
    fn attributes() -> Vec<Attribute> {
        let nested =
            || vec![plain("key", Type::String, Mode::Required), plain("hash", Type::String, Mode::Computed)];
        let create = vec![plain("create", Type::String, Mode::Optional)];
        vec![
            plain("label", Type::String, Mode::Required),
            plain("serial", Type::String, Mode::Computed),
            plain("size", Type::Number, Mode::OptionalComputed),
            Attribute { deprecated: Some("Use label."), ..plain("name", Type::String, Mode::Optional) },
            Attribute { write_only: true, ..plain("secret", Type::String, Mode::Optional) },
            attribute("parts", Kind::Nested(Nesting::Set, nested()), Mode::Optional),
            attribute("timeouts", Kind::Nested(Nesting::Single, create), Mode::Optional),
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        let attributes =
            vec![plain("port", Type::Number, Mode::Required), plain("handle", Type::String, Mode::Computed)];
        let block = Block { attributes, ..Block::default() };
        vec![NestedBlock { name: "rules", nesting: BlockNesting::List, block, min_items: 0, max_items: 0 }]
    }
}

/// What identifies a [`Gadget`].
#[derive(Debug)]
pub(crate) struct Serial;

impl Shape for Serial {
    fn attributes() -> Vec<Attribute> {
        vec![
            plain("serial", Type::String, Mode::Required),
            plain("places", Type::List(Box::new(Type::Number)), Mode::Optional),
        ]
    }

    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }
}

impl IdentityModel for Raw<Serial> {
    const VERSION: i64 = 2;
}

/// What identified a [`Gadget`] in version 1.
#[derive(Debug)]
pub(crate) struct OldSerial;

impl Shape for OldSerial {
    fn attributes() -> Vec<Attribute> {
        vec![plain("number", Type::Number, Mode::Required)]
    }

    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }
}

impl IdentityModel for Raw<OldSerial> {
    const VERSION: i64 = 1;
}

/// A gadget that has nothing but `attributes`.
pub(crate) fn gadget<const N: usize>(attributes: [(&str, Value); N]) -> Object {
    let block =
        Block { description: String::new(), attributes: Parts::attributes(), blocks: Parts::blocks() };
    with(block.empty_object(), attributes)
}

/// The identity of the gadget with this serial.
pub(crate) fn identity(serial: Value) -> Object {
    Object::from([("serial".to_owned(), serial), ("places".to_owned(), Value::Null)])
}

impl Resource for Gadget {
    const TYPE: &'static str = "fake_gadget";
    const VERSION: i64 = 3;
    const DESCRIPTION: &'static str = "A gadget.";
    type Data = Shop;
    type Model = Raw<Parts>;

    /// A new size needs a new gadget; a new label gets a new serial.
    fn plan(&self, change: &Change<Raw<Parts>>, planned: &mut Planned<Raw<Parts>>) {
        let Some(prior) = &change.prior else { return };
        planned.replace.push(crate::framework::path::Path::attribute("size"));
        let kept = |name: &str| prior.0.get(name) == planned.state.0.get(name);
        if kept("label") && (kept("size") || change.config.0.get("size") == Some(&Value::Null)) {
            for name in ["serial", "size"] {
                planned.state.0.insert(name.to_owned(), prior.0[name].clone());
            }
        }
    }

    async fn create(
        &self,
        cx: &Cx<'_, Shop>,
        planned: Raw<Parts>,
        state: &mut StateSlot<Raw<Parts>>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.make)(planned.0, state)
    }

    async fn read(&self, cx: &Cx<'_, Shop>, prior: Raw<Parts>) -> Result<Option<Raw<Parts>>, Diagnostics> {
        Ok((cx.data()?.find)(prior.0)?.map(Raw::new))
    }

    async fn update(
        &self,
        cx: &Cx<'_, Shop>,
        _: Raw<Parts>,
        planned: Raw<Parts>,
        state: &mut StateSlot<Raw<Parts>>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.make)(planned.0, state)
    }

    async fn delete(
        &self,
        cx: &Cx<'_, Shop>,
        prior: Raw<Parts>,
        state: &mut StateSlot<Raw<Parts>>,
    ) -> Result<(), Diagnostics> {
        (cx.data()?.make)(prior.0, state)
    }
}

impl ImportResource for Gadget {
    async fn import(&self, cx: &Cx<'_, Shop>, id: &str) -> Result<Raw<Parts>, Diagnostics> {
        let found = (cx.data()?.find)(gadget([("serial", text(id))]))?;
        found.map(Raw::new).ok_or_else(|| super::error("Not found"))
    }
}

impl Checked for Gadget {
    async fn check(
        &self,
        cx: &Cx<'_, Shop>,
        change: &Change<Raw<Parts>>,
        planned: &Raw<Parts>,
        report: &mut Diagnostics,
    ) {
        cx.warn(Diagnostic::warning("Looked", "There is something."));
        let Ok(shop) = cx.data() else { return };
        (shop.check)(change, planned, report);
    }
}

impl Identified for Gadget {
    type Identity = Raw<Serial>;

    fn identity(&self, state: &Raw<Parts>) -> Field<Raw<Serial>> {
        match state.0.get("serial") {
            Some(Value::String(serial)) => Field::Known(Raw::new(identity(text(serial)))),
            Some(Value::Unknown) => Field::Unknown,
            _ => Field::Null,
        }
    }

    async fn import_identity(&self, cx: &Cx<'_, Shop>, id: Raw<Serial>) -> Result<Raw<Parts>, Diagnostics> {
        let found = (cx.data()?.find)(gadget([("serial", id.0["serial"].clone())]))?;
        found.map(Raw::new).ok_or_else(|| super::error("Not found"))
    }
}

impl UpgradesIdentityFrom<Raw<OldSerial>> for Gadget {
    /// A number was a serial without its letter. There was none below 1.
    fn upgrade_identity(&self, old: Raw<OldSerial>) -> Result<Raw<Serial>, Diagnostics> {
        match old.0.get("number") {
            Some(Value::Number(number)) if number.to_string() != "0" => {
                Ok(Raw::new(identity(text(&format!("s{number}")))))
            }
            _ => Err(super::error("No such number")),
        }
    }
}
