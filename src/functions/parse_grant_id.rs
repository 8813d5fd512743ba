//! `parse_grant_id`: the product that an id names.

use crate::framework::attribute::Nested;
use crate::framework::function::{Arguments, Function, FunctionError, Given, Param, Parameters};
use crate::functions::product::{self, ProductModel};
use crate::reconcile::Product;
use crate::reconcile::grant_id::{self, FORM, GrantId, Quoted};

/// Reads an import id, or the key of one grant.
#[derive(Clone, Copy, Debug)]
pub struct ParseGrantId;

/// The arguments of [`ParseGrantId`].
#[derive(Debug)]
pub struct ParseGrantIdArguments(Product);

const ID: Param<String> = Param::new("id", "An import id, or the key of one grant.");

impl Arguments for ParseGrantIdArguments {
    fn parameters() -> Parameters {
        Parameters { positional: vec![ID.declare()], variadic: None }
    }

    fn read(given: &mut Given) -> Result<Self, FunctionError> {
        let index = given.position();
        let id = ID.read(given)?;
        parse("id", &id).map(Self).map_err(|error| error.at(index))
    }
}

impl Function for ParseGrantId {
    const NAME: &'static str = "parse_grant_id";
    const SUMMARY: &'static str = "The members and identities of an import id";
    const DESCRIPTION: &'static str = "Reads an import id of `tencentcloud_org_member_auth_identity`, or the key of one of its `grants`, and \
         gives an object with `member_uins` and `identity_ids`, lists of numbers in ascending order. The id may \
         have its numbers in any order, more than once, and with blanks around them.";
    type Args = ParseGrantIdArguments;
    type Return = Nested<ProductModel>;

    fn call(
        &self,
        ParseGrantIdArguments(product): ParseGrantIdArguments,
    ) -> Result<Self::Return, FunctionError> {
        Ok(product::nested(&product))
    }
}

/// The product that `text` names. The error says that it stands at `place`.
pub(super) fn parse(place: &str, text: &str) -> Result<Product, FunctionError> {
    let wrong = |what: &str| {
        FunctionError::new(format!(
            "{place} is \"{}\", which is not of the form {FORM}: {what}. An example: \"100000000001#13\".",
            Quoted::new(text)
        ))
    };
    match grant_id::parse(text) {
        Ok(GrantId::Product(product)) => Ok(product),
        Ok(GrantId::Members(_)) => Err(wrong("it names no identities")),
        Err(error) => Err(wrong(&error.to_string())),
    }
}
