//! The attributes of the data source.

use crate::data_sources::names::Names;
use crate::data_sources::{answer, filter};
use crate::framework::attribute::{Attr, List, Map, Nested, Set};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::model::model;
use crate::framework::path::Path;
use crate::framework::resource::Cx;
use crate::framework::value::{Field, Number};
use crate::organization::Organization;
use crate::organization::directory::{Identity, IdentityPolicy};

const NAME: Attr<String> = Attr::optional(
    "name",
    "Only identities that the API finds by this text, which it looks for in their names.",
)
.validated(filter::text);
const IDENTITY_ID: Attr<Number> = Attr::optional(
    "identity_id",
    "Only the identity with this id. If there is none, everything computed is empty.",
)
.validated(filter::id);
const TYPE: Attr<String> =
    Attr::optional("type", "Only `preset` identities, which Tencent Cloud made, or only `custom` ones.")
        .validated(origin);
const IDENTITIES: Attr<List<Nested<IdentityModel>>> =
    Attr::computed("identities", "The identities, in ascending order of their ids.");
const IDS: Attr<Map<Number>> = Attr::computed(
    "ids",
    "The id of each identity by its name. A name that more than one of them has is left out: see `ambiguous_names`.",
);
const AMBIGUOUS_NAMES: Attr<Set<String>> =
    Attr::computed("ambiguous_names", "Names that more than one of `identities` has. Empty if all is well.");

const ID: Attr<Number> = Attr::computed("id", "The identity's id, as `identity_ids` takes it.");
const IDENTITY_NAME: Attr<String> = Attr::computed("name", "Its name.");
const DESCRIPTION: Attr<String> = Attr::computed("description", "Its description; may be empty.");
const IDENTITY_TYPE: Attr<String> =
    Attr::computed("type", "`preset` if Tencent Cloud made it, `custom` if the organization did.");
const POLICIES: Attr<List<Nested<PolicyModel>>> =
    Attr::computed("policies", "The CAM policies that it carries, as the API orders them.");
const UPDATE_TIME: Attr<String> =
    Attr::computed("update_time", "When it was last changed, as the API writes it: without a time zone.");

const POLICY_ID: Attr<Number> =
    Attr::computed("id", "The policy's id; null for one that is written into the identity.");
const POLICY_NAME: Attr<String> =
    Attr::computed("name", "The policy's name; null for one that is written into the identity.");
const POLICY_TYPE: Attr<String> =
    Attr::computed("type", "`preset` if Tencent Cloud made it, `custom` if it is written into the identity.");
const DOCUMENT: Attr<String> =
    Attr::computed("document", "The policy as JSON, if it is written into the identity; else null.");

/// One `tencentcloud_org_identities`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdentitySearch {
    pub(super) name: Field<String>,
    pub(super) identity_id: Field<Number>,
    pub(super) r#type: Field<String>,
    pub(super) identities: Field<List<Nested<IdentityModel>>>,
    pub(super) ids: Field<Map<Number>>,
    pub(super) ambiguous_names: Field<Set<String>>,
}

model!(IdentitySearch {
    name: NAME,
    identity_id: IDENTITY_ID,
    r#type: TYPE,
    identities: IDENTITIES,
    ids: IDS,
    ambiguous_names: AMBIGUOUS_NAMES,
});

/// One identity of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct IdentityModel {
    id: Field<Number>,
    name: Field<String>,
    description: Field<String>,
    r#type: Field<String>,
    policies: Field<List<Nested<PolicyModel>>>,
    update_time: Field<String>,
}

model!(IdentityModel {
    id: ID,
    name: IDENTITY_NAME,
    description: DESCRIPTION,
    r#type: IDENTITY_TYPE,
    policies: POLICIES,
    update_time: UPDATE_TIME,
});

/// One policy of an identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PolicyModel {
    id: Field<Number>,
    name: Field<String>,
    r#type: Field<String>,
    document: Field<String>,
}

model!(PolicyModel { id: POLICY_ID, name: POLICY_NAME, r#type: POLICY_TYPE, document: DOCUMENT });

impl IdentitySearch {
    /// The same question with its answer. Warns of names that stand for several.
    pub(super) fn answered(self, identities: &[Identity], cx: &Cx<'_, Organization>) -> Self {
        let names = Names::of(identities.iter().map(|identity| (identity.name.as_str(), identity.id)));
        if let Some(warning) = names.warning("identities", &IDS.path(), &IDENTITIES.path()) {
            cx.warn(warning);
        }
        Self {
            identities: answer::objects(identities.iter().map(IdentityModel::of)),
            ids: names.unique(),
            ambiguous_names: names.ambiguous(),
            ..self
        }
    }
}

impl IdentityModel {
    fn of(identity: &Identity) -> Self {
        Self {
            id: Field::Known(identity.id.into()),
            name: answer::text(&identity.name),
            description: answer::text(&identity.description),
            r#type: answer::origin(identity.is_preset),
            policies: answer::objects(identity.policies.iter().map(PolicyModel::of)),
            update_time: answer::text_or_null(&identity.updated),
        }
    }
}

impl PolicyModel {
    fn of(policy: &IdentityPolicy) -> Self {
        Self {
            id: if policy.id == 0 { Field::Null } else { Field::Known(policy.id.into()) },
            name: answer::text_or_null(&policy.name),
            r#type: answer::origin(policy.is_preset),
            document: answer::text_or_null(&policy.document),
        }
    }
}

/// Reports a type that there is not.
#[expect(clippy::ptr_arg, reason = "a validator takes the value of its attribute")]
fn origin(origin: &String, at: &Path, report: &mut Diagnostics) {
    if ![answer::PRESET, answer::CUSTOM].contains(&origin.as_str()) {
        let detail = format!("{at} must be \"preset\" or \"custom\". Leave it out to have both.");
        report.push(Diagnostic::error("Invalid filter", detail).at(at.clone()));
    }
}
