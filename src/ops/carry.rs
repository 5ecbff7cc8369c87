//! Carrying what somebody changed in a text over to the tree that the text was written from, so that everything else keeps its
//! node, and with it its place in the file and its ciphertext.

mod documents;

use super::subtree;
use crate::tree::{Body, Comment, NodeId, Tree};
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};

/// A clone of `base` with the content of `after`. `shown` is the tree of the text that was edited: what is in `after` as it was in
/// `shown` is in the result as it is in `base`, even where the text could not tell its type (sops writes the float 1.0 as 1).
///
/// `None` when `shown` is no picture of `base`, or `after` has no document.
pub fn carry(base: &Tree, shown: &Tree, after: &Tree) -> Option<Tree> {
    let origin = origins(base, shown)?;
    if after.documents().is_empty() {
        return None;
    }
    let (old, new) = (Digests::of(shown), Digests::of(after));
    let mut result = base.clone();
    let mut waiting: Vec<(NodeId, NodeId)> = Vec::new();
    let mut roots = Vec::new();
    for (was, is) in documents::partners(shown, &old, after, &new)
        .into_iter()
        .zip(after.documents())
    {
        match was {
            Some(was) => {
                roots.push(*origin.get(&was)?);
                waiting.push((was, *is));
            }
            None => roots.push(subtree::copy(after, *is, &mut result)),
        }
    }
    result.set_documents(roots);
    while let Some((was, is)) = waiting.pop() {
        if old.get(was) == new.get(is) {
            continue;
        }
        let mut children = Vec::new();
        for (is, partner) in after
            .children(is)
            .iter()
            .zip(partners(shown, was, &old, after, is, &new))
        {
            let Some(was) = partner else {
                children.push(subtree::copy(after, *is, &mut result));
                continue;
            };
            let id = *origin.get(&was)?;
            children.push(id);
            match (&shown.node(was).body, &after.node(*is).body) {
                (Body::Map(_), Body::Map(_)) | (Body::List(_), Body::List(_)) => waiting.push((was, *is)),
                _ if old.get(was) == new.get(*is) => {}
                _ => become_copy(&mut result, id, after, *is),
            }
        }
        result.set_children(*origin.get(&was)?, children);
    }
    Some(result)
}

/// Gives a node the content of another tree's node.
fn become_copy(tree: &mut Tree, id: NodeId, from: &Tree, source: NodeId) {
    let copy = subtree::copy(from, source, tree);
    let children = tree.children(copy).to_vec();
    let body = match (&tree.node(copy).body, &tree.node(id).body) {
        (Body::Map(_), _) => Body::Map(Vec::new()),
        (Body::List(_), _) => Body::List(Vec::new()),
        // The text has comments above the values behind which they stand.
        (Body::Comment(new), Body::Comment(old)) => Body::Comment(Comment {
            text: new.text.clone(),
            inline: old.inline,
        }),
        (other, _) => other.clone(),
    };
    tree.set_children(copy, Vec::new());
    tree.set_children(id, Vec::new());
    tree.set_body(id, body);
    tree.set_children(id, children);
}

/// For each node of `shown`, the node of `base` it was written from.
fn origins(base: &Tree, shown: &Tree) -> Option<HashMap<NodeId, NodeId>> {
    let mut origins = HashMap::with_capacity(shown.len());
    let (mut ours, mut theirs) = (base.walk(), shown.walk());
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return Some(origins),
            (Some(from), Some(to)) if from.same_kind(&to) => {
                let (a, b) = (base.node(from.id()), shown.node(to.id()));
                let same_shape = match (&a.body, &b.body) {
                    (Body::Map(_), Body::Map(_)) | (Body::List(_), Body::List(_)) => true,
                    (Body::Comment(a), Body::Comment(b)) => a.text == b.text,
                    (Body::Leaf(_), Body::Leaf(_)) => true,
                    _ => false,
                };
                if !same_shape || a.key != b.key {
                    return None;
                }
                origins.insert(to.id(), from.id());
            }
            _ => return None,
        }
    }
}

/// For each child of `is` the child of `was` that it is, or has become.
fn partners(
    shown: &Tree,
    was: NodeId,
    old: &Digests,
    after: &Tree,
    is: NodeId,
    new: &Digests,
) -> Vec<Option<NodeId>> {
    let (before, now) = (shown.children(was), after.children(is));
    let mut partners = vec![None; now.len()];
    let same = |a: &NodeId, b: &NodeId| old.get(*a) == new.get(*b);
    let head = before.iter().zip(now).take_while(|(a, b)| same(a, b)).count();
    let (middle_old, middle_new) = (
        before.get(head..).unwrap_or_default(),
        now.get(head..).unwrap_or_default(),
    );
    let tail = middle_old.iter().rev().zip(middle_new.iter().rev());
    let tail = tail.take_while(|(a, b)| same(a, b)).count();
    for (slot, id) in partners.iter_mut().zip(before).take(head) {
        *slot = Some(*id);
    }
    for (slot, id) in partners.iter_mut().rev().zip(before.iter().rev()).take(tail) {
        *slot = Some(*id);
    }
    let rest: Vec<NodeId> = middle_old.iter().take(middle_old.len() - tail).copied().collect();
    let mut free = Free::of(shown, &rest, old);
    let open = || head..now.len() - tail;
    // What is quite the same first, wherever it stands; then what has the same name; then, in lists, what comes next.
    for pass in [Free::same, Free::named, Free::next] {
        for at in open() {
            if let (Some(slot @ None), Some(id)) = (partners.get_mut(at), now.get(at)) {
                *slot = pass(&mut free, after, *id, new);
            }
        }
    }
    partners
}

/// Children nobody has claimed yet.
struct Free<'t> {
    shown: &'t Tree,
    by_digest: HashMap<u64, VecDeque<NodeId>>,
    by_key: HashMap<&'t [u8], VecDeque<NodeId>>,
    items: VecDeque<NodeId>,
    comments: VecDeque<NodeId>,
    taken: HashSet<NodeId>,
}

impl<'t> Free<'t> {
    fn of(shown: &'t Tree, nodes: &[NodeId], digests: &Digests) -> Self {
        let mut free = Self {
            shown,
            by_digest: HashMap::new(),
            by_key: HashMap::new(),
            items: VecDeque::new(),
            comments: VecDeque::new(),
            taken: HashSet::new(),
        };
        for id in nodes {
            let node = shown.node(*id);
            free.by_digest.entry(digests.get(*id)).or_default().push_back(*id);
            match (node.comment(), node.key.as_ref().and_then(|key| key.text())) {
                (Some(_), _) => free.comments.push_back(*id),
                (None, Some(key)) => free.by_key.entry(key).or_default().push_back(*id),
                (None, None) => free.items.push_back(*id),
            }
        }
        free
    }

    fn take(taken: &mut HashSet<NodeId>, queue: Option<&mut VecDeque<NodeId>>) -> Option<NodeId> {
        let queue = queue?;
        while let Some(id) = queue.pop_front() {
            if taken.insert(id) {
                return Some(id);
            }
        }
        None
    }

    fn same(&mut self, _: &Tree, id: NodeId, digests: &Digests) -> Option<NodeId> {
        Self::take(&mut self.taken, self.by_digest.get_mut(&digests.get(id)))
    }

    fn named(&mut self, after: &Tree, id: NodeId, _: &Digests) -> Option<NodeId> {
        let key = after.node(id).key.as_ref()?.text()?;
        Self::take(&mut self.taken, self.by_key.get_mut(key))
    }

    /// An item that became another of the same kind, or a comment that was rewritten.
    fn next(&mut self, after: &Tree, id: NodeId, _: &Digests) -> Option<NodeId> {
        let node = after.node(id);
        if node.comment().is_some() {
            return Self::take(&mut self.taken, Some(&mut self.comments));
        }
        if node.key.is_some() {
            return None;
        }
        let found = Self::take(&mut self.taken, Some(&mut self.items))?;
        let same_kind =
            std::mem::discriminant(&self.shown.node(found).body) == std::mem::discriminant(&node.body);
        same_kind.then_some(found)
    }
}

/// What tells whether two nodes have the same content, keys and all that is below them: keyed hashes, which nobody outside this
/// process can make collide.
struct Digests(Vec<u64>);

/// One for all trees of the process, so that digests of two trees can be compared.
static STATE: std::sync::LazyLock<RandomState> = std::sync::LazyLock::new(RandomState::new);

impl Digests {
    fn of(tree: &Tree) -> Self {
        let mut digests = vec![0; tree.len()];
        let mut steps: Vec<NodeId> = Vec::with_capacity(tree.len());
        let mut waiting: Vec<NodeId> = tree.documents().to_vec();
        while let Some(id) = waiting.pop() {
            steps.push(id);
            waiting.extend(tree.children(id));
        }
        // Children come after their parents, so from the end they are known.
        for id in steps.into_iter().rev() {
            let node = tree.node(id);
            let mut hasher = STATE.build_hasher();
            node.key
                .as_ref()
                .map(|key| key.display().into_owned())
                .hash(&mut hasher);
            node.key.as_ref().and_then(|key| key.text()).hash(&mut hasher);
            match &node.body {
                Body::Map(children) | Body::List(children) => {
                    matches!(node.body, Body::Map(_)).hash(&mut hasher);
                    for child in children {
                        digests.get(child.index()).hash(&mut hasher);
                    }
                }
                Body::Leaf(leaf) => {
                    leaf.type_name().hash(&mut hasher);
                    leaf.canonical().as_slice().hash(&mut hasher);
                }
                Body::Comment(comment) => {
                    "#".hash(&mut hasher);
                    comment.text.expose().hash(&mut hasher);
                }
            }
            if let Some(slot) = digests.get_mut(id.index()) {
                *slot = hasher.finish();
            }
        }
        Self(digests)
    }

    fn get(&self, id: NodeId) -> u64 {
        self.0.get(id.index()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::carry;
    use crate::format::{Format, load};
    use crate::tree::Tree;

    fn tree(text: &str) -> Tree {
        load(Format::Yaml, text.as_bytes()).unwrap().tree
    }

    /// The result, and how many nodes it has that `base` has not.
    fn carried(base: &str, shown: &str, after: &str) -> (Tree, usize) {
        let base = tree(base);
        let result = carry(&base, &tree(shown), &tree(after)).unwrap();
        let kept = result.walk().filter(|step| base.contains(step.id())).count();
        let all = result.walk().count();
        (result, all - kept)
    }

    #[test]
    fn what_was_not_touched_keeps_its_node() {
        let text = "# top\na: 1\nm:\n  x: one # inline\n  y: [1, 2, 3]\nl:\n- k: v\n- s\n";
        for (after, new) in [
            (text.to_owned(), 0),
            (text.replace("one", "two"), 0),
            (text.replace("a: 1\n", ""), 0),
            (text.replace("[1, 2, 3]", "[1, 3]"), 0),
            (text.replace("[1, 2, 3]", "[0, 1, 2, 3]"), 1),
            (text.replace("- s", "- t\n- s"), 1),
            (format!("{text}b: 2\n"), 1),
            (text.replace("x: one", "z: one"), 1),
            (text.replace("k: v", "k: {deep: v}"), 1),
        ] {
            let (result, found) = carried(text, text, &after);
            assert!(result.same_content(&tree(&after), false), "{after}");
            assert_eq!(found, new, "{after}");
        }
    }

    #[test]
    fn a_type_that_the_text_could_not_tell_is_kept() {
        let (result, _) = carried("a: 1.0\nb: x\n", "a: 1\nb: x\n", "a: 1\nb: y\n");
        assert!(result.same_content(&tree("a: 1.0\nb: y\n"), true));
        let (result, _) = carried("a: 1.0\nb: x\n", "a: 1\nb: x\n", "a: 2\nb: x\n");
        assert!(result.same_content(&tree("a: 2\nb: x\n"), true));
    }

    #[test]
    fn comments_behind_values_stay_there() {
        let base = "a: 1 # why\nb: 2\n";
        let (result, _) = carried(base, "# why\na: 1\nb: 2\n", "# why\na: 1\nb: 3\n");
        assert!(result.same_content(&tree("a: 1 # why\nb: 3\n"), true));
    }

    #[test]
    fn another_shape_is_left_to_others() {
        let one = tree("a: 1\n");
        assert!(carry(&one, &tree("b: 1\n"), &one).is_none());
    }

    #[test]
    fn documents_come_and_go_and_the_others_keep_their_nodes() {
        let text = "a: 1\n---\nb: 2\nc: 3\n---\nd: 4\n";
        for (after, new) in [
            ("a: 1\n---\nb: 2\nc: 3\n---\nd: 4\n---\ne: 5\n", 3),
            ("n: 0\n---\na: 1\n---\nb: 2\nc: 3\n---\nd: 4\n", 3),
            ("a: 1\n---\nd: 4\n", 0),
            ("b: 2\nc: 5\n---\nd: 4\n", 0),
            ("d: 4\n", 0),
        ] {
            let (result, found) = carried(text, text, after);
            assert!(result.same_content(&tree(after), false), "{after}");
            assert_eq!(found, new, "{after}");
        }
    }
}
