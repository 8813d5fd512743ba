//! The attributes of the data source.

use crate::data_sources::{answer, filter};
use crate::framework::attribute::{Attr, Map, Nested, Set};
use crate::framework::model::model;
use crate::framework::value::{Field, Number};
use crate::organization::directory::GrantRecord;

pub(super) const MEMBER_UINS: Attr<Set<Number>> = Attr::optional(
    "member_uins",
    "Only grants of the members with these UINs. Of a member that does not exist there are none.",
)
.validated(filter::ids);
const IDENTITY_IDS: Attr<Set<Number>> = Attr::optional(
    "identity_ids",
    "Only grants of the identities with these ids. Of an identity that does not exist there are none.",
)
.validated(filter::ids);
const INCLUDE_PRESET: Attr<bool> = Attr::optional(
    "include_preset",
    "Whether grants of preset identities count, such as the administrator access that Tencent Cloud gives to every \
     member it creates. They do not unless this is true, or `identity_ids` names them.",
);
const GRANTS: Attr<Map<Nested<GrantModel>>> =
    Attr::computed("grants", "The grants, by `<member UIN>#<identity id>`. Each key is an import id.");

const MEMBER_UIN: Attr<Number> = Attr::computed("member_uin", "UIN of the member account.");
const MEMBER_NAME: Attr<String> = Attr::computed("member_name", "Its name; null if the API does not say.");
const IDENTITY_ID: Attr<Number> = Attr::computed("identity_id", "Id of the access identity.");
const IDENTITY_NAME: Attr<String> = Attr::computed("identity_name", "The identity's name.");
const DESCRIPTION: Attr<String> = Attr::computed("description", "The identity's description; may be empty.");
const ROLE_NAME: Attr<String> = Attr::computed("role_name", "Name of the CAM role in the member account.");
const STATUS: Attr<String> = Attr::computed(
    "status",
    "`configured`, or `stale` when the identity has changed since it was granted, so that it must be granted again.",
);
const PRESET: Attr<bool> = Attr::computed("preset", "Whether Tencent Cloud made the identity.");
const CREATE_TIME: Attr<String> =
    Attr::computed("create_time", "When it was first granted, as the API writes it: without a time zone.");
const UPDATE_TIME: Attr<String> = Attr::computed("update_time", "When it was last granted, likewise.");

/// One `tencentcloud_org_member_auth_identities`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GrantSearch {
    pub(super) member_uins: Field<Set<Number>>,
    pub(super) identity_ids: Field<Set<Number>>,
    pub(super) include_preset: Field<bool>,
    pub(super) grants: Field<Map<Nested<GrantModel>>>,
}

model!(GrantSearch {
    member_uins: MEMBER_UINS,
    identity_ids: IDENTITY_IDS,
    include_preset: INCLUDE_PRESET,
    grants: GRANTS,
});

/// One grant of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct GrantModel {
    member_uin: Field<Number>,
    member_name: Field<String>,
    identity_id: Field<Number>,
    identity_name: Field<String>,
    description: Field<String>,
    role_name: Field<String>,
    status: Field<String>,
    preset: Field<bool>,
    create_time: Field<String>,
    update_time: Field<String>,
}

model!(GrantModel {
    member_uin: MEMBER_UIN,
    member_name: MEMBER_NAME,
    identity_id: IDENTITY_ID,
    identity_name: IDENTITY_NAME,
    description: DESCRIPTION,
    role_name: ROLE_NAME,
    status: STATUS,
    preset: PRESET,
    create_time: CREATE_TIME,
    update_time: UPDATE_TIME,
});

impl GrantSearch {
    /// The same question with its answer.
    pub(super) fn answered<'a>(self, grants: impl Iterator<Item = &'a GrantRecord>) -> Self {
        let entry =
            |grant: &GrantRecord| (grant.pair.to_string(), Field::Known(Nested(GrantModel::of(grant))));
        Self { grants: Field::Known(Map(grants.map(entry).collect())), ..self }
    }
}

impl GrantModel {
    fn of(grant: &GrantRecord) -> Self {
        Self {
            member_uin: Field::Known(grant.pair.member_uin.into()),
            member_name: answer::text_or_null(&grant.member_name),
            identity_id: Field::Known(grant.pair.identity_id.into()),
            identity_name: answer::text(&grant.identity_name),
            description: answer::text(&grant.description),
            role_name: answer::text(&grant.role_name),
            status: answer::text(grant.status.name()),
            preset: Field::Known(grant.is_preset),
            create_time: answer::text_or_null(&grant.created),
            update_time: answer::text_or_null(&grant.updated),
        }
    }
}
