//! What a type's configuration and state look like, as declared to the host.

mod rules;

use std::collections::BTreeMap;

use super::value::{Object, Type, Value};

/// The schema of a provider or of one resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Version of the state's shape; raised when [`Block`] changes incompatibly.
    pub version: i64,
    /// The root block.
    pub block: Block,
}

/// Attributes and nested blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// What it is, in Markdown.
    pub description: String,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Its nested blocks.
    pub blocks: Vec<NestedBlock>,
}

impl Block {
    /// The type of the object that this block makes in configuration and state.
    pub fn implied_type(&self) -> Type {
        let attributes =
            self.attributes.iter().map(|attribute| (attribute.name, attribute.kind.implied_type()));
        let blocks = self.blocks.iter().map(|nested| (nested.name, nested.implied_type()));
        Type::Object(attributes.chain(blocks).map(|(name, of)| (name.to_owned(), of)).collect())
    }

    /// Puts what stands for "no block" where `object` has null or nothing, at every depth: a collection of
    /// blocks is empty rather than null. Attributes that are missing become null.
    pub fn complete(&self, object: &mut Object) {
        for attribute in &self.attributes {
            object.entry(attribute.name.to_owned()).or_insert(Value::Null);
        }
        for nested in &self.blocks {
            nested.complete(object.entry(nested.name.to_owned()).or_insert(Value::Null));
        }
    }

    /// The object of a configuration that says nothing.
    pub fn empty_object(&self) -> Object {
        let mut object = Object::new();
        self.complete(&mut object);
        object
    }
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What it is, in Markdown.
    pub description: &'static str,
    /// Its type, or the attributes nested in it.
    pub kind: Kind,
    /// Who sets it.
    pub mode: Mode,
    /// Whether the host hides it in output.
    pub sensitive: bool,
    /// Whether it is never stored: its value is read from configuration only.
    pub write_only: bool,
    /// If it should no longer be used: what to use instead.
    pub deprecated: Option<&'static str>,
    /// What is planned where the configuration of a resource leaves it null.
    pub default: Option<Value>,
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The configuration must.
    Required,
    /// The configuration may.
    Optional,
    /// The provider does.
    Computed,
    /// The configuration may, else the provider does.
    OptionalComputed,
}

impl Mode {
    /// Whether the provider may set it.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// The shape of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A plain type.
    Type(Type),
    /// Attributes of its own.
    Nested(Nesting, Vec<Attribute>),
}

impl Kind {
    /// The type of the attribute's values.
    pub fn implied_type(&self) -> Type {
        match self {
            Self::Type(of) => of.clone(),
            Self::Nested(nesting, attributes) => {
                let attribute =
                    |attribute: &Attribute| (attribute.name.to_owned(), attribute.kind.implied_type());
                let object = Type::Object(attributes.iter().map(attribute).collect::<BTreeMap<_, _>>());
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::List(Box::new(object)),
                    Nesting::Set => Type::Set(Box::new(object)),
                    Nesting::Map => Type::Map(Box::new(object)),
                }
            }
        }
    }
}

/// How nested attributes repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// Objects by key.
    Map,
}

/// A block inside a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedBlock {
    /// Its name.
    pub name: &'static str,
    /// How it repeats.
    pub nesting: BlockNesting,
    /// What is in it.
    pub block: Block,
    /// The fewest there may be.
    pub min_items: i64,
    /// The most there may be; 0 for no limit.
    pub max_items: i64,
}

impl NestedBlock {
    /// The type of the value of all blocks of this name.
    pub fn implied_type(&self) -> Type {
        let object = self.block.implied_type();
        match self.nesting {
            BlockNesting::Single => object,
            BlockNesting::List => Type::List(Box::new(object)),
            BlockNesting::Set => Type::Set(Box::new(object)),
        }
    }

    fn complete(&self, value: &mut Value) {
        if value.is_null() {
            *value = match self.nesting {
                BlockNesting::Single => Value::Null,
                BlockNesting::List => Value::List(Vec::new()),
                BlockNesting::Set => Value::Set(Vec::new()),
            };
            return;
        }
        let each = |element: &mut Value| {
            if let Value::Object(object) = element {
                self.block.complete(object);
            }
        };
        match value {
            Value::Object(object) => self.block.complete(object),
            Value::List(elements) => elements.iter_mut().for_each(each),
            Value::Set(elements) => {
                elements.iter_mut().for_each(each);
                *value = Value::set(std::mem::take(elements));
            }
            _ => {}
        }
    }
}

/// How a block repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockNesting {
    /// Zero or one; null when absent.
    Single,
    /// A list; empty when absent.
    List,
    /// A set; empty when absent.
    Set,
}
