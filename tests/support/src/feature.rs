//! Which host has what since which version: a test of a newer feature says what it needs, and is skipped,
//! aloud, with a host that has it not.

use std::fmt;

use crate::terraform::Terraform;

/// Major and minor version.
pub type Version = (u64, u64);

/// What not every host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Functions of providers.
    Functions,
    /// `moved` blocks from one resource type to another.
    MovedAcrossTypes,
    /// `identity` in `import` blocks.
    ImportByIdentity,
    /// `terraform query`.
    Query,
}

/// A row: the feature, its name, and since when Terraform and OpenTofu have it.
type Row = (Feature, &'static str, Option<Version>, Option<Version>);

const TABLE: [Row; 4] = [
    (Feature::Functions, "functions of providers", Some((1, 8)), Some((1, 7))),
    (Feature::MovedAcrossTypes, "moves across resource types", Some((1, 8)), Some((1, 10))),
    (Feature::ImportByIdentity, "import by identity", Some((1, 12)), Some((1, 12))),
    (Feature::Query, "query", Some((1, 14)), None),
];

impl Feature {
    fn row(self) -> Row {
        TABLE.into_iter().find(|(feature, ..)| *feature == self).expect("every feature has a row")
    }

    /// Whether `host` has it.
    pub fn is_in(self, host: &Terraform) -> bool {
        let (_, _, terraform, opentofu) = self.row();
        let since = if host.is_opentofu() { opentofu } else { terraform };
        since.is_some_and(|since| host.number >= since)
    }
}

/// The name, and which versions have it.
impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name, terraform, opentofu) = self.row();
        let since = |host: &str, version: Option<Version>| match version {
            Some((major, minor)) => format!("{host} {major}.{minor}"),
            None => format!("no {host}"),
        };
        write!(f, "{name} ({}, {})", since("Terraform", terraform), since("OpenTofu", opentofu))
    }
}
