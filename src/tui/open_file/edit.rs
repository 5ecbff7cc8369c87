//! Edits as data: they can be tried and asked about before they are made.

use super::{OpenFile, Place};
use crate::tree::{Body, EditError, Key, NodeId};
use std::collections::HashSet;

/// One edit that may change what is encrypted.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Give a node another key.
    Rename(NodeId, Key),
    /// Move a node by so many places among its siblings.
    Shift(NodeId, isize),
    /// Take a node out.
    Delete(NodeId),
    /// Replace a comment.
    Comment(NodeId, Body),
    /// Put a comment somewhere.
    NewComment(Place, Body),
}

impl Edit {
    /// The node it is about; for a new comment, what it is put into.
    #[must_use]
    pub const fn node(&self) -> NodeId {
        match self {
            Self::Rename(id, _) | Self::Shift(id, _) | Self::Delete(id) | Self::Comment(id, _) => *id,
            Self::NewComment(place, _) => place.parent,
        }
    }
}

impl OpenFile {
    /// Makes an edit; the node to select then.
    ///
    /// # Errors
    /// When it does not fit the tree.
    pub fn apply(&mut self, edit: Edit) -> Result<Option<NodeId>, EditError> {
        match edit {
            Edit::Rename(id, key) => self.rename(id, key).map(|()| Some(id)),
            Edit::Shift(id, by) => self.shift(id, by).map(|()| Some(id)),
            Edit::Delete(id) => self.delete(id).map(|()| Some(id)),
            Edit::Comment(id, body) => self.set_comment(id, body).map(|()| Some(id)),
            Edit::NewComment(place, body) => self.add(place, None, body).map(Some),
        }
    }

    /// How many encrypted values an edit would make readable. The file is as it was afterwards.
    #[must_use]
    pub fn opened_by(&mut self, edit: &Edit) -> usize {
        let by_comments = self
            .document
            .selection
            .rule()
            .is_some_and(|rule| rule.reads_comments());
        let scope = match edit {
            Edit::Rename(id, _) => *id,
            _ if !by_comments => return 0,
            Edit::NewComment(place, _) => place.parent,
            other => match self.tree().node(other.node()).parent {
                Some(parent) => parent,
                None => return 0,
            },
        };
        let before = self.sealed_leaves(scope);
        let future = std::mem::take(&mut self.future);
        let made = self.apply(edit.clone()).is_ok();
        let after = self.sealed_leaves(scope);
        let opened = before
            .iter()
            .filter(|id| !after.contains(id) && self.linked(**id))
            .count();
        if made {
            self.undo();
        }
        self.future = future;
        opened
    }

    /// The encrypted values at and below a node.
    fn sealed_leaves(&self, id: NodeId) -> HashSet<NodeId> {
        self.tree()
            .walk_from(id)
            .map(|step| step.id())
            .filter(|id| matches!(self.tree().node(*id).body, Body::Leaf(_)))
            .filter(|id| self.decide(*id).encrypted)
            .collect()
    }

    /// Puts a copy of a node, with all that is below it, right after it, and names it.
    ///
    /// # Errors
    /// When the node stands nowhere.
    pub fn duplicate(&mut self, id: NodeId, key: Option<Key>) -> Result<NodeId, EditError> {
        let parent = self.tree.node(id).parent.ok_or(EditError::NoSuchNode)?;
        let siblings = self.tree.children(parent);
        let at = siblings.iter().position(|child| *child == id);
        let index = at.map_or(siblings.len(), |at| at + 1);
        let top = self.add(Place { parent, index }, key, shallow(&self.tree.node(id).body))?;
        let mut open = vec![(id, top)];
        while let Some((source, target)) = open.pop() {
            for child in self.tree.children(source).to_vec() {
                let node = self.tree.node(child);
                let (key, body) = (node.key.clone(), shallow(&node.body));
                let copy = self.tree.push(target, key, body);
                open.push((child, copy));
            }
        }
        Ok(top)
    }
}

/// A body without what is below it.
fn shallow(body: &Body) -> Body {
    match body {
        Body::Map(_) => Body::Map(Vec::new()),
        Body::List(_) => Body::List(Vec::new()),
        body => body.clone(),
    }
}
