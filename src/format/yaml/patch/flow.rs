//! Entries between brackets and braces.

mod writer;

use super::text::{self, Setting};
use super::{Patcher, order};
use crate::format::PatchError;
use crate::format::yaml::layout::{Form, Span};
use crate::tree::{NodeId, Tree};
use std::ops::Range;

/// Where the entries of a collection in flow style stand.
struct Row {
    kept: Vec<NodeId>,
    /// Whether keys and texts are in double quotes.
    quoted: bool,
}

impl Patcher<'_> {
    /// Whether the entries of a collection in flow style can be changed one by one.
    pub(super) fn can_edit_flow(&self, id: NodeId, span: &Span) -> bool {
        let is_bracketed = matches!(self.source.byte(span.value.start), Some(b'[' | b'{'));
        let stays = |child: &&NodeId| self.stays(**child) && self.old.node(**child).parent == Some(id);
        if !is_bracketed {
            return false;
        }
        let entries = |tree: &Tree| -> Vec<NodeId> {
            let children = tree.children(id).iter().copied();
            children
                .filter(|child| tree.node(*child).comment().is_none())
                .collect()
        };
        let (old, new) = (entries(self.old), entries(self.new));
        let mut comments = self
            .new
            .children(id)
            .iter()
            .filter(|child| self.new.node(**child).comment().is_some());
        if !comments.all(|comment| self.stays(*comment)) {
            return false;
        }
        if old == new {
            return !new.is_empty();
        }
        let is_inside = |child: &&NodeId| {
            let span = self.layout.span(**child);
            span.is_some_and(|span| span.form == Form::Comment && self.holds(id, span.start))
        };
        !self.old.children(id).iter().any(|child| is_inside(&child)) && new.iter().any(|child| stays(&child))
    }

    /// Whether a position is between the brackets of a collection.
    fn holds(&self, id: NodeId, at: usize) -> bool {
        self.layout.span(id).is_some_and(|span| span.value.contains(&at))
    }

    /// Compares the children of a collection in flow style.
    pub(super) fn flow(&mut self, id: NodeId) -> Result<(), PatchError> {
        let old = self.entries_in_text_order(id);
        let place: std::collections::HashMap<NodeId, usize> = old
            .iter()
            .enumerate()
            .map(|(at, (_, child))| (*child, at))
            .collect();
        let new = self.new.children(id);
        let candidates: Vec<(NodeId, usize)> = new
            .iter()
            .filter_map(|child| Some((*child, *place.get(child)?)))
            .filter(|(child, _)| self.stays(*child))
            .collect();
        let positions: Vec<usize> = candidates.iter().map(|(_, at)| *at).collect();
        let stays = order::in_order(&positions);
        let kept: Vec<NodeId> = candidates
            .iter()
            .zip(stays)
            .filter_map(|((child, _), stays)| stays.then_some(*child))
            .collect();
        let quoted = kept
            .first()
            .and_then(|child| self.layout.span(*child))
            .is_some_and(|span| {
                let at = if span.key.is_empty() {
                    span.value.start
                } else {
                    span.key.start
                };
                self.source.byte(at) == Some(b'"')
            });
        let row = Row { kept, quoted };
        self.remove_from_row(&old, &row);
        self.comments_of_row(id);
        self.insert_into_row(id, &row)
    }

    fn entries_in_text_order(&self, id: NodeId) -> Vec<(Range<usize>, NodeId)> {
        let mut entries: Vec<_> = self
            .old
            .children(id)
            .iter()
            .filter(|child| self.old.node(**child).comment().is_none())
            .filter_map(|child| Some((self.layout.span(*child)?.start..self.end(*child), *child)))
            .collect();
        entries.sort_by_key(|(range, _)| range.start);
        entries
    }

    /// Each run of removed entries goes with the comma behind it, or with the one before it at the end.
    fn remove_from_row(&mut self, old: &[(Range<usize>, NodeId)], row: &Row) {
        let kept: std::collections::HashSet<NodeId> = row.kept.iter().copied().collect();
        let mut run: Option<Range<usize>> = None;
        let mut before = None;
        for (range, child) in old {
            if !kept.contains(child) {
                run = Some(run.map_or(range.clone(), |run| run.start..range.end));
                continue;
            }
            if let Some(run) = run.take() {
                self.edits.delete(run.start..range.start);
            }
            before = Some(range.end);
        }
        if let Some((run, before)) = run.zip(before) {
            self.edits.delete(before..run.end);
        }
    }

    fn comments_of_row(&mut self, id: NodeId) {
        for child in self.old.children(id) {
            let Some(span) = self.layout.span(*child).filter(|span| span.form == Form::Comment) else {
                continue;
            };
            if self.stays(*child) {
                self.comment_in_place(*child, span);
            } else {
                self.delete_comment(span);
            }
        }
    }

    fn insert_into_row(&mut self, id: NodeId, row: &Row) -> Result<(), PatchError> {
        let mut kept = row.kept.iter().peekable();
        let mut before: Option<NodeId> = None;
        let mut waiting: Vec<Vec<u8>> = Vec::new();
        for child in self.new.children(id) {
            if self.new.node(*child).comment().is_some() {
                continue;
            }
            if kept.peek() == Some(&child) {
                kept.next();
                if before.is_none() {
                    self.insert_before(*child, std::mem::take(&mut waiting));
                }
                before = Some(*child);
                self.compare(*child, &[], &[])?;
                continue;
            }
            let entry = writer::entry(self.new, *child, row.quoted)?;
            match before {
                Some(before) => self.insert_after(before, entry),
                None => waiting.push(entry),
            }
        }
        Ok(())
    }

    /// What separates an entry from its neighbour: a line break and indentation, where the neighbour has that.
    fn separator(&self, neighbour: NodeId) -> Vec<u8> {
        let own_line = self
            .layout
            .span(neighbour)
            .and_then(|span| Some((self.source.own_line(span.start)?, span.start)));
        match own_line {
            Some((line, start)) => {
                let mut text = self.source.line_end.to_vec();
                text.extend_from_slice(self.source.slice(line..start));
                text
            }
            None => b" ".to_vec(),
        }
    }

    fn insert_before(&mut self, next: NodeId, entries: Vec<Vec<u8>>) {
        let Some(span) = self.layout.span(next) else {
            return;
        };
        let separator = self.separator(next);
        let mut text = Vec::new();
        for entry in entries {
            text.extend_from_slice(&entry);
            text.push(b',');
            text.extend_from_slice(&separator);
        }
        if !text.is_empty() {
            self.edits.replace(span.start..span.start, text);
        }
    }

    fn insert_after(&mut self, before: NodeId, entry: Vec<u8>) {
        let end = self.end(before);
        let mut text = match self.source.before(end) {
            [.., b':' | b'?'] => b" ,".to_vec(),
            _ => b",".to_vec(),
        };
        text.extend_from_slice(&self.separator(before));
        text.extend_from_slice(&entry);
        self.edits.replace(end..end, text);
    }

    /// Writes an entry between brackets anew.
    pub(super) fn rewrite_in_flow(&mut self, id: NodeId, span: &Span) -> Result<(), PatchError> {
        let quoted = self.source.byte(span.start) == Some(b'"');
        let entry = writer::entry(self.new, id, quoted)?;
        self.edits.replace(span.start..self.end(id), entry);
        Ok(())
    }
}

/// The surroundings of something new between brackets.
const fn new_setting(quoted: bool) -> Setting {
    Setting {
        form: Form::Plain,
        in_flow: true,
        quoted,
        can_hold_block: false,
        column: 0,
        inner: 0,
    }
}
