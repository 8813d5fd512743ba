//! Reads lists of grants, a page a call. Knows what the API leaves out and how its lists may change under a reader.

use std::collections::BTreeMap;

use super::Grant;
use crate::cloud::api::organization::{
    AuthIdentity, AuthIdentityPage, DescribeOrganizationMemberAuthIdentities, PAGE_LIMIT,
};
use crate::cloud::{ApiError, Client, Deadline};
use crate::reconcile::decide::Standing;
use crate::reconcile::snapshot::Page;

/// How often a member's list that changes while it is read is read anew before what was seen has to do.
const REREADS_MAX: u32 = 2;

/// `Status` of a grant that must be made again to work.
const STATUS_STALE: u64 = 2;

/// The lists of the organization that the client's credentials administer.
#[derive(Debug)]
pub(super) struct Lists {
    client: Client,
}

impl Lists {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Everything granted to `member`, by identity. A list whose length changes between two pages may have hidden an item
    /// from us, so it is read anew.
    pub(super) async fn of_member(
        &self,
        member: u64,
        until: &Deadline,
    ) -> Result<BTreeMap<u64, Grant>, ApiError> {
        let mut rereads = 0;
        loop {
            let mut grants = BTreeMap::new();
            let (mut number, mut length, mut moved) = (0, None, false);
            loop {
                let page = self.page(Some(member), None, number, until).await?;
                let (total, items) = (length_of(&page, number), page.items);
                moved |= length.is_some_and(|length| length != total);
                length = Some(total);
                let empty = items.is_empty();
                grants.extend(items.into_iter().filter_map(|item| Some((item.identity_id?, item.into()))));
                number += 1;
                if empty || number * PAGE_LIMIT >= total {
                    break;
                }
            }
            if !moved || rereads == REREADS_MAX {
                return Ok(grants);
            }
            rereads += 1;
        }
    }

    /// Page `number`, from 0, of everybody who was granted `identity`.
    pub(super) async fn page_of_identity(
        &self,
        identity: u64,
        number: u64,
        until: &Deadline,
    ) -> Result<Page<Grant>, ApiError> {
        let page = self.page(None, Some(identity), number, until).await?;
        let total = length_of(&page, number);
        Ok(Page {
            number,
            total,
            items: page.items.into_iter().map(|item| (item.member_uin, item.into())).collect(),
        })
    }

    async fn page(
        &self,
        member_uin: Option<u64>,
        identity_id: Option<u64>,
        number: u64,
        until: &Deadline,
    ) -> Result<AuthIdentityPage, ApiError> {
        let offset = number * PAGE_LIMIT;
        let action =
            DescribeOrganizationMemberAuthIdentities { offset, limit: PAGE_LIMIT, member_uin, identity_id };
        self.client.call(&action, until).await
    }
}

/// The list's length; where the page does not give it, as much as the page itself tells.
fn length_of(page: &AuthIdentityPage, number: u64) -> u64 {
    let count = page.items.len() as u64;
    let seen = number * PAGE_LIMIT + count;
    page.total.unwrap_or(if count < PAGE_LIMIT { seen } else { seen + 1 })
}

impl From<AuthIdentity> for Grant {
    fn from(item: AuthIdentity) -> Self {
        let stale = item.status == Some(STATUS_STALE);
        Self {
            role_name: item.identity_role_name.unwrap_or_default(),
            standing: if stale { Standing::Stale } else { Standing::Configured },
        }
    }
}
