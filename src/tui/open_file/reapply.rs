//! Carrying unsaved edits over to a newer reading of the same file, as far as they still fit.

use super::{Listed, Mark, OpenFile, Place};
use crate::tree::{Body, Key, NodeId, Tree};

/// One step of a path: the key of an entry, or the number of an item.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Document(usize),
    Key(Key),
    Item(usize),
}

/// What became of the edits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// How many edits were made again.
    pub fitting: usize,
    /// Paths of edits that have no place any more, or whose value was changed on disk too.
    pub lost: Vec<String>,
}

impl OpenFile {
    /// Makes the edits of `old` again where the value they change is still what it was.
    pub fn reapply(&mut self, old: &Self) -> Kept {
        let mut kept = Kept::default();
        if old.document.accepted.is_some() && self.accept() {
            kept.fitting += 1;
        }
        for listed in old.changes().iter().filter(|listed| !old.is_mac(listed.id)) {
            if self.reapply_one(old, listed).is_some() {
                kept.fitting += 1;
            } else {
                kept.lost.push(listed.path.clone());
            }
        }
        self.reapply_readers(old, &mut kept);
        kept
    }

    fn reapply_one(&mut self, old: &Self, listed: &Listed) -> Option<()> {
        if listed.mark == Mark::New {
            return self.reapply_new(old, listed.id);
        }
        let id = find(self.tree(), &steps(old.base(), listed.id)?)?;
        let unchanged = self.base().contains(id) && same(self.base(), id, old.base(), listed.id);
        if !unchanged {
            return None;
        }
        let node = old.tree().node(listed.id);
        match listed.mark {
            Mark::Deleted => self.delete(id).ok(),
            Mark::Edited => {
                if let (Some(key), true) = (&node.key, old.base().node(listed.id).key != node.key) {
                    self.rename(id, key.clone()).ok()?;
                }
                match &node.body {
                    Body::Leaf(leaf) if self.tree().node(id).leaf() != Some(leaf) => {
                        self.set_leaf(id, leaf.clone()).ok()
                    }
                    _ => Some(()),
                }
            }
            // A place among siblings that others changed too means nothing reliable.
            Mark::Moved | Mark::New | Mark::Same => None,
        }
    }

    fn reapply_new(&mut self, old: &Self, id: NodeId) -> Option<()> {
        let node = old.tree().node(id);
        let parent = node.parent?;
        // A new entry below a new branch comes with that branch.
        if !old.in_base(parent) {
            return Some(());
        }
        let to = find(self.tree(), &steps(old.base(), parent)?)?;
        let taken = node.key.is_some()
            && self
                .tree()
                .children(to)
                .iter()
                .any(|child| self.tree().node(*child).key == node.key);
        if taken {
            return None;
        }
        let siblings = old.tree().children(parent);
        let before = siblings.iter().take_while(|child| **child != id).last();
        let before = before.and_then(|before| find(self.tree(), &steps(old.tree(), *before)?));
        let now = self.tree().children(to);
        let index = before
            .and_then(|before| now.iter().position(|child| *child == before))
            .map_or(now.len(), |at| at + 1);
        self.graft(old.tree(), id, Place { parent: to, index })
    }

    /// Copies a node of another tree with all that is below it.
    fn graft(&mut self, from: &Tree, id: NodeId, place: Place) -> Option<()> {
        let shallow = |id: NodeId| match &from.node(id).body {
            Body::Map(_) => Body::Map(Vec::new()),
            Body::List(_) => Body::List(Vec::new()),
            body => body.clone(),
        };
        let top = self.add(place, from.node(id).key.clone(), shallow(id)).ok()?;
        let mut open = vec![(id, top)];
        while let Some((source, target)) = open.pop() {
            for child in from.children(source) {
                let copy = self
                    .tree
                    .push(target, from.node(*child).key.clone(), shallow(*child));
                open.push((*child, copy));
            }
        }
        Some(())
    }
}

fn steps(tree: &Tree, id: NodeId) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut at = id;
    while let Some(parent) = tree.node(at).parent {
        let number = tree.children(parent).iter().position(|child| *child == at)?;
        steps.push(match &tree.node(at).key {
            Some(key) => Step::Key(key.clone()),
            None => Step::Item(number),
        });
        at = parent;
    }
    steps.push(Step::Document(
        tree.documents().iter().position(|root| *root == at)?,
    ));
    steps.reverse();
    Some(steps)
}

fn find(tree: &Tree, steps: &[Step]) -> Option<NodeId> {
    let mut at = None;
    for step in steps {
        at = Some(match (step, at) {
            (Step::Document(number), _) => *tree.documents().get(*number)?,
            (Step::Item(number), Some(at)) => *tree.children(at).get(*number)?,
            (Step::Key(key), Some(at)) => *tree
                .children(at)
                .iter()
                .find(|child| tree.node(**child).key.as_ref() == Some(key))?,
            _ => return None,
        });
    }
    at
}

/// Whether two nodes have the same content.
fn same(a: &Tree, a_id: NodeId, b: &Tree, b_id: NodeId) -> bool {
    let mut ours = a.walk_from(a_id);
    let mut theirs = b.walk_from(b_id);
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if x.same_kind(&y) => {
                let (x, y) = (a.node(x.id()), b.node(y.id()));
                if x.key != y.key || (!x.is_branch() && x.body != y.body) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}
