//! What is granted, found without a state: by default one result a member, or one a set of identities.

mod filter;
mod names;
mod side;

pub use filter::Filter;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::TryFutureExt as _;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use self::filter::{GroupBy, Wanted};
use self::side::Side;
use super::OrgMemberAuthIdentity;
use super::model::MemberAuthIdentity;
use crate::cloud::Deadline;
use crate::diagnose::read_failed;
use crate::framework::diagnostic::Diagnostics;
use crate::framework::list_resource::{Found, Listed};
use crate::framework::resource::Cx;
use crate::framework::timeouts::{Operation, Timeouts};
use crate::organization::directory::{Directory, GrantRecord, IdentityFilter, MemberFilter};
use crate::organization::{Halt, Organization};
use crate::reconcile::{Grant, Product};

/// How many lists are read side by side where all of them are needed. The client paces their calls.
const CONCURRENT_LISTS: usize = 8;

/// What is granted to one member, by identity.
type Held = BTreeMap<u64, GrantRecord>;

impl Listed for OrgMemberAuthIdentity {
    const LIST_DESCRIPTION: &'static str = "Lists what the members of the organization are granted, for \
        `terraform query` (Terraform 1.14 and later): one result for each member, with all its identities, or, with \
        `group_by = \"identities\"`, one for each distinct set of identities, with all members that hold exactly it.";
    type Filter = Filter;

    async fn list(
        &self,
        cx: &Cx<'_, Organization>,
        filter: Filter,
        found: &mut Found<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let wanted = filter.wanted()?;
        let lister = Lister { directory: &cx.data()?.directory, cx, wanted: &wanted };
        match (wanted.group_by, lister.side(found.left()).await?) {
            (GroupBy::Members, Side::Members(members)) => lister.one_by_one(members, found).await,
            (GroupBy::Members, Side::Identities(identities)) => {
                for (member, held) in lister.by_identities(identities).await? {
                    lister.send_member(member, held, found).await?;
                }
                Ok(())
            }
            (GroupBy::Identities, side) => {
                let all = match side {
                    Side::Members(members) => lister.by_members(members).await?,
                    Side::Identities(identities) => lister.by_identities(identities).await?,
                };
                lister.send_groups(all, found).await
            }
        }
    }
}

/// One list under way.
struct Lister<'l> {
    directory: &'l Directory,
    cx: &'l Cx<'l, Organization>,
    wanted: &'l Wanted,
}

impl Lister<'_> {
    /// What to read, for `left` results.
    async fn side(&self, left: usize) -> Result<Side, Diagnostics> {
        let wanted = self.wanted;
        if let Some(members) = wanted.members.as_ref().filter(|members| side::are_few(members)) {
            return Ok(Side::Members(members.clone()));
        }
        let until = self.until();
        let identities = if let Some(identities) = &wanted.identities {
            identities.clone()
        } else {
            let is_preset = (!wanted.include_preset).then_some(false);
            let filter = IdentityFilter { is_preset, ..IdentityFilter::default() };
            let listed = self.directory.identities(&filter, &until).await;
            let listed =
                listed.map_err(|halt| read_failed("Could not list the access identities.", halt, &until))?;
            listed.iter().map(|identity| identity.id).collect()
        };
        if let Some(members) = &wanted.members {
            return Ok(side::cheaper(members.clone(), identities));
        }
        if wanted.group_by == GroupBy::Identities || side::are_all_wanted(left, &identities) {
            return Ok(Side::Identities(identities));
        }
        let members = self.directory.members(&MemberFilter::default(), &until).await;
        let members = members.map_err(|halt| read_failed("Could not list the members.", halt, &until))?;
        Ok(Side::Members(members.iter().map(|member| member.uin).collect()))
    }

    /// Asks for each member when its result is wanted, and not before.
    async fn one_by_one(
        &self,
        members: BTreeSet<u64>,
        found: &mut Found<'_, OrgMemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        for member in members {
            let held = self.of_member(member, &self.until()).await?;
            self.send_member(member, held, found).await?;
        }
        Ok(())
    }

    async fn by_members(&self, members: BTreeSet<u64>) -> Result<BTreeMap<u64, Held>, Diagnostics> {
        let until = self.until();
        let lists = stream::iter(members)
            .map(|member| self.of_member(member, &until).map_ok(move |held| (member, held)))
            .buffer_unordered(CONCURRENT_LISTS);
        lists.try_collect().await
    }

    async fn by_identities(&self, identities: BTreeSet<u64>) -> Result<BTreeMap<u64, Held>, Diagnostics> {
        let until = self.until();
        let lists = stream::iter(identities)
            .map(|identity| self.directory.grants_of_identity(identity, &until))
            .buffer_unordered(CONCURRENT_LISTS);
        let lists: Vec<Vec<GrantRecord>> =
            lists.try_collect().await.map_err(|halt| grants_failed(halt, &until))?;
        let mut all: BTreeMap<u64, Held> = BTreeMap::new();
        for record in lists.into_iter().flatten().filter(|record| self.wanted.takes(record)) {
            all.entry(record.pair.member_uin).or_default().insert(record.pair.identity_id, record);
        }
        Ok(all)
    }

    async fn of_member(&self, member: u64, until: &Deadline) -> Result<Held, Diagnostics> {
        let records = self.directory.grants_of_member(member, until).await;
        let records = records.map_err(|halt| grants_failed(halt, until))?;
        let taken = records.into_iter().filter(|record| self.wanted.takes(record));
        Ok(taken.map(|record| (record.pair.identity_id, record)).collect())
    }

    /// Sends one result for `member`, unless it holds nothing that is wanted.
    async fn send_member(
        &self,
        member: u64,
        held: Held,
        found: &mut Found<'_, OrgMemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        if held.is_empty() {
            return Ok(());
        }
        let name = names::of_member(member, &held);
        let product = Product { members: [member].into(), identities: held.keys().copied().collect() };
        Ok(found.send(state(&product, held.into_values()), name).await?)
    }

    /// Sends one result for each set of identities that some of the members in `all` hold, in ascending order
    /// of the identities.
    async fn send_groups(
        &self,
        all: BTreeMap<u64, Held>,
        found: &mut Found<'_, OrgMemberAuthIdentity>,
    ) -> Result<(), Diagnostics> {
        let mut groups: BTreeMap<BTreeSet<u64>, BTreeMap<u64, Held>> = BTreeMap::new();
        for (member, held) in all.into_iter().filter(|(_, held)| !held.is_empty()) {
            groups.entry(held.keys().copied().collect()).or_default().insert(member, held);
        }
        for (identities, members) in groups {
            let name = names::of_group(&members);
            let product = Product { members: members.keys().copied().collect(), identities };
            let records = members.into_values().flat_map(BTreeMap::into_values);
            found.send(state(&product, records), name).await?;
        }
        Ok(())
    }

    fn until(&self) -> Deadline {
        Deadline::after(Timeouts::default().limit(Operation::Read), self.cx.stop().clone())
    }
}

/// The state of the resource that owns `records`, which are all of `product`.
fn state(product: &Product, records: impl IntoIterator<Item = GrantRecord>) -> MemberAuthIdentity {
    let grant = |record: GrantRecord| {
        (record.pair, Some(Grant { role_name: record.role_name, status: record.status }))
    };
    MemberAuthIdentity::declaring(product).with_grants(records.into_iter().map(grant))
}

fn grants_failed(halt: Halt, until: &Deadline) -> Diagnostics {
    read_failed("Could not list what is granted.", halt, until)
}
