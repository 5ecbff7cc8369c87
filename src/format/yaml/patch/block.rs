//! Entries on lines of their own.

use super::edits::{Content, Piece};
use super::shape::child_column;
use super::units::Units;
use super::{Patcher, Removal};
use crate::format::PatchError;
use crate::format::yaml::emit::{self, Place};
use crate::format::yaml::layout::{Form, Span};
use crate::tree::{Body, NodeId, Step, Tree};
use std::ops::Range;

impl Patcher<'_> {
    /// The comments glued to one child of a collection.
    fn glue_of(&mut self, parent: NodeId, id: NodeId) -> Vec<NodeId> {
        if !self.glue.contains_key(&parent) {
            let (glued, _) = self.glued(parent);
            self.glue.insert(parent, glued);
        }
        let glued = self.glue.get(&parent).and_then(|glued| glued.get(&id));
        glued.cloned().unwrap_or_default()
    }

    /// Whether the entries of a block collection can be changed one by one: something must stay to hold on to.
    pub(super) fn can_edit_block(&self, id: NodeId) -> bool {
        let children = self.new.children(id);
        let has_entry = children
            .iter()
            .any(|child| self.new.node(*child).comment().is_none());
        let stays = |child: &NodeId| self.stays(*child) && self.old.node(*child).parent == Some(id);
        has_entry && children.iter().any(stays)
    }

    /// Compares the children of a block collection.
    pub(super) fn block(&mut self, id: NodeId) -> Result<(), PatchError> {
        let units = self.units(id);
        if units.kept.is_empty() {
            return Err(PatchError::NoPlace("nothing of a collection stays where it is"));
        }
        self.remove_units(&units);
        let column = child_column(self.old, self.layout, id).unwrap_or(0);
        let mut group = Vec::new();
        let mut before = None;
        for unit in &units.new {
            if !units.kept.contains(unit) {
                group.push(*unit);
                continue;
            }
            let is_entry = self.new.node(*unit).comment().is_none();
            if !is_entry && self.mode.aligns_comments {
                self.align(*unit, column);
            }
            let behind = if is_entry {
                self.split_inline(&mut group)
            } else {
                Vec::new()
            };
            self.insert(
                id,
                &units,
                std::mem::take(&mut group),
                column,
                before,
                Some(*unit),
            )?;
            self.compare(*unit, units.glued_to(*unit), &behind)?;
            before = Some(*unit);
        }
        self.insert(id, &units, group, column, before, None)
    }

    /// Takes the inline comments off the end of a group; they go behind the value that follows.
    fn split_inline(&self, group: &mut Vec<NodeId>) -> Vec<NodeId> {
        let is_inline = |id: &NodeId| self.new.node(*id).comment().is_some_and(|comment| comment.inline);
        let start = group.len() - group.iter().rev().take_while(|id| is_inline(id)).count();
        group.split_off(start)
    }

    fn remove_units(&mut self, units: &Units) {
        let mut next = None;
        for unit in units.old.iter().rev() {
            let Some(span) = self.layout.span(*unit) else {
                continue;
            };
            if units.kept.contains(unit) {
                next = Some(span.start);
            } else if span.form == Form::Comment {
                self.delete_comment(span);
            } else {
                self.removals.push(Removal { id: *unit, next });
            }
        }
    }

    /// Removes a comment: its line, or what is behind other text.
    pub(super) fn delete_comment(&mut self, span: &Span) {
        let range = match self.source.own_line(span.value.start) {
            Some(line) => line..self.source.after_line(span.value.end),
            None => self.source.before_blanks(span.value.start)..span.value.end,
        };
        self.edits.delete(range);
    }

    /// Removes the lines of entries that are gone or moved, once it is known which take their text along.
    pub(super) fn remove_entries(&mut self) {
        for Removal { id, next } in std::mem::take(&mut self.removals) {
            let Some(span) = self.layout.span(id) else {
                continue;
            };
            let moves_text = self.moved_texts.contains(&id);
            let end = if moves_text { self.reach(id) } else { self.end(id) };
            let end = self.source.after_line(end);
            let range = match (self.source.own_line(span.start), next) {
                (Some(line), _) => line..end,
                (None, Some(next)) => span.start..next.max(end),
                (None, None) => span.start..end,
            };
            if moves_text {
                self.edits.leave(range);
            } else {
                self.edits.delete(range.clone());
                self.delete_comments_below(id, &range);
            }
        }
    }

    /// Removes the comments of a subtree that stand outside of a range.
    pub(super) fn delete_comments_below(&mut self, id: NodeId, range: &Range<usize>) {
        for step in self.old.walk_from(id) {
            let Step::Comment(comment) = step else {
                continue;
            };
            if let Some(span) = self.layout.span(comment)
                && !range.contains(&span.value.start)
            {
                self.delete_comment(span);
            }
        }
    }

    fn insert(
        &mut self,
        parent: NodeId,
        units: &Units,
        group: Vec<NodeId>,
        column: usize,
        before: Option<NodeId>,
        next: Option<NodeId>,
    ) -> Result<(), PatchError> {
        if group.is_empty() {
            return Ok(());
        }
        let pieces = self.pieces(parent, &group, column)?;
        let before = match before {
            Some(comment) if self.mode.puts_metadata_first && self.is_metadata(parent, &group) => {
                self.entry_before(units, comment)
            }
            before => before,
        };
        let next_start = next
            .and_then(|next| self.layout.span(next))
            .map(|span| span.start);
        let limit = next_start.unwrap_or(usize::MAX);
        // Between a comment and an entry, the line of the entry is the safe side: a document may begin between.
        let is_comment = |id: &NodeId| self.new.node(*id).comment().is_some();
        let entry_line = next
            .filter(|next| before.as_ref().is_some_and(is_comment) && !is_comment(next))
            .and(next_start)
            .and_then(|start| self.source.own_line(start));
        if let Some(line) = entry_line {
            self.edits.add(line..line, Content::Lines(pieces));
            return Ok(());
        }
        if let Some(before) = before {
            let ends = [self.reach(before), self.end(before)].map(|end| self.source.after_line(end));
            let Some(at) = ends.into_iter().find(|at| *at <= limit) else {
                return Err(PatchError::NoPlace("an entry has no line of its own to go to"));
            };
            self.edits.add(at..at, Content::Lines(pieces));
            return Ok(());
        }
        let Some(start) = next_start else {
            return Err(PatchError::NoPlace("an entry has no neighbour to stand by"));
        };
        let first = units.old.first().and_then(|unit| self.layout.span(*unit));
        let is_compact = first.is_some_and(|span| self.source.own_line(span.start).is_none());
        match self.source.own_line(start) {
            Some(line) if !is_compact => self.edits.add(line..line, Content::Lines(pieces)),
            _ => self.edits.add(start..start, Content::Compact(pieces, column)),
        }
        Ok(())
    }

    /// Whether a group is nothing but new metadata.
    fn is_metadata(&self, parent: NodeId, group: &[NodeId]) -> bool {
        let is_root = self.new.node(parent).parent.is_none();
        is_root
            && matches!(group, [id] if self.new.node(*id).key.as_ref().and_then(|key| key.text()) == Some(b"sops"))
    }

    /// The last entry that stays, up to a unit that stays.
    fn entry_before(&self, units: &Units, unit: NodeId) -> Option<NodeId> {
        let kept = units.new.iter().filter(|unit| units.kept.contains(unit));
        let up_to = kept.take_while(|kept| **kept != unit).chain([&unit]);
        up_to
            .filter(|unit| self.new.node(**unit).comment().is_none())
            .last()
            .copied()
    }

    /// Gives a comment on a line of its own another column.
    fn align(&mut self, comment: NodeId, column: usize) {
        let Some(span) = self.layout.span(comment) else {
            return;
        };
        if let Some(line) = self.source.own_line(span.start)
            && span.column as usize != column
        {
            self.edits.replace(line..span.start, vec![b' '; column]);
        }
    }

    /// The lines of a group: moved text where an entry has one, new text otherwise. Comments go with the entry that
    /// follows them.
    fn pieces(&mut self, parent: NodeId, group: &[NodeId], column: usize) -> Result<Vec<Piece>, PatchError> {
        let mut pieces = Vec::new();
        let mut waiting: Vec<NodeId> = Vec::new();
        for id in group {
            waiting.push(*id);
            if self.new.node(*id).comment().is_some() {
                continue;
            }
            match self.moved(*id, parent, column, &waiting) {
                Some(moved) => {
                    waiting.pop();
                    self.new_lines(parent, &waiting, column, &mut pieces)?;
                    pieces.push(moved);
                }
                None => self.new_lines(parent, &waiting, column, &mut pieces)?,
            }
            waiting.clear();
        }
        self.new_lines(parent, &waiting, column, &mut pieces)?;
        Ok(pieces)
    }

    fn new_lines(
        &self,
        parent: NodeId,
        ids: &[NodeId],
        column: usize,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), PatchError> {
        if !ids.is_empty() {
            pieces.push(Piece::New(self.lines(parent, ids, column)?));
        }
        Ok(())
    }

    pub(super) fn lines(&self, parent: NodeId, ids: &[NodeId], column: usize) -> Result<Vec<u8>, PatchError> {
        let place = Place {
            column,
            step: self.shape.step,
            flush_lists: self.shape.flush_lists,
        };
        let text = emit::entries(self.new, parent, ids, place)?;
        Ok(self.source.with_line_ends(text))
    }

    /// The text of an entry that stood elsewhere, if it can be taken along.
    fn moved(&mut self, id: NodeId, parent: NodeId, column: usize, waiting: &[NodeId]) -> Option<Piece> {
        let span = self
            .layout
            .span(id)
            .filter(|span| span.flow == 0 && !self.mode.writes_moved_anew)?;
        let is_inline = |id: &NodeId| self.new.node(*id).comment().is_some_and(|comment| comment.inline);
        let from = self.old.node(id).parent.filter(|_| self.stays(id))?;
        let same_kind = is_map(self.old, from) == is_map(self.new, parent);
        if waiting.iter().any(is_inline) || !same_kind || self.source.byte(span.start) == Some(b'?') {
            return None;
        }
        let glued = self.glue_of(from, id);
        let (edits, pending) = (self.edits.mark(), self.pending.len());
        if !self.in_place(id, span, &glued, &[]) {
            self.edits.rewind(edits);
            self.pending.truncate(pending);
            return None;
        }
        self.moved_texts.insert(id);
        let end = self.source.after_line(self.reach(id));
        Some(Piece::Moved {
            region: span.start..end,
            from: span.column as usize,
            to: column,
        })
    }

    /// Writes an entry anew in place of its lines, with the comments on them.
    pub(super) fn rewrite(
        &mut self,
        id: NodeId,
        span: &Span,
        glued: &[NodeId],
        behind: &[NodeId],
    ) -> Result<(), PatchError> {
        if span.flow > 0 {
            return self.rewrite_in_flow(id, span);
        }
        let Some(parent) = self.new.node(id).parent else {
            return Err(PatchError::NoPlace("a document cannot be written anew in place"));
        };
        let mut ids: Vec<NodeId> = self
            .new
            .children(parent)
            .iter()
            .filter(|child| glued.contains(child))
            .copied()
            .collect();
        ids.extend_from_slice(behind);
        ids.push(id);
        let column = span.column as usize;
        let text = self.lines(parent, &ids, column)?;
        let range = span.start..self.source.after_line(self.end(id));
        let text = super::edits::without_indentation(&text, column).to_vec();
        self.edits.replace(range.clone(), text);
        self.delete_comments_below(id, &range);
        Ok(())
    }
}

fn is_map(tree: &Tree, id: NodeId) -> bool {
    matches!(tree.node(id).body, Body::Map(_))
}
