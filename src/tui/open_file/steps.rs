//! The steps of editing, and the way back and forth between them.

use super::OpenFile;
use crate::ops::readers::Readers;
use crate::tree::{Change, EditError, NodeId};
use std::collections::HashSet;
use std::sync::Arc;

/// An edit that was made: what takes it back, or does it again.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) inverse: Vec<Change>,
    pub(super) at: NodeId,
    /// Who could read the file before, where that was changed; nothing else was then.
    pub(super) readers: Option<Readers>,
}

impl Step {
    pub(super) const fn of(inverse: Vec<Change>, at: NodeId) -> Self {
        Self {
            inverse,
            at,
            readers: None,
        }
    }

    const fn about(&self) -> Turned {
        match self.readers {
            Some(_) => Turned::Readers,
            None => Turned::Node(self.at),
        }
    }
}

/// What an undo or redo was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// A node of the tree.
    Node(NodeId),
    /// Who can read the file.
    Readers,
}

impl OpenFile {
    /// Whether there is an edit to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is an edit to make again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes the last edit back; what it was about.
    pub fn undo(&mut self) -> Option<Turned> {
        let step = self.past.pop()?;
        let about = step.about();
        let redo = self.turn(step);
        self.future.push(redo);
        self.edited();
        Some(about)
    }

    /// Makes the edit again that was taken back last; what it was about.
    pub fn redo(&mut self) -> Option<Turned> {
        let step = self.future.pop()?;
        let about = step.about();
        let undo = self.turn(step);
        self.past.push(undo);
        self.edited();
        Some(about)
    }

    /// Accepts a file whose MAC does not hold as it stands: the next save makes its MAC new. Whether that can be.
    pub fn accept(&mut self) -> bool {
        let mut document = (*self.document).clone();
        let accepted = document.accept();
        self.document = Arc::new(document);
        self.list_changes();
        accepted
    }

    /// Whether a line of the list of changes is that the MAC is made new.
    #[must_use]
    pub fn is_mac(&self, id: NodeId) -> bool {
        self.document.accepted.is_some() && self.base().documents().first() == Some(&id)
    }

    /// Takes [`OpenFile::accept`] back; whether that can be, which it cannot while there are other edits.
    pub fn refuse(&mut self) -> bool {
        let alone = self.changes.len() == 1;
        if alone {
            let mut document = (*self.document).clone();
            document.refuse();
            self.document = Arc::new(document);
            self.past.clear();
            self.future.clear();
            self.list_changes();
        }
        alone
    }

    /// Brings one node back to what it was when the file was opened, as an edit of its own.
    ///
    /// # Errors
    /// When its place is gone.
    pub fn take_back(&mut self, id: NodeId) -> Result<(), EditError> {
        if let Some(roots) = self.documents_with(id) {
            return self.make(vec![Change::Documents(roots)], id);
        }
        let mut changes = Vec::new();
        if !self.in_base(id) {
            changes.push(Change::Unlink(id));
            return self.make(changes, id);
        }
        let was = self.base().node(id);
        let is = self.tree.node(id);
        if let (Some(parent), None) = (was.parent, is.parent) {
            let order = self.base().children(parent);
            let before = order.iter().take_while(|child| **child != id);
            let survivor = before.filter(|child| !self.deleted(**child)).last();
            let now = self.tree.children(parent);
            let index = survivor.map_or(0, |survivor| {
                now.iter()
                    .position(|child| child == survivor)
                    .map_or(now.len(), |at| at + 1)
            });
            changes.push(Change::Link(parent, index, id));
        }
        if was.key != is.key
            && let Some(key) = &was.key
        {
            changes.push(Change::Key(id, key.clone()));
        }
        if !was.is_branch() && was.body != is.body {
            changes.push(Change::Body(id, was.body.clone()));
        }
        if changes.is_empty()
            && let Some(parent) = was.parent
        {
            let order = self.base().children(parent);
            let index = order
                .iter()
                .take_while(|child| **child != id)
                .filter(|child| !self.deleted(**child))
                .count();
            changes.extend([Change::Unlink(id), Change::Link(parent, index, id)]);
        }
        self.make(changes, id)
    }

    /// Applies changes as one edit, all or none.
    pub(super) fn make(&mut self, changes: Vec<Change>, at: NodeId) -> Result<(), EditError> {
        let mut inverse = Vec::with_capacity(changes.len());
        for change in changes {
            match self.tree.apply(change) {
                Ok(undo) => inverse.push(undo),
                Err(error) => {
                    self.turn(Step::of(inverse, at));
                    return Err(error);
                }
            }
        }
        self.past.push(Step::of(inverse, at));
        self.future.clear();
        self.edited();
        Ok(())
    }

    /// Applies a step backwards and gives the step that undoes that.
    fn turn(&mut self, step: Step) -> Step {
        let mut inverse = Vec::with_capacity(step.inverse.len());
        for change in step.inverse.into_iter().rev() {
            if let Ok(undo) = self.tree.apply(change) {
                inverse.push(undo);
            }
        }
        let now = step
            .readers
            .map(|before| std::mem::replace(&mut self.readers, before));
        Step {
            readers: now,
            ..Step::of(inverse, step.at)
        }
    }

    /// Notes what a step touched, and lists what differs now.
    pub(super) fn edited(&mut self) {
        self.revision += 1;
        let mut known: HashSet<NodeId> = self.touched.iter().copied().collect();
        let last = self.past.last().into_iter().chain(self.future.last());
        for change in last.flat_map(|step| &step.inverse) {
            let ids = match change {
                Change::Body(id, _) | Change::Key(id, _) | Change::Link(_, _, id) | Change::Unlink(id) => {
                    vec![*id]
                }
                Change::Documents(roots) => [roots.as_slice(), self.tree.documents()].concat(),
            };
            for id in ids {
                if known.insert(id) {
                    self.touched.push(id);
                }
            }
        }
        self.list_changes();
        self.list_key_changes();
    }
}
