//! The children of a map or list as what is merged and compared: an entry or item together with the comments above it.

use crate::ops::prints::{Print, Prints, key_bytes};
use crate::tree::{Body, NodeId, Tree};
use std::collections::HashMap;

/// An entry or item, and the comments that stand before it.
#[derive(Clone, Debug)]
pub struct Slot {
    pub comments: Vec<NodeId>,
    pub id: NodeId,
}

/// The slots of a branch, and the comments behind the last one.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    pub slots: Vec<Slot>,
    pub trailing: Vec<NodeId>,
}

/// What names a slot among its siblings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// The key of an entry, and how many entries before it have the same one.
    Key(Vec<u8>, usize),
    /// The fingerprint of what an item calls itself.
    Item(Print),
}

/// The keys by which the items of a list call themselves, as Kubernetes and most tools have them.
const IDENTIFIERS: [&[u8]; 3] = [b"name", b"key", b"id"];

/// The slots of a branch; none for `None`.
pub fn slots(tree: &Tree, branch: Option<NodeId>) -> Slots {
    let mut found = Slots::default();
    let mut comments = Vec::new();
    for child in branch.map(|id| tree.children(id)).unwrap_or_default() {
        if tree.node(*child).comment().is_some() {
            comments.push(*child);
        } else {
            found.slots.push(Slot {
                comments: std::mem::take(&mut comments),
                id: *child,
            });
        }
    }
    found.trailing = comments;
    found
}

/// The names of the entries of a map, in order.
pub fn names(tree: &Tree, slots: &[Slot]) -> Vec<Name> {
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    let name = |slot: &Slot| {
        let key = tree.node(slot.id).key.as_ref().map(key_bytes).unwrap_or_default();
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        Name::Key(key, *count)
    };
    slots.iter().map(name).collect()
}

/// The names of the items of a list by one of the identifiers, if all are maps that have it and no two share one.
pub fn item_names(tree: &Tree, prints: &Prints, slots: &[Slot], identifier: &[u8]) -> Option<Vec<Name>> {
    let mut seen = std::collections::HashSet::new();
    slots
        .iter()
        .map(|slot| {
            let Body::Map(entries) = &tree.node(slot.id).body else {
                return None;
            };
            let is_named = |id: &&NodeId| {
                let node = tree.node(**id);
                node.leaf().is_some() && node.key.as_ref().and_then(|key| key.text()) == Some(identifier)
            };
            let print = prints.get(*entries.iter().find(is_named)?);
            seen.insert(print).then_some(Name::Item(print))
        })
        .collect()
}

/// The identifier that all items of all these lists have.
pub fn identifier(lists: &[(&Tree, &Prints, &[Slot])]) -> Option<&'static [u8]> {
    IDENTIFIERS.into_iter().find(|identifier| {
        lists
            .iter()
            .all(|(tree, prints, slots)| item_names(tree, prints, slots, identifier).is_some())
    })
}
