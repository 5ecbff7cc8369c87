//! Which document of an edited text was which before.

use super::Digests;
use crate::tree::{Key, NodeId, Tree};
use std::collections::HashSet;

/// For each document of `after` the one of `shown` that it is, or has become; `None` for a new one. As long as there are as many as
/// before, each is what stands in its place.
pub fn partners(shown: &Tree, old: &Digests, after: &Tree, new: &Digests) -> Vec<Option<NodeId>> {
    let (was, is) = (shown.documents(), after.documents());
    if was.len() == is.len() {
        return was.iter().copied().map(Some).collect();
    }
    let mut free: Vec<NodeId> = was.to_vec();
    let mut partners = vec![None; is.len()];
    let mut pass = |fits: &dyn Fn(NodeId, NodeId) -> bool| {
        for (slot, now) in partners.iter_mut().zip(is).filter(|(slot, _)| slot.is_none()) {
            if let Some(at) = free.iter().position(|before| fits(*before, *now)) {
                *slot = Some(free.remove(at));
            }
        }
    };
    // What is quite the same first; then what has a key in common.
    pass(&|before, now| old.get(before) == new.get(now));
    pass(&|before, now| {
        let keys: HashSet<&[u8]> = keys(shown, before).collect();
        keys_meet(&keys, after, now)
    });
    partners
}

fn keys(tree: &Tree, root: NodeId) -> impl Iterator<Item = &[u8]> {
    let children = tree.children(root).iter();
    children.filter_map(|child| tree.node(*child).key.as_ref().and_then(Key::text))
}

fn keys_meet(known: &HashSet<&[u8]>, tree: &Tree, root: NodeId) -> bool {
    keys(tree, root).any(|key| known.contains(key))
}
