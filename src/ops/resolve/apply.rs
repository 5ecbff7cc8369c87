//! The content that comes of the choices.

use super::{Choice, Dispute, Subject};
use crate::ops::merge::{Clash, Conflict, Settings};
use crate::ops::subtree;
use crate::tree::{Body, NodeId, Tree};

impl Dispute {
    /// The merged content with the choices in it. What is not chosen yet is as ours.
    #[must_use]
    pub fn decided(&self, choices: &[Option<Choice>]) -> Tree {
        let mut tree = self.prepared.content.tree.clone();
        for (point, choice) in self.points.iter().zip(choices) {
            if let (Subject::Value(conflict), Some(choice)) = (point.subject, choice) {
                self.apply(&mut tree, conflict, choice);
            }
        }
        tree
    }

    /// The settings with the choices in them.
    #[must_use]
    pub fn settings(&self, choices: &[Option<Choice>]) -> Settings {
        let mut settings = self.prepared.settings.clone();
        let theirs = self.prepared.theirs.metadata();
        for (point, choice) in self.points.iter().zip(choices) {
            match (point.subject, choice) {
                (Subject::Setting("key groups"), Some(Choice::Theirs)) => {
                    settings.groups.clone_from(&theirs.groups);
                }
                (Subject::Setting("threshold"), Some(Choice::Theirs)) => {
                    settings.threshold = theirs.threshold
                }
                (Subject::Setting(_), Some(Choice::Theirs)) => settings.rule.clone_from(&theirs.rule),
                _ => {}
            }
        }
        settings
    }

    fn apply(&self, tree: &mut Tree, conflict: Conflict, choice: &Choice) {
        let theirs = self.prepared.theirs.content();
        match (choice, conflict.ours, conflict.theirs) {
            (Choice::Ours, ..) => {}
            (Choice::Theirs, Some(ours), Some(their)) if conflict.clash == Clash::Renamed => {
                let key = theirs.node(their).key.clone();
                tree.set_key(ours, key);
            }
            (Choice::Theirs, Some(ours), Some(their)) => replace(tree, ours, theirs, their),
            (Choice::Theirs, Some(ours), None) => remove(tree, ours),
            (Choice::Theirs | Choice::Both, None, Some(their)) => {
                insert(tree, conflict.parent, theirs, their);
            }
            (Choice::Both, Some(ours), Some(their)) => {
                let copy = if conflict.clash == Clash::Renamed {
                    let value = tree.clone();
                    let copy = subtree::copy(&value, ours, tree);
                    tree.set_key(copy, theirs.node(their).key.clone());
                    copy
                } else {
                    subtree::copy(theirs, their, tree)
                };
                put_after(tree, ours, copy);
            }
            (Choice::Own(leaf), Some(ours), _) => tree.set_body(ours, Body::Leaf(leaf.clone())),
            (Choice::Own(leaf), None, Some(their)) => {
                if let Some(copy) = insert(tree, conflict.parent, theirs, their) {
                    tree.set_body(copy, Body::Leaf(leaf.clone()));
                }
            }
            _ => {}
        }
    }
}

/// Puts what theirs has in the place of what ours has.
fn replace(tree: &mut Tree, ours: NodeId, theirs: &Tree, their: NodeId) {
    let copy = subtree::copy(theirs, their, tree);
    let children = tree.children(copy).to_vec();
    tree.set_children(copy, Vec::new());
    tree.set_children(ours, Vec::new());
    let body = tree.node(copy).body.clone();
    tree.set_body(ours, body);
    tree.set_children(ours, children);
}

/// Takes an entry out, with the comments above it.
fn remove(tree: &mut Tree, id: NodeId) {
    let Some(parent) = tree.node(id).parent else {
        let rest = tree.documents().iter().copied().filter(|root| *root != id);
        let rest = rest.collect();
        tree.set_documents(rest);
        return;
    };
    let siblings = tree.children(parent);
    let at = siblings.iter().position(|child| *child == id).unwrap_or_default();
    let before = siblings.get(..at).unwrap_or_default().iter().rev();
    let comments = before.take_while(|child| tree.node(**child).comment().is_some());
    let gone: Vec<NodeId> = comments.copied().chain([id]).collect();
    for id in gone {
        tree.unlink(id);
    }
}

/// Puts an entry of theirs, with the comments above it, where it stood there: after the sibling it follows.
fn insert(tree: &mut Tree, parent: Option<NodeId>, theirs: &Tree, their: NodeId) -> Option<NodeId> {
    let siblings = theirs
        .node(their)
        .parent
        .map_or(&[][..], |parent| theirs.children(parent));
    let at = siblings
        .iter()
        .position(|child| *child == their)
        .unwrap_or_default();
    let before = siblings.get(..at).unwrap_or_default();
    let comments = before
        .iter()
        .rev()
        .take_while(|child| theirs.node(**child).comment().is_some())
        .count();
    let (before, comments) = before.split_at(before.len() - comments);
    let copies: Vec<NodeId> = comments
        .iter()
        .chain([&their])
        .map(|id| subtree::copy(theirs, *id, tree))
        .collect();
    let last = copies.last().copied();
    let Some(parent) = parent else {
        let mut roots = tree.documents().to_vec();
        roots.extend(last);
        tree.set_documents(roots);
        return last;
    };
    let now = tree.children(parent);
    let keyed = theirs.node(their).key.is_some();
    let follows = if keyed {
        before.iter().rev().find_map(|sibling| {
            let key = theirs.node(*sibling).key.as_ref()?;
            let here = |child: &NodeId| tree.node(*child).key.as_ref() == Some(key);
            now.iter().position(here).map(|at| at + 1)
        })
    } else {
        Some(before.len().min(now.len()))
    };
    for (at, copy) in (follows.unwrap_or_default()..).zip(copies) {
        tree.link(parent, at, copy);
    }
    last
}

/// Links a node behind another one; documents behind documents.
fn put_after(tree: &mut Tree, id: NodeId, copy: NodeId) {
    let Some(parent) = tree.node(id).parent else {
        let mut roots = tree.documents().to_vec();
        let at = roots
            .iter()
            .position(|root| *root == id)
            .map_or(roots.len(), |at| at + 1);
        roots.insert(at, copy);
        tree.set_documents(roots);
        return;
    };
    let siblings = tree.children(parent);
    let at = siblings.iter().position(|child| *child == id);
    let at = at.map_or(siblings.len(), |at| at + 1);
    tree.link(parent, at, copy);
}
