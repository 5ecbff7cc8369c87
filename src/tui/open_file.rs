//! The open file with its unsaved edits: the tree as it was opened beside the tree as it is now, and the way back and
//! forth between them. Knows nothing of the screen.

mod adopt;
mod carry;
mod changes;
mod edit;
mod exposed;
mod keys;
mod path;
mod reapply;
mod sealed;
mod steps;

pub use changes::{Listed, Mark};
pub use edit::Edit;
pub use path::{item_number, show_path, show_place};
pub use sealed::SealedFile;
use steps::Step;
pub use steps::Turned;

use crate::failure::Kind;
use crate::ops::kubernetes;
use crate::ops::open::{Access, Document};
use crate::ops::readers::{KeyChange, Readers};
use crate::ops::ruled::{Known, Should};
use crate::seal::selection::{Decision, Rule, Selection};
use crate::tree::{Body, Change, EditError, Key, Leaf, NodeId, Tree};
use crate::tui::kind;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A file that is open.
pub struct OpenFile {
    /// The file as it was read.
    pub document: Arc<Document>,
    /// What the creation rule for the file would encrypt, where that is not what the file says, as far as it was read last.
    pub by_rule: Option<Selection>,
    tree: Tree,
    past: Vec<Step>,
    future: Vec<Step>,
    changes: Vec<Listed>,
    moved: HashSet<NodeId>,
    /// Every node that was ever touched since the file was opened, in that order: only these can differ.
    touched: Vec<NodeId>,
    revision: u64,
    read_only: bool,
    /// Who can read the file on disk.
    readers_before: Readers,
    /// Who is to be able to.
    readers: Readers,
    key_changes: Vec<KeyChange>,
    /// Whether the next save keeps the data key although it should not.
    pub keep_data_key: bool,
    /// Who should be able to, by the rule, once that is found.
    pub should: Option<Should>,
    /// What is known of recipients, by identity.
    pub known: HashMap<String, Known>,
}

/// Where a new node goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The map or list.
    pub parent: NodeId,
    /// Before which of its children.
    pub index: usize,
}

impl OpenFile {
    /// Begins with no edits. `tree` is a clone of the content of `document`; making it costs time, so the worker does.
    #[must_use]
    pub fn new(document: Arc<Document>, tree: Tree, read_only: bool) -> Self {
        let readers = Readers::of(&document.metadata);
        let mut file = Self {
            by_rule: document.by_rule.clone(),
            readers_before: readers.clone(),
            readers,
            key_changes: Vec::new(),
            keep_data_key: false,
            should: None,
            known: HashMap::new(),
            document,
            tree,
            past: Vec::new(),
            future: Vec::new(),
            changes: Vec::new(),
            moved: HashSet::new(),
            touched: Vec::new(),
            revision: 0,
            read_only,
        };
        file.list_changes();
        file
    }

    /// The tree with all edits.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The tree as it was opened.
    #[must_use]
    pub fn base(&self) -> &Tree {
        &self.document.content
    }

    /// Notes what the creation rule for the file says by now.
    pub fn ruled(&mut self, rule: Option<Rule>) {
        let other = rule.filter(|rule| *rule != self.document.metadata.effective_rule());
        self.by_rule = other.and_then(|rule| Selection::new(Some(rule), false).ok());
    }

    /// Grows with every edit, undo and redo.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Why nothing can be changed; `None` where it can.
    #[must_use]
    pub fn frozen(&self) -> Option<&'static str> {
        match &self.document.access {
            Access::Locked(_) => Some("the file is locked: no key at hand opens it"),
            Access::ReadOnly(_) => Some("the file is read-only: its values cannot be trusted"),
            Access::Open(_) if self.read_only => Some("opened read-only"),
            Access::Open(_) if !self.document.writable => {
                Some("the file is write-protected: its permissions let nobody change it here")
            }
            Access::Open(_) => None,
        }
    }

    /// Whether it is read-only because its MAC does not hold, or values do not decrypt.
    #[must_use]
    pub fn is_untrusted(&self) -> bool {
        let Access::ReadOnly(failure) = &self.document.access else {
            return false;
        };
        matches!(failure.kind, Kind::MacMismatch | Kind::DecryptTree)
    }

    /// Whether the values are still ciphertext.
    #[must_use]
    pub fn locked(&self) -> bool {
        matches!(self.document.access, Access::Locked(_))
    }

    /// The node as it is now, or for a deleted one as it was.
    #[must_use]
    pub fn decide(&self, id: NodeId) -> Decision {
        let tree = if self.deleted(id) { self.base() } else { &self.tree };
        self.document.selection.decide(tree, id)
    }

    /// Whether a value or comment is kept from view until it is revealed.
    #[must_use]
    pub fn is_secret(&self, id: NodeId) -> bool {
        let was = self.in_base(id) && self.document.selection.decide(self.base(), id).encrypted;
        was || self.decide(id).encrypted
    }

    /// A value as people read it: decoded where its manifest holds it in base64.
    #[must_use]
    pub fn shown(&self, id: NodeId, leaf: &Leaf) -> Zeroizing<Vec<u8>> {
        let tree = if self.deleted(id) { self.base() } else { &self.tree };
        let encoded = !self.locked() && kubernetes::is_encoded(tree, id);
        let decoded = encoded.then(|| kubernetes::decode(leaf)).flatten();
        decoded.unwrap_or_else(|| kind::shown(leaf))
    }

    /// Whether a value is shown and edited decoded.
    #[must_use]
    pub fn is_decoded(&self, id: NodeId) -> bool {
        let leaf = self.tree.node(id).leaf();
        !self.locked()
            && kubernetes::is_encoded(&self.tree, id)
            && leaf.is_some_and(|leaf| kubernetes::decode(leaf).is_some())
    }

    /// What the file would do with a new value under a key at a place.
    #[must_use]
    pub fn would_encrypt(&self, parent: NodeId, key: Option<&Key>) -> bool {
        let mut chain = vec![(key.cloned(), false)];
        let mut at = Some(parent);
        while let Some(id) = at {
            let node = self.tree.node(id);
            chain.push((node.key.clone(), matches!(node.body, Body::List(_))));
            at = node.parent;
        }
        let mut sketch = Tree::new();
        chain.pop();
        let mut last = sketch.push_document();
        while let Some((key, list)) = chain.pop() {
            let body = match (chain.is_empty(), list) {
                (true, _) => Body::Leaf(Leaf::text("x")),
                (false, true) => Body::List(Vec::new()),
                (false, false) => Body::Map(Vec::new()),
            };
            last = sketch.push(last, key, body);
        }
        self.document.selection.decide(&sketch, last).encrypted
    }

    /// The rows below a branch: its children, and those that were deleted since, where they stood.
    #[must_use]
    pub fn shown_children(&self, id: NodeId) -> Cow<'_, [NodeId]> {
        let now = self.tree.children(id);
        let before = if self.in_base(id) {
            self.base().children(id)
        } else {
            &[]
        };
        if now == before || before.iter().all(|child| !self.deleted(*child)) {
            return Cow::Borrowed(now);
        }
        let mut merged = Vec::with_capacity(now.len() + before.len());
        let mut behind = HashMap::<Option<NodeId>, Vec<NodeId>>::new();
        let mut last = None;
        for child in before {
            if self.deleted(*child) {
                behind.entry(last).or_default().push(*child);
            } else if self.tree.node(*child).parent == Some(id) {
                last = Some(*child);
            }
        }
        merged.extend(behind.remove(&None).unwrap_or_default());
        for child in now {
            merged.push(*child);
            merged.extend(behind.remove(&Some(*child)).unwrap_or_default());
        }
        Cow::Owned(merged)
    }

    /// Whether a node was taken out since the file was opened.
    #[must_use]
    pub fn deleted(&self, id: NodeId) -> bool {
        if !self.in_base(id) || self.tree.node(id).parent.is_some() {
            return false;
        }
        self.base().node(id).parent.is_some()
            || self.base().documents().contains(&id) && !self.tree.documents().contains(&id)
    }

    /// Adds an empty document behind another one, and names it.
    ///
    /// # Errors
    /// When the other one is no document.
    pub fn add_document(&mut self, after: NodeId) -> Result<NodeId, EditError> {
        let mut roots = self.tree.documents().to_vec();
        let at = roots.iter().position(|root| *root == after);
        let at = at.ok_or(EditError::NoSuchNode)? + 1;
        let id = self.tree.new_node(None, Body::Map(Vec::new()));
        roots.insert(at, id);
        self.make(vec![Change::Documents(roots)], id)?;
        Ok(id)
    }

    /// The documents with one of them back where it was when the file was opened, or gone where it is new; `None` for what is
    /// no document.
    fn documents_with(&self, id: NodeId) -> Option<Vec<NodeId>> {
        let (was, is) = (self.base().documents(), self.tree.documents());
        let place = was.iter().position(|root| *root == id);
        if place.is_none() && !is.contains(&id) {
            return None;
        }
        let mut roots: Vec<NodeId> = is.iter().copied().filter(|root| *root != id).collect();
        if let Some(place) = place {
            let before = was.get(..place).unwrap_or_default().iter().rev();
            let mut before = before.filter_map(|root| roots.iter().position(|other| other == root));
            let at = before.next().map_or(0, |at| at + 1);
            roots.insert(at, id);
        }
        Some(roots)
    }

    /// Whether the node was there when the file was opened.
    #[must_use]
    pub fn in_base(&self, id: NodeId) -> bool {
        self.base().contains(id)
    }

    /// Whether the node hangs below a document.
    #[must_use]
    pub fn linked(&self, id: NodeId) -> bool {
        self.tree.contains(id) && self.tree.documents().contains(&self.tree.root_of(id))
    }

    /// Replaces a value.
    ///
    /// # Errors
    /// When the node is not in the tree.
    pub fn set_leaf(&mut self, id: NodeId, leaf: Leaf) -> Result<(), EditError> {
        self.make(vec![Change::Body(id, Body::Leaf(leaf))], id)
    }

    /// Replaces a comment.
    ///
    /// # Errors
    /// When the node is not in the tree.
    pub fn set_comment(&mut self, id: NodeId, body: Body) -> Result<(), EditError> {
        self.make(vec![Change::Body(id, body)], id)
    }

    /// Replaces a key.
    ///
    /// # Errors
    /// When the node has none.
    pub fn rename(&mut self, id: NodeId, key: Key) -> Result<(), EditError> {
        self.make(vec![Change::Key(id, key)], id)
    }

    /// Adds a node and names it.
    ///
    /// # Errors
    /// When nothing can be put there.
    pub fn add(&mut self, place: Place, key: Option<Key>, body: Body) -> Result<NodeId, EditError> {
        let id = self.tree.new_node(key, body);
        self.make(vec![Change::Link(place.parent, place.index, id)], id)?;
        Ok(id)
    }

    /// Takes a node out, with the comment on its line.
    ///
    /// # Errors
    /// When it is not in the tree.
    pub fn delete(&mut self, id: NodeId) -> Result<(), EditError> {
        if self.tree.documents().len() > 1 && self.tree.documents().contains(&id) {
            let rest = self.tree.documents().iter().copied().filter(|root| *root != id);
            return self.make(vec![Change::Documents(rest.collect())], id);
        }
        let remarks = self.remarks(id);
        let gone = remarks.into_iter().chain([id]);
        self.make(gone.map(Change::Unlink).collect(), id)
    }

    /// The comments on the line of a node: they stand directly before it.
    fn remarks(&self, id: NodeId) -> Vec<NodeId> {
        let siblings = self
            .tree
            .node(id)
            .parent
            .map_or(&[][..], |parent| self.tree.children(parent));
        let at = siblings.iter().position(|child| *child == id).unwrap_or_default();
        let before = siblings.get(..at).unwrap_or_default().iter().rev().copied();
        let is_inline = |id: &NodeId| {
            self.tree
                .node(*id)
                .comment()
                .is_some_and(|comment| comment.inline)
        };
        let mut remarks: Vec<NodeId> = before.take_while(is_inline).collect();
        remarks.reverse();
        if self.tree.node(id).comment().is_some() {
            Vec::new()
        } else {
            remarks
        }
    }

    /// Moves a node among its siblings, with the comment on its line; `by` is the number of places.
    ///
    /// # Errors
    /// When there is no such place.
    pub fn shift(&mut self, id: NodeId, by: isize) -> Result<(), EditError> {
        let parent = self.tree.node(id).parent.ok_or(EditError::NoSuchNode)?;
        let mut moving = self.remarks(id);
        moving.push(id);
        // What would be passed: nodes with the comments on their lines.
        let others: Vec<NodeId> = self
            .tree
            .children(parent)
            .iter()
            .copied()
            .filter(|child| !moving.contains(child))
            .collect();
        let before = self
            .tree
            .children(parent)
            .iter()
            .take_while(|child| !moving.contains(child))
            .count();
        let mut places: Vec<usize> = vec![0];
        places.extend((1..=others.len()).filter(|at| {
            let last = at.checked_sub(1).and_then(|last| others.get(last));
            last.is_some_and(|last| {
                !self
                    .tree
                    .node(*last)
                    .comment()
                    .is_some_and(|comment| comment.inline)
            })
        }));
        let at = places
            .iter()
            .position(|place| *place == before)
            .ok_or(EditError::NoPlace)?;
        let to = at.checked_add_signed(by).and_then(|to| places.get(to)).copied();
        let to = to.ok_or(EditError::NoPlace)?;
        let unlinked = moving.iter().map(|id| Change::Unlink(*id));
        let linked = moving
            .iter()
            .enumerate()
            .map(|(number, id)| Change::Link(parent, to + number, *id));
        self.make(unlinked.chain(linked).collect(), id)
    }
}
