//! What differs between two trees, by path: maps by key, lists by content, renamed keys by what they hold.

use crate::ops::prints::{Print, Prints};
use crate::ops::slots::{Name, Slot, identifier, item_names, names, slots};
use crate::tree::{Body, NodeId, Step, Tree};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{HashMap, HashSet, VecDeque};

/// How something differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Only the new tree has it.
    Added,
    /// Only the old tree has it.
    Removed,
    /// It is something else now.
    Changed,
    /// It has another key and the same content.
    Renamed,
    /// It stands somewhere else among its neighbours.
    Moved,
}

/// One difference: a value or a comment. Branches that come or go are told value by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How it differs.
    pub what: What,
    /// The node in the old tree.
    pub old: Option<NodeId>,
    /// The node in the new tree.
    pub new: Option<NodeId>,
}

/// What two trees have, and have not, in common.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// The differences in the order of the new tree; what is gone stands where it was.
    pub differences: Vec<Difference>,
    /// Nodes of the old and of the new tree that are the same one, changed or not. What is below a branch that did not change is
    /// left out.
    pub pairs: Vec<(NodeId, NodeId)>,
}

/// The differences alone.
#[must_use]
pub fn compare(old: &Tree, new: &Tree) -> Vec<Difference> {
    matched(old, new).differences
}

/// Compares two trees.
#[must_use]
pub fn matched(old: &Tree, new: &Tree) -> Matched {
    let mut comparer = Comparer {
        old: Side::new(old),
        new: Side::new(new),
        jobs: Vec::new(),
        found: Vec::new(),
        pairs: Vec::new(),
    };
    comparer.documents();
    while let Some(job) = comparer.jobs.pop() {
        comparer.branch(job);
    }
    comparer.found.sort_by_key(|(place, _)| *place);
    Matched {
        differences: comparer.found.into_iter().map(|(_, found)| found).collect(),
        pairs: comparer.pairs,
    }
}

struct Side<'t> {
    tree: &'t Tree,
    prints: Prints,
    /// The number of each node in the order of the text.
    places: Vec<usize>,
}

impl<'t> Side<'t> {
    fn new(tree: &'t Tree) -> Self {
        let mut places = vec![0; tree.len()];
        let steps = tree.walk().filter(|step| !matches!(step, Step::Leave(_)));
        for (place, step) in (1..).zip(steps) {
            if let Some(slot) = places.get_mut(step.id().index()) {
                *slot = place;
            }
        }
        Self {
            tree,
            prints: Prints::of(tree),
            places,
        }
    }

    fn place(&self, id: NodeId) -> usize {
        self.places.get(id.index()).copied().unwrap_or_default()
    }

    /// The values and comments below a node, or the node itself.
    fn leaves(&self, id: NodeId) -> Vec<NodeId> {
        let leaves: Vec<NodeId> = self
            .tree
            .walk_from(id)
            .filter(|step| matches!(step, Step::Leaf(_) | Step::Comment(_)))
            .map(|step| step.id())
            .collect();
        if leaves.is_empty() { vec![id] } else { leaves }
    }
}

/// The same map, or the same list, on both sides.
struct Job {
    old: NodeId,
    new: NodeId,
}

struct Comparer<'t> {
    old: Side<'t>,
    new: Side<'t>,
    jobs: Vec<Job>,
    /// With the place in the new tree, and a second number for what shares it.
    found: Vec<((usize, usize), Difference)>,
    pairs: Vec<(NodeId, NodeId)>,
}

impl Comparer<'_> {
    fn documents(&mut self) {
        let (old, new) = (self.old.tree.documents(), self.new.tree.documents());
        for pair in 0..old.len().max(new.len()) {
            match (old.get(pair), new.get(pair)) {
                (Some(old), Some(new)) => self.node(*old, *new),
                (Some(old), None) => self.removed(*old, usize::MAX),
                (None, Some(new)) => self.added(*new),
                (None, None) => {}
            }
        }
    }

    fn node(&mut self, old: NodeId, new: NodeId) {
        self.pairs.push((old, new));
        if self.old.prints.get(old) == self.new.prints.get(new) {
            return;
        }
        let (was, is) = (&self.old.tree.node(old).body, &self.new.tree.node(new).body);
        match (was, is) {
            (Body::Map(_), Body::Map(_)) | (Body::List(_), Body::List(_)) => self.jobs.push(Job { old, new }),
            _ => self.note(What::Changed, Some(old), Some(new), (self.new.place(new), 1)),
        }
    }

    fn note(&mut self, what: What, old: Option<NodeId>, new: Option<NodeId>, place: (usize, usize)) {
        self.found.push((place, Difference { what, old, new }));
    }

    fn added(&mut self, new: NodeId) {
        for leaf in self.new.leaves(new) {
            self.note(What::Added, None, Some(leaf), (self.new.place(leaf), 1));
        }
    }

    /// Tells what is gone, before what stands at `place` in the new tree.
    fn removed(&mut self, old: NodeId, place: usize) {
        for leaf in self.old.leaves(old) {
            self.note(What::Removed, Some(leaf), None, (place, 0));
        }
    }

    fn branch(&mut self, job: Job) {
        let (old, new) = (
            slots(self.old.tree, Some(job.old)),
            slots(self.new.tree, Some(job.new)),
        );
        self.comments(job.old, job.new);
        if matches!(self.new.tree.node(job.new).body, Body::Map(_)) {
            let was = names(self.old.tree, &old.slots);
            let is = names(self.new.tree, &new.slots);
            self.keyed(&old.slots, &was, &new.slots, &is, &job);
            return;
        }
        let lists = [
            (self.old.tree, &self.old.prints, old.slots.as_slice()),
            (self.new.tree, &self.new.prints, new.slots.as_slice()),
        ];
        let named = identifier(&lists)
            .filter(|_| !old.slots.is_empty() && !new.slots.is_empty())
            .and_then(|identifier| {
                let was = item_names(self.old.tree, &self.old.prints, &old.slots, identifier)?;
                let is = item_names(self.new.tree, &self.new.prints, &new.slots, identifier)?;
                Some((was, is))
            });
        match named {
            Some((was, is)) => self.keyed(&old.slots, &was, &new.slots, &is, &job),
            None => self.sequence(&old.slots, &new.slots, &job),
        }
    }

    /// Comments are told as such; where they stand does not matter.
    fn comments(&mut self, old: NodeId, new: NodeId) {
        let of = |side: &Side<'_>, branch: NodeId| -> Vec<(NodeId, Print)> {
            let comments = side.tree.children(branch).iter();
            comments
                .filter(|id| side.tree.node(**id).comment().is_some())
                .map(|id| (*id, side.prints.get(*id)))
                .collect()
        };
        let (was, is) = (of(&self.old, old), of(&self.new, new));
        let gone = unmatched(&was, &is);
        self.pairs.extend(same(&was, &is));
        let place = self.new.place(new);
        for id in gone {
            self.note(What::Removed, Some(id), None, (place, 0));
        }
        for id in unmatched(&is, &was) {
            self.note(What::Added, None, Some(id), (self.new.place(id), 1));
        }
    }

    fn keyed(&mut self, old: &[Slot], was: &[Name], new: &[Slot], is: &[Name], job: &Job) {
        let there: HashMap<&Name, NodeId> = is.iter().zip(new.iter().map(|slot| slot.id)).collect();
        let before: HashMap<&Name, NodeId> = was.iter().zip(old.iter().map(|slot| slot.id)).collect();
        let gone: Vec<NodeId> = before_only(was, old, &there);
        let come: Vec<NodeId> = before_only(is, new, &before);
        let renamed = self.renamed(&gone, &come);
        // Apart: an id means another node in the other tree.
        let (left, arrived): (HashSet<NodeId>, HashSet<NodeId>) = renamed.iter().copied().unzip();
        for (old, new) in &renamed {
            self.pairs.push((*old, *new));
            self.note(What::Renamed, Some(*old), Some(*new), (self.new.place(*new), 1));
        }
        let mut place = self.new.place(job.new);
        for (slot, name) in old.iter().zip(was) {
            match there.get(name) {
                Some(new) => {
                    self.node(slot.id, *new);
                    place = self.end(*new);
                }
                None if left.contains(&slot.id) => {}
                None => self.removed(slot.id, place + 1),
            }
        }
        for id in come {
            if !arrived.contains(&id) {
                self.added(id);
            }
        }
        self.moved(was, &before, &there, is);
    }

    /// The place of the last node below a node.
    fn end(&self, id: NodeId) -> usize {
        let last = self.new.leaves(id).last().map(|leaf| self.new.place(*leaf));
        last.unwrap_or_default().max(self.new.place(id))
    }

    /// Pairs of an entry that is gone and one that came with the same content, where there is no doubt.
    fn renamed(&self, gone: &[NodeId], come: &[NodeId]) -> Vec<(NodeId, NodeId)> {
        let by_print = |side: &Side<'_>, ids: &[NodeId]| -> HashMap<Print, Vec<NodeId>> {
            let mut map: HashMap<Print, Vec<NodeId>> = HashMap::new();
            for id in ids {
                map.entry(side.prints.get(*id)).or_default().push(*id);
            }
            map
        };
        let gone = by_print(&self.old, gone);
        let mut pairs: Vec<(NodeId, NodeId)> = by_print(&self.new, come)
            .into_iter()
            .filter_map(
                |(print, new)| match (gone.get(&print).map(Vec::as_slice), new.as_slice()) {
                    (Some([old]), [new]) if self.old.tree.node(*old).key.is_some() => Some((*old, *new)),
                    _ => None,
                },
            )
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// Tells which of the entries that both sides have stand elsewhere now.
    fn moved(
        &mut self,
        was: &[Name],
        before: &HashMap<&Name, NodeId>,
        there: &HashMap<&Name, NodeId>,
        is: &[Name],
    ) {
        let shared = |names: &[Name]| -> Vec<NodeId> {
            let both = names.iter().filter(|name| there.contains_key(name));
            both.filter_map(|name| before.get(name).copied()).collect()
        };
        let (old, new) = (shared(was), shared(is));
        if old == new {
            return;
        }
        let new_ids: Vec<NodeId> = is
            .iter()
            .filter(|name| before.contains_key(name))
            .filter_map(|name| there.get(name).copied())
            .collect();
        let kept = crate::format::kept(&old, &new);
        for ((old, new), place) in new.iter().zip(new_ids).zip(kept) {
            if place.is_none() {
                self.note(What::Moved, Some(*old), Some(new), (self.new.place(new), 0));
            }
        }
    }

    fn sequence(&mut self, old: &[Slot], new: &[Slot], job: &Job) {
        let prints = |side: &Side<'_>, slots: &[Slot]| -> Vec<Print> {
            slots.iter().map(|slot| side.prints.get(slot.id)).collect()
        };
        let (was, is) = (prints(&self.old, old), prints(&self.new, new));
        let mut place = self.new.place(job.new);
        for op in capture_diff_slices(Algorithm::Myers, &was, &is) {
            let (old, new) = (
                old.get(op.old_range()).unwrap_or_default(),
                new.get(op.new_range()).unwrap_or_default(),
            );
            if !matches!(op, DiffOp::Equal { .. }) {
                let pairs = old.len().min(new.len());
                for (old, new) in old.iter().zip(new) {
                    self.node(old.id, new.id);
                }
                for slot in new.iter().skip(pairs) {
                    self.added(slot.id);
                }
                if let Some(last) = new.last() {
                    place = self.end(last.id);
                }
                for slot in old.iter().skip(pairs) {
                    self.removed(slot.id, place + 1);
                }
            } else if let Some(last) = new.last() {
                let pairs = old.iter().zip(new).map(|(old, new)| (old.id, new.id));
                self.pairs.extend(pairs);
                place = self.end(last.id);
            }
        }
    }
}

/// Those of `these` that have no equal among `others`, each counted once.
fn unmatched(these: &[(NodeId, Print)], others: &[(NodeId, Print)]) -> Vec<NodeId> {
    let mut left: HashMap<Print, usize> = HashMap::new();
    for (_, print) in others {
        *left.entry(*print).or_default() += 1;
    }
    let mut alone = Vec::new();
    for (id, print) in these {
        match left.get_mut(print) {
            Some(count) if *count > 0 => *count -= 1,
            _ => alone.push(*id),
        }
    }
    alone
}

/// Those of `these` with their equals among `others`, each given out once.
fn same(these: &[(NodeId, Print)], others: &[(NodeId, Print)]) -> Vec<(NodeId, NodeId)> {
    let mut free: HashMap<Print, VecDeque<NodeId>> = HashMap::new();
    for (id, print) in others {
        free.entry(*print).or_default().push_back(*id);
    }
    let pair = |(id, print): &(NodeId, Print)| Some((*id, free.get_mut(print)?.pop_front()?));
    these.iter().filter_map(pair).collect()
}

fn before_only(names: &[Name], slots: &[Slot], other: &HashMap<&Name, NodeId>) -> Vec<NodeId> {
    let alone = names
        .iter()
        .zip(slots)
        .filter(|(name, _)| !other.contains_key(name));
    alone.map(|(_, slot)| slot.id).collect()
}

#[cfg(test)]
mod tests {
    use super::{What, compare};
    use crate::format::{Format, load};
    use crate::ops::path::shown;

    fn differences(old: &str, new: &str) -> Vec<String> {
        let tree = |text: &str| load(Format::Yaml, text.as_bytes()).unwrap().tree;
        let (old, new) = (tree(old), tree(new));
        compare(&old, &new)
            .into_iter()
            .map(|found| {
                let was = found.old.map(|id| shown(&old, id)).unwrap_or_default();
                let is = found.new.map(|id| shown(&new, id)).unwrap_or_default();
                match found.what {
                    What::Added => format!("+{is}"),
                    What::Removed => format!("-{was}"),
                    What::Changed => format!("~{is}"),
                    What::Renamed => format!("{was}>{is}"),
                    What::Moved => format!("^{is}"),
                }
            })
            .collect()
    }

    #[test]
    fn every_kind_of_change_is_told_once_by_its_path() {
        for (old, new, expected) in [
            ("a: 1\n", "a: 1\n", &[][..]),
            ("a: 1\n", "a: 2\n", &["~a"]),
            ("a: 1\n", "a: '1'\n", &["~a"]),
            ("a: 1\nb: 2\n", "b: 2\nc: 3\n", &["-a", "+c"]),
            ("a: 1\nb: 2\n", "b: 2\nc: 1\n", &["a>c"]),
            ("x: 0\na: 1\nb: 2\n", "c: 1\nb: 2\n", &["-x", "a>c"]),
            ("m: {a: 1, b: 2}\n", "m: {a: 1, b: 3, c: 4}\n", &["~m.b", "+m.c"]),
            ("a: 1\nb: 2\nc: 3\n", "b: 2\nc: 3\na: 1\n", &["^a"]),
            ("l: [1, 2, 3]\n", "l: [1, 3]\n", &["-l[1]"]),
            ("l: [1, 2]\n", "l: [1, x, 2]\n", &["+l[1]"]),
            ("l: [1, 2]\n", "l: [1, 3]\n", &["~l[1]"]),
            ("a: 1\n", "a: {b: 1}\n", &["~a"]),
            ("a: 1\n", "a: 1\nm: {b: 1, c: {d: 2}}\n", &["+m.b", "+m.c.d"]),
            (
                "l: [{name: x, v: 1}, {name: y, v: 2}]\n",
                "l: [{name: y, v: 3}, {name: x, v: 1}]\n",
                &["^l[0]", "~l[0].v"],
            ),
            ("a: 1\n---\nb: 1\n", "a: 1\n---\nb: 2\n", &["~doc 2: b"]),
        ] {
            assert_eq!(differences(old, new), expected, "{old}{new}");
        }
    }

    #[test]
    fn a_comment_that_changed_is_told_and_its_value_is_not() {
        let found = differences("# old\na: 1\n", "# new\na: 1\n");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(!found.iter().any(|line| line.ends_with('a')), "{found:?}");
    }
}
