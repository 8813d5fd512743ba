//! A product of grants as the value of a function.

use std::collections::BTreeSet;

use crate::framework::attribute::{Attr, List, Nested};
use crate::framework::model::model;
use crate::framework::value::{Field, Number};
use crate::reconcile::Product;

const MEMBER_UINS: Attr<List<Number>> = Attr::computed("member_uins", "UINs of the member accounts.");
const IDENTITY_IDS: Attr<List<Number>> = Attr::computed("identity_ids", "Ids of the access identities.");

/// The members and identities of a product, each in ascending order: lists, as the identity of the resource
/// has them, so that one can be given where the other is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductModel {
    member_uins: Field<List<Number>>,
    identity_ids: Field<List<Number>>,
}

model!(ProductModel { member_uins: MEMBER_UINS, identity_ids: IDENTITY_IDS });

/// `product` as a value.
pub(super) fn nested(product: &Product) -> Nested<ProductModel> {
    let list = |numbers: &BTreeSet<u64>| {
        Field::Known(List(numbers.iter().map(|&number| Field::Known(number.into())).collect()))
    };
    Nested(ProductModel { member_uins: list(&product.members), identity_ids: list(&product.identities) })
}
