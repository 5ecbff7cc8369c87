//! Which node of one version a node of another version is: by keys in maps, by what items are called or hold in lists, and
//! where a key is gone, by the value under another one.

use crate::ops::prints::{Print, Prints};
use crate::ops::slots::{Name, Slot, identifier, item_names, names, slots};
use crate::tree::{Body, NodeId, Tree};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::cell::OnceCell;
use std::collections::HashSet;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partner {
    /// The node.
    pub id: NodeId,
    /// Whether a key on the way to it is another one.
    pub renamed: bool,
    /// Whether a list is on the way to it.
    pub in_list: bool,
}

struct Side<'t> {
    tree: &'t Tree,
    prints: OnceCell<Prints>,
}

impl Side<'_> {
    fn prints(&self) -> &Prints {
        self.prints.get_or_init(|| Prints::of(self.tree))
    }

    fn print(&self, slot: &Slot) -> Print {
        self.prints().get(slot.id)
    }

    fn slots(&self, branch: NodeId) -> Vec<Slot> {
        slots(self.tree, Some(branch)).slots
    }
}

/// The node of `to` that `id` of `from` is. `renames`: whether other keys are looked at where one is missing; without it,
/// nothing is said of them.
pub fn partner(from: &Tree, id: NodeId, to: &Tree, renames: bool) -> Option<Partner> {
    let side = |tree| Side {
        tree,
        prints: OnceCell::new(),
    };
    let (from, to) = (side(from), side(to));
    let mut way = vec![id];
    while let Some(parent) = way.last().and_then(|at| from.tree.node(*at).parent) {
        way.push(parent);
    }
    let root = way.pop()?;
    let document = from.tree.documents().iter().position(|other| *other == root)?;
    let mut found = Partner {
        id: *to.tree.documents().get(document)?,
        renamed: false,
        in_list: false,
    };
    let mut above = root;
    while let Some(next) = way.pop() {
        match (&from.tree.node(above).body, &to.tree.node(found.id).body) {
            (Body::Map(_), Body::Map(_)) => match same_key(&from, next, &to, found.id) {
                Some(same) => found.id = same,
                None if renames => {
                    found.id = other_key(&from, above, next, &to, found.id)?;
                    found.renamed = true;
                }
                None => return None,
            },
            (Body::List(_), Body::List(_)) => {
                found.id = item(&from, above, next, &to, found.id)?;
                found.in_list = true;
            }
            _ => return None,
        }
        above = next;
    }
    Some(found)
}

/// The entry with the same key; of several, the one of the same number.
fn same_key(from: &Side<'_>, child: NodeId, to: &Side<'_>, map: NodeId) -> Option<NodeId> {
    let key = from.tree.node(child).key.as_ref()?;
    let siblings = from.tree.children(from.tree.node(child).parent?).iter();
    let before = siblings
        .take_while(|other| **other != child)
        .filter(|other| from.tree.node(**other).key.as_ref() == Some(key))
        .count();
    let entries = to.tree.children(map).iter();
    entries
        .filter(|other| to.tree.node(**other).key.as_ref() == Some(key))
        .nth(before)
        .copied()
}

/// The entry under another key: the only one that is gone and holds the same; else, where one entry is gone and one came at its
/// place, that.
fn other_key(from: &Side<'_>, above: NodeId, child: NodeId, to: &Side<'_>, map: NodeId) -> Option<NodeId> {
    let (here, there) = (from.slots(above), to.slots(map));
    let (ours, theirs) = (names(from.tree, &here), names(to.tree, &there));
    let alone = |names: &[Name], slots: &[Slot], others: &[Name]| -> Vec<(usize, NodeId)> {
        let others: HashSet<&Name> = others.iter().collect();
        let slots = names.iter().zip(slots).enumerate();
        slots
            .filter(|(_, (name, _))| !others.contains(name))
            .map(|(at, (_, slot))| (at, slot.id))
            .collect()
    };
    let come = alone(&ours, &here, &theirs);
    let gone = alone(&theirs, &there, &ours);
    let print = from.prints().get(child);
    let same = |side: &Side<'_>, ids: &[(usize, NodeId)]| -> Vec<NodeId> {
        let ids = ids.iter().map(|(_, id)| *id);
        ids.filter(|id| side.prints().get(*id) == print).collect()
    };
    if let ([_], [only]) = (same(from, &come).as_slice(), same(to, &gone).as_slice()) {
        return Some(*only);
    }
    match (come.as_slice(), gone.as_slice()) {
        ([(at, _)], [(was, id)]) if at == was && from.tree.node(child).leaf().is_some() => {
            to.tree.node(*id).leaf().map(|_| *id)
        }
        _ => None,
    }
}

/// The item of the same name, where items have names; else the one that holds the same, or stands where it stood.
fn item(from: &Side<'_>, above: NodeId, child: NodeId, to: &Side<'_>, list: NodeId) -> Option<NodeId> {
    let (here, there) = (from.slots(above), to.slots(list));
    let at = here.iter().position(|slot| slot.id == child)?;
    let lists = [
        (from.tree, from.prints(), here.as_slice()),
        (to.tree, to.prints(), there.as_slice()),
    ];
    let named = identifier(&lists).and_then(|identifier| {
        let ours = item_names(from.tree, from.prints(), &here, identifier)?;
        let theirs = item_names(to.tree, to.prints(), &there, identifier)?;
        Some((ours, theirs))
    });
    if let Some((ours, theirs)) = named {
        let name = ours.get(at)?;
        let same = theirs.iter().position(|other| other == name)?;
        return there.get(same).map(|slot| slot.id);
    }
    let prints = |side: &Side<'_>, slots: &[Slot]| -> Vec<Print> {
        slots.iter().map(|slot| side.print(slot)).collect()
    };
    let ops = capture_diff_slices(Algorithm::Myers, &prints(to, &there), &prints(from, &here));
    let op = ops.into_iter().find(|op| op.new_range().contains(&at))?;
    let within = at - op.new_range().start;
    match op {
        DiffOp::Insert { .. } | DiffOp::Delete { .. } => None,
        _ => there
            .get(op.old_range())
            .and_then(|slots| slots.get(within))
            .map(|slot| slot.id),
    }
}

#[cfg(test)]
mod tests {
    use super::partner;
    use crate::format::{Format, load};
    use crate::ops::path::{Step, shown};
    use crate::ops::why;

    fn found(from: &str, path: &str, to: &str) -> Option<(String, bool)> {
        let tree = |text: &str| load(Format::Yaml, text.as_bytes()).unwrap().tree;
        let (from, to) = (tree(from), tree(to));
        let steps: Vec<Step> = why::steps(path).unwrap();
        let id = why::at(&from, &steps).unwrap();
        partner(&from, id, &to, true).map(|found| (shown(&to, found.id), found.renamed))
    }

    #[test]
    fn a_value_is_found_again_by_its_keys_its_items_and_its_content() {
        for (from, path, to, expected) in [
            ("a: {b: 1}\n", "a.b", "x: 0\na: {b: 2}\n", Some(("a.b", false))),
            (
                "a: {b: 1, c: 2}\n",
                "a.b",
                "a: {z: 1, c: 2}\n",
                Some(("a.z", true)),
            ),
            (
                "a: {b: 1, c: 2}\n",
                "a.b",
                "a: {z: 5, c: 2}\n",
                Some(("a.z", true)),
            ),
            ("a: {b: 1, c: 2}\n", "a.b", "a: {c: 2, z: 5}\n", None),
            ("n: {b: 1}\n", "n.b", "m: {b: 1}\n", Some(("m.b", true))),
            (
                "l: [1, 2, 3]\n",
                "l.1",
                "l: [0, 1, 2, 3]\n",
                Some(("l[2]", false)),
            ),
            ("l: [1, x, 3]\n", "l.1", "l: [1, y, 3]\n", Some(("l[1]", false))),
            ("l: [1, x, 3]\n", "l.1", "l: [1, 3]\n", None),
            (
                "l: [{name: p, v: 1}, {name: q, v: 2}]\n",
                "l.0.v",
                "l: [{name: q, v: 3}, {name: p, v: 4}]\n",
                Some(("l[1].v", false)),
            ),
            ("a: 1\n", "a", "a: 1\nb: 1\n", Some(("a", false))),
            ("a: 1\n", "a", "b: 1\nc: 1\n", None),
        ] {
            let expected = expected.map(|(path, renamed): (&str, bool)| (path.to_owned(), renamed));
            assert_eq!(found(from, path, to), expected, "{from}{path}\n{to}");
        }
    }
}
