//! What will be after apply, shown pair by pair.

use super::model::MemberAuthIdentity;
use crate::framework::resource::{Change, Planned};
use crate::framework::value::Field;
use crate::reconcile::grant_id;

/// Plans exactly the declared pairs. One that exists and is configured keeps its value, so that only what
/// will really happen shows: an added pair, a removed one, one that was revoked outside, a stale one.
///
/// While a set is not wholly known, neither are `id` and `grants`. Nothing ever requires replacement.
pub(super) fn plan(change: &Change<MemberAuthIdentity>, planned: &mut Planned<MemberAuthIdentity>) {
    let Some(product) = change.config.product() else {
        planned.state.id = Field::Unknown;
        planned.state.grants = Field::Unknown;
        return;
    };
    let recorded = change.prior.as_ref().map(MemberAuthIdentity::recorded).unwrap_or_default();
    planned.state.id = Field::Known(grant_id::render(&product));
    planned.state = std::mem::take(&mut planned.state).with_planned_grants(&product, &recorded);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::attribute::{Map, Set};
    use crate::framework::diagnostic::Diagnostics;
    use crate::framework::model::Model;
    use crate::framework::value::{Number, Value};
    use crate::reconcile::Grant;
    use crate::reconcile::GrantStatus;
    use crate::reconcile::{Pair, Product};

    fn product(members: &[u64], identities: &[u64]) -> Product {
        Product {
            members: members.iter().copied().collect(),
            identities: identities.iter().copied().collect(),
        }
    }

    fn planned(prior: Option<MemberAuthIdentity>, config: MemberAuthIdentity) -> MemberAuthIdentity {
        let mut planned = Planned { state: config.clone(), replace: Vec::new(), report: Diagnostics::new() };
        plan(&Change { prior, config }, &mut planned);
        assert!(planned.replace.is_empty());
        planned.state
    }

    /// Each planned grant as `key role status`, `?` for what only apply will tell.
    fn lines(state: &MemberAuthIdentity) -> Vec<String> {
        let Value::Map(grants) = state.write().remove("grants").unwrap() else { panic!("not a map") };
        let show = |value: &Value| match value {
            Value::Unknown => "?".to_owned(),
            Value::String(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        grants
            .iter()
            .map(|(key, grant)| {
                let Value::Object(grant) = grant else { panic!("not an object") };
                format!("{key} {} {}", show(&grant["role_name"]), show(&grant["status"]))
            })
            .collect()
    }

    fn existing(members: &[u64], identities: &[u64], stale: &[(u64, u64)]) -> MemberAuthIdentity {
        let product = product(members, identities);
        let grant = |pair: Pair| {
            let status = if stale.contains(&(pair.member_uin, pair.identity_id)) {
                GrantStatus::Stale
            } else {
                GrantStatus::Configured
            };
            (pair, Some(Grant { role_name: format!("role-{}", pair.identity_id), status }))
        };
        MemberAuthIdentity::declaring(&product).with_grants(product.pairs().map(grant).collect::<Vec<_>>())
    }

    fn config(members: &[u64], identities: &[u64]) -> MemberAuthIdentity {
        MemberAuthIdentity { id: Field::Null, ..MemberAuthIdentity::declaring(&product(members, identities)) }
    }

    #[test]
    fn a_new_resource_plans_every_pair() {
        let planned = planned(None, config(&[2, 1], &[13]));
        assert_eq!(planned.id, Field::Known("1,2#13".to_owned()));
        assert_eq!(lines(&planned), ["1#13 ? configured", "2#13 ? configured"]);
    }

    #[test]
    fn what_is_settled_stays_as_it_is() {
        let prior = existing(&[1, 2], &[13], &[]);
        assert_eq!(planned(Some(prior.clone()), config(&[1, 2], &[13])), prior);
    }

    #[test]
    fn only_what_changes_shows() {
        let prior = existing(&[1, 2], &[13], &[(2, 13)]);
        assert_eq!(
            lines(&planned(Some(prior), config(&[2, 3], &[13]))),
            ["2#13 ? configured", "3#13 ? configured"]
        );
    }

    #[test]
    fn a_grant_that_was_never_looked_at_is_looked_at_again() {
        let pair = Pair { member_uin: 1, identity_id: 13 };
        let prior = MemberAuthIdentity::declaring(&product(&[1], &[13])).with_grants([(pair, None)]);
        assert_eq!(lines(&planned(Some(prior), config(&[1], &[13]))), ["1#13 ? configured"]);
    }

    #[test]
    fn an_unknown_element_leaves_everything_open() {
        let unknown = MemberAuthIdentity {
            member_uins: Field::Known(Set(vec![Field::Known(Number::from(1_u64)), Field::Unknown])),
            ..config(&[1], &[13])
        };
        let planned = planned(Some(existing(&[1], &[13], &[])), unknown);
        assert_eq!((planned.id, planned.grants), (Field::Unknown, Field::<Map<_>>::Unknown));
    }

    #[test]
    fn writing_and_reading_a_model_changes_nothing() {
        for model in [existing(&[1, 2], &[13, 27], &[(1, 13)]), planned(None, config(&[1], &[13]))] {
            assert_eq!(MemberAuthIdentity::read(&model.write()), Ok(model));
        }
    }
}
