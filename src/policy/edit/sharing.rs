//! What anchors and aliases share: an edit of one must be an edit of all.

use super::Editor;
use crate::format::Layout;
use crate::format::yaml::Form;
use crate::tree::{NodeId, Tree};
use std::collections::HashSet;

impl Editor<'_> {
    /// The node itself and, where it is shared through an anchor, everything that must stay the same.
    pub(super) fn copies(&self, id: NodeId) -> Vec<NodeId> {
        if !self.is_shared(id) {
            return vec![id];
        }
        let same = |other: &NodeId| {
            *other == id || self.is_shared(*other) && same_below(&self.loaded.tree, id, *other)
        };
        let mut seen = HashSet::new();
        let all = self.loaded.tree.walk().map(|step| step.id());
        all.filter(|id| seen.insert(*id)).filter(same).collect()
    }

    /// Whether a node stands below an anchor or an alias.
    fn is_shared(&self, id: NodeId) -> bool {
        let Layout::Yaml(layout) = &self.loaded.layout else {
            return false;
        };
        let mut at = Some(id);
        while let Some(id) = at {
            let shared = layout
                .span(id)
                .is_none_or(|span| span.form == Form::Alias || self.reader.anchor(id).is_some());
            if shared {
                return true;
            }
            at = self.loaded.tree.node(id).parent;
        }
        false
    }
}

/// Whether two nodes hold the same, comments aside.
fn same_below(tree: &Tree, one: NodeId, other: NodeId) -> bool {
    let content = |id: NodeId| {
        tree.walk_from(id)
            .filter(|step| tree.node(step.id()).comment().is_none())
    };
    let (mut a, mut b) = (content(one), content(other));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if x.same_kind(&y) => {
                let (left, right) = (tree.node(x.id()), tree.node(y.id()));
                let same_key = x.id() == one || left.key == right.key;
                if !same_key || !(left.is_branch() || left.body == right.body) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}
