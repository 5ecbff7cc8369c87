//! Taking over a tree that was edited elsewhere, as one edit that undo takes back.

use super::{OpenFile, Step};
use crate::tree::{Body, Change, Leaf, Node, NodeId, Tree};
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// Shorter texts stand in many places by chance, in bytes.
const TELLING: usize = 4;

impl OpenFile {
    /// Takes over an edited clone of the tree; whether it differs at all.
    pub fn adopt(&mut self, tree: Tree) -> bool {
        if tree.same_content(&self.tree, true) {
            return false;
        }
        let mut inverse = way_back(&self.tree, &tree);
        let first = inverse.first().and_then(|change| match change {
            Change::Body(id, _) | Change::Key(id, _) | Change::Link(_, _, id) | Change::Unlink(id) => {
                Some(*id)
            }
            Change::Documents(_) => None,
        });
        let Some(at) = first.or(tree.documents().first().copied()) else {
            return false;
        };
        // Steps are applied from their end.
        inverse.reverse();
        self.tree = tree;
        self.past.push(Step::of(inverse, at));
        self.future.clear();
        self.edited();
        true
    }

    /// How many encrypted values an edited clone of the tree has in clear: those whose node is not encrypted any more, and
    /// those that stand in a new node that is not.
    #[must_use]
    pub fn opened_in(&self, tree: &Tree) -> usize {
        let selection = &self.document.selection;
        let hashes = RandomState::new();
        let hash = |leaf: &Leaf| hashes.hash_one(leaf.canonical().as_slice());
        let is_telling = |leaf: &&Leaf| matches!(leaf, Leaf::Text(text) if text.len() >= TELLING);
        let ours = self.tree.walk().map(|step| step.id());
        let secrets: HashSet<u64> = ours
            .filter_map(|id| {
                self.tree
                    .node(id)
                    .leaf()
                    .filter(is_telling)
                    .map(|leaf| (id, leaf))
            })
            .filter(|(id, _)| self.decide(*id).encrypted)
            .map(|(_, leaf)| hash(leaf))
            .collect();
        tree.walk()
            .filter_map(|step| Some((step.id(), tree.node(step.id()).leaf()?)))
            .filter(|(id, _)| !selection.decide(tree, *id).encrypted)
            .filter(|(id, leaf)| {
                if self.linked(*id) && self.tree.node(*id).leaf() == Some(*leaf) {
                    return self.decide(*id).encrypted;
                }
                is_telling(leaf) && secrets.contains(&hash(leaf))
            })
            .count()
    }
}

/// What turns `new` into `old`, in order. Nodes that only `new` has stand nowhere then.
fn way_back(old: &Tree, new: &Tree) -> Vec<Change> {
    let (mut keys, mut unlinks, mut bodies, mut links) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for step in old.walk() {
        let id = step.id();
        if matches!(step, crate::tree::Step::Leave(_)) {
            continue;
        }
        let (was, is) = (old.node(id), new.node(id));
        if was.key != is.key
            && let Some(key) = &was.key
        {
            keys.push(Change::Key(id, key.clone()));
        }
        let same_kind = std::mem::discriminant(&was.body) == std::mem::discriminant(&is.body);
        if same_kind && !was.is_branch() {
            if was.body != is.body {
                bodies.push(Change::Body(id, was.body.clone()));
            }
            continue;
        }
        let (head, tail) = if same_kind { same_ends(was, is) } else { (0, 0) };
        let middle = |node: &Node| -> Vec<NodeId> {
            let children = node.children();
            children
                .get(head..children.len() - tail)
                .unwrap_or_default()
                .to_vec()
        };
        unlinks.extend(middle(is).into_iter().map(Change::Unlink));
        if !same_kind {
            bodies.push(Change::Body(id, empty(&was.body)));
        }
        let back = middle(was).into_iter().enumerate();
        links.extend(back.map(|(number, child)| Change::Link(id, head + number, child)));
    }
    let other = old.documents() != new.documents();
    let documents = other.then(|| Change::Documents(old.documents().to_vec()));
    let documents: Vec<Change> = documents.into_iter().collect();
    [keys, unlinks, bodies, links, documents].concat()
}

/// How many children are the same at the beginning and at the end.
fn same_ends(was: &Node, is: &Node) -> (usize, usize) {
    let (was, is) = (was.children(), is.children());
    let head = was.iter().zip(is).take_while(|(a, b)| a == b).count();
    let most = was.len().min(is.len()) - head;
    let tail = was
        .iter()
        .rev()
        .zip(is.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    (head, tail.min(most))
}

fn empty(body: &Body) -> Body {
    match body {
        Body::Map(_) => Body::Map(Vec::new()),
        Body::List(_) => Body::List(Vec::new()),
        body => body.clone(),
    }
}
