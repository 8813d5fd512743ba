//! Which units are below another. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::record::Node;

/// `root` and every unit below it; empty if `nodes` has no such unit. Ends also where units are each other's
/// parents.
pub(super) fn below(nodes: &[Node], root: u64) -> BTreeSet<u64> {
    let mut children: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for node in nodes {
        children.entry(node.parent_id).or_default().push(node.id);
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<u64> = nodes.iter().map(|node| node.id).filter(|id| *id == root).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(children.remove(&id).unwrap_or_default());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_for_itself_and_all_below_it_also_where_parents_go_in_circles() {
        let node = |(id, parent_id)| Node { id, parent_id, ..Node::default() };
        let tree: Vec<Node> = [(1, 0), (2, 1), (3, 1), (4, 2), (5, 4), (8, 9), (9, 8)].map(node).into();
        assert_eq!(below(&tree, 1), BTreeSet::from([1, 2, 3, 4, 5]));
        assert_eq!(below(&tree, 2), BTreeSet::from([2, 4, 5]));
        assert_eq!(below(&tree, 8), BTreeSet::from([8, 9]));
        assert_eq!(below(&tree, 7), BTreeSet::new());
    }
}
