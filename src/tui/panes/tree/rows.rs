//! The visible rows of the tree: a flat list of ids that a fold changes in one place. Nothing else of a row is kept; the
//! few on screen are worked out while drawing, so that a frame costs the same in a file of 100 and of 100,000 values.

use crate::tree::{Key, NodeId, Step, Tree};
use crate::tui::open_file::OpenFile;
use crate::tui::text;
use std::borrow::Cow;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The node.
    pub id: NodeId,
    /// How far it is indented, in steps.
    pub depth: u16,
    /// Whether it is gone, itself or with something above it.
    pub deleted: bool,
}

/// All visible rows, and which branches are folded.
#[derive(Default)]
pub struct Rows {
    list: Vec<Row>,
    folded: Vec<bool>,
    widest: usize,
}

/// A branch whose children are being listed.
struct Open<'f> {
    children: Cow<'f, [NodeId]>,
    next: usize,
    depth: u16,
    deleted: bool,
    /// Whether deleted nodes stand among the children.
    mixed: bool,
}

impl<'f> Open<'f> {
    fn new(children: Cow<'f, [NodeId]>, depth: u16, deleted: bool) -> Self {
        Self {
            mixed: matches!(children, Cow::Owned(_)),
            children,
            next: 0,
            depth,
            deleted,
        }
    }
}

impl Rows {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// A row by its number.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<Row> {
        self.list.get(at).copied()
    }

    /// The width of the widest key with its indentation, in cells; edits leave it alone, so that columns stay where they
    /// are.
    #[must_use]
    pub fn widest(&self) -> usize {
        self.widest
    }

    /// The row of a node.
    #[must_use]
    pub fn position(&self, id: NodeId) -> Option<usize> {
        self.list.iter().position(|row| row.id == id)
    }

    /// Whether a branch is folded.
    #[must_use]
    pub fn is_folded(&self, id: NodeId) -> bool {
        self.folded.get(id.index()).copied().unwrap_or_default()
    }

    /// Folds or unfolds a branch without changing rows.
    pub fn set_folded(&mut self, id: NodeId, folded: bool) {
        if self.folded.len() <= id.index() {
            self.folded.resize(id.index() + 1, false);
        }
        if let Some(slot) = self.folded.get_mut(id.index()) {
            *slot = folded;
        }
    }

    /// Unfolds every branch above a node, without changing rows.
    pub fn unfold_above(&mut self, file: &OpenFile, id: NodeId) {
        let tree = if file.deleted(id) {
            file.base()
        } else {
            file.tree()
        };
        let mut at = tree.node(id).parent;
        while let Some(parent) = at {
            self.set_folded(parent, false);
            at = file
                .tree()
                .node(parent)
                .parent
                .or(file.base().node(parent).parent);
        }
    }

    /// Folds or unfolds every branch, without changing rows.
    pub fn fold_everything(&mut self, file: &OpenFile, folded: bool) {
        self.folded.clear();
        if folded {
            self.folded.resize(file.tree().len(), true);
        }
    }

    /// Folds in a newer reading of a file what was folded at the same path in the older one.
    pub fn carry_folds(&mut self, old: &OpenFile, new: &Tree) {
        let folded = std::mem::take(&mut self.folded);
        let mut pairs: Vec<(NodeId, NodeId)> = old
            .tree()
            .documents()
            .iter()
            .copied()
            .zip(new.documents().iter().copied())
            .collect();
        while let Some((before, now)) = pairs.pop() {
            if folded.get(before.index()).copied().unwrap_or_default() {
                self.set_folded(now, true);
            }
            let branches = |tree: &Tree, id: NodeId| {
                let children = tree.children(id).iter().copied();
                children
                    .filter(|id| tree.node(*id).is_branch())
                    .collect::<Vec<_>>()
            };
            let (before, now) = (branches(old.tree(), before), branches(new, now));
            let same = |(a, b): &(NodeId, NodeId)| old.tree().node(*a).key == new.node(*b).key;
            pairs.extend(before.into_iter().zip(now).filter(same));
        }
    }

    /// Builds all rows anew.
    pub fn build(&mut self, file: &OpenFile) {
        let mut list = std::mem::take(&mut self.list);
        list.clear();
        let roots = file.tree().documents();
        let children = match roots {
            [root] => file.shown_children(*root),
            _ => Cow::Borrowed(roots),
        };
        self.extend(file, Open::new(children, 0, false), &mut list);
        self.list = list;
    }

    /// Builds the rows below one branch anew; all others stay.
    pub fn rebuild_below(&mut self, file: &OpenFile, branch: NodeId) {
        let Some(at) = self.position(branch) else {
            return self.build(file);
        };
        if self.is_folded(branch) {
            return;
        }
        let count = self.below(at);
        self.fill(file, at, count);
    }

    /// Makes the key column wide enough for every key of a file.
    pub fn measure(&mut self, file: &OpenFile) {
        self.widest = 0;
        let walk = file.tree().walk();
        let mut depth = 0_usize;
        for step in walk {
            match step {
                Step::Leave(_) => depth = depth.saturating_sub(1),
                Step::Enter(id) => {
                    self.measure_key(file, id, depth);
                    depth += 1;
                }
                Step::Leaf(id) => self.measure_key(file, id, depth),
                Step::Comment(_) => {}
            }
        }
    }

    fn measure_key(&mut self, file: &OpenFile, id: NodeId, depth: usize) {
        let name = match &file.tree().node(id).key {
            Some(Key::Text(bytes)) if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
                bytes.len().max(2)
            }
            Some(key) => text::width(&text::escape(&key.display())),
            // `document 12`, or the number of an item.
            None if file.tree().node(id).parent.is_none() => 11,
            None => 6,
        };
        // A single document has no row, so its entries stand at the left.
        let indent = depth.saturating_sub(usize::from(file.tree().documents().len() == 1));
        self.widest = self.widest.max(name + indent * 2);
    }

    /// Folds or unfolds the branch of a row, and takes out or puts in the rows below it.
    pub fn toggle(&mut self, file: &OpenFile, at: usize, folded: bool) {
        let Some(row) = self.get(at) else { return };
        if self.is_folded(row.id) == folded {
            return;
        }
        self.set_folded(row.id, folded);
        let below = at + 1;
        if folded {
            let count = self.below(at);
            self.list.drain(below..below + count);
        } else {
            self.fill(file, at, 0);
        }
    }

    /// The number of the row of what a row stands in.
    #[must_use]
    pub fn parent(&self, at: usize) -> Option<usize> {
        let depth = self.get(at)?.depth;
        let above = self.list.get(..at)?;
        above.iter().rposition(|row| row.depth < depth)
    }

    /// Shows these rows and no others.
    pub fn replace(&mut self, list: Vec<Row>) {
        self.list = list;
    }

    /// How many rows stand below a row, inside it.
    fn below(&self, at: usize) -> usize {
        let Some(row) = self.get(at) else { return 0 };
        self.list
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .take_while(|other| other.depth > row.depth)
            .count()
    }

    /// Puts the rows below a branch in place of the `count` rows after it.
    fn fill(&mut self, file: &OpenFile, at: usize, count: usize) {
        let Some(row) = self.get(at) else { return };
        let mut new = Vec::new();
        let open = Open::new(
            file.shown_children(row.id),
            row.depth.saturating_add(1),
            row.deleted,
        );
        self.extend(file, open, &mut new);
        self.list.splice(at + 1..at + 1 + count, new);
    }

    fn extend<'f>(&mut self, file: &'f OpenFile, first: Open<'f>, out: &mut Vec<Row>) {
        let mut stack = vec![first];
        while let Some(open) = stack.last_mut() {
            let Some(id) = open.children.get(open.next).copied() else {
                stack.pop();
                continue;
            };
            open.next += 1;
            let row = Row {
                id,
                depth: open.depth,
                deleted: open.deleted || (open.mixed && file.deleted(id)),
            };
            out.push(row);
            if file.tree().node(id).is_branch() && !self.is_folded(id) {
                let depth = row.depth.saturating_add(1);
                stack.push(Open::new(file.shown_children(id), depth, row.deleted));
            }
        }
    }
}

/// Every node that can have a row, unfolded, in order: what the filter searches.
#[must_use]
pub fn everything(file: &OpenFile) -> Vec<Row> {
    let mut all = Rows::default();
    // A list that grows would take twice its memory for a moment.
    all.list.reserve_exact(file.tree().len());
    all.build(file);
    all.list
}
