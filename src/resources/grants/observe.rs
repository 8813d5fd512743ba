//! Looks which grants exist, in few calls: `reconcile::ask` says whom to ask.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::{CONCURRENT_CALLS, Grant, Grants};
use crate::cloud::api::organization::{AuthIdentity, DescribeOrganizationMemberAuthIdentities, PAGE_LIMIT};
use crate::cloud::{ApiError, Deadline};
use crate::reconcile::Pair;
use crate::reconcile::ask::{self, Question};
use crate::reconcile::decide::Standing;

/// How often a list that changes while it is read is read anew before what was seen has to do.
const REREADS_MAX: u32 = 2;

/// `Status` of a grant that must be made again to work.
const STATUS_STALE: u64 = 2;

/// What one or more pages showed.
#[derive(Default)]
struct Listing {
    found: BTreeMap<Pair, Grant>,
    /// An item did not say whose it is.
    anonymous: bool,
    /// The list's length, as the last page gave it.
    total: Option<u64>,
    /// The last page was the end.
    complete: bool,
}

impl Grants {
    /// What exists of `pairs`, as the API shows it now. Absent from the answer: does not exist.
    pub async fn observe(
        &self,
        pairs: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, ApiError> {
        let first = each(ask::start(pairs), |question| self.begin(question, pairs, until)).await?;

        let mut found = BTreeMap::new();
        let mut pages = BTreeMap::new();
        for (question, listing) in first {
            if let Question::Identity(identity) = question
                && (listing.anonymous || !listing.complete)
            {
                let more = listing.total.map(|total| total.div_ceil(PAGE_LIMIT).saturating_sub(1));
                pages.insert(identity, more.filter(|_| !listing.anonymous));
            }
            found.extend(listing.found);
        }
        let open: BTreeSet<Pair> = pairs
            .iter()
            .filter(|pair| pages.contains_key(&pair.identity_id) && !found.contains_key(pair))
            .copied()
            .collect();
        let rest = each(ask::finish(&open, &pages), |question| self.list(question, &open, until)).await?;
        found.extend(rest.into_iter().flat_map(|listing| listing.found));
        found.retain(|pair, _| pairs.contains(pair));
        Ok(found)
    }

    /// Everything granted to `members`.
    pub async fn held_by(
        &self,
        members: &BTreeSet<u64>,
        until: &Deadline,
    ) -> Result<BTreeMap<Pair, Grant>, ApiError> {
        let (questions, all) = (members.iter().copied().map(Question::Member).collect(), BTreeSet::new());
        let listings = each(questions, |question| self.list(question, &all, until)).await?;
        Ok(listings.into_iter().flat_map(|listing| listing.found).collect())
    }

    /// Reads a member's whole list, or page one of an identity's.
    async fn begin(
        &self,
        question: Question,
        wanted: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<(Question, Listing), ApiError> {
        let listing = match question {
            Question::Member(_) => self.list(question, wanted, until).await?,
            Question::Identity(_) => {
                let mut listing = Listing::default();
                self.turn(question, 0, &mut listing, until).await?;
                listing
            }
        };
        Ok((question, listing))
    }

    /// Reads a list to its end, or until it has shown every one of `wanted` that it can (none wanted: all of it).
    /// A list whose length changes under the reader may have hidden an item from it, so it is read anew.
    async fn list(
        &self,
        question: Question,
        wanted: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<Listing, ApiError> {
        let mine: Vec<Pair> = wanted.iter().filter(|pair| question.covers(**pair)).copied().collect();
        let mut rereads = 0;
        loop {
            let mut listing = Listing::default();
            let mut page = 0;
            let mut moved = false;
            loop {
                let before = listing.total;
                self.turn(question, page, &mut listing, until).await?;
                moved |= page > 0 && listing.total != before;
                page += 1;
                let all = !mine.is_empty() && mine.iter().all(|pair| listing.found.contains_key(pair));
                if listing.complete || all {
                    break;
                }
            }
            if !moved || rereads == REREADS_MAX {
                return Ok(listing);
            }
            rereads += 1;
        }
    }

    /// Reads one page into `listing`.
    async fn turn(
        &self,
        question: Question,
        page: u64,
        listing: &mut Listing,
        until: &Deadline,
    ) -> Result<(), ApiError> {
        let (member_uin, identity_id) = match question {
            Question::Member(uin) => (Some(uin), None),
            Question::Identity(id) => (None, Some(id)),
        };
        let offset = page * PAGE_LIMIT;
        let action =
            DescribeOrganizationMemberAuthIdentities { offset, limit: PAGE_LIMIT, member_uin, identity_id };
        let answer = self.client.call(&action, until).await?;
        let count = answer.items.len() as u64;
        listing.total = answer.total;
        listing.complete = match answer.total {
            Some(total) => count == 0 || offset + PAGE_LIMIT >= total,
            None => count < PAGE_LIMIT,
        };
        for item in answer.items {
            match question.pair(&item) {
                Some(pair) => drop(listing.found.insert(pair, item.into())),
                None => listing.anonymous = true,
            }
        }
        Ok(())
    }
}

async fn each<T, F: Future<Output = Result<T, ApiError>>>(
    questions: BTreeSet<Question>,
    read: impl FnMut(Question) -> F,
) -> Result<Vec<T>, ApiError> {
    stream::iter(questions).map(read).buffer_unordered(CONCURRENT_CALLS).try_collect().await
}

impl Question {
    fn covers(self, pair: Pair) -> bool {
        match self {
            Self::Member(uin) => pair.member_uin == uin,
            Self::Identity(id) => pair.identity_id == id,
        }
    }

    /// Whose grant `item` is. The API may leave out the member, and then only the question can tell.
    fn pair(self, item: &AuthIdentity) -> Option<Pair> {
        let (member, identity) = match self {
            Self::Member(uin) => (Some(uin), None),
            Self::Identity(id) => (None, Some(id)),
        };
        Some(Pair { member_uin: item.member_uin.or(member)?, identity_id: item.identity_id.or(identity)? })
    }
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
