//! Pairs of a state that was moved: they may exist, and nobody can tell who granted them. The public
//! provider's resource lists in its state whatever its member holds.
//!
//! Until the first apply that changes the resource, the configuration alone says which of them are ours:
//! those that it does not declare leave the state without being revoked. A revoked grant of others would be
//! lost access; one that is left is still there to be revoked, and the plan names it.

use std::collections::BTreeSet;

use super::model::MemberAuthIdentity;
use super::private::Private;
use crate::reconcile::{Pair, Product};

/// Those of `state`, which was moved and never read if it has no `grants`, and else has `private` beside it.
pub(super) fn pairs(state: &MemberAuthIdentity, private: &Private) -> BTreeSet<Pair> {
    if state.grants.is_null() {
        return state.product().iter().flat_map(Product::pairs).collect();
    }
    let recorded = state.recorded();
    private.inherited.iter().filter(|pair| recorded.contains_key(pair)).copied().collect()
}
