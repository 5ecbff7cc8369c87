//! Documents that begin or end empty.

use super::Patcher;
use super::edits::{Content, Piece};
use crate::format::PatchError;
use crate::format::yaml::layout::Form;
use crate::tree::NodeId;

impl Patcher<'_> {
    /// Compares a document.
    pub(super) fn document(&mut self, number: usize, root: NodeId) -> Result<(), PatchError> {
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
            _ => return self.fill_document(number, root),
        }
        Ok(())
    }

    /// All entries go: braces stand for them, and new entries, if there are any, come in their place.
    fn empty_document(&mut self, root: NodeId) -> Result<(), PatchError> {
        let units = self.units(root);
        let entries = units
            .old
            .iter()
            .filter(|unit| self.old.node(**unit).comment().is_none());
        let first = entries
            .filter_map(|unit| self.layout.span(*unit))
            .map(|span| span.start)
            .min();
        let Some(line) = first.and_then(|start| self.source.own_line(start)) else {
            return Err(PatchError::NoPlace("a document has no line of its own"));
        };
        self.remove_all(root);
        let kept_comments = self.new.children(root).iter().any(|child| self.stays(*child));
        let entries: Vec<NodeId> = self.new.children(root).to_vec();
        let has_entry = entries
            .iter()
            .any(|child| self.new.node(*child).comment().is_none());
        let text = if has_entry && !kept_comments {
            self.lines(root, &entries, 0)?
        } else {
            self.source.with_line_ends(b"{}\n".to_vec())
        };
        self.edits.add(line..line, Content::Lines(vec![Piece::New(text)]));
        Ok(())
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
            } else if !self.stays(*child) {
                self.delete_comment(span);
            }
        }
    }

    /// A document without entries gets some, below its marker and its comments.
    fn fill_document(&mut self, number: usize, root: NodeId) -> Result<(), PatchError> {
        let children: Vec<NodeId> = self
            .new
            .children(root)
            .iter()
            .copied()
            .filter(|child| !self.stays(*child))
            .collect();
        for child in self.old.children(root) {
            if let Some(span) = self.layout.span(*child)
                && !self.stays(*child)
            {
                self.delete_comment(span);
            }
        }
        let text = self.lines(root, &children, 0)?;
        let value = self
            .layout
            .span(root)
            .map(|span| span.value.clone())
            .filter(|value| !value.is_empty());
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
        let Some(range) = self.layout.documents.get(number) else {
            return Err(PatchError::NoPlace("an empty document has no place in the text"));
        };
        let comments = self.old.children(root).iter().map(|child| self.reach(*child));
        let marker = self
            .source
            .slice(range.clone())
            .starts_with(b"---")
            .then_some(range.start);
        let Some(after) = comments.max().or(marker) else {
            return Err(PatchError::NoPlace("an empty document has no place in the text"));
        };
        let at = self.source.after_line(after);
        self.edits.add(at..at, Content::Lines(vec![Piece::New(text)]));
        Ok(())
    }
}
