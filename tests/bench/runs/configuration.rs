//! Configurations of many resources, and the states that applying them would leave, so that a plan of ten
//! thousand need not be preceded by an apply of ten thousand.

use serde_json::{Value, json};

use crate::bare::PLAIN;

/// The first member's UIN; the others follow it.
pub(crate) const FIRST_UIN: u64 = 100_000_000_001;
/// The first identity's id; the others follow it.
pub(crate) const FIRST_IDENTITY: u64 = 13;

/// `count` resources alike: number n has `members` members from the n-th batch on, and `identities`
/// identities; if `spread` is above 1, the n-th takes identity n modulo `spread`.
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

/// What each of the floor's resources holds, as input and again as output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Floor {
    /// A number.
    Number,
    /// What one of ours with one pair declares: two lists.
    Declared,
    /// What one of ours with one pair has in the state: two lists, and the grant.
    Kept,
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
            let resources = self.resources(PLAIN, &format!("{FIRST_UIN} + count.index"));
            return format!("provider \"tencentcloud\" {{\n  {provider}\n}}\n\n{resources}");
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
            let grant = |(uin, id)| (format!("{uin}#{id}"), grant_of(uin, id));
            let pairs = members.iter().flat_map(|uin| identities.iter().map(move |id| (*uin, *id)));
            let grants: serde_json::Map<_, _> = pairs.map(grant).collect();
            json!({
                "id": id, "member_uins": members, "identity_ids": identities, "grants": grants, "timeouts": null
            })
        };
        state("tencentcloud_org_member_auth_identity", address, self.count, instance)
    }

    /// As many of the floor's resources.
    pub(crate) fn floor_configuration(&self, floor: Floor) -> String {
        let uin = format!("{FIRST_UIN} + count.index");
        let lists = format!("member_uins = [{uin}], identity_ids = [{FIRST_IDENTITY}]");
        let input = match floor {
            Floor::Number => uin,
            Floor::Declared => format!("{{ {lists} }}"),
            Floor::Kept => format!(
                "{{ {lists}, grants = {{ \"${{{uin}}}#{FIRST_IDENTITY}\" = {{ member_uin = {uin}, \
                 identity_id = {FIRST_IDENTITY}, role_name = \"role-of-{FIRST_IDENTITY}\", status = \"configured\" }} }} }}"
            ),
        };
        self.resources("terraform_data", &input)
    }

    /// As many resources of type `kind`, each with this for its input.
    fn resources(&self, kind: &str, input: &str) -> String {
        format!("resource \"{kind}\" \"many\" {{\n  count = {}\n  input = {input}\n}}\n", self.count)
    }

    /// The state after their apply.
    pub(crate) fn floor_state(&self, floor: Floor) -> Value {
        let instance = |n| {
            let (uin, numbers) = (FIRST_UIN + n, json!(["tuple", ["number"]]));
            let (value, of) = match floor {
                Floor::Number => (json!(uin), json!("number")),
                Floor::Declared => (
                    json!({ "member_uins": [uin], "identity_ids": [FIRST_IDENTITY] }),
                    json!(["object", { "member_uins": numbers, "identity_ids": numbers }]),
                ),
                Floor::Kept => {
                    let pair = format!("{uin}#{FIRST_IDENTITY}");
                    let grants = json!({ &pair: grant_of(uin, FIRST_IDENTITY) });
                    let grant = json!({
                        "member_uin": "number", "identity_id": "number", "role_name": "string", "status": "string"
                    });
                    let of_grants = json!(["object", { pair: ["object", grant] }]);
                    (
                        json!({ "member_uins": [uin], "identity_ids": [FIRST_IDENTITY], "grants": grants }),
                        json!(["object", { "member_uins": numbers, "identity_ids": numbers, "grants": of_grants }]),
                    )
                }
            };
            let value = json!({ "value": value, "type": of });
            let id = format!("00000000-0000-0000-0000-{n:012}");
            json!({ "id": id, "input": value, "output": value, "triggers_replace": null })
        };
        state("terraform_data", "terraform.io/builtin/terraform", self.count, instance)
    }
}

/// A grant as a state has it.
fn grant_of(uin: u64, id: u64) -> Value {
    json!({ "member_uin": uin, "identity_id": id, "role_name": format!("role-of-{id}"), "status": "configured" })
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
