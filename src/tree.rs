//! The content of a file in any of the five formats: documents of ordered nodes (spec §1).
//!
//! Nodes live in one arena and are named by [`NodeId`]. An id stays valid for the life of the tree and of its
//! clones: decryption, editing and undo keep ids, so that a node of the edited tree can be compared with the node
//! of the same id in the tree as it was read, and the text it came from be found ([`crate::format`]). A removed
//! node is unlinked from its parent, never freed.
//!
//! Nothing here recurses over the nesting of a file; a hostile file may nest as deep as it likes.

mod edit;
mod key;
mod leaf;
mod name;
mod nodes;
mod secret;
mod time;
mod walk;

pub use edit::{Change, EditError};
pub use key::Key;
pub use leaf::Leaf;
pub use name::Name;
pub use secret::Secret;
pub use time::Time;
pub use walk::{Step, Walk};

use nodes::Nodes;

/// Names a node of a [`Tree`] and of its clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The place of the node in tables that run parallel to the arena.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A comment: its text without the leading mark, and whether it stood behind a value on the same line (YAML only).
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The text after `#`; may be secret, so it is kept like a value.
    pub text: Secret,
    /// Whether it stood on the line of the value that follows it in tree order.
    pub inline: bool,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A map: entries (nodes with a key) and comments, in order; keys may repeat.
    Map(Vec<NodeId>),
    /// A list: items and comments, in order.
    List(Vec<NodeId>),
    /// A value.
    Leaf(Leaf),
    /// A comment inside a map or a list; never has a key.
    Comment(Comment),
}

/// One node: the entry of a map, the item of a list, a comment, or the root of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The map or list it stands in; `None` for roots and unlinked nodes.
    pub parent: Option<NodeId>,
    /// The key, for entries of maps only.
    pub key: Option<Key>,
    /// What it is.
    pub body: Body,
}

/// Stands in for ids of another tree, so that looking a node up needs no error path.
static NOTHING: Node = Node {
    parent: None,
    key: None,
    body: Body::Leaf(Leaf::Null),
};

impl Node {
    /// The nodes below this one, in order; empty for values and comments.
    #[must_use]
    pub fn children(&self) -> &[NodeId] {
        match &self.body {
            Body::Map(children) | Body::List(children) => children,
            Body::Leaf(_) | Body::Comment(_) => &[],
        }
    }

    /// The value, if this is one.
    #[must_use]
    pub fn leaf(&self) -> Option<&Leaf> {
        match &self.body {
            Body::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }

    /// The comment, if this is one.
    #[must_use]
    pub fn comment(&self) -> Option<&Comment> {
        match &self.body {
            Body::Comment(comment) => Some(comment),
            _ => None,
        }
    }

    /// Whether this is a map or a list.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        matches!(self.body, Body::Map(_) | Body::List(_))
    }
}

/// The documents of a file. Only YAML can have more than one; every root is a map. A clone is cheap: it shares what neither of
/// the two changes.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Nodes,
    documents: Vec<NodeId>,
}

impl Tree {
    /// A tree without documents.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The roots of the documents, in order.
    #[must_use]
    pub fn documents(&self) -> &[NodeId] {
        &self.documents
    }

    /// How many ids were given out, unlinked nodes included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no node was ever made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 0
    }

    /// The node of an id; a null value for an id that is not of this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id).unwrap_or(&NOTHING)
    }

    /// The children of a node, in order.
    #[must_use]
    pub fn children(&self, id: NodeId) -> &[NodeId] {
        self.node(id).children()
    }

    /// Whether the id was given out by this tree (or a clone it came from).
    #[must_use]
    pub fn contains(&self, id: NodeId) -> bool {
        id.index() < self.nodes.len()
    }

    /// Adds an empty document at the end and names its root.
    pub fn push_document(&mut self) -> NodeId {
        let root = self.new_node(None, Body::Map(Vec::new()));
        self.documents.push(root);
        root
    }

    /// Puts these roots in the place of all documents: maps that stand nowhere, or documents of this tree.
    pub fn set_documents(&mut self, roots: Vec<NodeId>) {
        self.documents = roots;
    }

    /// Makes a node that stands nowhere yet.
    pub fn new_node(&mut self, key: Option<Key>, body: Body) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            parent: None,
            key,
            body,
        });
        id
    }

    /// Makes a node and puts it at the end of `parent`, which must be a map or a list; otherwise it stands nowhere.
    pub fn push(&mut self, parent: NodeId, key: Option<Key>, body: Body) -> NodeId {
        let id = self.new_node(key, body);
        self.link(parent, usize::MAX, id);
        id
    }

    /// Replaces a value or a comment in place, keeping id, key and place. Branches keep their children when replaced
    /// by nothing else than themselves: a branch turned into a leaf unlinks its children.
    pub fn set_body(&mut self, id: NodeId, body: Body) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.body = body;
        }
    }

    /// All ids that were given out, in their order, those of unlinked nodes included.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Changes what a node is in place, keeping id, key and place; for values and comments.
    pub fn edit_body(&mut self, id: NodeId, edit: impl FnOnce(&mut Body)) {
        if let Some(node) = self.nodes.get_mut(id) {
            edit(&mut node.body);
        }
    }

    /// Replaces the key of an entry.
    pub fn set_key(&mut self, id: NodeId, key: Option<Key>) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.key = key;
        }
    }

    /// Puts a node that stands nowhere into a map or a list, before the child at `index` (or at the end).
    /// Returns whether there was such a place.
    pub fn link(&mut self, parent: NodeId, index: usize, id: NodeId) -> bool {
        let Some(children) = self.children_mut(parent) else {
            return false;
        };
        children.insert(index.min(children.len()), id);
        if let Some(node) = self.nodes.get_mut(id) {
            node.parent = Some(parent);
        }
        true
    }

    /// Takes a node out of its parent; what stands below it stays with it. Returns where it stood.
    pub fn unlink(&mut self, id: NodeId) -> Option<(NodeId, usize)> {
        let parent = self.node(id).parent?;
        let children = self.children_mut(parent)?;
        let index = children.iter().position(|child| *child == id)?;
        children.remove(index);
        if let Some(node) = self.nodes.get_mut(id) {
            node.parent = None;
        }
        Some((parent, index))
    }

    /// Replaces all children of a branch at once (linear, unlike many calls of [`Tree::unlink`]).
    pub fn set_children(&mut self, parent: NodeId, new: Vec<NodeId>) {
        let old = match self.children_mut(parent) {
            Some(children) => std::mem::take(children),
            None => return,
        };
        for id in old {
            if let Some(node) = self.nodes.get_mut(id) {
                node.parent = None;
            }
        }
        for id in &new {
            if let Some(node) = self.nodes.get_mut(*id) {
                node.parent = Some(parent);
            }
        }
        if let Some(children) = self.children_mut(parent) {
            *children = new;
        }
    }

    /// A clone in which some nodes are something else: `bodies` runs parallel to the arena ([`NodeId::index`]), `None` or
    /// a missing place keeps what is there. Cheaper than cloning what would then be replaced.
    #[must_use]
    pub fn with_bodies(&self, bodies: Vec<Option<Body>>) -> Self {
        let mut bodies = bodies.into_iter();
        let nodes = self.nodes.replaced(|node| {
            bodies.next().flatten().map(|body| Node {
                parent: node.parent,
                key: node.key.clone(),
                body,
            })
        });
        Self {
            nodes,
            documents: self.documents.clone(),
        }
    }

    /// The keys from the root to a node, outermost first; list items add nothing (spec §1). This is the path that is
    /// authenticated and that selection rules see. For a comment it is the path of what it stands in.
    #[must_use]
    pub fn key_path(&self, id: NodeId) -> Vec<&Key> {
        let mut path = Vec::new();
        let mut at = Some(id);
        while let Some(id) = at {
            let node = self.node(id);
            path.extend(node.key.as_ref());
            at = node.parent;
        }
        path.reverse();
        path
    }

    /// The root above a node (itself, if it is a root or stands nowhere).
    #[must_use]
    pub fn root_of(&self, mut id: NodeId) -> NodeId {
        while let Some(parent) = self.node(id).parent {
            id = parent;
        }
        id
    }

    /// Depth-first steps through all documents, in order.
    #[must_use]
    pub fn walk(&self) -> Walk<'_> {
        Walk::documents(self)
    }

    /// Depth-first steps through one node and what is below it.
    #[must_use]
    pub fn walk_from(&self, id: NodeId) -> Walk<'_> {
        Walk::from(self, id)
    }

    /// Whether two trees have the same content, whatever their ids are. With `comments`, comments and their inline
    /// flags count too.
    #[must_use]
    pub fn same_content(&self, other: &Self, comments: bool) -> bool {
        let keep = |tree: &Self, step: &Step| comments || tree.node(step.id()).comment().is_none();
        let mut ours = self.walk().filter(|step| keep(self, step));
        let mut theirs = other.walk().filter(|step| keep(other, step));
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a.same_kind(&b) && same_node(self.node(a.id()), other.node(b.id())) => {
                }
                _ => return false,
            }
        }
    }

    fn children_mut(&mut self, id: NodeId) -> Option<&mut Vec<NodeId>> {
        match &mut self.nodes.get_mut(id)?.body {
            Body::Map(children) | Body::List(children) => Some(children),
            Body::Leaf(_) | Body::Comment(_) => None,
        }
    }
}

fn same_node(a: &Node, b: &Node) -> bool {
    a.key == b.key
        && match (&a.body, &b.body) {
            (Body::Map(_), Body::Map(_)) | (Body::List(_), Body::List(_)) => true,
            (a, b) => a == b,
        }
}
