//! How what the API tells is written as attributes.

use crate::framework::attribute::{AttributeValue, List, Nested, Set};
use crate::framework::model::Model;
use crate::framework::value::Field;

/// A text that may be empty.
pub(super) fn text(text: &str) -> Field<String> {
    Field::Known(text.to_owned())
}

/// A text that the API leaves out where there is nothing to say: null then.
pub(super) fn text_or_null(text: &str) -> Field<String> {
    if text.is_empty() { Field::Null } else { Field::Known(text.to_owned()) }
}

/// What Tencent Cloud made is `preset`, what the organization made `custom`.
pub(super) fn origin(is_preset: bool) -> Field<String> {
    Field::Known(if is_preset { PRESET } else { CUSTOM }.to_owned())
}

/// The word for what Tencent Cloud made.
pub(super) const PRESET: &str = "preset";
/// The word for what the organization made.
pub(super) const CUSTOM: &str = "custom";

/// A list of objects.
pub(super) fn objects<M: Model>(models: impl IntoIterator<Item = M>) -> Field<List<Nested<M>>> {
    Field::Known(List(models.into_iter().map(|model| Field::Known(Nested(model))).collect()))
}

/// A set of values.
pub(super) fn set<T: AttributeValue>(elements: impl IntoIterator<Item = T>) -> Field<Set<T>> {
    Field::Known(Set(elements.into_iter().map(Field::Known).collect()))
}
