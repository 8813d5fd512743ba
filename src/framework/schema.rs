//! What a type's configuration and state look like, as declared to the host.

use super::value::Type;

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

/// How a block repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockNesting {
    /// Zero or one; null when absent.
    Single,
    /// Always one; an object of nulls when absent.
    Group,
    /// A list; empty when absent.
    List,
    /// A set; empty when absent.
    Set,
    /// By label; empty when absent.
    Map,
}
