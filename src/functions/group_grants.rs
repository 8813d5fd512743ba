//! `group_grants`: any set of grants as few products.

use std::collections::{BTreeMap, BTreeSet};

use crate::framework::attribute::{List, Map, Nested};
use crate::framework::function::{Arguments, Function, FunctionError, Given, Param, Parameters};
use crate::framework::value::Field;
use crate::functions::parse_grant_id::parse;
use crate::functions::product::{self, ProductModel};
use crate::reconcile::{self, Pair};

/// Groups grants into few blocks.
#[derive(Clone, Copy, Debug)]
pub struct GroupGrants;

/// The arguments of [`GroupGrants`].
#[derive(Debug)]
pub struct GroupGrantsArguments(BTreeSet<Pair>);

/// How many grants there may be: a few ids of many numbers each could name more than fit into memory.
const GRANTS_MAX: usize = 1_000_000;

const KEYS: Param<List<String>> = Param::new(
    "keys",
    "Keys of grants, as in `keys(tencentcloud_org_member_auth_identity.ops.grants)`; whole import ids, each of which \
     stands for all its grants, are keys as well. In any order; what is there twice counts once.",
);

impl Arguments for GroupGrantsArguments {
    fn parameters() -> Parameters {
        Parameters { positional: vec![KEYS.declare()], variadic: None }
    }

    fn read(given: &mut Given) -> Result<Self, FunctionError> {
        let index = given.position();
        let List(keys) = KEYS.read(given)?;
        grants(&keys).map(Self).map_err(|error| error.at(index))
    }
}

impl Function for GroupGrants {
    const NAME: &'static str = "group_grants";
    const SUMMARY: &'static str = "Grants as few blocks";
    const DESCRIPTION: &'static str = "Groups grants into few sets of members and identities, one for each \
         `tencentcloud_org_member_auth_identity` block that declares them: exactly these grants, each once. Gives \
         a map for `for_each`, of objects with `member_uins` and `identity_ids`, lists of numbers in ascending \
         order. A key of the map is made of the identity ids, joined by `,`, so it stays when a member joins a \
         group.";
    type Args = GroupGrantsArguments;
    type Return = Map<Nested<ProductModel>>;

    fn call(
        &self,
        GroupGrantsArguments(grants): GroupGrantsArguments,
    ) -> Result<Self::Return, FunctionError> {
        let groups = reconcile::group(&grants);
        let nested = groups.into_iter().map(|(key, group)| (key, Field::Known(product::nested(&group))));
        Ok(Map(nested.collect::<BTreeMap<_, _>>()))
    }
}

/// Every grant that `keys` name.
fn grants(keys: &[Field<String>]) -> Result<BTreeSet<Pair>, FunctionError> {
    let mut grants = BTreeSet::new();
    for (place, key) in keys.iter().enumerate() {
        let place = format!("keys[{place}]");
        let Field::Known(key) = key else {
            return Err(FunctionError::new(format!("{place} is null. Leave it out.")));
        };
        let product = parse(&place, key)?;
        if grants.len().saturating_add(product.len()) > GRANTS_MAX {
            let text = format!("With {place}, there are more than {GRANTS_MAX} grants. Group them in parts.");
            return Err(FunctionError::new(text));
        }
        grants.extend(product.pairs());
    }
    Ok(grants)
}
