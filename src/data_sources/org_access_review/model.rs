//! The attributes of the data source.

use std::collections::{BTreeMap, BTreeSet};

use crate::data_sources::{answer, filter};
use crate::framework::attribute::{Attr, List, Map, Nested, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::model::model;
use crate::framework::path::Path;
use crate::framework::value::{Field, Number};
use crate::organization::directory::{Binding, GrantRecord, HolderKind};
use crate::reconcile::grant_id::{self, FORM, GrantId, Quoted};
use crate::reconcile::review::Review;
use crate::reconcile::{GrantStatus, Pair, Product};

const DECLARED: Attr<Set<String>> = Attr::required(
    "declared",
    "Every grant that is declared somewhere: keys of grants, as in \
     `keys(tencentcloud_org_member_auth_identity.ops.grants)`, or whole import ids, each of which stands for all its \
     grants. Those outside of the filters do not count. An empty set makes everything undeclared.",
)
.validated(declarations);
const MEMBER_UINS: Attr<Set<Number>> =
    Attr::optional("member_uins", "Only grants of the members with these UINs.").validated(filter::ids);
const IDENTITY_IDS: Attr<Set<Number>> =
    Attr::optional("identity_ids", "Only grants of the identities with these ids.").validated(filter::ids);
const INCLUDE_PRESET: Attr<bool> = Attr::optional(
    "include_preset",
    "Whether grants of preset identities count, such as the administrator access that Tencent Cloud gives to every \
     member it creates. They do not unless this is true, `identity_ids` names them, or they are declared.",
);
const INCLUDE_HOLDERS: Attr<bool> = Attr::optional(
    "include_holders",
    "Whether to find out who may use the grants, which takes a call for every 50 bindings of the organization. \
     Default `true`. If `false`, `unusable` and every `holders` are null.",
);
const GRANTED: Attr<Map<Nested<FindingModel>>> = Attr::computed(
    "granted",
    "Every grant that exists, by `<member UIN>#<identity id>`. Each key is an import id.",
);
const UNDECLARED: Attr<Map<Nested<FindingModel>>> =
    Attr::computed("undeclared", "Those of `granted` that are not in `declared`.");
const MISSING: Attr<Map<Nested<FindingModel>>> = Attr::computed(
    "missing",
    "Those of `declared` that are not granted, with the names that could be found out.",
);
const STALE_GRANTS: Attr<Map<Nested<FindingModel>>> = Attr::computed(
    "stale",
    "Those of `granted` that must be granted again to work, because their identity has changed since.",
);
const UNUSABLE: Attr<Map<Nested<FindingModel>>> = Attr::computed(
    "unusable",
    "Those of `granted` that nobody can use: no access policy for them is bound to a sub-user or a user group. Null \
     if `include_holders` is false.",
);

const MEMBER_UIN: Attr<Number> = Attr::computed("member_uin", "UIN of the member account.");
const MEMBER_NAME: Attr<String> = Attr::computed("member_name", "Its name; null if it is not known.");
const IDENTITY_ID: Attr<Number> = Attr::computed("identity_id", "Id of the access identity.");
const IDENTITY_NAME: Attr<String> =
    Attr::computed("identity_name", "The identity's name; null if it is not known.");
const ROLE_NAME: Attr<String> =
    Attr::computed("role_name", "Name of the CAM role in the member account; null if it is not granted.");
const STATUS: Attr<String> =
    Attr::computed("status", "`configured`, `stale`, or `missing` if it is not granted.");
const HOLDERS: Attr<List<Nested<HolderModel>>> = Attr::computed(
    "holders",
    "Who may use it, by the access policies of the organization. Null if `include_holders` is false.",
);

const KIND: Attr<String> = Attr::computed("kind", "`sub_user` or `user_group`.");
const HOLDER_ID: Attr<Number> =
    Attr::computed("id", "UIN of the sub-user, or id of the user group, of the administrator's account.");
const HOLDER_NAME: Attr<String> = Attr::computed("name", "Its name; null if the API does not say.");
const POLICY_NAME: Attr<String> =
    Attr::computed("policy_name", "Name of the access policy; null if the API does not say.");

/// How many grants may be declared: a few ids of many numbers each could name more than fit into memory.
const DECLARED_MAX: usize = 1_000_000;

/// How many bad elements get an error of their own before the rest is only counted.
const ELEMENTS_NAMED: usize = 10;

/// One `tencentcloud_org_access_review`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccessReview {
    pub(super) declared: Field<Set<String>>,
    pub(super) member_uins: Field<Set<Number>>,
    pub(super) identity_ids: Field<Set<Number>>,
    pub(super) include_preset: Field<bool>,
    pub(super) include_holders: Field<bool>,
    pub(super) granted: Field<Map<Nested<FindingModel>>>,
    pub(super) undeclared: Field<Map<Nested<FindingModel>>>,
    pub(super) missing: Field<Map<Nested<FindingModel>>>,
    pub(super) stale: Field<Map<Nested<FindingModel>>>,
    pub(super) unusable: Field<Map<Nested<FindingModel>>>,
}

model!(AccessReview {
    declared: DECLARED,
    member_uins: MEMBER_UINS,
    identity_ids: IDENTITY_IDS,
    include_preset: INCLUDE_PRESET,
    include_holders: INCLUDE_HOLDERS,
    granted: GRANTED,
    undeclared: UNDECLARED,
    missing: MISSING,
    stale: STALE_GRANTS,
    unusable: UNUSABLE,
});

/// One grant of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FindingModel {
    member_uin: Field<Number>,
    member_name: Field<String>,
    identity_id: Field<Number>,
    identity_name: Field<String>,
    role_name: Field<String>,
    status: Field<String>,
    holders: Field<List<Nested<HolderModel>>>,
}

model!(FindingModel {
    member_uin: MEMBER_UIN,
    member_name: MEMBER_NAME,
    identity_id: IDENTITY_ID,
    identity_name: IDENTITY_NAME,
    role_name: ROLE_NAME,
    status: STATUS,
    holders: HOLDERS,
});

/// One who may use a grant.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HolderModel {
    kind: Field<String>,
    id: Field<Number>,
    name: Field<String>,
    policy_name: Field<String>,
}

model!(HolderModel { kind: KIND, id: HOLDER_ID, name: HOLDER_NAME, policy_name: POLICY_NAME });

/// Names by number, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) members: BTreeMap<u64, String>,
    pub(super) identities: BTreeMap<u64, String>,
}

impl AccessReview {
    /// Every grant that is declared.
    pub(super) fn declared(&self) -> BTreeSet<Pair> {
        let Some(Set(keys)) = self.declared.known() else { return BTreeSet::new() };
        let products = keys.iter().filter_map(Field::known).filter_map(|key| product(key).ok());
        products.flat_map(|product| product.pairs().collect::<Vec<_>>()).collect()
    }

    /// The same question with its answer.
    pub(super) fn answered(
        self,
        granted: &BTreeMap<Pair, GrantRecord>,
        bindings: Option<&BTreeMap<Pair, Vec<Binding>>>,
        found: &Review,
        names: &Names,
    ) -> Self {
        let holders = |pair: &Pair| bindings.map(|of| of.get(pair).map(Vec::as_slice).unwrap_or_default());
        let of_grants = |counts: &dyn Fn(&GrantRecord) -> bool| {
            let grants = granted.values().filter(|grant| counts(grant));
            entries(grants.map(|grant| (grant.pair, FindingModel::of(grant, holders(&grant.pair)))))
        };
        let missing =
            found.missing.iter().map(|&pair| (pair, FindingModel::missing(pair, names, holders(&pair))));
        Self {
            granted: of_grants(&|_| true),
            undeclared: of_grants(&|grant| found.undeclared.contains(&grant.pair)),
            missing: entries(missing),
            stale: of_grants(&|grant| grant.status == GrantStatus::Stale),
            unusable: match &found.unusable {
                Some(unusable) => of_grants(&|grant| unusable.contains(&grant.pair)),
                None => Field::Null,
            },
            ..self
        }
    }
}

fn entries(of: impl Iterator<Item = (Pair, FindingModel)>) -> Field<Map<Nested<FindingModel>>> {
    Field::Known(Map(of.map(|(pair, model)| (pair.to_string(), Field::Known(Nested(model)))).collect()))
}

impl FindingModel {
    fn of(grant: &GrantRecord, holders: Option<&[Binding]>) -> Self {
        Self {
            member_uin: Field::Known(grant.pair.member_uin.into()),
            member_name: answer::text_or_null(&grant.member_name),
            identity_id: Field::Known(grant.pair.identity_id.into()),
            identity_name: answer::text_or_null(&grant.identity_name),
            role_name: answer::text(&grant.role_name),
            status: answer::text(grant.status.name()),
            holders: holder_models(holders),
        }
    }

    fn missing(pair: Pair, names: &Names, holders: Option<&[Binding]>) -> Self {
        let name = |of: &BTreeMap<u64, String>, id| {
            of.get(&id).map_or(Field::Null, |name| answer::text_or_null(name))
        };
        Self {
            member_uin: Field::Known(pair.member_uin.into()),
            member_name: name(&names.members, pair.member_uin),
            identity_id: Field::Known(pair.identity_id.into()),
            identity_name: name(&names.identities, pair.identity_id),
            role_name: Field::Null,
            status: answer::text("missing"),
            holders: holder_models(holders),
        }
    }
}

fn holder_models(bindings: Option<&[Binding]>) -> Field<List<Nested<HolderModel>>> {
    let Some(bindings) = bindings else { return Field::Null };
    answer::objects(bindings.iter().map(|binding| HolderModel {
        kind: answer::text(match binding.holder.kind {
            HolderKind::SubUser => "sub_user",
            HolderKind::UserGroup => "user_group",
        }),
        id: Field::Known(binding.holder.id.into()),
        name: answer::text_or_null(&binding.holder.name),
        policy_name: answer::text_or_null(&binding.policy_name),
    }))
}

/// Reports elements that name no grants. A set's elements have no address, so the text names them.
fn declarations(Set(elements): &Set<String>, at: &Path, report: &mut Diagnostics) {
    let mut push = |detail: String| {
        report.push(Diagnostic::error("Invalid grant key", detail).at(at.clone()));
    };
    let mut count = 0_usize;
    let mut faults = elements.iter().filter_map(|element| match element {
        Field::Unknown => None,
        Field::Null => Some("a null".to_owned()),
        Field::Known(key) => match product(key) {
            Ok(product) => {
                count = count.saturating_add(product.len());
                None
            }
            Err(fault) => Some(format!("\"{}\", which is not of the form {FORM}: {fault}", Quoted::new(key))),
        },
    });
    let named: Vec<String> = faults.by_ref().take(ELEMENTS_NAMED).collect();
    let more = faults.count();
    for fault in named {
        push(format!("{at} contains {fault}. Take keys of `grants`, or import ids."));
    }
    if more > 0 {
        push(format!(
            "{at} contains {more} more that are no keys, beside the {ELEMENTS_NAMED} that are named."
        ));
    }
    if count > DECLARED_MAX {
        push(format!(
            "{at} names more than {DECLARED_MAX} grants. Review the organization in parts, by identity_ids."
        ));
    }
}

fn product(key: &str) -> Result<Product, String> {
    match grant_id::parse(key) {
        Ok(GrantId::Product(product)) => Ok(product),
        Ok(GrantId::Members(_)) => Err("it names no identities".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
