//! Documents that begin or end empty.

use super::Patcher;
use super::edits::{Content, Piece};
use crate::format::PatchError;
use crate::format::yaml::layout::Form;
use crate::tree::NodeId;

impl Patcher<'_> {
    /// Compares a document.
    pub(super) fn document(&mut self, root: NodeId) -> Result<(), PatchError> {
        if self.old.children(root) == self.new.children(root) {
            self.pending.push(root);
            return Ok(());
        }
        let form = self.layout.span(root).map(|span| span.form);
        match form {
            Some(Form::BlockMap) if self.can_edit_block(root) => self.pending.push(root),
            Some(Form::BlockMap) => return self.empty_document(root),
            Some(Form::FlowMap)
                if self
                    .layout
                    .span(root)
                    .is_some_and(|span| self.can_edit_flow(root, span)) =>
            {
                self.pending.push(root);
            }
            _ => return self.fill_document(root),
        }
        Ok(())
    }

    /// All entries go: braces stand for them, and new entries, if there are any, come in their place.
    fn empty_document(&mut self, root: NodeId) -> Result<(), PatchError> {
        let units = self.units(root);
        let old_entries = units
            .old
            .iter()
            .filter(|unit| self.old.node(**unit).comment().is_none());
        let first = old_entries
            .filter_map(|unit| self.layout.span(*unit))
            .map(|span| span.start)
            .min();
        let Some(line) = first.and_then(|start| self.source.own_line(start)) else {
            return Err(PatchError::NoPlace("a document has no line of its own"));
        };
        self.remove_all(root);
        let text = self.document_lines(root, |child| !self.keeps_line(*child))?;
        self.edits.add(line..line, Content::Lines(vec![Piece::New(text)]));
        Ok(())
    }

    /// Some children of a document as lines; braces, if there is no entry among them.
    pub(super) fn document_lines(
        &self,
        root: NodeId,
        wanted: impl Fn(&NodeId) -> bool,
    ) -> Result<Vec<u8>, PatchError> {
        let children: Vec<NodeId> = self.new.children(root).iter().copied().filter(wanted).collect();
        let mut text = self.lines(root, &children, 0)?;
        if children
            .iter()
            .all(|child| self.new.node(*child).comment().is_some())
        {
            text.extend_from_slice(b"{}");
            text.extend_from_slice(self.source.line_end);
        }
        Ok(text)
    }

    /// Whether a node is a comment of both trees on a line of its own.
    fn keeps_line(&self, id: NodeId) -> bool {
        let span = self.layout.span(id).filter(|span| span.form == Form::Comment);
        self.stays(id) && span.is_some_and(|span| self.source.own_line(span.start).is_some())
    }

    fn remove_all(&mut self, root: NodeId) {
        for child in self.old.children(root) {
            let Some(span) = self.layout.span(*child) else {
                continue;
            };
            if span.form != Form::Comment {
                self.removals.push(super::Removal {
                    id: *child,
                    next: None,
                });
            } else if self.keeps_line(*child) {
                self.comment_in_place(*child, span);
            } else {
                self.delete_comment(span);
            }
        }
    }

    /// A document without entries gets some, below its marker and its comments.
    fn fill_document(&mut self, root: NodeId) -> Result<(), PatchError> {
        let value = self
            .layout
            .span(root)
            .map(|span| span.value.clone())
            .filter(|value| !value.is_empty());
        let braces = value.clone().unwrap_or_default();
        let is_outside = |id: &NodeId| {
            self.layout
                .span(*id)
                .is_some_and(|span| !braces.contains(&span.start))
        };
        let text = self.document_lines(root, |child| !(self.keeps_line(*child) && is_outside(child)))?;
        let comments: Vec<NodeId> = self
            .old
            .children(root)
            .iter()
            .filter(|child| self.old.node(**child).comment().is_some() && is_outside(child))
            .copied()
            .collect();
        for comment in comments {
            if let Some(span) = self.layout.span(comment) {
                if self.keeps_line(comment) {
                    self.comment_in_place(comment, span);
                } else {
                    self.delete_comment(span);
                }
            }
        }
        if let Some(value) = value {
            let line = self.source.own_line(value.start);
            let text = if line.is_some() {
                text
            } else {
                [self.source.line_end, &text].concat()
            };
            let text = text.strip_suffix(self.source.line_end).unwrap_or(&text).to_vec();
            self.edits.replace(value, text);
            return Ok(());
        }
        let Some(span) = self.layout.span(root) else {
            return Err(PatchError::NoPlace("an empty document has no place in the text"));
        };
        let comments = self.old.children(root).iter().map(|child| self.reach(*child));
        let after = comments.max().unwrap_or(0).max(span.value.start);
        let at = self.source.next_line(after);
        self.edits.add(at..at, Content::Lines(vec![Piece::New(text)]));
        Ok(())
    }
}
