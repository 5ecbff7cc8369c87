//! Aliases: what they stand for may change below them.

use super::Patcher;
use crate::format::yaml::Layout;
use crate::format::yaml::layout::{Form, Span};
use crate::tree::{NodeId, Step, Tree};
use std::collections::HashMap;

/// The anchored values of a text, by name and in order of their place.
#[derive(Default)]
pub(super) struct Anchors {
    by_name: HashMap<Vec<u8>, Vec<(usize, NodeId)>>,
}

/// Whether a text has an alias that could be written out.
pub(super) fn has_alias(layout: &Layout) -> bool {
    layout.spans.iter().flatten().any(|span| span.form == Form::Alias)
}

impl Anchors {
    /// Looks for anchors, if there is an alias at all.
    pub(super) fn of(source: &[u8], tree: &Tree, layout: &Layout) -> Self {
        let mut anchors = Self::default();
        if !has_alias(layout) {
            return anchors;
        }
        for step in tree.walk() {
            let Some(span) = layout.span(step.id()) else {
                continue;
            };
            if matches!(step, Step::Leave(_)) {
                continue;
            }
            let properties = source.get(span.properties.clone()).unwrap_or_default();
            let name = properties
                .split(|byte| byte.is_ascii_whitespace())
                .find_map(|word| word.strip_prefix(b"&"));
            if let Some(name) = name {
                let places = anchors.by_name.entry(name.to_vec()).or_default();
                places.push((span.properties.start, step.id()));
            }
        }
        for places in anchors.by_name.values_mut() {
            places.sort_unstable();
        }
        anchors
    }

    /// The value an alias stands for.
    fn target(&self, name: &[u8], before: usize) -> Option<NodeId> {
        let places = self.by_name.get(name)?;
        let count = places.partition_point(|(at, _)| *at < before);
        places.get(count.checked_sub(1)?).map(|(_, id)| *id)
    }
}

impl Patcher<'_> {
    /// Whether an alias still means what its entry is to be.
    pub(super) fn alias_stands(&self, id: NodeId, span: &Span) -> bool {
        if self.mode.writes_aliases_out {
            return false;
        }
        let name = self.source.slice(span.value.clone());
        let target = name
            .strip_prefix(b"*")
            .and_then(|name| self.anchors.target(name, span.value.start));
        if self.is_untouched(id) {
            return target.is_none_or(|target| self.stays(target) && self.is_untouched(target));
        }
        // Both were changed in the same way.
        target.is_some_and(|target| self.stays(target) && self.is_copy(id, target))
    }

    /// Whether two nodes are to hold the same, keys of the nodes themselves and comments aside.
    fn is_copy(&self, id: NodeId, of: NodeId) -> bool {
        let is_content = |step: &Step| self.new.node(step.id()).comment().is_none();
        let mut ours = self.new.walk_from(id).filter(is_content);
        let mut theirs = self.new.walk_from(of).filter(is_content);
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a.same_kind(&b) => {
                    let (a_node, b_node) = (self.new.node(a.id()), self.new.node(b.id()));
                    let same_key = a.id() == id || a_node.key == b_node.key;
                    if !same_key || !(a_node.is_branch() && b_node.is_branch() || a_node.body == b_node.body)
                    {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }

    /// Whether a node and all below it are as they were, keys of the node itself aside.
    pub(super) fn is_untouched(&self, id: NodeId) -> bool {
        let mut old = self.old.walk_from(id);
        let mut new = self.new.walk_from(id);
        loop {
            match (old.next(), new.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a.same_kind(&b) => {
                    let (a_node, b_node) = (self.old.node(a.id()), self.new.node(b.id()));
                    let same_key = a.id() == id || a_node.key == b_node.key;
                    let same_body = a_node.is_branch() && b_node.is_branch() || a_node.body == b_node.body;
                    if !same_key || !same_body {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }
}
