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
    /// Whether it is a merge mark.
    pub merge: bool,
    pub after: AfterValue,
}

/// What is to be done when the value of a key is complete.
#[derive(Default)]
pub(super) struct AfterValue {
    /// The comment below the key, which will stand behind the value.
    pub foot: Lines,
    /// Whether sops does not decode the value but does decode what follows.
    pub visit: bool,
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
    /// For the entry whose value is open.
    pub after: AfterValue,
    /// The comment below the last complete entry; a later key or the end may replace it.
    pub foot: Lines,
    /// Whether it has a complete entry.
    pub pairs: bool,
    /// Whether it is the value of a merge mark.
    pub merge: bool,
    /// Its keys, where duplicates are refused.
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
            after: AfterValue {
                foot: Lines::new(),
                visit: false,
            },
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
        self.places.end_at(frame.node, end.at());
        let Notes { line, mut foot, .. } = notes;
        if !frame.list && !frame.flow && frame.pairs && !foot.is_empty() {
            frame.foot = std::mem::take(&mut foot);
        }
        self.comments(frame.node, &frame.foot, false);
        self.flow -= u16::from(frame.flow);
        match frame.role {
            Role::Root => {
                self.comments_at(frame.node, frame.front, &line);
                self.comments(frame.node, &foot, false);
                self.close_anchor(&frame, Notes::default());
            }
            Role::Entry => {
                self.comments_at(frame.node, frame.front, &line);
                let after = self.frames.last_mut().map(|map| std::mem::take(&mut map.after));
                self.end_entry(after.unwrap_or_default(), frame.node, foot);
                self.close_anchor(&frame, Notes::default());
            }
            Role::Item => {
                if let Some(list) = self.frames.last().map(|list| list.node) {
                    self.comments_before_last(list, &line);
                    self.comments(list, &foot, false);
                }
                let head = std::mem::take(&mut frame.head);
                self.close_anchor(&frame, Notes { head, line, foot });
            }
        }
    }

    /// Completes an entry. The foot of its value moves to the key if that has none, else it stays behind the value.
    pub(super) fn end_entry(&mut self, after: AfterValue, place: NodeId, value_foot: Lines) {
        self.visiting |= after.visit;
        let foot = if after.foot.is_empty() {
            value_foot
        } else {
            self.comments(place, &value_foot, false);
            after.foot
        };
        if let Some(map) = self.frames.last_mut() {
            map.foot = foot;
            map.pairs = true;
        }
    }

    /// Completes an anchored collection; `outside` are its comments that stand outside of it.
    fn close_anchor(&mut self, frame: &Frame<'a>, outside: Notes) {
        let height = frame.height + 1;
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(height);
        }
        let Some(anchor) = frame.anchor else {
            return;
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
