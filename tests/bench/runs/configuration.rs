//! Configurations of many resources, and the states that applying them would leave, so that a plan of ten thousand
//! need not be preceded by an apply of ten thousand.

use serde_json::{Value, json};

use crate::bare::PLAIN;

/// The first member's UIN; the others follow it.
pub(crate) const FIRST_UIN: u64 = 100_000_000_001;
/// The first identity's id; the others follow it.
pub(crate) const FIRST_IDENTITY: u64 = 13;

/// `count` resources alike: number n has `members` members from the n-th batch on, and `identities` identities; if
/// `spread` is above 1, the n-th takes identity n modulo `spread`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Many {
    pub(crate) count: u64,
    pub(crate) members: u64,
    pub(crate) identities: u64,
    pub(crate) spread: u64,
    /// The number of the first: two configurations with different ones share no pair.
    pub(crate) from: u64,
    /// Whether they are of the bare plugin's plain type instead, each with its number.
    pub(crate) plain: bool,
}

impl Many {
    /// `count` resources of one pair each, all of one identity.
    pub(crate) const fn pairs(count: u64) -> Self {
        Self { count, members: 1, identities: 1, spread: 1, from: 0, plain: false }
    }

    /// How many members it takes.
    pub(crate) fn member_count(&self) -> u64 {
        (self.from + self.count) * self.members
    }

    /// How many identities it takes.
    pub(crate) fn identity_count(&self) -> u64 {
        self.identities.max(self.spread)
    }

    /// What the n-th declares: members and identities.
    fn product(&self, n: u64) -> (Vec<u64>, Vec<u64>) {
        let members = (0..self.members).map(|member| FIRST_UIN + (self.from + n) * self.members + member);
        let identities = (0..self.identities).map(|identity| FIRST_IDENTITY + n % self.spread + identity);
        (members.collect(), identities.collect())
    }

    /// Every pair it declares.
    pub(crate) fn all_pairs(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        (0..self.count).flat_map(|n| {
            let (members, identities) = self.product(n);
            members.into_iter().flat_map(move |uin| identities.clone().into_iter().map(move |id| (uin, id)))
        })
    }

    /// The configuration; `provider` goes into the provider block.
    pub(crate) fn configuration(&self, provider: &str) -> String {
        let Self { count, members, identities, spread, from, plain } = self;
        if *plain {
            return format!("provider \"tencentcloud\" {{\n  {provider}\n}}\n\n{}", self.numbers(PLAIN));
        }
        // As one would write it: what is one needs no loop, and the floor has none either.
        let member_uins = match members {
            1 => format!("[{FIRST_UIN} + {from} + count.index]"),
            _ => {
                format!("[for n in range({members}) : {FIRST_UIN} + ({from} + count.index) * {members} + n]")
            }
        };
        let identity_ids = match (identities, spread) {
            (1, 1) => format!("[{FIRST_IDENTITY}]"),
            _ => format!("[for n in range({identities}) : {FIRST_IDENTITY} + count.index % {spread} + n]"),
        };
        format!(
            r#"
provider "tencentcloud" {{
  {provider}
}}

resource "tencentcloud_org_member_auth_identity" "many" {{
  count        = {count}
  member_uins  = {member_uins}
  identity_ids = {identity_ids}
}}
"#
        )
    }

    /// The state after its apply, for a provider at `address`.
    pub(crate) fn state(&self, address: &str) -> Value {
        if self.plain {
            let instance = |n: u64| json!({ "id": n.to_string(), "input": FIRST_UIN + n });
            return state(PLAIN, address, self.count, instance);
        }
        let instance = |n| {
            let (members, identities) = self.product(n);
            let id = format!("{}#{}", joined(&members), joined(&identities));
            let grant = |(uin, id)| {
                let role = format!("role-of-{id}");
                let grant = json!({ "member_uin": uin, "identity_id": id, "role_name": role, "status": "configured" });
                (format!("{uin}#{id}"), grant)
            };
            let pairs = members.iter().flat_map(|uin| identities.iter().map(move |id| (*uin, *id)));
            let grants: serde_json::Map<_, _> = pairs.map(grant).collect();
            json!({
                "id": id, "member_uins": members, "identity_ids": identities, "grants": grants, "timeouts": null
            })
        };
        state("tencentcloud_org_member_auth_identity", address, self.count, instance)
    }

    /// As many of the floor's resources.
    pub(crate) fn floor_configuration(&self) -> String {
        self.numbers("terraform_data")
    }

    fn numbers(&self, kind: &str) -> String {
        let count = self.count;
        format!(
            "resource \"{kind}\" \"many\" {{\n  count = {count}\n  input = {FIRST_UIN} + count.index\n}}\n"
        )
    }

    /// The state after their apply.
    pub(crate) fn floor_state(&self) -> Value {
        let instance = |n| {
            let value = json!({ "value": FIRST_UIN + n, "type": "number" });
            let id = format!("00000000-0000-0000-0000-{n:012}");
            json!({ "id": id, "input": value, "output": value, "triggers_replace": null })
        };
        state("terraform_data", "terraform.io/builtin/terraform", self.count, instance)
    }
}

fn joined(numbers: &[u64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn state(kind: &str, address: &str, count: u64, attributes: impl Fn(u64) -> Value) -> Value {
    let instance = |n| json!({ "index_key": n, "schema_version": 0, "attributes": attributes(n), "sensitive_attributes": [] });
    json!({
        "version": 4,
        "terraform_version": "1.6.0",
        "serial": 1,
        "lineage": "00000000-0000-0000-0000-000000000000",
        "outputs": {},
        "resources": [{
            "mode": "managed",
            "type": kind,
            "name": "many",
            "provider": format!("provider[\"{address}\"]"),
            "instances": (0..count).map(instance).collect::<Vec<_>>(),
        }],
        "check_results": null,
    })
}
