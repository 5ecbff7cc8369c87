//! Edits of a tree that can be taken back.

use super::{Body, Key, NodeId, Tree};
use thiserror::Error;

/// One edit. Applying it yields the edit that takes it back, so undo and redo are the same operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Replace what a node is (a value by a value, a comment by a comment, a value by a branch of new nodes).
    Body(NodeId, Body),
    /// Replace the key of an entry.
    Key(NodeId, Key),
    /// Put a node that stands nowhere into a map or list, before the child at this index.
    Link(NodeId, usize, NodeId),
    /// Take a node out; it keeps what is below it.
    Unlink(NodeId),
    /// Replace the list of documents, by nodes that stand nowhere else.
    Documents(Vec<NodeId>),
}

/// Why an edit does not fit the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// The node does not exist, or stands nowhere.
    #[error("there is no such entry")]
    NoSuchNode,
    /// The target is no map or list, or the node stands somewhere already.
    #[error("nothing can be put there")]
    NoPlace,
}

impl Tree {
    /// Applies an edit and returns the one that takes it back. On an error the tree is as it was.
    ///
    /// # Errors
    /// When the edit does not fit the tree.
    pub fn apply(&mut self, change: Change) -> Result<Change, EditError> {
        match change {
            Change::Body(id, body) => {
                let node = self.nodes.get_mut(id).ok_or(EditError::NoSuchNode)?;
                Ok(Change::Body(id, std::mem::replace(&mut node.body, body)))
            }
            Change::Key(id, key) => {
                let node = self.nodes.get_mut(id).ok_or(EditError::NoSuchNode)?;
                let slot = node.key.as_mut().ok_or(EditError::NoSuchNode)?;
                Ok(Change::Key(id, std::mem::replace(slot, key)))
            }
            Change::Link(parent, index, id) => {
                let free =
                    self.contains(id) && self.node(id).parent.is_none() && !self.documents.contains(&id);
                if free && self.root_of(parent) != id && self.link(parent, index, id) {
                    Ok(Change::Unlink(id))
                } else {
                    Err(EditError::NoPlace)
                }
            }
            Change::Documents(roots) => {
                let free = |id: &NodeId| self.contains(*id) && self.node(*id).parent.is_none();
                if !roots.iter().all(free) {
                    return Err(EditError::NoPlace);
                }
                let before = self.documents().to_vec();
                self.set_documents(roots);
                Ok(Change::Documents(before))
            }
            Change::Unlink(id) => {
                let (parent, index) = self.unlink(id).ok_or(EditError::NoSuchNode)?;
                Ok(Change::Link(parent, index, id))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, EditError};
    use crate::tree::{Body, Leaf, Tree};

    #[test]
    fn every_edit_can_be_taken_back() {
        let mut tree = Tree::new();
        let root = tree.push_document();
        let map = tree.push(root, Some("m".into()), Body::Map(Vec::new()));
        let leaf = tree.push(map, Some("a".into()), Body::Leaf(Leaf::Int(1)));
        let fresh = tree.new_node(Some("b".into()), Body::Leaf(Leaf::Null));
        let second = tree.new_node(None, Body::Map(Vec::new()));
        let before = tree.clone();
        let changes = [
            Change::Body(leaf, Body::Leaf(Leaf::text("x"))),
            Change::Key(map, "n".into()),
            Change::Link(map, 0, fresh),
            Change::Unlink(leaf),
            Change::Documents(vec![root, second]),
        ];
        let mut undo: Vec<Change> = changes
            .into_iter()
            .map(|change| tree.apply(change).unwrap())
            .collect();
        assert!(!tree.same_content(&before, true));
        while let Some(change) = undo.pop() {
            tree.apply(change).unwrap();
        }
        assert!(tree.same_content(&before, true));
    }

    #[test]
    fn a_node_cannot_be_put_below_itself() {
        let mut tree = Tree::new();
        let root = tree.push_document();
        let map = tree.push(root, Some("m".into()), Body::Map(Vec::new()));
        tree.apply(Change::Unlink(map)).unwrap();
        assert_eq!(tree.apply(Change::Link(map, 0, map)), Err(EditError::NoPlace));
    }
}
