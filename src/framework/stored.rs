//! States that something else wrote: an older version of a resource type, or another type altogether. What
//! reads them works without network, without credentials and without a configured provider.

use super::diagnostic::Diagnostics;
use super::model::Model;
use super::resource::Resource;

/// The capability to read a state that an older version of the provider stored.
pub trait UpgradesFrom<Old: Model>: Resource {
    /// The schema version of `Old`, below [`Resource::VERSION`].
    const FROM: i64;

    /// The state that `old` stands for today, wholly known. What `old` cannot tell is null: a read follows.
    fn upgrade(&self, old: Old) -> Result<Self::Model, Diagnostics>;
}

/// The capability to take over the state of another type, after a `moved` block.
pub trait MovesFrom<Old: Model>: Resource {
    /// The type that it takes over from.
    const SOURCE: Source;

    /// The state that `old`, of schema `version` of the source, stands for here, wholly known. What `old`
    /// cannot tell is null: a read follows.
    ///
    /// `Old` reads states of every version: attributes that it has not are left out, those that a state has
    /// not are null.
    fn moved(&self, version: i64, old: Old) -> Result<Self::Model, Diagnostics>;
}

/// Where a state may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The end of the provider's address, in whole parts: `null`, or `hashicorp/null`.
    pub provider: &'static str,
    /// The resource type.
    pub type_name: &'static str,
}

impl Source {
    /// Whether it is the type `type_name` of the provider at `address`, such as
    /// `registry.terraform.io/hashicorp/null`. The host of the address may be any.
    pub fn is(&self, address: &str, type_name: &str) -> bool {
        let mut parts = address.rsplit('/');
        self.type_name == type_name && self.provider.rsplit('/').all(|part| parts.next() == Some(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_told_by_whole_parts_of_the_address_from_its_end() {
        let source = |provider| Source { provider, type_name: "null_resource" };
        let address = "registry.terraform.io/hashicorp/null";
        for provider in ["null", "hashicorp/null", address] {
            assert!(source(provider).is(address, "null_resource"), "{provider}");
            assert!(!source(provider).is(address, "null_other"), "{provider}");
        }
        for provider in ["ull", "corp/null", "other/null", "registry.opentofu.org/hashicorp/null"] {
            assert!(!source(provider).is(address, "null_resource"), "{provider}");
        }
        assert!(!source("hashicorp/null").is("null", "null_resource"));
    }
}
