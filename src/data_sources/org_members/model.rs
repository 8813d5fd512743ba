//! The attributes of the data source.

use crate::data_sources::names::Names;
use crate::data_sources::{answer, filter};
use crate::framework::attribute::{Attr, List, Map, Nested, Set};
use crate::framework::model::model;
use crate::framework::resource::Cx;
use crate::framework::value::{Field, Number};
use crate::organization::Organization;
use crate::organization::directory::Member;

const SEARCH: Attr<String> = Attr::optional(
    "search",
    "Only members that the API finds by this text, which it looks for in their names and UINs.",
)
.validated(filter::text);
const ENTITY_NAME: Attr<String> =
    Attr::optional("entity_name", "Only members of the verified legal entity with this name.")
        .validated(filter::text);
pub(super) const NODE_ID: Attr<Number> = Attr::optional(
    "node_id",
    "Only members of the unit (department) with this id. A unit that does not exist is an error.",
)
.validated(filter::id);
pub(super) const RECURSIVE: Attr<bool> = Attr::optional(
    "recursive",
    "Whether members of all units below `node_id` count too. Without it, only those in the unit itself do.",
);
const TAGS: Attr<Map<String>> =
    Attr::optional("tags", "Only members that have each of these tags with this value. Ten at most.")
        .validated(filter::tags);
const PRODUCT: Attr<String> = Attr::optional(
    "product",
    "The short name of a trusted service, if the credentials are those of its delegated administrator.",
)
.validated(filter::text);
const MEMBERS: Attr<List<Nested<MemberModel>>> =
    Attr::computed("members", "The members, in ascending order of their UINs.");
const MEMBER_UINS: Attr<Set<Number>> =
    Attr::computed("member_uins", "The UINs of `members`, as `member_uins` of the resource takes them.");
const UINS: Attr<Map<Number>> = Attr::computed(
    "uins",
    "The UIN of each member by its name. A name that more than one of them has is left out: see `ambiguous_names`.",
);
const AMBIGUOUS_NAMES: Attr<Set<String>> =
    Attr::computed("ambiguous_names", "Names that more than one of `members` has. Empty if all is well.");

const UIN: Attr<Number> = Attr::computed("uin", "The member's UIN.");
const NAME: Attr<String> = Attr::computed("name", "Its name in the organization.");
const NICK_NAME: Attr<String> = Attr::computed("nick_name", "The name of its account; null if it has none.");
const TYPE: Attr<String> =
    Attr::computed("type", "`Create` if the organization made the account, `Invite` if it was invited.");
const MEMBER_NODE_ID: Attr<Number> = Attr::computed("node_id", "The id of the unit that it is in.");
const NODE_NAME: Attr<String> = Attr::computed("node_name", "The name of that unit.");
const REMARK: Attr<String> = Attr::computed("remark", "A remark; may be empty.");
const MEMBER_TAGS: Attr<Map<String>> = Attr::computed("tags", "Its tags.");
const PERMISSION_STATUS: Attr<String> = Attr::computed(
    "permission_status",
    "`Confirmed`, or `UnConfirmed` while the member has not agreed to the organization's permissions.",
);
const BIND_STATUS: Attr<String> = Attr::computed(
    "bind_status",
    "Whether an email or phone is bound to it: `Unbound`, `Valid` (to be activated), `Success` or `Failed`.",
);
const MAY_QUIT: Attr<bool> = Attr::computed("may_quit", "Whether it may leave the organization by itself.");
const CREATE_TIME: Attr<String> =
    Attr::computed("create_time", "When it joined, as the API writes it: without a time zone.");
const UPDATE_TIME: Attr<String> = Attr::computed("update_time", "When it was last changed, likewise.");

/// One `tencentcloud_org_members`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberSearch {
    pub(super) search: Field<String>,
    pub(super) entity_name: Field<String>,
    pub(super) node_id: Field<Number>,
    pub(super) recursive: Field<bool>,
    pub(super) tags: Field<Map<String>>,
    pub(super) product: Field<String>,
    pub(super) members: Field<List<Nested<MemberModel>>>,
    pub(super) member_uins: Field<Set<Number>>,
    pub(super) uins: Field<Map<Number>>,
    pub(super) ambiguous_names: Field<Set<String>>,
}

model!(MemberSearch {
    search: SEARCH,
    entity_name: ENTITY_NAME,
    node_id: NODE_ID,
    recursive: RECURSIVE,
    tags: TAGS,
    product: PRODUCT,
    members: MEMBERS,
    member_uins: MEMBER_UINS,
    uins: UINS,
    ambiguous_names: AMBIGUOUS_NAMES,
});

/// One member of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MemberModel {
    uin: Field<Number>,
    name: Field<String>,
    nick_name: Field<String>,
    r#type: Field<String>,
    node_id: Field<Number>,
    node_name: Field<String>,
    remark: Field<String>,
    tags: Field<Map<String>>,
    permission_status: Field<String>,
    bind_status: Field<String>,
    may_quit: Field<bool>,
    create_time: Field<String>,
    update_time: Field<String>,
}

model!(MemberModel {
    uin: UIN,
    name: NAME,
    nick_name: NICK_NAME,
    r#type: TYPE,
    node_id: MEMBER_NODE_ID,
    node_name: NODE_NAME,
    remark: REMARK,
    tags: MEMBER_TAGS,
    permission_status: PERMISSION_STATUS,
    bind_status: BIND_STATUS,
    may_quit: MAY_QUIT,
    create_time: CREATE_TIME,
    update_time: UPDATE_TIME,
});

impl MemberSearch {
    /// The same question with its answer. Warns of names that stand for several.
    pub(super) fn answered(self, members: &[Member], cx: &Cx<'_, Organization>) -> Self {
        let names = Names::of(members.iter().map(|member| (member.name.as_str(), member.uin)));
        if let Some(warning) = names.warning("members", &UINS.path(), &MEMBERS.path()) {
            cx.warn(warning);
        }
        Self {
            members: answer::objects(members.iter().map(MemberModel::of)),
            member_uins: answer::set(members.iter().map(|member| member.uin.into())),
            uins: names.unique(),
            ambiguous_names: names.ambiguous(),
            ..self
        }
    }
}

impl MemberModel {
    fn of(member: &Member) -> Self {
        let tag = |(key, value): (&String, &String)| (key.clone(), Field::Known(value.clone()));
        Self {
            uin: Field::Known(member.uin.into()),
            name: answer::text(&member.name),
            nick_name: answer::text_or_null(&member.nick_name),
            r#type: answer::text_or_null(&member.kind),
            node_id: if member.node_id == 0 { Field::Null } else { Field::Known(member.node_id.into()) },
            node_name: answer::text(&member.node_name),
            remark: answer::text(&member.remark),
            tags: Field::Known(Map(member.tags.iter().map(tag).collect())),
            permission_status: answer::text_or_null(&member.permission_status),
            bind_status: answer::text_or_null(&member.bind_status),
            may_quit: Field::Known(member.may_quit),
            create_time: answer::text_or_null(&member.created),
            update_time: answer::text_or_null(&member.updated),
        }
    }
}
