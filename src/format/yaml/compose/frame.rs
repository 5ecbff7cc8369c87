//! Collections while they are open.

use super::alias::{Branch, Target};
use super::check::Seen;
use super::{Composer, Node, Notes};
use crate::format::yaml::comment::Lines;
use crate::format::yaml::cursor::Mark;
use crate::tree::{Key, NodeId};
use std::ops::Range;

/// What a collection is in the one around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Root,
    Entry,
    Item,
}

/// A key that waits for its value.
pub(super) struct PendingKey {
    pub key: Key,
    /// Its token with its properties.
    pub span: Range<u32>,
    /// Where the entry begins.
    pub start: Mark,
    /// Its comment below, which will stand behind the value.
    pub foot: Lines,
    /// Whether it is a merge mark.
    pub merge: bool,
    /// Whether its value is not decoded by sops.
    pub unvisited: bool,
}

/// An open collection.
pub(super) struct Frame<'a> {
    pub node: NodeId,
    pub role: Role,
    pub list: bool,
    pub flow: bool,
    /// The comment above, for the copies of an anchored item.
    pub head: Lines,
    /// How many children stand before the place of its line comment.
    pub front: usize,
    /// How many children belong to the document rather than to its root.
    pub skipped: usize,
    pub anchor: Option<&'a str>,
    /// Values decoded when it began.
    pub decoded: u64,
    /// How deep the collections inside nest.
    pub height: usize,
    pub key: Option<PendingKey>,
    /// The comment below the last complete entry; a later key or the end may replace it.
    pub foot: Lines,
    /// Whether it has a complete entry.
    pub pairs: bool,
    /// Whether it is the value of a merge mark.
    pub merge: bool,
    /// Whether the value of its pending key is not decoded by sops, and so ends at its close.
    pub seen: Seen<'a>,
}

impl Frame<'_> {
    pub const fn new(node: NodeId, role: Role, list: bool, flow: bool) -> Self {
        Self {
            node,
            role,
            list,
            flow,
            head: Lines::new(),
            front: 0,
            skipped: 0,
            anchor: None,
            decoded: 0,
            height: 0,
            key: None,
            foot: Lines::new(),
            pairs: false,
            merge: false,
            seen: Seen::new(),
        }
    }
}

impl<'a> Composer<'a> {
    /// Makes a collection the innermost open one.
    pub(super) fn open(&mut self, frame: Frame<'a>, node: &Node<'a>) {
        self.define(node, Target::Open);
        self.flow += u16::from(frame.flow);
        self.frames.push(Frame {
            anchor: node.properties.anchor,
            decoded: self.ratio.decoded - 1,
            ..frame
        });
    }

    /// Ends the innermost open collection.
    pub(super) fn close(&mut self, end: Mark, notes: Notes) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        let inner_flow = self.flow;
        self.flow -= u16::from(frame.flow);
        let Notes { line, mut foot, .. } = notes;
        if !frame.list && !frame.flow && frame.pairs && !foot.is_empty() {
            frame.foot = std::mem::take(&mut foot);
        }
        if let Some(Some(span)) = self.spans.get_mut(frame.node.index()) {
            span.value.end = end.at();
        }
        let last = std::mem::take(&mut frame.foot);
        let flow = std::mem::replace(&mut self.flow, inner_flow);
        self.comments(frame.node, &last, false);
        self.flow = flow;
        match frame.role {
            Role::Root => {
                self.comments_at(frame.node, frame.front, &line);
                self.comments(frame.node, &foot, false);
            }
            Role::Entry => {
                self.comments_at(frame.node, frame.front, &line);
                self.end_entry(frame.node, &mut foot);
            }
            Role::Item => {
                if let Some(list) = self.frames.last().map(|list| list.node) {
                    self.comments_before_last(list, &line);
                    self.comments(list, &foot, false);
                }
            }
        }
        self.close_anchor(frame, line, foot);
    }

    /// The foot of a value moves to its key if that has none.
    fn end_entry(&mut self, node: NodeId, foot: &mut Lines) {
        let Some(parent) = self.frames.last_mut() else {
            return;
        };
        let key = parent.key.take();
        parent.pairs = true;
        let (key_foot, unvisited) = key.map_or_else(Default::default, |key| (key.foot, key.unvisited));
        if key_foot.is_empty() {
            parent.foot = std::mem::take(foot);
        } else {
            parent.foot = key_foot;
            self.comments(node, foot, false);
        }
        self.visiting |= unvisited;
    }

    fn close_anchor(&mut self, frame: Frame<'a>, line: Lines, foot: Lines) {
        let height = frame.height + 1;
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(height);
        }
        let Some(anchor) = frame.anchor else {
            return;
        };
        let outside = if frame.role == Role::Item {
            Notes {
                head: frame.head,
                line,
                foot,
            }
        } else {
            Notes::default()
        };
        let branch = Branch {
            node: frame.node,
            list: frame.list,
            children: frame.skipped..self.tree.children(frame.node).len(),
            outside,
            decoded: self.ratio.decoded - frame.decoded,
            height,
        };
        self.close_target(anchor, branch);
    }
}
