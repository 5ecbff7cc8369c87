//! Where the block stands in each format (spec §7.3), and taking it out and putting it back.

use super::{Detached, Place};
use crate::format::Format;
use crate::tree::{Body, Key, NodeId, Tree};
use std::collections::HashMap;

/// The reserved key of YAML, JSON and binary files, and the reserved section of INI files.
pub const KEY: &str = "sops";
/// The reserved prefix of dotenv variables.
pub const PREFIX: &str = "sops_";

/// The block's nodes below a root, in order: one map, or the lines of a dotenv file.
pub fn find(tree: &Tree, format: Format, root: NodeId) -> Vec<NodeId> {
    let reserved = |key: &[u8]| match format {
        Format::Dotenv => key.starts_with(PREFIX.as_bytes()),
        _ => key == KEY.as_bytes(),
    };
    let is_block = |id: &&NodeId| {
        tree.node(**id)
            .key
            .as_ref()
            .and_then(Key::text)
            .is_some_and(reserved)
    };
    tree.children(root).iter().filter(is_block).copied().collect()
}

/// Takes the block out of every document and remembers where it stood.
pub fn take(tree: &mut Tree, format: Format) -> Detached {
    let mut detached = Detached::default();
    for root in tree.documents().to_vec() {
        let block = find(tree, format, root);
        if block.is_empty() {
            continue;
        }
        let children = tree.children(root).to_vec();
        let mut taken = block.iter().peekable();
        let mut kept = Vec::with_capacity(children.len());
        for (index, child) in children.into_iter().enumerate() {
            if taken.next_if(|next| **next == child).is_some() {
                detached.nodes.push((root, index, child));
                detached
                    .places
                    .push(kept.last().map_or(Place::Start, |before| Place::After(*before)));
            } else {
                kept.push(child);
            }
        }
        if let Some(last) = kept.last().copied() {
            let places = detached.nodes.iter().zip(&mut detached.places);
            for (_, place) in places.filter(|((parent, ..), _)| *parent == root) {
                if *place == Place::After(last) {
                    *place = Place::End;
                }
            }
        } else {
            detached
                .places
                .iter_mut()
                .rev()
                .take(block.len())
                .for_each(|place| *place = Place::End);
        }
        tree.set_children(root, kept);
    }
    detached
}

/// Puts nodes back below a root, each where its place says; what stood last comes last.
pub fn restore(tree: &mut Tree, root: NodeId, nodes: &[(Place, NodeId)]) {
    let mut after: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    let children = tree.children(root).to_vec();
    let mut ends = Vec::new();
    let mut restored = Vec::with_capacity(children.len() + nodes.len());
    for (place, id) in nodes {
        match place {
            Place::Start => restored.push(*id),
            Place::End => ends.push(*id),
            Place::After(before) => after.entry(*before).or_default().push(*id),
        }
    }
    for child in children {
        restored.push(child);
        restored.extend(after.remove(&child).unwrap_or_default());
    }
    // What followed an entry that is gone follows everything.
    let lost = nodes
        .iter()
        .filter(|(place, _)| matches!(place, Place::After(before) if after.contains_key(before)));
    restored.extend(lost.map(|(_, id)| *id));
    restored.extend(ends);
    tree.set_children(root, restored);
}

/// Copies a node of another tree, with all below it, to the end of a branch, or nowhere for `None`.
pub fn copy(tree: &mut Tree, parent: Option<NodeId>, key: Option<Key>, from: &Tree, id: NodeId) -> NodeId {
    let top = make(tree, parent, key, from, id);
    let mut open = vec![(top, id)];
    while let Some((to, id)) = open.pop() {
        for child in from.children(id) {
            let copied = make(tree, Some(to), from.node(*child).key.clone(), from, *child);
            if from.node(*child).is_branch() {
                open.push((copied, *child));
            }
        }
    }
    top
}

fn make(tree: &mut Tree, parent: Option<NodeId>, key: Option<Key>, from: &Tree, id: NodeId) -> NodeId {
    let body = match &from.node(id).body {
        Body::Map(_) => Body::Map(Vec::new()),
        Body::List(_) => Body::List(Vec::new()),
        other => other.clone(),
    };
    match parent {
        Some(parent) => tree.push(parent, key, body),
        None => tree.new_node(key, body),
    }
}
