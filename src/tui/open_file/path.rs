//! Paths of nodes for people: `gatus.servers[0].name`; and which node stands on a line of the file.

use super::OpenFile;
use crate::tree::{Body, NodeId, Tree};
use crate::tui::text;

/// The path of a node, escaped for the screen. Items of lists are counted from 0, comments not counted. A path that
/// begins in another document than the first begins with `doc 2: `.
#[must_use]
pub fn show_path(tree: &Tree, id: NodeId) -> String {
    let mut chain = vec![id];
    let mut at = id;
    while let Some(parent) = tree.node(at).parent {
        chain.push(parent);
        at = parent;
    }
    let mut shown = match tree.documents().iter().position(|root| *root == at) {
        Some(number) if number > 0 => format!("doc {}: ", number + 1),
        _ => String::new(),
    };
    let mut parent = chain.pop();
    let mut first = true;
    while let Some(id) = chain.pop() {
        match (&tree.node(id).key, &tree.node(id).body) {
            (Some(key), _) => {
                if !first {
                    shown.push('.');
                }
                shown.push_str(&text::escape(&key.display()));
            }
            (None, Body::Comment(_)) => shown.push_str(if first { "#" } else { ".#" }),
            (None, _) => shown.push_str(&format!("[{}]", item_number(tree, parent, id))),
        }
        parent = Some(id);
        first = false;
    }
    shown
}

/// What a node is called where its path says too little: a comment by what it stands above, a document by its number.
#[must_use]
pub fn show_place(tree: &Tree, id: NodeId) -> String {
    if let Some(at) = tree.documents().iter().position(|root| *root == id) {
        return match tree.documents().len() {
            1 => "the whole file".to_owned(),
            _ => format!("document {}", at + 1),
        };
    }
    let node = tree.node(id);
    let (Some(comment), Some(parent)) = (node.comment(), node.parent) else {
        return show_path(tree, id);
    };
    let siblings = tree.children(parent);
    let at = siblings.iter().position(|child| *child == id).unwrap_or_default();
    let is_entry = |child: &&NodeId| tree.node(**child).comment().is_none();
    let above = || {
        siblings
            .get(..at)
            .and_then(|before| before.iter().rfind(is_entry))
    };
    let below = || siblings.get(at..).and_then(|after| after.iter().find(is_entry));
    let (word, entry) = if comment.inline {
        ("beside", above())
    } else {
        ("above", below())
    };
    match entry {
        Some(entry) => format!("# {word} {}", show_path(tree, *entry)),
        None => match show_path(tree, parent) {
            path if path.is_empty() => "# at the end".to_owned(),
            path => format!("# at the end of {path}"),
        },
    }
}

impl OpenFile {
    /// The first node that begins on a line of the file as it was read, from 1, and is still there. Reads the text anew.
    #[must_use]
    pub fn at_line(&self, line: usize) -> Option<NodeId> {
        let loaded = self.document.load().ok()?;
        let ends = memchr::memchr_iter(b'\n', &self.document.source);
        let starts: Vec<usize> = std::iter::once(0).chain(ends.map(|end| end + 1)).collect();
        let from = *starts.get(line.checked_sub(1)?)?;
        let end = starts.get(line).copied().unwrap_or(usize::MAX);
        let base = self.base();
        base.walk().map(|step| step.id()).find(|id| {
            let start = loaded.layout.start_of(*id);
            let here = start.is_some_and(|start| (from..end).contains(&start));
            here && base.node(*id).parent.is_some() && !self.deleted(*id)
        })
    }
}

/// The last part of the path of a node, escaped for the screen; of an item, with the key of its list.
#[must_use]
pub fn show_name(tree: &Tree, id: NodeId) -> String {
    let mut items = String::new();
    let mut at = id;
    loop {
        let node = tree.node(at);
        let item = match (&node.key, &node.body, node.parent) {
            (Some(key), ..) => return format!("{}{items}", text::escape(&key.display())),
            (None, Body::Comment(_), _) => return format!("# comment{items}"),
            (None, _, parent) => format!("[{}]", item_number(tree, parent, at)),
        };
        let Some(parent) = node.parent.filter(|parent| tree.node(*parent).parent.is_some()) else {
            return format!("{item}{items}");
        };
        items.insert_str(0, &item);
        at = parent;
    }
}

/// Which item of a list a node is, from 0; comments do not count.
#[must_use]
pub fn item_number(tree: &Tree, parent: Option<NodeId>, id: NodeId) -> usize {
    let Some(parent) = parent else { return 0 };
    tree.children(parent)
        .iter()
        .take_while(|child| **child != id)
        .filter(|child| tree.node(**child).comment().is_none())
        .count()
}
