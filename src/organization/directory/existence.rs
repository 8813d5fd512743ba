//! Finds out whether members and identities exist, for all plans of a process together. What to ask is
//! decided in `reconcile`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio_util::sync::CancellationToken;

use super::{Directory, IdentityFilter, MemberFilter, from_api};
use crate::cloud::Deadline;
use crate::cloud::api::organization::{DescribeOrganizationMembers, ListOrganizationIdentity, PAGE_LIMIT};
use crate::organization::{CONCURRENT_CALLS, Halt, lock};
use crate::reconcile::existence::{Existence, Look};

/// How many members are looked up one by one before anything is known of their list.
const FEW_MEMBERS: usize = 3;

/// Identities are so few that their list is one page.
const FEW_IDENTITIES: usize = 0;

/// How long the first to ask waits for others that ask at the same time: a host plans ten side by side.
const GATHERED: Duration = Duration::from_millis(20);

/// How long the second to ask waits for what the host does with the first answer: a run that applies what was
/// planned begins to, and looks for nothing more.
const ANSWERED: Duration = Duration::from_millis(150);

/// What of some numbers was found not to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Those that do not exist.
    pub absent: BTreeSet<u64>,
    /// What does exist, by name; empty unless something is absent.
    pub existing: Arc<BTreeMap<u64, String>>,
}

/// What is known of members and identities.
#[derive(Debug)]
pub(super) struct Existences {
    members: Asked,
    identities: Asked,
    over: CancellationToken,
}

/// What is known of one kind, and who is waiting to know more.
#[derive(Debug)]
struct Asked {
    wanted: Mutex<BTreeSet<u64>>,
    known: tokio::sync::Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    existence: Existence,
    /// How often something was looked for.
    looks: u32,
    /// Why no more is found out: it would fail again, and hold up every plan anew.
    failed: Option<Halt>,
}

impl Default for Existences {
    fn default() -> Self {
        Self {
            members: Asked::new(FEW_MEMBERS),
            identities: Asked::new(FEW_IDENTITIES),
            over: CancellationToken::new(),
        }
    }
}

impl Asked {
    fn new(few: usize) -> Self {
        let known = Known { existence: Existence::new(few), looks: 0, failed: None };
        Self { wanted: Mutex::default(), known: tokio::sync::Mutex::new(known) }
    }
}

/// What can be missing.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Members,
    Identities,
}

impl Directory {
    /// Which of these members do not exist, as far as that can be found out in few calls: none that is told
    /// exists. What one plan has found out serves all others, also that it could not be found out.
    pub async fn missing_members(&self, uins: &BTreeSet<u64>, until: &Deadline) -> Result<Missing, Halt> {
        self.missing(Kind::Members, uins, until).await
    }

    /// Which of these identities do not exist, as [`Directory::missing_members`].
    pub async fn missing_identities(&self, ids: &BTreeSet<u64>, until: &Deadline) -> Result<Missing, Halt> {
        self.missing(Kind::Identities, ids, until).await
    }

    /// From now on nothing is found to be missing, also where it is being looked for: the run applies what
    /// was planned, and will be told.
    pub fn end_looks(&self) {
        self.existences.over.cancel();
    }

    async fn missing(&self, kind: Kind, ids: &BTreeSet<u64>, until: &Deadline) -> Result<Missing, Halt> {
        if ids.is_empty() || self.existences.over.is_cancelled() {
            return Ok(Missing::default());
        }
        let found = self.existences.over.run_until_cancelled(Box::pin(self.find_out(kind, ids, until)));
        found.await.unwrap_or_else(|| Ok(Missing::default()))
    }

    async fn find_out(&self, kind: Kind, ids: &BTreeSet<u64>, until: &Deadline) -> Result<Missing, Halt> {
        let asked = match kind {
            Kind::Members => &self.existences.members,
            Kind::Identities => &self.existences.identities,
        };
        lock(&asked.wanted).extend(ids);
        let mut known = until.race(asked.known.lock()).await?;
        if let Some(failed) = &known.failed {
            return Err(failed.clone());
        }
        if known.existence.next(ids).is_some() {
            // The first to ask is answered alone, if that takes few calls.
            let alone = known.looks == 0 && matches!(known.existence.next(ids), Some(Look::Each(_)));
            let wanted = if alone {
                ids.clone()
            } else {
                until.sleep(if known.looks == 1 { ANSWERED } else { GATHERED }).await?;
                ids | &std::mem::take(&mut *lock(&asked.wanted))
            };
            known.looks = known.looks.saturating_add(1);
            // A read that is dropped has no effect.
            let looked = until.race(Box::pin(self.look(kind, &wanted, &mut known.existence, until))).await;
            if let Err(halt) = looked.map_err(Halt::from).and_then(|looked| looked) {
                known.failed = Some(halt.clone());
                return Err(halt);
            }
        }
        let absent = known.existence.absent(ids);
        let existing = if absent.is_empty() { BTreeMap::new() } else { known.existence.named().clone() };
        Ok(Missing { absent, existing: Arc::new(existing) })
    }

    async fn look(
        &self,
        kind: Kind,
        wanted: &BTreeSet<u64>,
        known: &mut Existence,
        until: &Deadline,
    ) -> Result<(), Halt> {
        while let Some(look) = known.next(wanted) {
            match look {
                Look::FirstPage => {
                    let (total, shown) = self.first_page(kind, until).await?;
                    let is_whole = total.is_some_and(|total| total == shown.len() as u64);
                    let pages = total.unwrap_or(u64::MAX).div_ceil(PAGE_LIMIT);
                    known.take_first_page(if is_whole { 1 } else { pages.max(2) }, shown);
                }
                Look::All => known.take_all(self.all(kind, until).await?),
                Look::Each(each) => {
                    let looks = stream::iter(each)
                        .map(async |id| Ok::<_, Halt>((id, self.one(kind, id, until).await?)))
                        .buffer_unordered(CONCURRENT_CALLS);
                    for (id, name) in looks.try_collect::<Vec<_>>().await? {
                        known.take(id, name);
                    }
                }
            }
        }
        Ok(())
    }

    async fn first_page(
        &self,
        kind: Kind,
        until: &Deadline,
    ) -> Result<(Option<u64>, Vec<(u64, String)>), Halt> {
        Ok(match kind {
            Kind::Members => {
                let action = DescribeOrganizationMembers { limit: PAGE_LIMIT, ..Default::default() };
                let (total, items) = from_api::members(self.client.call(&action, until).await?);
                (total, items.into_iter().filter_map(|(uin, member)| Some((uin?, member.name))).collect())
            }
            Kind::Identities => {
                let action = ListOrganizationIdentity { limit: PAGE_LIMIT, ..Default::default() };
                let (total, items) = from_api::identities(self.client.call(&action, until).await?);
                (total, items.into_iter().filter_map(|(id, identity)| Some((id?, identity.name))).collect())
            }
        })
    }

    async fn all(&self, kind: Kind, until: &Deadline) -> Result<Vec<(u64, String)>, Halt> {
        Ok(match kind {
            Kind::Members => {
                let members = self.members(&MemberFilter::default(), until).await?;
                members.iter().map(|member| (member.uin, member.name.clone())).collect()
            }
            Kind::Identities => {
                let identities = self.identities(&IdentityFilter::default(), until).await?;
                identities.iter().map(|identity| (identity.id, identity.name.clone())).collect()
            }
        })
    }

    /// The name of the one with this number, if it exists. Read anew.
    async fn one(&self, kind: Kind, id: u64, until: &Deadline) -> Result<Option<String>, Halt> {
        Ok(match kind {
            Kind::Members => {
                let filter = MemberFilter { search: Some(id.to_string()), ..MemberFilter::default() };
                let found = self.read_members(&filter, until).await?;
                found.into_iter().find(|member| member.uin == id).map(|member| member.name)
            }
            Kind::Identities => {
                let filter = IdentityFilter { id: Some(id), ..IdentityFilter::default() };
                let found = self.identities_anew(&filter, until).await?;
                found.into_iter().find(|identity| identity.id == id).map(|identity| identity.name)
            }
        })
    }
}
