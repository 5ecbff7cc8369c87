//! The three-way merge of trees: maps by key, lists by content, comments with what they stand above. Ours leads: its nodes keep
//! their ids, so that its text keeps its layout and unchanged values their ciphertext.

use super::sequence::{self, Piece};
use super::{Clash, Conflict};
use crate::ops::prints::{Print, Prints};
use crate::ops::slots::{Name, Slot, Slots, identifier, item_names, names, slots};
use crate::ops::subtree;
use crate::tree::{Body, Key, NodeId, Tree};
use std::collections::{HashMap, HashSet};

/// What came of merging two trees.
#[derive(Clone, Debug)]
pub struct MergedTree {
    /// A clone of ours with what theirs has changed.
    pub tree: Tree,
    /// Where both sides changed the same thing differently; there `tree` is as ours.
    pub conflicts: Vec<Conflict>,
    /// How many changes were taken from theirs.
    pub taken: usize,
}

/// Merges two trees that came from `base`. Linear but for lists, which are compared as texts are.
#[must_use]
pub fn merge(base: &Tree, ours: &Tree, theirs: &Tree) -> MergedTree {
    let mut merger = Merger {
        base: Side::new(base),
        ours: Side::new(ours),
        theirs: Side::new(theirs),
        result: ours.clone(),
        conflicts: Vec::new(),
        taken: 0,
        jobs: Vec::new(),
        parent: None,
    };
    merger.documents();
    while let Some(job) = merger.jobs.pop() {
        merger.branch(job);
    }
    in_order(&mut merger.conflicts, ours);
    MergedTree {
        tree: merger.result,
        conflicts: merger.conflicts,
        taken: merger.taken,
    }
}

/// Branches are merged from the last to the first; people read from the top.
fn in_order(conflicts: &mut [Conflict], ours: &Tree) {
    if conflicts.len() < 2 {
        return;
    }
    let places: HashMap<NodeId, usize> = ours.walk().map(|step| step.id()).zip(0..).collect();
    let place = |id: Option<NodeId>| id.and_then(|id| places.get(&id)).copied();
    conflicts.sort_by_key(|conflict| place(conflict.ours).or_else(|| place(conflict.parent)));
}

struct Side<'t> {
    tree: &'t Tree,
    prints: Prints,
}

impl<'t> Side<'t> {
    fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            prints: Prints::of(tree),
        }
    }

    fn print(&self, id: NodeId) -> Print {
        self.prints.get(id)
    }

    fn prints_of(&self, slots: &[Slot]) -> Vec<Print> {
        slots.iter().map(|slot| self.print(slot.id)).collect()
    }

    fn comments(&self, comments: &[NodeId]) -> Vec<Print> {
        comments.iter().map(|id| self.print(*id)).collect()
    }
}

/// Three maps, or three lists, that are the same one.
struct Job {
    base: Option<NodeId>,
    ours: NodeId,
    theirs: NodeId,
}

struct Merger<'t> {
    base: Side<'t>,
    ours: Side<'t>,
    theirs: Side<'t>,
    result: Tree,
    conflicts: Vec<Conflict>,
    taken: usize,
    jobs: Vec<Job>,
    /// The branch of ours that is merged now.
    parent: Option<NodeId>,
}

/// The named slots of one side.
struct Named {
    slots: Slots,
    names: Vec<Name>,
    at: HashMap<Name, usize>,
}

impl Named {
    fn new(slots: Slots, names: Vec<Name>) -> Self {
        let at = names.iter().cloned().zip(0..).collect();
        Self { slots, names, at }
    }

    fn get(&self, name: &Name) -> Option<&Slot> {
        self.slots.slots.get(*self.at.get(name)?)
    }

    fn rename(&mut self, index: usize, name: Name) {
        if let Some(slot) = self.names.get_mut(index) {
            self.at.remove(slot);
            slot.clone_from(&name);
            self.at.insert(name, index);
        }
    }
}

impl Merger<'_> {
    fn documents(&mut self) {
        let (base, ours, theirs) = (
            self.base.tree.documents(),
            self.ours.tree.documents(),
            self.theirs.tree.documents(),
        );
        if ours.len() == theirs.len() {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                self.node(base.get(index).copied(), *ours, *theirs);
            }
            return;
        }
        let bare = |roots: &[NodeId]| -> Slots {
            let slots = roots.iter().map(|id| Slot {
                comments: Vec::new(),
                id: *id,
            });
            Slots {
                slots: slots.collect(),
                trailing: Vec::new(),
            }
        };
        let roots = self.sequence(&bare(base), &bare(ours), &bare(theirs));
        self.result.set_documents(roots);
    }

    /// Merges what stands at the same place on both sides.
    fn node(&mut self, base: Option<NodeId>, ours: NodeId, theirs: NodeId) {
        let (our, their) = (self.ours.print(ours), self.theirs.print(theirs));
        let was = base.map(|id| self.base.print(id));
        if our == their || was == Some(their) {
            return;
        }
        let body = |side: &Side<'_>, id: NodeId| std::mem::discriminant(&side.tree.node(id).body);
        let kind = body(&self.ours, ours);
        if self.ours.tree.node(ours).is_branch() && kind == body(&self.theirs, theirs) {
            let base = base.filter(|id| body(&self.base, *id) == kind);
            self.jobs.push(Job { base, ours, theirs });
        } else if was == Some(our) {
            self.replace(ours, theirs);
        } else {
            let clash = if base.is_some() {
                Clash::Changed
            } else {
                Clash::Added
            };
            self.conflict(clash, base, Some(ours), Some(theirs));
        }
    }

    fn conflict(&mut self, clash: Clash, base: Option<NodeId>, ours: Option<NodeId>, theirs: Option<NodeId>) {
        self.conflicts.push(Conflict {
            clash,
            base,
            ours,
            theirs,
            parent: self.parent,
        });
    }

    /// Puts what theirs has in the place of what ours has.
    fn replace(&mut self, ours: NodeId, theirs: NodeId) {
        self.taken += 1;
        let copy = self.copy(theirs);
        let children = self.result.children(copy).to_vec();
        self.result.set_children(copy, Vec::new());
        self.result.set_children(ours, Vec::new());
        let body = self.result.node(copy).body.clone();
        self.result.set_body(ours, body);
        self.result.set_children(ours, children);
    }

    fn copy(&mut self, theirs: NodeId) -> NodeId {
        subtree::copy(self.theirs.tree, theirs, &mut self.result)
    }

    fn branch(&mut self, job: Job) {
        self.parent = Some(job.ours);
        let base = slots(self.base.tree, job.base);
        let ours = slots(self.ours.tree, Some(job.ours));
        let theirs = slots(self.theirs.tree, Some(job.theirs));
        let children = if matches!(self.ours.tree.node(job.ours).body, Body::Map(_)) {
            let name = |side: &Side<'_>, slots: Slots| {
                let names = names(side.tree, &slots.slots);
                Named::new(slots, names)
            };
            let base = name(&self.base, base);
            let mut ours = name(&self.ours, ours);
            let mut theirs = name(&self.theirs, theirs);
            self.follow_renames(&base, &mut ours, &theirs.at.keys().cloned().collect(), true);
            self.follow_renames(&base, &mut theirs, &ours.at.keys().cloned().collect(), false);
            self.keyed(&base, &ours, &theirs)
        } else {
            let lists = [
                (self.base.tree, &self.base.prints, base.slots.as_slice()),
                (self.ours.tree, &self.ours.prints, ours.slots.as_slice()),
                (self.theirs.tree, &self.theirs.prints, theirs.slots.as_slice()),
            ];
            match identifier(&lists).filter(|_| !ours.slots.is_empty() && !theirs.slots.is_empty()) {
                Some(identifier) => {
                    let name = |side: &Side<'_>, slots: Slots| {
                        let names = item_names(side.tree, &side.prints, &slots.slots, identifier);
                        Named::new(slots, names.unwrap_or_default())
                    };
                    let sides = (
                        name(&self.base, base),
                        name(&self.ours, ours),
                        name(&self.theirs, theirs),
                    );
                    self.keyed(&sides.0, &sides.1, &sides.2)
                }
                None => self.sequence(&base, &ours, &theirs),
            }
        };
        self.result.set_children(job.ours, children);
    }

    /// Gives an entry that one side only renamed the name it had: its value is what one entry of `base`, and no other, had.
    fn follow_renames(&self, base: &Named, side: &mut Named, other: &HashSet<Name>, is_ours: bool) {
        let of = if is_ours { &self.ours } else { &self.theirs };
        let mut lost: HashMap<Print, Vec<usize>> = HashMap::new();
        for (index, (slot, name)) in base.slots.slots.iter().zip(&base.names).enumerate() {
            if !side.at.contains_key(name) {
                lost.entry(self.base.print(slot.id)).or_default().push(index);
            }
        }
        let mut found: HashMap<Print, Vec<usize>> = HashMap::new();
        for (index, (slot, name)) in side.slots.slots.iter().zip(&side.names).enumerate() {
            if !base.at.contains_key(name) && !other.contains(name) {
                found.entry(of.print(slot.id)).or_default().push(index);
            }
        }
        for (print, new) in found {
            if let ([new], Some([old])) = (new.as_slice(), lost.get(&print).map(Vec::as_slice))
                && let Some(name) = base.names.get(*old)
            {
                side.rename(*new, name.clone());
            }
        }
    }

    /// Merges what has names, and says what stands in the branch then.
    fn keyed(&mut self, base: &Named, ours: &Named, theirs: &Named) -> Vec<NodeId> {
        let mut kept: HashMap<Name, Vec<NodeId>> = HashMap::new();
        for (slot, name) in ours.slots.slots.iter().zip(&ours.names) {
            if let Some(nodes) = self.of_ours(slot, base.get(name), theirs.get(name)) {
                kept.insert(name.clone(), nodes);
            }
        }
        for (slot, name) in theirs.slots.slots.iter().zip(&theirs.names) {
            if ours.at.contains_key(name) {
                continue;
            }
            match base.get(name) {
                None => {
                    self.taken += 1;
                    kept.insert(name.clone(), self.copy_slot(slot));
                }
                Some(was)
                    if self.base.print(was.id) != self.theirs.print(slot.id)
                        || key(&self.base, was) != key(&self.theirs, slot) =>
                {
                    self.conflict(Clash::DeletedByUs, Some(was.id), None, Some(slot.id));
                }
                Some(_) => {}
            }
        }
        let order = order(base, ours, theirs);
        let mut children: Vec<NodeId> = order
            .into_iter()
            .filter_map(|name| kept.remove(name))
            .flatten()
            .collect();
        children.extend(self.comments(&base.slots.trailing, &ours.slots.trailing, &theirs.slots.trailing));
        children
    }

    /// What becomes of an entry of ours; `None` where theirs took it out.
    fn of_ours(&mut self, slot: &Slot, base: Option<&Slot>, theirs: Option<&Slot>) -> Option<Vec<NodeId>> {
        let whole = |comments: Vec<NodeId>| [comments, vec![slot.id]].concat();
        let Some(their) = theirs else {
            let Some(was) = base else {
                return Some(whole(slot.comments.clone()));
            };
            if self.base.print(was.id) == self.ours.print(slot.id)
                && key(&self.base, was) == key(&self.ours, slot)
            {
                self.taken += 1;
                return None;
            }
            self.conflict(Clash::DeletedByThem, Some(was.id), Some(slot.id), None);
            return Some(whole(slot.comments.clone()));
        };
        self.name(slot, base, their);
        self.node(base.map(|was| was.id), slot.id, their.id);
        let was = base.map(|was| was.comments.as_slice()).unwrap_or_default();
        Some(whole(self.comments(was, &slot.comments, &their.comments)))
    }

    /// Takes over the new key of an entry that theirs renamed.
    fn name(&mut self, ours: &Slot, base: Option<&Slot>, theirs: &Slot) {
        let (our, their) = (key(&self.ours, ours), key(&self.theirs, theirs));
        let was = base.and_then(|was| key(&self.base, was));
        if our == their || was == their {
            return;
        }
        if was == our {
            let key = their.cloned();
            self.taken += 1;
            self.result.set_key(ours.id, key);
        } else {
            self.conflict(
                Clash::Renamed,
                base.map(|was| was.id),
                Some(ours.id),
                Some(theirs.id),
            );
        }
    }

    fn copy_slot(&mut self, slot: &Slot) -> Vec<NodeId> {
        let comments = slot.comments.iter().chain([&slot.id]).copied();
        comments
            .collect::<Vec<_>>()
            .into_iter()
            .map(|id| self.copy(id))
            .collect()
    }

    /// Merges the comments above the same thing: one side's change is taken, additions of both stay.
    fn comments(&mut self, base: &[NodeId], ours: &[NodeId], theirs: &[NodeId]) -> Vec<NodeId> {
        let (was, our, their) = (
            self.base.comments(base),
            self.ours.comments(ours),
            self.theirs.comments(theirs),
        );
        if their == was || their == our {
            return ours.to_vec();
        }
        self.taken += 1;
        let there: HashSet<Print> = if our == was {
            HashSet::new()
        } else {
            our.iter().chain(&was).copied().collect()
        };
        let mut result = if our == was { Vec::new() } else { ours.to_vec() };
        for (id, print) in theirs.iter().zip(&their) {
            match ours.iter().zip(&our).find(|(_, own)| *own == print) {
                Some((own, _)) if our == was => result.push(*own),
                _ if there.contains(print) => {}
                _ => result.push(self.copy(*id)),
            }
        }
        result
    }

    /// Merges by content, and says what stands in the list then.
    fn sequence(&mut self, base: &Slots, ours: &Slots, theirs: &Slots) -> Vec<NodeId> {
        let pieces = sequence::merge(
            &self.base.prints_of(&base.slots),
            &self.ours.prints_of(&ours.slots),
            &self.theirs.prints_of(&theirs.slots),
        );
        let mut children = Vec::new();
        let length = ours.slots.len();
        for piece in pieces {
            children.extend(self.piece(piece, base, ours, theirs).unwrap_or_default());
        }
        if children.len() < length {
            self.taken += 1;
        }
        children.extend(self.comments(&base.trailing, &ours.trailing, &theirs.trailing));
        children
    }

    fn piece(&mut self, piece: Piece, base: &Slots, ours: &Slots, theirs: &Slots) -> Option<Vec<NodeId>> {
        match piece {
            Piece::Ours(index) => {
                let slot = ours.slots.get(index)?;
                Some([slot.comments.clone(), vec![slot.id]].concat())
            }
            Piece::Theirs(index) => {
                self.taken += 1;
                Some(self.copy_slot(theirs.slots.get(index)?))
            }
            Piece::Both {
                base: at_base,
                ours: at_ours,
                theirs: at_theirs,
            } => {
                let slot = ours.slots.get(at_ours)?;
                self.of_ours(slot, base.slots.get(at_base), theirs.slots.get(at_theirs))
            }
            Piece::Clash {
                ours: at_ours,
                theirs: at_theirs,
            } => {
                let slot = ours.slots.get(at_ours)?;
                let their = at_theirs.and_then(|at| theirs.slots.get(at));
                self.conflict(Clash::Changed, None, Some(slot.id), their.map(|their| their.id));
                Some([slot.comments.clone(), vec![slot.id]].concat())
            }
        }
    }
}

fn key<'k>(side: &Side<'k>, slot: &Slot) -> Option<&'k Key> {
    side.tree.node(slot.id).key.as_ref()
}

/// In which order the named things stand: as in ours, unless only theirs has changed the order. What only one side has
/// follows what it followed there.
fn order<'n>(base: &Named, ours: &'n Named, theirs: &'n Named) -> Vec<&'n Name> {
    let common = |side: &'n Named| -> Vec<&'n Name> {
        let shared = |name: &&Name| {
            base.at.contains_key(name) && ours.at.contains_key(name) && theirs.at.contains_key(name)
        };
        side.names.iter().filter(shared).collect()
    };
    let was: Vec<&Name> = {
        let shared = |name: &&Name| ours.at.contains_key(name) && theirs.at.contains_key(name);
        base.names.iter().filter(shared).collect()
    };
    let theirs_leads = common(ours) == was && common(theirs) != was;
    let (lead, other) = if theirs_leads {
        (theirs, ours)
    } else {
        (ours, theirs)
    };
    let mut after: HashMap<Option<&Name>, Vec<&Name>> = HashMap::new();
    let mut anchor = None;
    for name in &other.names {
        if lead.at.contains_key(name) {
            anchor = Some(name);
        } else {
            after.entry(anchor).or_default().push(name);
        }
    }
    let mut result = after.remove(&None).unwrap_or_default();
    for name in &lead.names {
        result.push(name);
        result.extend(after.remove(&Some(name)).unwrap_or_default());
    }
    result
}
