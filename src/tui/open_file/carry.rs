//! Taking undo and redo over a save. A saved file is read anew, with new ids; the edits of the past are about the old ones.

use super::{OpenFile, Step};
use crate::tree::{Body, Change, NodeId, Tree};

/// For the ids of one tree, those of the same nodes in another.
pub struct Ids {
    known: Vec<Option<NodeId>>,
}

impl Ids {
    /// The same node in the other tree.
    #[must_use]
    pub fn get(&self, id: NodeId) -> Option<NodeId> {
        self.known.get(id.index()).copied().flatten()
    }

    fn set(&mut self, old: NodeId, new: NodeId) {
        if let Some(slot) = self.known.get_mut(old.index()) {
            *slot = Some(new);
        }
    }

    /// Pairs the nodes of two trees of the same content; `None` when they differ in anything.
    fn pair(old: &Tree, new: &Tree) -> Option<Self> {
        let mut ids = Self {
            known: vec![None; old.len()],
        };
        let (mut ours, mut theirs) = (old.walk(), new.walk());
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return Some(ids),
                (Some(a), Some(b)) if a.same_kind(&b) => {
                    let (x, y) = (old.node(a.id()), new.node(b.id()));
                    if x.key != y.key || (!x.is_branch() && x.body != y.body) {
                        return None;
                    }
                    ids.set(a.id(), b.id());
                }
                _ => return None,
            }
        }
    }
}

impl OpenFile {
    /// Takes over what can be undone and redone from `old`, the same content under other ids. `None` when the content is not
    /// the same; there is no history then.
    pub fn carry_history(&mut self, old: &Self) -> Option<Ids> {
        let mut ids = Ids::pair(&old.tree, &self.tree)?;
        self.past = self.carry_steps(&old.past, &old.tree, &mut ids);
        self.future = self.carry_steps(&old.future, &old.tree, &mut ids);
        self.carry_readers(old);
        self.list_changes();
        Some(ids)
    }

    fn carry_steps(&mut self, steps: &[Step], old: &Tree, ids: &mut Ids) -> Vec<Step> {
        let mut carried = Vec::with_capacity(steps.len());
        for step in steps {
            let inverse = step
                .inverse
                .iter()
                .map(|change| match change {
                    Change::Body(id, body) => Change::Body(self.carry_node(*id, old, ids), body.clone()),
                    Change::Key(id, key) => Change::Key(self.carry_node(*id, old, ids), key.clone()),
                    Change::Link(parent, index, id) => Change::Link(
                        self.carry_node(*parent, old, ids),
                        *index,
                        self.carry_node(*id, old, ids),
                    ),
                    Change::Unlink(id) => Change::Unlink(self.carry_node(*id, old, ids)),
                    Change::Documents(roots) => {
                        let roots = roots.iter().map(|id| self.carry_node(*id, old, ids));
                        Change::Documents(roots.collect())
                    }
                })
                .collect();
            let at = self.carry_node(step.at, old, ids);
            carried.push(Step {
                readers: step.readers.clone(),
                ..Step::of(inverse, at)
            });
        }
        carried
    }

    /// The node in the new tree; one that stands nowhere is copied, with all that is below it.
    fn carry_node(&mut self, id: NodeId, old: &Tree, ids: &mut Ids) -> NodeId {
        if let Some(known) = ids.get(id) {
            return known;
        }
        let top = old.root_of(id);
        let mut open = vec![(top, None)];
        while let Some((source, parent)) = open.pop() {
            let node = old.node(source);
            let body = match &node.body {
                Body::Map(_) => Body::Map(Vec::new()),
                Body::List(_) => Body::List(Vec::new()),
                body => body.clone(),
            };
            let copy = match parent {
                Some(parent) => self.tree.push(parent, node.key.clone(), body),
                None => self.tree.new_node(node.key.clone(), body),
            };
            ids.set(source, copy);
            // Children are copied in their order: the last that is pushed is the first that is taken.
            open.extend(node.children().iter().rev().map(|child| (*child, Some(copy))));
        }
        ids.get(id).unwrap_or(id)
    }
}
