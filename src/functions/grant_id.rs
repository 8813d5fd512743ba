//! `grant_id`: the id of a product.

use std::collections::BTreeSet;

use crate::framework::attribute::Set;
use crate::framework::function::{Arguments, Function, FunctionError, Given, Param, Parameters};
use crate::framework::value::{Field, Number};
use crate::reconcile::Product;
use crate::reconcile::grant_id::{self, NUMBER_MAX, Quoted};

/// Writes the canonical import id of every one of some members with every one of some identities.
#[derive(Clone, Copy, Debug)]
pub struct GrantId;

/// The arguments of [`GrantId`].
#[derive(Debug)]
pub struct GrantIdArguments(Product);

const MEMBER_UINS: Param<Set<Number>> =
    Param::new("member_uins", "UINs of the member accounts, in any order. At least one.");
const IDENTITY_IDS: Param<Set<Number>> =
    Param::new("identity_ids", "Ids of the access identities, in any order. At least one.");

impl Arguments for GrantIdArguments {
    fn parameters() -> Parameters {
        Parameters { positional: vec![MEMBER_UINS.declare(), IDENTITY_IDS.declare()], variadic: None }
    }

    fn read(given: &mut Given) -> Result<Self, FunctionError> {
        let members = numbers(given, &MEMBER_UINS, "member_uins", "member UIN")?;
        let identities = numbers(given, &IDENTITY_IDS, "identity_ids", "identity id")?;
        Ok(Self(Product { members, identities }))
    }
}

impl Function for GrantId {
    const NAME: &'static str = "grant_id";
    const SUMMARY: &'static str = "The import id of grants";
    const DESCRIPTION: &'static str = "Writes the import id of every one of some member accounts with every one of some access identities, \
         as `tencentcloud_org_member_auth_identity` has it in `id`: numbers in ascending order, each once.";
    type Args = GrantIdArguments;
    type Return = String;

    fn call(&self, GrantIdArguments(product): GrantIdArguments) -> Result<String, FunctionError> {
        Ok(grant_id::render(&product))
    }
}

/// Reads the next argument: whole numbers in range, at least one. A set's elements have no address, so the
/// text names the first that is none.
fn numbers(
    given: &mut Given,
    param: &Param<Set<Number>>,
    name: &str,
    one: &str,
) -> Result<BTreeSet<u64>, FunctionError> {
    let index = given.position();
    let Set(elements) = param.read(given)?;
    if elements.is_empty() {
        return Err(FunctionError::new(format!("{name} is empty. List at least one {one}.")).at(index));
    }
    let number = |element: &Field<Number>| match element {
        Field::Known(number) => {
            let in_range = number.to_u64().filter(|number| (1..=NUMBER_MAX).contains(number));
            in_range.ok_or_else(|| Quoted::new(&number.to_string()).to_string())
        }
        Field::Null | Field::Unknown => Err("a null".to_owned()),
    };
    elements.iter().map(number).collect::<Result<_, String>>().map_err(|found| {
        let text = format!(
            "{name} contains {found}. Every element must be a whole number from 1 to {NUMBER_MAX}, a {one}."
        );
        FunctionError::new(text).at(index)
    })
}
