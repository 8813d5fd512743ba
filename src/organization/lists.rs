//! Reads lists of grants, a page a call. Knows what the API leaves out and how its lists may change under a
//! reader.

use super::Grant;
use crate::cloud::api::organization::{
    AuthIdentity, AuthIdentityPage, DescribeOrganizationMemberAuthIdentities, PAGE_LIMIT,
};
use crate::cloud::{ApiError, Client, Deadline, Kind, Meaning};
use crate::reconcile::GrantStatus;
use crate::reconcile::read::sweep::{Bounds, Sweep};
use crate::reconcile::read::{Holdings, PAGES_MAX, Page};

/// How often a member's list is read, if it changes meanwhile, before what was seen has to do.
const READINGS_MAX: u32 = 3;

/// The longest list of a member that is read: ten thousand identities.
const MEMBER: Bounds = Bounds { page_size: PAGE_LIMIT, pages_max: 200 };

/// The longest list of an identity that is read.
const IDENTITY: Bounds = Bounds { page_size: PAGE_LIMIT, pages_max: PAGES_MAX };

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

    /// What is granted to `member`, by identity. A list out of which something is taken between two pages, or
    /// that shows fewer items than it says it has, may have hidden one from us: it is read anew, and what any
    /// of its readings showed is believed.
    pub(super) async fn of_member(&self, member: u64, until: &Deadline) -> Result<Holdings, ApiError> {
        let mut holdings = Holdings::default();
        for _ in 0..READINGS_MAX {
            let sweep = self.sweep(MEMBER, Some(member), None, until).await?;
            holdings.whole = sweep.is_whole();
            holdings.grants.extend(sweep.into_shown());
            if holdings.whole {
                break;
            }
        }
        Ok(holdings)
    }

    /// Everybody who was granted `identity`, read page after page.
    pub(super) async fn of_identity(
        &self,
        identity: u64,
        until: &Deadline,
    ) -> Result<Sweep<u64, Grant>, ApiError> {
        self.sweep(IDENTITY, None, Some(identity), until).await
    }

    async fn sweep(
        &self,
        bounds: Bounds,
        member: Option<u64>,
        identity: Option<u64>,
        until: &Deadline,
    ) -> Result<Sweep<u64, Grant>, ApiError> {
        let mut sweep = Sweep::new(bounds);
        while let Some(number) = sweep.next_page() {
            match self.page(member, identity, number, until).await {
                Ok(page) => {
                    let other_side =
                        |item: &AuthIdentity| member.map_or(item.member_uin, |_| item.identity_id);
                    let items = page.items.into_iter().map(|item| (other_side(&item), item.into()));
                    sweep.take(page.total, items);
                }
                // What it began to give exists.
                Err(error) if number > 0 && is_refusal(&error) => sweep.end(),
                Err(error) => return Err(error),
            }
        }
        Ok(sweep)
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
        let offset = number.saturating_mul(PAGE_LIMIT);
        let action =
            DescribeOrganizationMemberAuthIdentities { offset, limit: PAGE_LIMIT, member_uin, identity_id };
        self.client.call(&action, until).await
    }
}

/// What the API's `Status` of a grant says; a grant without one works.
pub(super) fn status(status: Option<u64>) -> GrantStatus {
    if status == Some(STATUS_STALE) { GrantStatus::Stale } else { GrantStatus::Configured }
}

/// Whether the API refuses to give a list because of what it is of, a member or an identity: it may not
/// exist. That the caller has no organization is no such refusal.
pub(super) fn is_refusal(error: &ApiError) -> bool {
    match error.kind() {
        Kind::Absent => true,
        Kind::Rejected => error.meaning() == Some(Meaning::ValueRefused),
        _ => false,
    }
}

/// The list's length; where the page does not give it, as much as the page itself tells.
fn length_of(page: &AuthIdentityPage, number: u64) -> u64 {
    let count = page.items.len() as u64;
    let seen = number.saturating_mul(PAGE_LIMIT).saturating_add(count);
    page.total.unwrap_or(if count < PAGE_LIMIT { seen } else { seen.saturating_add(1) })
}

impl From<AuthIdentity> for Grant {
    fn from(item: AuthIdentity) -> Self {
        Self { role_name: item.identity_role_name.unwrap_or_default(), status: status(item.status) }
    }
}
