//! What may be asked of a list, and what is wrong with it.

use std::collections::BTreeSet;

use crate::framework::attribute::{Attr, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::model::{Model as _, model};
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};
use crate::organization::directory::GrantRecord;
use crate::resources::org_member_auth_identity::validate;

const MEMBER_UINS: Attr<Set<Number>> =
    Attr::optional("member_uins", "Only grants of these member accounts.").validated(members);
const IDENTITY_IDS: Attr<Set<Number>> =
    Attr::optional("identity_ids", "Only grants of these access identities, preset ones among them too.")
        .validated(identities);
const INCLUDE_PRESET: Attr<bool> = Attr::optional(
    "include_preset",
    "Whether grants of identities count that Tencent Cloud itself has made, such as the administrator's, `1`. \
     Default: `false`.",
);
const GROUP_BY: Attr<String> = Attr::optional(
    "group_by",
    "`members`, the default, gives one result for each member. `identities` gives one for each distinct set of \
     identities, with all members that hold exactly it.",
)
.validated(group_by);

const BY_MEMBERS: &str = "members";
const BY_IDENTITIES: &str = "identities";

/// The `config` of a `list` block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    member_uins: Field<Set<Number>>,
    identity_ids: Field<Set<Number>>,
    include_preset: Field<bool>,
    group_by: Field<String>,
}

model!(Filter {
    member_uins: MEMBER_UINS,
    identity_ids: IDENTITY_IDS,
    include_preset: INCLUDE_PRESET,
    group_by: GROUP_BY,
});

/// What a sound filter asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Only these, if any are named.
    pub(super) members: Option<BTreeSet<u64>>,
    /// Likewise.
    pub(super) identities: Option<BTreeSet<u64>>,
    /// Whether presets count that are not named.
    pub(super) include_preset: bool,
    /// What one result is of.
    pub(super) group_by: GroupBy,
}

/// What one result is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum GroupBy {
    #[default]
    Members,
    Identities,
}

impl Filter {
    /// What it asks for. An error if something is wrong with it: a host need not have it judged before.
    pub(super) fn wanted(&self) -> Result<Wanted, Diagnostics> {
        let mut report = Diagnostics::new();
        self.validate(None, &mut report);
        if report.has_errors() {
            return Err(report);
        }
        let numbers = |set: &Field<Set<Number>>| {
            let Set(elements) = set.known()?;
            Some(elements.iter().filter_map(|element| element.known()?.to_u64()).collect())
        };
        let by_identities = self.group_by.known().is_some_and(|by| by == BY_IDENTITIES);
        Ok(Wanted {
            members: numbers(&self.member_uins),
            identities: numbers(&self.identity_ids),
            include_preset: self.include_preset.known().copied().unwrap_or(false),
            group_by: if by_identities { GroupBy::Identities } else { GroupBy::Members },
        })
    }
}

impl Wanted {
    /// Whether a grant is asked for.
    pub(super) fn takes(&self, record: &GrantRecord) -> bool {
        let is_named =
            |named: &Option<BTreeSet<u64>>, id| named.as_ref().is_none_or(|named| named.contains(&id));
        let preset = record.is_preset && !self.include_preset && self.identities.is_none();
        !preset
            && is_named(&self.members, record.pair.member_uin)
            && is_named(&self.identities, record.pair.identity_id)
    }
}

const NOTHING: &str = ", so that nothing is listed. Leave it out to list all.";

fn members(Set(elements): &Set<Number>, at: &Path, report: &mut Diagnostics) {
    validate::names(elements, at, &validate::MEMBER, NOTHING, report);
}

fn identities(Set(elements): &Set<Number>, at: &Path, report: &mut Diagnostics) {
    validate::names(elements, at, &validate::IDENTITY, NOTHING, report);
}

fn group_by(by: &String, at: &Path, report: &mut Diagnostics) {
    if by != BY_MEMBERS && by != BY_IDENTITIES {
        let detail = format!(
            "{at} is {by:?}. It must be \"{BY_MEMBERS}\", which is the default, or \"{BY_IDENTITIES}\"."
        );
        report.push(Diagnostic::error("Invalid grouping", detail).at(at.clone()));
    }
}
