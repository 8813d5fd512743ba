//! [`Cloud`] as a test sees it: seeded by a builder, changed behind the client's back, looked at afterwards.
//! How it answers requests is in `handle.rs`.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::account::{Accounts, HOST_UIN, Key, Principal, Role, Session};
use crate::behaviour::Behaviour;
use crate::fault::{Fault, Script};
use crate::journal::Call;
use crate::limit::Limiter;
use crate::organization::{Organization, PRESET, Pair, ROOT_NODE};

/// The id of the permanent key that every cloud knows.
pub const SECRET_ID: &str = "AKIDsimulator0000000000000000000permanent";
/// The secret that belongs to [`SECRET_ID`].
pub const SECRET_KEY: &str = "simulatorSecretKeyPermanent00000";
/// The id of the temporary key that every cloud knows.
pub const TEMPORARY_SECRET_ID: &str = "AKIDsimulator0000000000000000000temporary";
/// The secret that belongs to [`TEMPORARY_SECRET_ID`].
pub const TEMPORARY_SECRET_KEY: &str = "simulatorSecretKeyTemporary00000";
/// The session token without which [`TEMPORARY_SECRET_ID`] is refused.
pub const TEMPORARY_TOKEN: &str = "simulatorSessionToken0123456789";

/// The moment that things seeded before the first call date from: 2026-01-05 10:00:00 in Beijing.
const SEEDED: DateTime<Utc> = match DateTime::from_timestamp(1_767_578_400, 0) {
    Some(moment) => moment,
    None => DateTime::UNIX_EPOCH,
};

/// One account with its organization, its keys, and everything that ever called it.
#[derive(Debug)]
pub struct Cloud {
    /// How it behaves where the documentation is silent.
    pub behaviour: Behaviour,
    pub(crate) organization: Organization,
    pub(crate) accounts: Accounts,
    pub(crate) denied: BTreeSet<String>,
    pub(crate) limiter: Limiter,
    pub(crate) script: Script,
    pub(crate) journal: Vec<Call>,
    pub(crate) random: fastrand::Rng,
    pub(crate) now: DateTime<Utc>,
    pub(crate) closed: bool,
    pub(crate) late: Vec<String>,
}

impl Default for Cloud {
    fn default() -> Self {
        Self::new()
    }
}

impl Cloud {
    /// An organization without members, with the preset identity 1 and the unit 1001, callable with the keys
    /// of this crate.
    pub fn new() -> Self {
        let mut organization = Organization::default();
        organization.add_identity(PRESET, "admin", SEEDED);
        organization.add_node(ROOT_NODE, "Root", 0, SEEDED);
        let mut cloud = Self {
            behaviour: Behaviour::default(),
            organization,
            accounts: Accounts::default(),
            denied: BTreeSet::new(),
            limiter: Limiter::default(),
            script: Script::default(),
            journal: Vec::new(),
            random: fastrand::Rng::with_seed(0),
            now: SEEDED,
            closed: false,
            late: Vec::new(),
        };
        cloud.add_key(SECRET_ID, SECRET_KEY, None);
        cloud.add_key(TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, Some(TEMPORARY_TOKEN));
        cloud
    }

    /// With other switches. Call it first: some of them concern what the builder adds later.
    #[must_use]
    pub fn with_behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// With one more member.
    #[must_use]
    pub fn with_member(mut self, uin: u64, name: &str) -> Self {
        self.add_member(uin, name);
        self
    }

    /// With one more custom identity.
    #[must_use]
    pub fn with_identity(mut self, id: u64, alias: &str) -> Self {
        self.add_identity(id, alias);
        self
    }

    /// With this identity granted to this member; both must be there already.
    #[must_use]
    pub fn with_grant(mut self, uin: u64, id: u64) -> Self {
        self.grant(uin, id);
        self
    }

    /// A member joins; with [`Behaviour::preset_grants`] it carries identity 1.
    pub fn add_member(&mut self, uin: u64, name: &str) {
        self.organization.add_member(uin, name, self.now);
        if self.behaviour.preset_grants {
            self.grant(uin, PRESET);
        }
    }

    /// A custom identity is defined.
    pub fn add_identity(&mut self, id: u64, alias: &str) {
        self.organization.add_identity(id, alias, self.now);
    }

    /// Grants, seen by readers at once. A stale grant is configured again.
    ///
    /// # Panics
    /// If there is no such member or identity: a slip of the test.
    #[track_caller]
    pub fn grant(&mut self, uin: u64, id: u64) {
        assert!(self.knows(uin, id), "member {uin} or identity {id} is not in the simulated organization");
        self.organization.grant((uin, id), self.now, Duration::ZERO);
    }

    /// Revokes, seen by readers at once; nothing happens if it was not granted.
    pub fn revoke(&mut self, uin: u64, id: u64) {
        self.organization.revoke((uin, id), self.now, Duration::ZERO);
    }

    /// Turns a grant into one that must be configured again (`Status` 2).
    pub fn make_stale(&mut self, uin: u64, id: u64) {
        self.organization.make_stale((uin, id), self.now);
    }

    /// A member leaves; its grants vanish.
    pub fn remove_member(&mut self, uin: u64) {
        self.organization.remove_member(uin);
    }

    /// An identity is deleted; its grants vanish.
    pub fn remove_identity(&mut self, id: u64) {
        self.organization.remove_identity(id);
    }

    /// From now on granting to this member answers `UnsupportedOperation`.
    pub fn make_unconfigurable(&mut self, uin: u64) {
        if let Some(member) = self.organization.members.get_mut(&uin) {
            member.configurable = false;
        }
    }

    /// From now on granting this identity answers `FailedOperation.OrganizationIdentityPolicyError`.
    pub fn break_identity(&mut self, id: u64) {
        if let Some(identity) = self.organization.identities.get_mut(&id) {
            identity.valid = false;
        }
    }

    /// From now on granting this pair answers `FailedOperation.CreateRole`.
    pub fn block_role(&mut self, uin: u64, id: u64) {
        self.organization.roleless.insert((uin, id));
    }

    /// Takes back every [`Cloud::block_role`].
    pub fn unblock_roles(&mut self) {
        self.organization.roleless.clear();
    }

    /// An access policy that no list shows uses the grant: revoking it answers
    /// `FailedOperation.MemberIdentityAuthUsed`. [`Cloud::with_policy`] makes one that is listed.
    pub fn bind_policy(&mut self, uin: u64, id: u64) {
        self.organization.in_use.insert((uin, id));
    }

    /// Takes back [`Cloud::bind_policy`].
    pub fn unbind_policy(&mut self, uin: u64, id: u64) {
        self.organization.in_use.remove(&(uin, id));
    }

    /// The caller has no organization: every action answers `ResourceNotFound.OrganizationNotExist`.
    pub fn dissolve(&mut self) {
        self.organization.dissolved = true;
    }

    /// Accepts one more key; with a token it is a temporary one.
    pub fn add_key(&mut self, id: &str, secret: &str, token: Option<&str>) {
        self.add_key_of(HOST_UIN, id, secret, token);
    }

    /// The same, of a user of another account.
    pub fn add_key_of(&mut self, account: u64, id: &str, secret: &str, token: Option<&str>) {
        let key = Key {
            secret: secret.to_owned(),
            token: token.map(str::to_owned),
            expiry: None,
            principal: Principal::User { account },
        };
        self.accounts.keys.insert(id.to_owned(), key);
    }

    /// With a role that anybody may take on, such as `qcs::cam::uin/100000000000:roleName/ops`.
    #[must_use]
    pub fn with_role(mut self, arn: &str) -> Self {
        self.accounts.roles.insert(arn.to_owned(), Role::default());
        self
    }

    /// With a role that asks for this external id.
    #[must_use]
    pub fn with_guarded_role(mut self, arn: &str, external_id: &str) -> Self {
        let role = Role { external_id: Some(external_id.to_owned()) };
        self.accounts.roles.insert(arn.to_owned(), role);
        self
    }

    /// With a SAML provider (its ARN) whose assertion is this.
    #[must_use]
    pub fn with_saml_provider(mut self, arn: &str, assertion: &str) -> Self {
        self.accounts.assertions.insert(arn.to_owned(), assertion.to_owned());
        self
    }

    /// With an identity provider (its id) whose token is this.
    #[must_use]
    pub fn with_web_identity_provider(mut self, id: &str, token: &str) -> Self {
        self.trust_web_token(id, token);
        self
    }

    /// From now on the identity provider's token is this one, and no earlier one.
    pub fn trust_web_token(&mut self, id: &str, token: &str) {
        self.accounts.web_tokens.insert(id.to_owned(), token.to_owned());
    }

    /// With a second factor: the serial number of its device, and the code that it shows.
    #[must_use]
    pub fn with_second_factor(mut self, serial: &str, code: &str) -> Self {
        self.accounts.second_factor = Some((serial.to_owned(), code.to_owned()));
        self
    }

    /// On a machine that this role is bound to: its metadata service gives the role's keys.
    #[must_use]
    pub fn with_instance_role(mut self, name: &str) -> Self {
        self.accounts.instance_role = Some(name.to_owned());
        self
    }

    /// Every session that was given out, in order.
    pub fn sessions(&self) -> &[Session] {
        &self.accounts.sessions
    }

    /// Every session that was given out ends at once: its key is unknown from now on.
    pub fn revoke_sessions(&mut self) {
        self.accounts.revoke_sessions();
    }

    /// A key is deleted or disabled.
    pub fn remove_key(&mut self, id: &str) {
        self.accounts.keys.remove(id);
    }

    /// From now on this action answers `UnauthorizedOperation`.
    pub fn deny(&mut self, action: &str) {
        self.denied.insert(action.to_owned());
    }

    /// Takes back [`Cloud::deny`].
    pub fn allow(&mut self, action: &str) {
        self.denied.remove(action);
    }

    /// Adds a fault to the script.
    pub fn fault(&mut self, fault: Fault) {
        self.script.push(fault);
    }

    /// Drops what is left of the script, so that it need not fire.
    pub fn clear_faults(&mut self) {
        self.script.clear();
    }

    /// Whether both are part of the organization.
    pub fn knows(&self, uin: u64, id: u64) -> bool {
        self.organization.members.contains_key(&uin) && self.organization.identities.contains_key(&id)
    }

    /// All grants as (member UIN, identity id): the truth, also where readers do not see it yet.
    pub fn snapshot(&self) -> BTreeSet<Pair> {
        self.organization.pairs()
    }

    /// Whether a grant must be configured again.
    pub fn is_stale(&self, uin: u64, id: u64) -> bool {
        self.organization.granted((uin, id)).is_some_and(|grant| grant.stale)
    }

    /// Whether an access policy uses a grant.
    pub fn is_in_use(&self, uin: u64, id: u64) -> bool {
        self.organization.is_in_use((uin, id))
    }

    /// Every call so far, in order of arrival.
    pub fn journal(&self) -> &[Call] {
        &self.journal
    }

    /// Forgets all calls so far.
    pub fn clear_journal(&mut self) {
        self.journal.clear();
    }

    /// How many calls of this action there were, whatever their answer.
    pub fn calls(&self, action: &str) -> usize {
        self.journal.iter().filter(|call| call.action == action).count()
    }

    /// From now on a call is answered as ever, but fails [`Cloud::verify`].
    pub fn no_more_calls(&mut self) {
        self.closed = true;
    }

    /// Checks that every scripted fault has fired and that nothing called after [`Cloud::no_more_calls`]. A
    /// [`crate::Server`] does so when it is dropped.
    ///
    /// # Panics
    /// If not, naming what is amiss.
    #[track_caller]
    pub fn verify(&self) {
        let unfired = self.script.outstanding().map(|fault| format!("scripted fault never fired: {fault}"));
        let late = self.late.iter().map(|action| format!("call after no_more_calls(): {action}"));
        let amiss: Vec<String> = unfired.chain(late).collect();
        assert!(amiss.is_empty(), "the simulated cloud expected otherwise:\n  {}", amiss.join("\n  "));
    }
}
