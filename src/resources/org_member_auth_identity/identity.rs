//! What names the resource outside of a state: its two sets, as ascending lists.

use std::collections::BTreeSet;

use super::model::MemberAuthIdentity;
use super::validate::{self, IDENTITY, MEMBER, Words};
use crate::framework::attribute::{Attr, List, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::identity::IdentityModel;
use crate::framework::model::model;
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};
use crate::reconcile::Product;

const MEMBERS: Attr<List<Number>> =
    Attr::required("member_uins", "UINs of the member accounts, in ascending order.");
const IDENTITIES: Attr<List<Number>> =
    Attr::required("identity_ids", "Ids of the access identities, in ascending order.");

/// What identifies one [`MemberAuthIdentity`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceIdentity {
    /// UINs of the member accounts, ascending.
    pub(super) member_uins: Field<List<Number>>,
    /// Ids of the access identities, ascending.
    pub(super) identity_ids: Field<List<Number>>,
}

model!(ResourceIdentity { member_uins: MEMBERS, identity_ids: IDENTITIES });

impl IdentityModel for ResourceIdentity {}

impl ResourceIdentity {
    /// The identity of what `state` says; in part unknown as its sets are. Whatever a state that was edited
    /// by hand has for them, it is known where they are.
    pub(super) fn of(state: &MemberAuthIdentity) -> Self {
        Self { member_uins: ascending(&state.member_uins), identity_ids: ascending(&state.identity_ids) }
    }

    /// The product that an import names, its lists in any order. Reports every element that is no id, or
    /// stands twice.
    pub(super) fn product(&self) -> Result<Product, Diagnostics> {
        let mut report = Diagnostics::new();
        let members = numbers(&self.member_uins, &MEMBERS, &MEMBER, &mut report);
        let identities = numbers(&self.identity_ids, &IDENTITIES, &IDENTITY, &mut report);
        if report.has_errors() {
            // The text names the list: an import block has no attribute that the host could point at.
            return Err(report.into_iter().map(|told| Diagnostic { path: None, ..told }).collect());
        }
        Ok(Product { members, identities })
    }
}

fn numbers(
    list: &Field<List<Number>>,
    handle: &Attr<List<Number>>,
    words: &Words,
    report: &mut Diagnostics,
) -> BTreeSet<u64> {
    let elements = list.known().map(|List(elements)| elements.as_slice()).unwrap_or_default();
    let name = Path::within(Some(&Path::attribute("identity")), handle.name());
    let because = format!(", so that the import names no grant. List at least one {}.", words.one);
    validate::names(elements, &name, words, &because, report);
    elements.iter().filter_map(|element| element.known()?.to_u64()).collect()
}

fn ascending(set: &Field<Set<Number>>) -> Field<List<Number>> {
    let elements = match set {
        Field::Unknown => return Field::Unknown,
        Field::Null => &[][..],
        Field::Known(Set(elements)) => elements,
    };
    if elements.iter().any(Field::is_unknown) {
        return Field::Unknown;
    }
    let numbers: BTreeSet<&Number> = elements.iter().filter_map(Field::known).collect();
    Field::Known(List(numbers.into_iter().cloned().map(Field::Known).collect()))
}
