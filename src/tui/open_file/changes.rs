//! What differs between the file as it was opened and as it is now, by the nodes that were touched: the cost is that of
//! the edits, not of the file.

use super::{OpenFile, path};
use crate::tree::NodeId;

/// What is listed where the MAC of the file is made new.
const MAC: &str = "the MAC is made new";

/// How a node differs from what was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Not at all.
    Same,
    /// It is new.
    New,
    /// Its value or key differs.
    Edited,
    /// It stands elsewhere among its siblings.
    Moved,
    /// It is gone.
    Deleted,
}

/// One line of the list of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The node.
    pub id: NodeId,
    /// How it differs.
    pub mark: Mark,
    /// Its path, escaped for the screen.
    pub path: String,
    /// The last part of the path, for places too narrow for all of it.
    pub name: String,
    /// The path it had, where its key differs.
    pub was: Option<String>,
}

impl OpenFile {
    /// The unsaved changes, in the order in which their nodes were first touched.
    #[must_use]
    pub fn changes(&self) -> &[Listed] {
        &self.changes
    }

    /// How one node differs.
    #[must_use]
    pub fn mark(&self, id: NodeId) -> Mark {
        if !self.in_base(id) {
            return Mark::New;
        }
        if self.deleted(id) {
            return Mark::Deleted;
        }
        let (was, is) = (self.base().node(id), self.tree().node(id));
        if was.key != is.key || was.is_branch() != is.is_branch() || (!is.is_branch() && was.body != is.body)
        {
            return Mark::Edited;
        }
        if self.moved.contains(&id) {
            Mark::Moved
        } else {
            Mark::Same
        }
    }

    pub(super) fn list_changes(&mut self) {
        let listed: Vec<Listed> = self.touched.iter().filter_map(|id| self.listed(*id)).collect();
        self.moved = listed
            .iter()
            .filter(|listed| listed.mark == Mark::Moved)
            .map(|listed| listed.id)
            .collect();
        self.changes = self.mac_made_new().into_iter().chain(listed).collect();
    }

    /// The line that stands for accepting a file whose MAC does not hold.
    fn mac_made_new(&self) -> Option<Listed> {
        let id = *self.base().documents().first()?;
        self.is_mac(id).then(|| Listed {
            id,
            mark: Mark::Edited,
            path: MAC.to_owned(),
            name: MAC.to_owned(),
            was: None,
        })
    }

    fn listed(&self, id: NodeId) -> Option<Listed> {
        let mark = match self.mark(id) {
            Mark::New if !self.linked(id) => return None,
            Mark::Same | Mark::Moved if self.has_moved(id) => Mark::Moved,
            Mark::Same | Mark::Moved => return None,
            mark => mark,
        };
        let deleted = mark == Mark::Deleted;
        let tree = if deleted { self.base() } else { self.tree() };
        let renamed = !deleted && self.in_base(id) && self.base().node(id).key != self.tree().node(id).key;
        let place = path::show_place(tree, id);
        let placed = tree.node(id).comment().is_some() || tree.node(id).parent.is_none();
        Some(Listed {
            id,
            mark,
            name: if placed {
                place.clone()
            } else {
                path::show_name(tree, id)
            },
            path: place,
            was: renamed.then(|| path::show_path(self.base(), id)),
        })
    }

    /// Whether another sibling stands before it than when the file was opened, new and deleted ones not counted.
    fn has_moved(&self, id: NodeId) -> bool {
        let (is, was) = match self.tree().node(id).parent {
            Some(parent) => (self.tree().children(parent), self.base().children(parent)),
            None => (self.tree().documents(), self.base().documents()),
        };
        let before = |children: &[NodeId]| {
            children
                .iter()
                .take_while(|child| **child != id)
                .filter(|child| self.in_base(**child) && !self.deleted(**child))
                .copied()
                .last()
        };
        before(is) != before(was)
    }
}
