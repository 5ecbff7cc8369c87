//! An open file while the editor is locked: no value in it, and nothing that opens one. Undo and redo, the list of changes and
//! all ids come back as they were.

use super::{OpenFile, Step};
use crate::failure::Failure;
use crate::ops::draft::{Kept, Reopened};
use crate::ops::open::Document;
use crate::ops::readers::Readers;
use crate::tree::{Body, Change, Comment, Leaf, NodeId, Secret, Tree};
use std::sync::Arc;

/// The file, sealed.
pub struct SealedFile {
    /// What opens again with the keys at hand.
    pub kept: Arc<Kept>,
    /// How many changes are not saved.
    pub changes: usize,
    read_only: bool,
    /// Edits without their values; `None` where nothing was ever edited.
    work: Option<Work>,
    /// How many ids the file has as it was read.
    ids: usize,
}

/// Trees and steps with every value taken out.
struct Work {
    tree: Tree,
    past: Vec<Step>,
    future: Vec<Step>,
    touched: Vec<NodeId>,
    revision: u64,
    /// Who can read the file, and who is to: no secrets.
    readers_before: Readers,
    readers: Readers,
}

impl Work {
    /// The places of all values, always in the same order: the tree, then the steps.
    fn each(&mut self, mut visit: impl FnMut(&mut Body)) {
        let ids: Vec<NodeId> = self.tree.ids().collect();
        for id in ids {
            if !self.tree.node(id).is_branch() {
                self.tree.edit_body(id, &mut visit);
            }
        }
        let steps = self.past.iter_mut().chain(&mut self.future);
        for change in steps.flat_map(|step| &mut step.inverse) {
            if let Change::Body(_, body @ (Body::Leaf(_) | Body::Comment(_))) = change {
                visit(body);
            }
        }
    }

    fn take_values(&mut self) -> Vec<Body> {
        let mut values = Vec::new();
        self.each(|body| {
            let blank = match body {
                Body::Comment(comment) => Body::Comment(Comment {
                    text: Secret::default(),
                    inline: comment.inline,
                }),
                _ => Body::Leaf(Leaf::Null),
            };
            values.push(std::mem::replace(body, blank));
        });
        values
    }

    fn put_values(&mut self, values: Vec<Body>) {
        let mut values = values.into_iter();
        self.each(|body| {
            if let Some(value) = values.next() {
                *body = value;
            }
        });
    }
}

impl OpenFile {
    /// Seals the unsaved work and forgets everything else.
    ///
    /// # Errors
    /// When it cannot be sealed; the file stays open then, as the second value.
    pub fn seal(self) -> Result<SealedFile, (Failure, Box<Self>)> {
        let (changes, read_only, ids) = (self.change_count(), self.read_only, self.base().len());
        let Self {
            document,
            tree,
            past,
            future,
            touched,
            revision,
            readers_before,
            readers,
            ..
        } = self;
        let mut work = Work {
            tree,
            past,
            future,
            touched,
            revision,
            readers_before,
            readers,
        };
        let edited = !(work.touched.is_empty() && work.past.is_empty() && work.future.is_empty());
        let values = if edited { work.take_values() } else { Vec::new() };
        match Kept::seal(&document, &values) {
            Ok(kept) => Ok(SealedFile {
                kept: Arc::new(kept),
                changes,
                read_only,
                work: edited.then_some(work),
                ids,
            }),
            Err(failure) => {
                work.put_values(values);
                Err((failure, Box::new(Self::restore(document, work, read_only))))
            }
        }
    }

    fn restore(document: Arc<Document>, work: Work, read_only: bool) -> Self {
        let mut file = Self::new(document, work.tree, read_only);
        file.past = work.past;
        file.future = work.future;
        file.touched = work.touched;
        file.revision = work.revision;
        file.readers_before = work.readers_before;
        file.readers = work.readers;
        file.list_key_changes();
        file.list_changes();
        file
    }
}

impl SealedFile {
    /// The file as it was, if that is what `reopened` has.
    ///
    /// # Errors
    /// When no key opened it, or it is not the file that was sealed: both come back.
    pub fn open(self, reopened: Reopened) -> Result<OpenFile, Box<(Self, Document)>> {
        let Reopened { document, values } = reopened;
        let Some(values) = values.filter(|_| document.content.len() == self.ids) else {
            return Err(Box::new((self, document)));
        };
        let document = Arc::new(document);
        Ok(match self.work {
            Some(mut work) => {
                work.put_values(values);
                OpenFile::restore(document, work, self.read_only)
            }
            None => {
                let tree = document.content.clone();
                OpenFile::new(document, tree, self.read_only)
            }
        })
    }
}
