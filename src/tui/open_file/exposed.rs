//! What a save would let everybody read.

use super::{Mark, OpenFile};
use crate::seal::selected;
use crate::seal::selection::Selection;
use crate::tree::{Leaf, NodeId, Tree};
use std::collections::HashSet;

impl OpenFile {
    /// The values that the next save makes readable in git: those that are encrypted in the file and will not be, and new or changed
    /// ones that stay in clear although the creation rule encrypts them (security P6). Linear in the file.
    #[must_use]
    pub fn exposed(&self) -> HashSet<NodeId> {
        let selection = &self.document.selection;
        if selection.rule().is_none() {
            return HashSet::new();
        }
        let encrypted = of(self.tree(), selection);
        let clear = |id: &NodeId| !encrypted.contains(id) && self.linked(*id) && is_telling(self.tree(), *id);
        let mut exposed: HashSet<NodeId> = of(self.base(), selection)
            .into_iter()
            .filter(|id| self.tree().contains(*id) && clear(id))
            .collect();
        if let Some(by_rule) = &self.by_rule {
            let meant = of(self.tree(), by_rule);
            let changed = self
                .changes()
                .iter()
                .filter(|change| change.mark != Mark::Deleted);
            let below = changed.flat_map(|change| self.tree().walk_from(change.id));
            exposed.extend(
                below
                    .map(|step| step.id())
                    .filter(|id| meant.contains(id) && clear(id)),
            );
        }
        exposed
    }
}

impl OpenFile {
    /// How many values of the file as it was opened another selection would make readable, and how many it would encrypt.
    #[must_use]
    pub fn turned_by(&self, selection: &Selection) -> (usize, usize) {
        let base = self.base();
        let (was, is) = (of(base, &self.document.selection), of(base, selection));
        let count = |from: &HashSet<NodeId>, to: &HashSet<NodeId>| {
            let gone = from.difference(to).filter(|id| is_telling(base, **id));
            gone.count()
        };
        (count(&was, &is), count(&is, &was))
    }
}

/// The leaves that a selection encrypts.
fn of(tree: &Tree, selection: &Selection) -> HashSet<NodeId> {
    let leaves = selected(tree, selection, false).into_iter();
    leaves
        .filter(|(_, encrypted)| *encrypted)
        .map(|(id, _)| id)
        .collect()
}

/// Whether there is anything to read in a value. Comments are not counted.
fn is_telling(tree: &Tree, id: NodeId) -> bool {
    match tree.node(id).leaf() {
        None | Some(Leaf::Null) => false,
        Some(Leaf::Text(text)) => !text.is_empty(),
        Some(_) => true,
    }
}
