//! Anchors, and the copies that aliases stand for (§2.4).

use super::{Composer, Node, content};
use crate::format::LoadError;
use crate::format::yaml::comment::Notes;
use crate::format::yaml::cursor::Mark;
use crate::format::yaml::limits;
use crate::tree::{Body, Leaf, NodeId};
use std::ops::Range;

/// What an anchor names.
#[derive(Clone)]
pub(super) enum Target {
    /// A collection that is still open.
    Open,
    Leaf(Leaf),
    Branch(Branch),
}

/// An anchored map or list.
#[derive(Clone)]
pub(super) struct Branch {
    pub node: NodeId,
    pub list: bool,
    /// Which children of the node belong to it; the others are comments of the document.
    pub children: Range<usize>,
    /// Its comments that stand outside of it; copies have them inside.
    pub outside: Notes,
    /// How many values sops decodes for it.
    pub decoded: u64,
    /// How deep it nests.
    pub height: usize,
}

impl<'a> Composer<'a> {
    /// Gives the anchor of a node, if it has one, a new meaning.
    pub(super) fn define(&mut self, node: &Node<'a>, target: Target) {
        if let Some(anchor) = node.properties.anchor {
            self.anchors.insert(anchor, target);
        }
    }

    pub(super) fn define_leaf(&mut self, node: &Node<'a>, leaf: &Leaf) {
        if node.properties.anchor.is_some() {
            self.define(node, Target::Leaf(leaf.clone()));
        }
    }

    /// Completes an anchored collection, unless its name has been given away inside of it.
    pub(super) fn close_target(&mut self, anchor: &'a str, branch: Branch) {
        if let Some(target) = self.anchors.get_mut(anchor)
            && matches!(target, Target::Open)
        {
            *target = Target::Branch(branch);
        }
    }

    /// What an alias stands for.
    pub(super) fn target(&self, name: &str, at: Mark) -> Result<Target, LoadError> {
        match self.anchors.get(name) {
            None => Err(at.error("found an alias without an anchor before it")),
            Some(Target::Open) => Err(content("an anchored value contains itself", at)),
            Some(target) => Ok(target.clone()),
        }
    }

    /// Copies an anchored collection into an empty one.
    pub(super) fn copy(&mut self, branch: &Branch, into: NodeId, at: Mark) -> Result<(), LoadError> {
        self.check_copy(branch, at)?;
        self.copy_comments(into, &branch.outside.head, at)?;
        self.copy_comments(into, &branch.outside.line, at)?;
        let mut open = vec![(branch.node, branch.children.clone(), into)];
        while let Some((source, children, into)) = open.last_mut() {
            let (source, into) = (*source, *into);
            let child = children
                .next()
                .and_then(|at| self.tree.children(source).get(at).copied());
            let Some(child) = child else {
                open.pop();
                continue;
            };
            let original = self.tree.node(child);
            let key = original.key.clone();
            let count = original.children().len();
            let body = match &original.body {
                Body::Map(_) => Body::Map(Vec::with_capacity(count)),
                Body::List(_) => Body::List(Vec::with_capacity(count)),
                other => other.clone(),
            };
            let is_branch = original.is_branch();
            self.budget.pay(size(&body), at)?;
            let copy = self.tree.push(into, key, body);
            self.places.push(None);
            if is_branch {
                open.push((child, 0..count, copy));
            }
        }
        self.copy_comments(into, &branch.outside.foot, at)
    }

    /// Pays for the copy of a value.
    pub(super) fn pay(&mut self, leaf: &Leaf, at: Mark) -> Result<(), LoadError> {
        self.count_copies(1, at)?;
        let bytes = match leaf {
            Leaf::Text(text) => text.len(),
            _ => 0,
        };
        self.budget.pay(bytes, at)
    }

    fn check_copy(&mut self, branch: &Branch, at: Mark) -> Result<(), LoadError> {
        if self.frames.len() + branch.height > limits::EXPANDED_DEPTH {
            return Err(limits::too_deep(at));
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.height = frame.height.max(branch.height);
        }
        self.count_copies(branch.decoded, at)
    }

    fn count_copies(&mut self, count: u64, at: Mark) -> Result<(), LoadError> {
        self.ratio.decoded += count;
        self.ratio.aliased += count;
        if self.visiting && self.ratio.is_excessive() {
            return Err(limits::too_many_copies(at));
        }
        Ok(())
    }
}

fn size(body: &Body) -> usize {
    match body {
        Body::Leaf(Leaf::Text(text)) => text.len(),
        Body::Comment(comment) => comment.text.len(),
        _ => 0,
    }
}
