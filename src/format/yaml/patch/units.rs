//! The children of a block collection as things that stand on lines of their own.
//!
//! A comment on the line of an entry is glued to it: it goes where the entry goes. Every other comment is a unit by
//! itself, like an entry.

use super::{Patcher, order};
use crate::format::yaml::layout::Form;
use crate::tree::{NodeId, Tree};
use std::collections::{HashMap, HashSet};

/// The units of a collection before and after.
pub(super) struct Units {
    /// Old units in the order of the text.
    pub(super) old: Vec<NodeId>,
    /// New units in their order.
    pub(super) new: Vec<NodeId>,
    /// Those of both that keep their place.
    pub(super) kept: HashSet<NodeId>,
    /// The comments glued to an entry, by entry.
    pub(super) glued: HashMap<NodeId, Vec<NodeId>>,
}

impl Units {
    pub(super) fn glued_to(&self, id: NodeId) -> &[NodeId] {
        self.glued.get(&id).map_or(&[], Vec::as_slice)
    }
}

impl Patcher<'_> {
    pub(super) fn units(&self, id: NodeId) -> Units {
        let (glued, loose) = self.glued(id);
        let bound: HashSet<NodeId> = glued.values().flatten().copied().collect();
        let free = |tree: &Tree| -> Vec<NodeId> {
            let children = tree.children(id).iter().copied();
            children.filter(|child| !bound.contains(child)).collect()
        };
        let (mut old, new) = (free(self.old), free(self.new));
        old.retain(|child| self.layout.span(*child).is_some());
        let mut kept = self.kept(&old, &new);
        kept.retain(|unit| !loose.contains(unit));
        let start = |child: &NodeId| self.layout.span(*child).map_or(0, |span| span.start);
        if !old.is_sorted_by_key(start) {
            old.sort_by_key(start);
        }
        Units {
            old,
            new,
            kept,
            glued,
        }
    }

    fn kept(&self, old: &[NodeId], new: &[NodeId]) -> HashSet<NodeId> {
        if old == new {
            return new.iter().copied().filter(|child| self.stays(*child)).collect();
        }
        let place: HashMap<NodeId, usize> = old.iter().enumerate().map(|(at, child)| (*child, at)).collect();
        let (children, positions): (Vec<NodeId>, Vec<usize>) = new
            .iter()
            .filter(|child| self.stays(**child))
            .filter_map(|child| Some((*child, *place.get(child)?)))
            .unzip();
        children
            .into_iter()
            .zip(order::in_order(&positions))
            .filter_map(|(child, stays)| stays.then_some(child))
            .collect()
    }

    /// Comments on the lines of an entry that also come directly before that entry in the edited tree, and those
    /// that do no more.
    pub(super) fn glued(&self, id: NodeId) -> (HashMap<NodeId, Vec<NodeId>>, HashSet<NodeId>) {
        let mut glued: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        let mut loose = HashSet::new();
        let hosts = hosts(self.old, id);
        if hosts.is_empty() {
            return (glued, loose);
        }
        let new_hosts: HashMap<NodeId, NodeId> = hosts_with_comments(self.new, id).collect();
        for (comment, host) in hosts {
            if !self.is_behind(comment, host) {
                continue;
            }
            if self.stays(comment)
                && self.stays(host)
                && new_hosts.get(&comment) == Some(&host)
                && self.same_flag(comment)
            {
                glued.entry(host).or_default().push(comment);
            } else {
                loose.insert(comment);
            }
        }
        (glued, loose)
    }

    fn same_flag(&self, comment: NodeId) -> bool {
        let flag = |tree: &Tree| tree.node(comment).comment().map(|comment| comment.inline);
        flag(self.old) == flag(self.new)
    }

    /// Whether a comment stands behind text of an entry.
    fn is_behind(&self, comment: NodeId, host: NodeId) -> bool {
        let (Some(comment), Some(span)) = (self.layout.span(comment), self.layout.span(host)) else {
            return false;
        };
        let lines = span.start..self.source.after_line(self.end(host));
        comment.form == Form::Comment && lines.contains(&comment.value.start)
    }
}

/// The comments of a collection with the entry that follows each.
fn hosts(tree: &Tree, id: NodeId) -> Vec<(NodeId, NodeId)> {
    hosts_with_comments(tree, id).collect()
}

fn hosts_with_comments(tree: &Tree, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> {
    let mut host = None;
    let children = tree.children(id).iter().rev();
    children.filter_map(move |child| {
        if tree.node(*child).comment().is_some() {
            return host.map(|host| (*child, host));
        }
        host = Some(*child);
        None
    })
}
