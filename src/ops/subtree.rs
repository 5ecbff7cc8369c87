//! Carrying a part of one tree into another.

use crate::tree::{Body, NodeId, Tree};

/// Copies a node and what is below it; the copy has the key of the original and stands nowhere yet.
pub fn copy(from: &Tree, id: NodeId, into: &mut Tree) -> NodeId {
    let shallow = |id: NodeId| match &from.node(id).body {
        Body::Map(_) => Body::Map(Vec::new()),
        Body::List(_) => Body::List(Vec::new()),
        other => other.clone(),
    };
    let top = into.new_node(from.node(id).key.clone(), shallow(id));
    let mut waiting = vec![(id, top)];
    while let Some((old, new)) = waiting.pop() {
        for child in from.children(old) {
            let copy = into.push(new, from.node(*child).key.clone(), shallow(*child));
            if from.node(*child).is_branch() {
                waiting.push((*child, copy));
            }
        }
    }
    top
}

/// A tree of one document whose root is a copy of a node.
pub fn document_of(from: &Tree, id: NodeId) -> Tree {
    let mut tree = Tree::new();
    add_document(from, id, &mut tree);
    tree
}

/// Adds a document whose root is a copy of a node: a map, or, for texts that are no whole file, anything else.
pub fn add_document(from: &Tree, id: NodeId, into: &mut Tree) {
    let copy = copy(from, id, into);
    let root = into.push_document();
    let body = into.node(copy).body.clone();
    match body {
        Body::Map(children) => {
            into.set_children(copy, Vec::new());
            into.set_children(root, children);
        }
        Body::List(children) => {
            into.set_children(copy, Vec::new());
            into.set_body(root, Body::List(Vec::new()));
            into.set_children(root, children);
        }
        other => into.set_body(root, other),
    }
}
