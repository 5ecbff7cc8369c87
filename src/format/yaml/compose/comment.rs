//! Comments as nodes: one for each line.

use super::Composer;
use crate::format::LoadError;
use crate::format::yaml::comment::Line;
use crate::format::yaml::cursor::Mark;
use crate::format::yaml::layout::{Form, Span};
use crate::tree::{Body, Comment, NodeId, Secret};

impl Composer<'_> {
    /// Puts the lines of a comment at the end of a map or list.
    #[inline]
    pub(super) fn comments(&mut self, parent: NodeId, lines: &[Line], inline: bool) {
        // Most nodes have no comments at all.
        if !lines.is_empty() {
            self.add_comments(parent, lines, inline);
        }
    }

    fn add_comments(&mut self, parent: NodeId, lines: &[Line], inline: bool) {
        for line in lines.iter().filter(|line| !line.is_empty()) {
            let (body, span) = self.comment(*line, inline);
            self.add(parent, None, body, span);
        }
    }

    /// Puts them before the child at an index.
    pub(super) fn comments_at(&mut self, parent: NodeId, index: usize, lines: &[Line]) {
        if lines.is_empty() {
            return;
        }
        let mut children = self.tree.children(parent).to_vec();
        let index = index.min(children.len());
        let new: Vec<_> = self.loose_comments(lines, false);
        children.splice(index..index, new);
        self.tree.set_children(parent, children);
    }

    /// Puts them before the last child, as comments on its line.
    pub(super) fn comments_before_last(&mut self, parent: NodeId, lines: &[Line]) {
        for id in self.loose_comments(lines, true) {
            let index = self.tree.children(parent).len().saturating_sub(1);
            self.tree.link(parent, index, id);
        }
    }

    /// Puts copies without a place of their own at the end.
    pub(super) fn copy_comments(
        &mut self,
        parent: NodeId,
        lines: &[Line],
        at: Mark,
    ) -> Result<(), LoadError> {
        for line in lines.iter().filter(|line| !line.is_empty()) {
            let (body, _) = self.comment(*line, false);
            self.budget.pay((line.end - line.start) as usize, at)?;
            self.tree.push(parent, None, body);
            self.places.push(None);
        }
        Ok(())
    }

    fn loose_comments(&mut self, lines: &[Line], inline: bool) -> Vec<NodeId> {
        let mut ids = Vec::new();
        for line in lines.iter().filter(|line| !line.is_empty()) {
            let (body, span) = self.comment(*line, inline);
            ids.push(self.tree.new_node(None, body));
            self.places.push(Some(span));
        }
        ids
    }

    fn comment(&self, line: Line, inline: bool) -> (Body, Span) {
        let (start, end) = (line.start as usize, line.end as usize);
        let text = self.text.get(start + 1..end).unwrap_or_default();
        let body = Body::Comment(Comment {
            text: Secret::from(text),
            inline,
        });
        let span = Span {
            key: start..start,
            properties: start..start,
            value: start..end,
            start,
            column: line.column,
            flow: self.flow,
            form: Form::Comment,
        };
        (body, span)
    }
}
