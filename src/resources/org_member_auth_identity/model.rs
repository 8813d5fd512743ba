//! The attributes of the resource, and how they stand for a product of pairs.

use std::collections::{BTreeMap, BTreeSet};

use super::validate;
use crate::framework::attribute::{Attr, Map, Nested, Set};
use crate::framework::model::model;
use crate::framework::timeouts::Timeouts;
use crate::framework::value::{Field, Number};
use crate::reconcile::grant_id::{self, NUMBER_MAX};
use crate::reconcile::{Grant, GrantStatus, Pair, Product};

pub(super) const MEMBER_UINS: Attr<Set<Number>> = Attr::required(
    "member_uins",
    "UINs of the member accounts to grant access in. At least one; any number: the provider splits large sets into \
     as few API calls as possible. Changed in place.",
)
.validated(validate::members);
pub(super) const IDENTITY_IDS: Attr<Set<Number>> = Attr::required(
    "identity_ids",
    "Ids of the access identities to grant. Every member gets every identity. At least one. Changed in place.",
)
.validated(validate::identities);
const ID: Attr<String> = Attr::computed(
    "id",
    "The import id: member UINs in ascending order joined by `,`, then `#`, then identity ids likewise.",
);
const GRANTS: Attr<Map<Nested<GrantModel>>> = Attr::computed(
    "grants",
    "The grants that exist, by `<member UIN>#<identity id>` (each key is an import id). A plan shows each grant that \
     will be added, repaired or removed as a line of its own.",
);
const TIMEOUTS: Attr<Nested<Timeouts>> = Attr::optional(
    "timeouts",
    "How long each operation may take, as durations such as `90s` or `1h30m`. Changing only this calls no API.",
);

const MEMBER_UIN: Attr<Number> = Attr::computed("member_uin", "UIN of the member account.");
const IDENTITY_ID: Attr<Number> = Attr::computed("identity_id", "Id of the access identity.");
const ROLE_NAME: Attr<String> =
    Attr::computed("role_name", "Name of the CAM role that the grant made in the member account.");
const STATUS: Attr<String> = Attr::computed(
    "status",
    "`configured`, or `stale` when the identity has changed since it was granted: the next apply grants it again.",
);

/// One `tencentcloud_org_member_auth_identity`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberAuthIdentity {
    /// UINs of the member accounts.
    pub member_uins: Field<Set<Number>>,
    /// Ids of the access identities.
    pub identity_ids: Field<Set<Number>>,
    /// The canonical import id.
    pub id: Field<String>,
    /// The grants of ours that exist, by pair.
    pub grants: Field<Map<Nested<GrantModel>>>,
    /// The user's time limits.
    pub timeouts: Field<Nested<Timeouts>>,
}

model!(MemberAuthIdentity {
    member_uins: MEMBER_UINS,
    identity_ids: IDENTITY_IDS,
    id: ID,
    grants: GRANTS,
    timeouts: TIMEOUTS,
});

/// One grant in the state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GrantModel {
    member_uin: Field<Number>,
    identity_id: Field<Number>,
    /// Null: exists (or may), but was not looked at since it was granted.
    role_name: Field<String>,
    status: Field<String>,
}

model!(GrantModel { member_uin: MEMBER_UIN, identity_id: IDENTITY_ID, role_name: ROLE_NAME, status: STATUS });

impl MemberAuthIdentity {
    /// The product that the two sets declare; `None` while an element or a set is null, unknown or out of
    /// range.
    pub(super) fn product(&self) -> Option<Product> {
        Some(Product { members: numbers(&self.member_uins)?, identities: numbers(&self.identity_ids)? })
    }

    /// The pairs that `grants` lists as ours, with what the state knows of each: `None` for one that was not
    /// looked at since it was granted. What is no pair is nobody's, and left out.
    pub(super) fn recorded(&self) -> BTreeMap<Pair, Option<Grant>> {
        let Some(Map(grants)) = self.grants.known() else { return BTreeMap::new() };
        let recorded = |(key, grant): (&String, &Field<Nested<GrantModel>>)| {
            let grant = grant.known().and_then(|grant| grant.0.grant());
            Some((key.parse().ok()?, grant))
        };
        grants.iter().filter_map(recorded).collect()
    }

    /// The user's time limits, or the defaults.
    pub(super) fn limits(&self) -> Timeouts {
        self.timeouts.known().map_or_else(Timeouts::default, |timeouts| timeouts.0.clone())
    }

    /// What is declared by `product`, with its id.
    pub(super) fn declaring(product: &Product) -> Self {
        let set = |numbers: &BTreeSet<u64>| {
            Field::Known(Set(numbers.iter().map(|&number| Field::Known(number.into())).collect()))
        };
        Self {
            member_uins: set(&product.members),
            identity_ids: set(&product.identities),
            id: Field::Known(grant_id::render(product)),
            ..Self::default()
        }
    }

    /// The same, with these grants: `None` stands for one that was not looked at.
    pub(super) fn with_grants(self, grants: impl IntoIterator<Item = (Pair, Option<Grant>)>) -> Self {
        let model = |(pair, grant): (Pair, Option<Grant>)| {
            (pair.to_string(), Field::Known(Nested(GrantModel::new(pair, grant))))
        };
        Self { grants: Field::Known(Map(grants.into_iter().map(model).collect())), ..self }
    }

    /// The same, with the grants that applying makes exist: those recorded as configured stay, every other
    /// pair of `product` will be configured, under a role name that only the API knows.
    pub(super) fn with_planned_grants(
        self,
        product: &Product,
        recorded: &BTreeMap<Pair, Option<Grant>>,
    ) -> Self {
        let planned = |pair| {
            let model = match recorded.get(&pair) {
                Some(Some(grant)) if grant.is_configured() => GrantModel::new(pair, Some(grant.clone())),
                _ => GrantModel { role_name: Field::Unknown, ..GrantModel::new(pair, None) },
            };
            (pair.to_string(), Field::Known(Nested(model)))
        };
        Self { grants: Field::Known(Map(product.pairs().map(planned).collect())), ..self }
    }

    /// Makes the role names of `pairs` unknown: they are looked at again when this plan is applied.
    pub(super) fn look_again_at(&mut self, pairs: &BTreeSet<Pair>) {
        let Field::Known(Map(grants)) = &mut self.grants else { return };
        for pair in pairs {
            if let Some(Field::Known(Nested(grant))) = grants.get_mut(&pair.to_string()) {
                grant.role_name = Field::Unknown;
            }
        }
    }
}

impl GrantModel {
    fn grant(&self) -> Option<Grant> {
        let stale = self.status.known().is_none_or(|status| status != GrantStatus::Configured.name());
        let status = if stale { GrantStatus::Stale } else { GrantStatus::Configured };
        Some(Grant { role_name: self.role_name.known()?.clone(), status })
    }

    fn new(pair: Pair, grant: Option<Grant>) -> Self {
        let status = grant.as_ref().map_or(GrantStatus::Configured, |grant| grant.status);
        Self {
            member_uin: Field::Known(pair.member_uin.into()),
            identity_id: Field::Known(pair.identity_id.into()),
            role_name: grant.map_or(Field::Null, |grant| Field::Known(grant.role_name)),
            status: Field::Known(status.name().to_owned()),
        }
    }
}

fn numbers(set: &Field<Set<Number>>) -> Option<BTreeSet<u64>> {
    let element =
        |field: &Field<Number>| field.known()?.to_u64().filter(|number| (1..=NUMBER_MAX).contains(number));
    set.known()?.0.iter().map(element).collect()
}
