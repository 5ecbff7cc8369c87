//! Changing a block in place: what does not differ between two states of the model keeps its nodes, and with them its text.

use super::decode::decode;
use super::encode::encode;
use super::flat::{flatten, unflatten};
use super::place::{KEY, PREFIX, copy, restore};
use super::{Detached, Metadata, Place};
use crate::format::Format;
use crate::tree::{Body, Key, Leaf, NodeId, Step, Tree};
use std::collections::{HashMap, HashSet};

/// Puts the block back and changes what differs.
pub fn update(tree: &mut Tree, format: Format, detached: &Detached, old: &Metadata, new: &Metadata) {
    let (old_tree, old_root) = encode(old);
    let (new_tree, new_root) = encode(new);
    let change = Change {
        old: &old_tree,
        new: &new_tree,
    };
    for root in tree.documents().to_vec() {
        let mut nodes: Vec<(Place, NodeId)> = detached.of(root).collect();
        match format {
            Format::Dotenv => {
                let lines: Vec<NodeId> = nodes.iter().map(|(_, id)| *id).collect();
                let lines = change_lines(tree, &lines, PREFIX, false, &change, (old_root, new_root));
                let place = nodes.last().map_or(Place::End, |(place, _)| *place);
                let places: HashMap<NodeId, Place> = nodes.iter().map(|(place, id)| (*id, *place)).collect();
                let mut last = nodes.first().map_or(place, |(place, _)| *place);
                nodes = lines
                    .into_iter()
                    .map(|id| {
                        last = places.get(&id).copied().unwrap_or(last);
                        (last, id)
                    })
                    .collect();
            }
            Format::Ini => {
                nodes.truncate(1);
                match nodes.first() {
                    Some((_, section)) => {
                        let lines = tree.children(*section).to_vec();
                        let lines = change_lines(tree, &lines, "", true, &change, (old_root, new_root));
                        tree.set_children(*section, lines);
                    }
                    None => nodes.push((Place::End, fresh_section(tree, &new_tree, new_root))),
                }
            }
            Format::Yaml | Format::Json | Format::Binary => {
                nodes.truncate(1);
                match nodes.first() {
                    Some((_, block)) if is_state(tree, *block, old) => {
                        change.apply(tree, *block, old_root, new_root);
                    }
                    Some((_, block)) => replace(tree, *block, &new_tree, new_root),
                    None => {
                        let key = Some(Key::from(KEY));
                        nodes.push((Place::End, copy(tree, None, key, &new_tree, new_root)));
                    }
                }
            }
        }
        restore(tree, root, &nodes);
    }
}

/// The lines of a fresh block, below nothing yet; for INI as one section.
fn fresh_section(tree: &mut Tree, block: &Tree, id: NodeId) -> NodeId {
    let section = tree.new_node(Some(KEY.into()), Body::Map(Vec::new()));
    for (name, leaf) in flatten(block, id) {
        tree.push(section, Some(name.into()), Body::Leaf(escaped(leaf, true)));
    }
    section
}

/// INI values are one line: a line break is written as two characters (spec §7.4).
fn escaped(leaf: Leaf, ini: bool) -> Leaf {
    match &leaf {
        Leaf::Text(text) if ini && text.expose().contains(&b'\n') => {
            Leaf::text(&String::from_utf8_lossy(text.expose()).replace('\n', "\\n"))
        }
        _ => leaf,
    }
}

/// Reads the value of an INI line, whichever way its line breaks are written.
fn unescaped(leaf: &Leaf) -> Leaf {
    match leaf {
        Leaf::Text(text) if text.expose().windows(2).any(|pair| pair == b"\\n") => {
            Leaf::text(&String::from_utf8_lossy(text.expose()).replace("\\n", "\n"))
        }
        _ => leaf.clone(),
    }
}

/// Whether a block says exactly what a model says; blocks of later documents may say anything.
fn is_state(tree: &Tree, block: NodeId, model: &Metadata) -> bool {
    decode(tree, block, true).is_ok_and(|found| found == *model)
}

/// Makes a node a copy of another tree's.
fn replace(tree: &mut Tree, id: NodeId, from: &Tree, source: NodeId) {
    let body = match &from.node(source).body {
        Body::Map(_) => Body::Map(Vec::new()),
        Body::List(_) => Body::List(Vec::new()),
        other => other.clone(),
    };
    tree.set_children(id, Vec::new());
    tree.set_body(id, body);
    for child in from.children(source) {
        copy(tree, Some(id), from.node(*child).key.clone(), from, *child);
    }
}

/// Two states of a block, both freshly encoded.
struct Change<'t> {
    old: &'t Tree,
    new: &'t Tree,
}

impl Change<'_> {
    /// Brings `block`, which says what `old` says, to what `new` says.
    fn apply(&self, tree: &mut Tree, block: NodeId, old: NodeId, new: NodeId) {
        let mut open = vec![(block, old, new)];
        while let Some((at, old, new)) = open.pop() {
            if same(self.old, old, self.new, new) {
                continue;
            }
            match (&tree.node(at).body, &self.new.node(new).body) {
                (Body::Map(_), Body::Map(_)) => self.map(tree, (at, old, new), &mut open),
                (Body::List(_), Body::List(_)) => self.list(tree, (at, old, new), &mut open),
                _ => replace(tree, at, self.new, new),
            }
        }
    }

    fn map(
        &self,
        tree: &mut Tree,
        (at, old, new): (NodeId, NodeId, NodeId),
        open: &mut Vec<(NodeId, NodeId, NodeId)>,
    ) {
        let (before, wanted) = (keyed(self.old, old), keyed(self.new, new));
        for (key, _) in before
            .iter()
            .filter(|(key, _)| !wanted.iter().any(|(other, _)| other == key))
        {
            for (_, gone) in keyed(tree, at).into_iter().filter(|(other, _)| other == key) {
                tree.unlink(gone);
            }
        }
        for (key, value) in wanted {
            let there = keyed(tree, at).into_iter().rev().find(|(other, _)| *other == key);
            let was = before.iter().find(|(other, _)| *other == key);
            match (there, was) {
                (Some((_, there)), Some((_, was))) => open.push((there, *was, value)),
                (Some((_, there)), None) => replace(tree, there, self.new, value),
                // The file leaves out what the model has by default; it may go on doing so.
                (None, Some((_, was))) if same(self.old, *was, self.new, value) => {}
                (None, _) => {
                    let made = copy(tree, None, Some(key.clone()), self.new, value);
                    let index = sorted_place(tree, at, &key);
                    tree.link(at, index, made);
                }
            }
        }
    }

    /// Entries keep their node as long as their recipient stays; comments go with the entry below them.
    fn list(
        &self,
        tree: &mut Tree,
        (at, old, new): (NodeId, NodeId, NodeId),
        open: &mut Vec<(NodeId, NodeId, NodeId)>,
    ) {
        let (mut items, mut leading) = (Vec::new(), Vec::new());
        for child in tree.children(at) {
            leading.push(*child);
            if tree.node(*child).comment().is_none() {
                items.push(std::mem::take(&mut leading));
            }
        }
        let (before, wanted) = (self.old.children(old), self.new.children(new));
        if items.len() != before.len() {
            return replace(tree, at, self.new, new);
        }
        let mut free: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entry) in before.iter().enumerate().rev() {
            free.entry(identity(self.old, *entry, index))
                .or_default()
                .push(index);
        }
        let mut children = Vec::new();
        for (index, entry) in wanted.iter().enumerate() {
            let kept = free
                .get_mut(&identity(self.new, *entry, index))
                .and_then(Vec::pop);
            let kept = kept.and_then(|kept| Some((items.get(kept)?, *before.get(kept)?)));
            match kept {
                Some((nodes, was)) => {
                    children.extend_from_slice(nodes);
                    open.extend(nodes.last().map(|item| (*item, was, *entry)));
                }
                None => children.push(copy(tree, None, None, self.new, *entry)),
            }
        }
        children.extend(leading);
        if children != tree.children(at) {
            tree.set_children(at, children);
        }
    }
}

/// The entries of a map with their keys.
fn keyed(tree: &Tree, map: NodeId) -> Vec<(Key, NodeId)> {
    let children = tree.children(map).iter();
    children
        .filter_map(|id| Some((tree.node(*id).key.clone()?, *id)))
        .collect()
}

/// Where a new key goes: before the first greater one, and before the comments above that; else last.
fn sorted_place(tree: &Tree, map: NodeId, key: &Key) -> usize {
    let children = tree.children(map);
    let greater = |id: &NodeId| {
        tree.node(*id)
            .key
            .as_ref()
            .is_some_and(|other| other.text() > key.text())
    };
    let mut index = children.iter().position(greater).unwrap_or(children.len());
    while let Some(above) = index.checked_sub(1)
        && children
            .get(above)
            .is_some_and(|id| tree.node(*id).comment().is_some())
    {
        index = above;
    }
    index
}

/// What makes two entries of a list the same: everything but the wrapped key and its date; for groups, their number.
fn identity(tree: &Tree, entry: NodeId, index: usize) -> String {
    let is_group = tree
        .children(entry)
        .iter()
        .any(|id| matches!(tree.node(*id).body, Body::List(_)));
    if is_group || tree.children(entry).is_empty() {
        return format!("#{index}");
    }
    let mut lines = flatten(tree, entry);
    lines.retain(|(name, _)| name != "enc" && name != "created_at");
    let text = |(name, leaf): (String, Leaf)| {
        let value = leaf.canonical();
        format!(
            "{}:{name}{}:{}",
            name.len(),
            value.len(),
            String::from_utf8_lossy(&value)
        )
    };
    lines.into_iter().map(text).collect()
}

fn same(a: &Tree, a_root: NodeId, b: &Tree, b_root: NodeId) -> bool {
    let (mut ours, mut theirs) = (a.walk_from(a_root), b.walk_from(b_root));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if x.same_kind(&y) => {
                let (m, n) = (a.node(x.id()), b.node(y.id()));
                let leaf = matches!(x, Step::Leaf(_));
                if (x.id() != a_root && m.key != n.key) || (leaf && m.leaf() != n.leaf()) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Changes flat lines (children that are no line of the block, such as comments, stay where they are). Lines that are new
/// follow the line that comes before them in a fresh block.
fn change_lines(
    tree: &mut Tree,
    nodes: &[NodeId],
    prefix: &str,
    ini: bool,
    change: &Change<'_>,
    (old, new): (NodeId, NodeId),
) -> Vec<NodeId> {
    let before: HashMap<String, Leaf> = flatten(change.old, old).into_iter().collect();
    let wanted = flatten(change.new, new);
    let names: HashSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    let mut there: HashMap<String, usize> = HashMap::new();
    let mut placed: Vec<((usize, usize), NodeId)> = Vec::new();
    for (index, id) in nodes.iter().enumerate() {
        let key = tree.node(*id).key.as_ref().map(|key| key.display().into_owned());
        let name = key.as_deref().and_then(|key| key.strip_prefix(prefix));
        if name.is_some_and(|name| before.contains_key(name) && !names.contains(name)) {
            continue;
        }
        there.extend(name.map(|name| (name.to_owned(), index)));
        placed.push(((index, 0), *id));
    }
    let mut at = (nodes.len(), 0);
    for (name, leaf) in &wanted {
        match there.get(name) {
            Some(index) => {
                at = (*index, 0);
                if let Some(id) = nodes.get(*index).filter(|_| before.get(name) != Some(leaf)) {
                    tree.set_body(*id, Body::Leaf(escaped(leaf.clone(), ini)));
                }
            }
            None if before.get(name) == Some(leaf) && !nodes.is_empty() => {}
            None => {
                at.1 += 1;
                let key = Key::from(format!("{prefix}{name}"));
                placed.push((
                    at,
                    tree.new_node(Some(key), Body::Leaf(escaped(leaf.clone(), ini))),
                ));
            }
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, id)| id).collect()
}

/// Builds the nested block from lines with this prefix.
pub fn nest(
    tree: &Tree,
    nodes: &[NodeId],
    prefix: &str,
    ini: bool,
) -> Result<(Tree, NodeId), super::MetadataError> {
    let lines = nodes.iter().filter_map(|id| {
        let node = tree.node(*id);
        let name = std::str::from_utf8(node.key.as_ref()?.text()?).ok()?;
        let leaf = node.leaf()?;
        let leaf = if ini { unescaped(leaf) } else { leaf.clone() };
        Some((name.strip_prefix(prefix)?, leaf))
    });
    unflatten(lines)
}
