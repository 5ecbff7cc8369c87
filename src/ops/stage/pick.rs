//! Some differences of two trees, made in one of them.

use crate::ops::compare::{Difference, Matched, What};
use crate::ops::subtree;
use crate::tree::{Body, NodeId, Step, Tree};
use std::collections::{HashMap, HashSet};

/// A clone of `base` with some differences made as `donor` has them. `is_backward` says that `donor` is the old tree of `matched`,
/// and `base` the new one. Nodes of `base` keep their ids, so that its text keeps its layout and its values their ciphertexts.
/// Linear.
pub fn pick(base: &Tree, donor: &Tree, matched: &Matched, chosen: &[Difference], is_backward: bool) -> Tree {
    let turn = |(old, new): (NodeId, NodeId)| if is_backward { (old, new) } else { (new, old) };
    let mut picker = Picker {
        donor,
        kept: matched.pairs.iter().map(|(_, new)| *new).collect(),
        result: base.clone(),
        places: matched.pairs.iter().copied().map(turn).collect(),
        gone: Vec::new(),
        wanted: HashMap::new(),
        whole: HashSet::new(),
    };
    if !is_backward {
        picker.kept = matched.pairs.iter().map(|(old, _)| *old).collect();
    }
    for found in chosen {
        let (what, base, donor) = if is_backward {
            (backward(found.what), found.new, found.old)
        } else {
            (found.what, found.old, found.new)
        };
        picker.choose(what, base, donor);
    }
    picker.remove();
    picker.add();
    picker.result
}

const fn backward(what: What) -> What {
    match what {
        What::Added => What::Removed,
        What::Removed => What::Added,
        other => other,
    }
}

struct Picker<'t> {
    donor: &'t Tree,
    /// Nodes of the base that the donor has, too.
    kept: HashSet<NodeId>,
    result: Tree,
    /// By node of the donor, the node of the result.
    places: HashMap<NodeId, NodeId>,
    /// What is to be taken out.
    gone: Vec<NodeId>,
    /// By node of the donor that is to be put in: what is put in where it is there already, but elsewhere.
    wanted: HashMap<NodeId, Option<NodeId>>,
    /// What of that is put in with all that is below it.
    whole: HashSet<NodeId>,
}

/// The outermost item of a list around a node, itself included, that the other tree has not.
fn outermost_item(tree: &Tree, id: NodeId, is_there: impl Fn(NodeId) -> bool) -> Option<NodeId> {
    let mut found = None;
    let mut at = id;
    while let Some(parent) = tree.node(at).parent.filter(|_| !is_there(at)) {
        if matches!(tree.node(parent).body, Body::List(_)) && tree.node(at).is_branch() {
            found = Some(at);
        }
        at = parent;
    }
    found
}

impl Picker<'_> {
    fn choose(&mut self, what: What, base: Option<NodeId>, donor: Option<NodeId>) {
        match (what, base, donor) {
            (What::Changed, Some(base), Some(donor)) => self.replace(base, donor),
            (What::Renamed, Some(base), Some(donor)) => {
                let key = self.donor.node(donor).key.clone();
                self.result.set_key(base, key);
            }
            (What::Moved, Some(base), Some(donor)) => {
                self.wanted.insert(donor, Some(base));
            }
            (What::Removed, Some(base), _) => {
                let is_kept = |id| self.kept.contains(&id);
                let item = outermost_item(&self.result, base, is_kept);
                self.gone.push(item.unwrap_or(base));
            }
            (What::Added, _, Some(donor)) => {
                self.wanted.insert(donor, None);
            }
            _ => {}
        }
    }

    /// A value of a new item of a list brings the whole item: a part of one would be another item.
    fn take_whole_items(&mut self) {
        let wanted: Vec<NodeId> = self.wanted.keys().copied().collect();
        for id in wanted {
            let is_there = |id| self.places.contains_key(&id);
            if let Some(item) = outermost_item(self.donor, id, is_there).filter(|item| *item != id) {
                self.wanted.remove(&id);
                self.wanted.insert(item, None);
                self.whole.insert(item);
            }
        }
    }

    /// Puts what the donor has in the place of what stands there.
    fn replace(&mut self, base: NodeId, donor: NodeId) {
        let copy = subtree::copy(self.donor, donor, &mut self.result);
        let children = self.result.children(copy).to_vec();
        self.result.set_children(copy, Vec::new());
        self.result.set_children(base, Vec::new());
        let body = self.result.node(copy).body.clone();
        self.result.set_body(base, body);
        self.result.set_children(base, children);
    }

    /// Takes out what is gone, and the branches that are empty then and that the donor has not.
    fn remove(&mut self) {
        let mut gone = std::mem::take(&mut self.gone);
        let mut roots: HashSet<NodeId> = HashSet::new();
        while !gone.is_empty() {
            let out: HashSet<NodeId> = gone.drain(..).collect();
            let parents: HashSet<NodeId> = out.iter().filter_map(|id| self.result.node(*id).parent).collect();
            roots.extend(out.iter().filter(|id| self.result.node(**id).parent.is_none()));
            for parent in parents {
                let left = self.result.children(parent).iter().filter(|id| !out.contains(id));
                let left: Vec<NodeId> = left.copied().collect();
                if left.is_empty() && !self.kept.contains(&parent) {
                    gone.push(parent);
                }
                self.result.set_children(parent, left);
            }
        }
        if !roots.is_empty() {
            let documents = self.result.documents().iter().filter(|id| !roots.contains(id));
            let documents = documents.copied().collect();
            self.result.set_documents(documents);
        }
    }

    /// Puts in what is wanted, with the branches it stands in, each behind what it follows in the donor.
    fn add(&mut self) {
        self.take_whole_items();
        let mut branches: HashSet<NodeId> = HashSet::new();
        for id in self.wanted.keys().copied().collect::<Vec<_>>() {
            let mut at = id;
            while let Some(parent) = self.donor.node(at).parent {
                let is_new = branches.insert(parent);
                let is_missing = !self.places.contains_key(&parent);
                if is_missing {
                    self.wanted.entry(parent).or_insert(None);
                }
                if !is_new || !is_missing {
                    break;
                }
                at = parent;
            }
        }
        for root in self.donor.documents() {
            if self.wanted.contains_key(root) && !self.places.contains_key(root) {
                let document = self.result.push_document();
                if matches!(self.donor.node(*root).body, Body::List(_)) {
                    self.result.set_body(document, Body::List(Vec::new()));
                }
                self.places.insert(*root, document);
            }
        }
        // From the outside in, so that every branch is there before what stands in it.
        let entered = self.donor.walk().filter_map(|step| match step {
            Step::Enter(id) if branches.contains(&id) => Some(id),
            _ => None,
        });
        for branch in entered.collect::<Vec<_>>() {
            self.fill(branch);
        }
    }

    /// Puts what is wanted of one branch of the donor in its place.
    fn fill(&mut self, branch: NodeId) {
        let Some(place) = self.places.get(&branch).copied() else {
            return;
        };
        let moved: HashSet<NodeId> = self
            .donor
            .children(branch)
            .iter()
            .filter_map(|id| self.wanted.get(id).copied().flatten())
            .collect();
        let there = self
            .result
            .children(place)
            .iter()
            .filter(|id| !moved.contains(id));
        let there: Vec<NodeId> = there.copied().collect();
        let standing: HashSet<NodeId> = there.iter().copied().collect();
        let mut first = Vec::new();
        let mut after: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        let mut anchor: Option<NodeId> = None;
        for id in self.donor.children(branch) {
            match self.wanted.get(id).copied() {
                Some(moved) => {
                    let new = moved.unwrap_or_else(|| self.new_node(*id));
                    match anchor {
                        Some(anchor) => after.entry(anchor).or_default().push(new),
                        None => first.push(new),
                    }
                }
                None => {
                    let here = self.places.get(id).filter(|here| standing.contains(here));
                    anchor = here.copied().or(anchor);
                }
            }
        }
        let mut children = first;
        for id in there {
            children.push(id);
            children.extend(after.remove(&id).unwrap_or_default());
        }
        self.result.set_children(place, children);
    }

    /// What is put in: a value or a comment, or a branch that what is wanted of it will be put into.
    fn new_node(&mut self, id: NodeId) -> NodeId {
        if self.whole.contains(&id) {
            return subtree::copy(self.donor, id, &mut self.result);
        }
        let body = match &self.donor.node(id).body {
            Body::Map(_) => Body::Map(Vec::new()),
            Body::List(_) => Body::List(Vec::new()),
            other => other.clone(),
        };
        let new = self.result.new_node(self.donor.node(id).key.clone(), body);
        self.places.insert(id, new);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::pick;
    use crate::format::{Format, Style, emit, load};
    use crate::ops::compare::{Difference, matched};
    use crate::tree::Tree;

    fn tree(text: &str) -> Tree {
        load(Format::Yaml, text.as_bytes()).unwrap().tree
    }

    fn text(tree: &Tree) -> String {
        String::from_utf8(emit(Format::Yaml, tree, Style::default()).unwrap()).unwrap()
    }

    /// Pairs of texts, with comments and documents that come and go.
    const PAIRS: &[(&str, &str)] = &[
        ("a: 1\n", "a: 2\n"),
        ("a: 1\nb: 2\nc: 3\n", "a: 1\nx: 0\nb: 5\ny: 9\n"),
        ("a: 1\n", "a: {b: 1, c: [1, {d: 2}]}\n"),
        ("m: {a: 1, n: {b: 2}}\nz: 1\n", "z: 1\n"),
        ("a: 1\n# why\nb: 2\n", "# who\na: 1\nb: 2\n# end\n"),
        ("l: [1, 2, 3]\n", "l: [0, 1, x, 3, 4]\n"),
        (
            "l: [{name: x, v: 1}, {name: y, v: 2}]\n",
            "l: [{name: y, v: 3}, {name: z, v: 4}, {name: x, v: 1}]\n",
        ),
        ("a: 1\nb: 2\nc: 3\n", "c: 3\na: 1\nb: 2\n"),
        ("old: s3cret\nb: 1\n", "new: s3cret\nb: 2\n"),
        ("a: 1\n---\nb: 1\n", "a: 2\n"),
        ("a: 1\n", "a: 1\n---\nb: {c: 1}\n"),
        ("m: {}\nl: []\n", "m: {a: 1}\n"),
    ];

    #[test]
    fn all_differences_together_make_one_version_the_other_in_both_directions() {
        for (old, new) in PAIRS {
            let (old, new) = (tree(old), tree(new));
            let all = matched(&old, &new);
            let forth = pick(&old, &new, &all, &all.differences, false);
            assert!(matched(&forth, &new).differences.is_empty(), "{}", text(&forth));
            let back = pick(&new, &old, &all, &all.differences, true);
            assert!(matched(&back, &old).differences.is_empty(), "{}", text(&back));
            let nothing = pick(&old, &new, &all, &[], false);
            assert!(nothing.same_content(&old, true));
        }
    }

    #[test]
    fn every_difference_can_be_taken_alone_and_the_others_then_still_can() {
        for (old, new) in PAIRS {
            let (old, new) = (tree(old), tree(new));
            let mut now = old.clone();
            let mut before = matched(&now, &new).differences.len();
            // One after the other, until nothing is left.
            while before > 0 {
                let all = matched(&now, &new);
                let one: Vec<Difference> = all.differences.last().copied().into_iter().collect();
                now = pick(&now, &new, &all, &one, false);
                let left = matched(&now, &new).differences.len();
                assert!(left < before, "{}\nof\n{}", text(&now), text(&new));
                before = left;
            }
        }
    }

    #[test]
    fn what_is_taken_stands_where_it_stands_in_the_other_version() {
        for (old, new, path, expected) in [
            ("a: 1\nc: 3\n", "a: 1\nb: 2\nc: 4\n", "b", "a: 1\nb: 2\nc: 3\n"),
            ("a: 1\n", "z: 0\na: 2\n", "z", "z: 0\na: 1\n"),
            (
                "a: 1\n",
                "m:\n    x: 1\n    z: 2\na: 1\n",
                "m.z",
                "m:\n    z: 2\na: 1\n",
            ),
            ("m:\n    x: 1\n    z: 2\n", "{}\n", "m.x", "m:\n    z: 2\n"),
        ] {
            let (old, new) = (tree(old), tree(new));
            let all = matched(&old, &new);
            let shown = |found: &&Difference| {
                let of_new = found.new.map(|id| crate::ops::path::shown(&new, id));
                of_new
                    .or(found.old.map(|id| crate::ops::path::shown(&old, id)))
                    .as_deref()
                    == Some(path)
            };
            let one: Vec<Difference> = all.differences.iter().filter(shown).copied().collect();
            assert_eq!(text(&pick(&old, &new, &all, &one, false)), expected);
        }
    }
}
