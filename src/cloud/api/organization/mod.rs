//! Tencent Cloud Organization, version 2021-03-31.
//!
//! Follows <https://www.tencentcloud.com/document/product/1031/66411> and the pages named at each action.
//! Fields keep the API's names. All actions are limited to 20 calls per second, counted per action and
//! caller, unless they say otherwise; all need the credentials of the organization's administrator.

mod grant;
mod identity;
mod member;
mod node;
mod own;
mod policy;

pub use grant::{
    AuthIdentity, AuthIdentityPage, CreateOrganizationMemberAuthIdentity,
    DeleteOrganizationMemberAuthIdentity, DescribeOrganizationMemberAuthIdentities, Done,
    IDENTITIES_PER_CALL, MEMBERS_PER_CALL,
};
pub use identity::{Identity, IdentityPage, IdentityPolicy, ListOrganizationIdentity};
pub use member::{DescribeOrganizationMembers, Member, MemberPage, Tag};
pub use node::{DescribeOrganizationNodes, Node, NodePage};
pub use own::{DescribeOrganization, Organization};
pub use policy::{AuthPolicy, AuthPolicyPage, DescribeOrganizationMembersAuthPolicy, PolicyMember};

pub use super::PAGE_LIMIT;
use crate::cloud::action::{Action, Effect, Product};

macro_rules! action {
    ($name:ident, $effect:ident, $answer:ty $(, rate $rate:literal)?) => {
        impl Action for $name {
            const NAME: &'static str = stringify!($name);
            const PRODUCT: Product = Product::Organization;
            const EFFECT: Effect = Effect::$effect;
            $(const RATE: u32 = $rate;)?
            type Answer = $answer;
        }
    };
}

action!(CreateOrganizationMemberAuthIdentity, Write, Done);
action!(DeleteOrganizationMemberAuthIdentity, Write, Done);
action!(DescribeOrganizationMemberAuthIdentities, Read, AuthIdentityPage);
action!(ListOrganizationIdentity, Read, IdentityPage);
action!(DescribeOrganizationMembers, Read, MemberPage);
action!(DescribeOrganizationNodes, Read, NodePage);
action!(DescribeOrganizationMembersAuthPolicy, Read, AuthPolicyPage);
action!(DescribeOrganization, Read, Organization, rate 40);
