//! Reads lists of grants, a page a call. Knows what the API leaves out and how its lists may change under a
//! reader.

use std::collections::{BTreeMap, BTreeSet};

use super::Grant;
use crate::cloud::api::organization::{
    AuthIdentity, AuthIdentityPage, DescribeOrganizationMemberAuthIdentities, PAGE_LIMIT,
};
use crate::cloud::{ApiError, Client, Deadline, Kind};
use crate::reconcile::decide::Standing;
use crate::reconcile::snapshot::Page;

/// How often a member's list is read, if it changes meanwhile, before what was seen has to do.
const READINGS_MAX: u32 = 3;

/// The longest list of a member that is read: ten thousand identities.
const PAGES_MAX: u64 = 200;

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

    /// What is granted to `member`, by identity. A list that changes between two pages, or that shows fewer
    /// items than it says it has, may have hidden one from us: it is read anew, and what any of its readings
    /// showed is believed.
    pub(super) async fn of_member(&self, member: u64, until: &Deadline) -> Result<Holdings, ApiError> {
        let mut holdings = Holdings::default();
        for _ in 0..READINGS_MAX {
            let mut reading = Reading::default();
            while !reading.over {
                let page = match self.page(Some(member), None, reading.pages, until).await {
                    // What it began to give exists.
                    Err(error) if reading.pages > 0 && is_refusal(&error) => break,
                    page => page?,
                };
                holdings.grants.extend(reading.take(page));
            }
            if reading.is_whole() {
                holdings.whole = true;
                break;
            }
        }
        Ok(holdings)
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

/// What a member's list has shown.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    pub(super) grants: BTreeMap<u64, Grant>,
    /// Whether that is all there is.
    pub(super) whole: bool,
}

/// Whether the API refuses to give a list because of what it is of, a member or an identity: it may not
/// exist. That the caller has no organization is no such refusal.
pub(super) fn is_refusal(error: &ApiError) -> bool {
    let class = error.code().and_then(|code| code.split('.').next()).unwrap_or_default();
    match error.kind() {
        Kind::Absent => true,
        Kind::Rejected => ["InvalidParameter", "InvalidParameterValue"].contains(&class),
        _ => false,
    }
}

/// One reading of a member's list, from its first page to its last.
#[derive(Debug, Default)]
struct Reading {
    /// How many were read.
    pages: u64,
    /// The list's length, by the last of them.
    total: Option<u64>,
    /// Whether an earlier one gave another length.
    moved: bool,
    /// The identities that were shown.
    shown: BTreeSet<u64>,
    /// Items without an identity: nobody's, but they count.
    nameless: u64,
    /// Whether the last page was read.
    over: bool,
}

impl Reading {
    fn take(&mut self, page: AuthIdentityPage) -> impl Iterator<Item = (u64, Grant)> {
        let total = length_of(&page, self.pages);
        self.moved |= self.total.is_some_and(|before| before != total);
        self.total = Some(total);
        self.pages += 1;
        let mut stuck = true;
        for item in &page.items {
            match item.identity_id {
                Some(identity) => stuck &= !self.shown.insert(identity),
                None => self.nameless += 1,
            }
        }
        let pages = total.div_ceil(PAGE_LIMIT);
        self.over = stuck || self.pages >= pages || pages > PAGES_MAX;
        page.items.into_iter().filter_map(|item| Some((item.identity_id?, item.into())))
    }

    /// Whether nothing can have slipped through.
    fn is_whole(&self) -> bool {
        !self.moved && self.total.is_some_and(|total| self.shown.len() as u64 + self.nameless >= total)
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
        let stale = item.status == Some(STATUS_STALE);
        Self {
            role_name: item.identity_role_name.unwrap_or_default(),
            standing: if stale { Standing::Stale } else { Standing::Configured },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(total: u64, identities: impl IntoIterator<Item = u64>) -> AuthIdentityPage {
        let item = |identity| AuthIdentity { identity_id: Some(identity), ..AuthIdentity::default() };
        AuthIdentityPage { total: Some(total), items: identities.into_iter().map(item).collect() }
    }

    fn read(pages: impl IntoIterator<Item = AuthIdentityPage>) -> Reading {
        let mut reading = Reading::default();
        for page in pages {
            assert!(!reading.over);
            reading.take(page).for_each(drop);
        }
        assert!(reading.over);
        reading
    }

    #[test]
    fn a_list_that_adds_up_is_whole() {
        assert!(read([page(0, [])]).is_whole());
        assert!(read([page(50, 1..=50)]).is_whole());
        assert!(read([page(70, 1..=50), page(70, 51..=70)]).is_whole());
    }

    #[test]
    fn a_list_that_may_have_hidden_an_item_is_not() {
        assert!(!read([page(70, 1..=50), page(69, 52..=70)]).is_whole(), "one became fewer, one was skipped");
        assert!(!read([page(70, 1..=50), page(70, 50..=69)]).is_whole(), "one was shown twice");
        assert!(!read([page(70, 1..=49), page(70, 51..=70)]).is_whole(), "a page was short");
        assert!(!read([page(70, 1..=50), page(70, [])]).is_whole(), "the end came early");
    }

    #[test]
    fn a_list_that_shows_nothing_new_or_claims_to_be_endless_is_over() {
        assert!(!read([page(1_000, 1..=50), page(1_000, 1..=50)]).is_whole());
        for total in [50_000_000_000, u64::MAX / 2, u64::MAX] {
            assert!(!read([page(total, 1..=50)]).is_whole());
        }
        let endless = (0..PAGES_MAX).map(|number| AuthIdentityPage {
            total: None,
            ..page(0, number * PAGE_LIMIT..(number + 1) * PAGE_LIMIT)
        });
        assert!(!read(endless).is_whole());
    }
}
