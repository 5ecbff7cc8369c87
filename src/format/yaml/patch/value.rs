//! Changed keys, values and comments of entries that stay where they are.

use super::Patcher;
use super::text::{self, Rendered, Setting};
use crate::format::yaml::layout::{Form, Span};
use crate::tree::{Body, Leaf, Node, NodeId};
use std::ops::Range;

impl Patcher<'_> {
    /// Writes a changed key in place of the old one. Returns whether that is possible.
    pub(super) fn key_in_place(&mut self, id: NodeId, span: &Span) -> bool {
        let (old, new) = (self.old.node(id), self.new.node(id));
        let is_alias = self.source.slice(span.key.clone()).starts_with(b"*");
        let is_written_out = is_alias && self.mode.writes_aliases_out;
        if old.key == new.key && !is_written_out && !self.changes_merging(old, new) {
            return true;
        }
        if span.key.is_empty() || span.key.start != span.start {
            return false;
        }
        let setting = Setting {
            form: self.key_form(span),
            ..self.setting(span)
        };
        match text::key(new.key.as_ref(), self.is_mergeable(id), setting) {
            Some(key) => {
                self.edits.replace(span.key.clone(), key);
                true
            }
            None => false,
        }
    }

    /// Whether a merge key gets a value that cannot be merged.
    fn changes_merging(&self, old: &Node, new: &Node) -> bool {
        old.is_branch() && !new.is_branch() && new.key.as_ref().and_then(|key| key.text()) == Some(b"<<")
    }

    /// Whether the value of an entry is one that a merge key can have.
    pub(super) fn is_mergeable(&self, id: NodeId) -> bool {
        match &self.new.node(id).body {
            Body::Map(_) => true,
            Body::List(items) => items
                .iter()
                .all(|item| matches!(self.new.node(*item).body, Body::Map(_) | Body::Comment(_))),
            Body::Leaf(_) | Body::Comment(_) => false,
        }
    }

    fn key_form(&self, span: &Span) -> Form {
        match self.source.byte(span.key.start) {
            Some(b'\'') => Form::Single,
            Some(b'"') => Form::Double,
            _ => Form::Plain,
        }
    }

    pub(super) fn setting(&self, span: &Span) -> Setting {
        let column = span.column as usize;
        let is_item = span.key.is_empty();
        Setting {
            form: span.form,
            in_flow: span.flow > 0,
            quoted: false,
            can_hold_block: true,
            column,
            inner: match is_item {
                true => column + 2,
                false => (column + self.shape.step) / self.shape.step * self.shape.step,
            },
        }
    }

    /// Writes a changed value in place of the old one; `behind` are the comments on its line. Returns whether that
    /// is possible.
    pub(super) fn value_in_place(&mut self, id: NodeId, span: &Span, leaf: &Leaf, behind: &[NodeId]) -> bool {
        let mut setting = self.setting(span);
        match span.form {
            Form::Literal | Form::Folded => self.block_in_place(span, leaf, setting, behind),
            Form::Empty => behind.is_empty() && self.fill_empty(id, span, leaf, setting),
            Form::Plain | Form::Single | Form::Double | Form::Alias => {
                setting.quoted = span.flow > 0 && self.is_json_like(span);
                setting.can_hold_block = self.can_hold_block(leaf, span.value.end, setting);
                let rendered = text::value(leaf, setting, self.source);
                let (range, properties) = self.without_tag(span, leaf);
                self.place(range, properties, rendered);
                true
            }
            Form::BlockMap | Form::BlockList | Form::FlowMap | Form::FlowList | Form::Comment => false,
        }
    }

    /// Whether a text of several lines can go below the line of a position.
    fn can_hold_block(&self, leaf: &Leaf, end: usize, setting: Setting) -> bool {
        let has_lines = matches!(leaf, Leaf::Text(text) if text.expose().contains(&b'\n'));
        !setting.in_flow && has_lines && !self.would_swallow_a_comment(end, setting.inner)
    }

    /// Whether the next line with text is a comment that a literal block would take for its own.
    fn would_swallow_a_comment(&self, end: usize, inner: usize) -> bool {
        let mut at = self.source.next_line(end);
        while at < self.source.len() {
            let line = self.source.slice(at..self.source.line_break(at));
            if !line.trim_ascii().is_empty() {
                let blanks = line
                    .iter()
                    .take_while(|byte| matches!(byte, b' ' | b'\t'))
                    .count();
                return blanks >= inner && line.get(blanks) == Some(&b'#');
            }
            at = self.source.next_line(at);
        }
        false
    }

    /// Whether an entry inside brackets has its key in double quotes.
    fn is_json_like(&self, span: &Span) -> bool {
        !span.key.is_empty() && self.key_form(span) == Form::Double
    }

    /// What to replace so that a tag goes that does not fit the new value, and what to keep of the properties.
    fn without_tag(&self, span: &Span, leaf: &Leaf) -> (Range<usize>, Vec<u8>) {
        let properties = self.source.slice(span.properties.clone());
        let mut words = properties
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|word| !word.is_empty());
        let keeps = |word: &[u8]| match word {
            [b'!', b'!', ..] => word == b"!!str" && matches!(leaf, Leaf::Text(_)),
            [b'!', b'<', ..] => false,
            [b'!', ..] => matches!(leaf, Leaf::Text(text) if text.expose_str().is_some()),
            _ => true,
        };
        if words.clone().all(keeps) {
            return (span.value.clone(), Vec::new());
        }
        let mut kept = words
            .find(|word| word.starts_with(b"&"))
            .unwrap_or_default()
            .to_vec();
        if !kept.is_empty() {
            kept.push(b' ');
        }
        (span.properties.start..span.value.end, kept)
    }

    /// Replaces a range of a line by a value, whose further lines go below that line.
    fn place(&mut self, range: Range<usize>, mut head: Vec<u8>, rendered: Rendered) {
        head.extend_from_slice(&rendered.head);
        let end = range.end;
        self.edits.replace(range, head);
        if let Some(body) = rendered.body {
            self.below(end, body);
        }
    }

    /// Puts lines below the line of a position.
    fn below(&mut self, at: usize, body: Vec<u8>) {
        let at = self.source.line_break(at);
        let mut text = self.source.line_end.to_vec();
        text.extend_from_slice(&body);
        text.truncate(text.len() - self.source.line_end.len());
        if at == self.source.len() {
            text.extend_from_slice(self.source.line_end);
        }
        self.edits.replace(at..at, text);
    }

    fn fill_empty(&mut self, id: NodeId, span: &Span, leaf: &Leaf, setting: Setting) -> bool {
        let at = span.value.start;
        let is_item = self.old.node(id).key.is_none();
        let marked =
            is_item || !span.properties.is_empty() || self.source.slice(span.key.end..at).contains(&b':');
        if !marked && span.flow == 0 {
            return false;
        }
        let setting = Setting {
            can_hold_block: self.can_hold_block(leaf, at, setting),
            ..setting
        };
        let (range, mut head) = self.without_tag(span, leaf);
        let (range, at) = if marked {
            (range.clone(), range.start)
        } else {
            (span.key.end..span.key.end, span.key.end)
        };
        if !marked {
            head.extend_from_slice(b": ");
        } else if !matches!(self.source.before(at), [.., b' ' | b'\t']) {
            head.insert(0, b' ');
        }
        let rendered = text::value(leaf, setting, self.source);
        self.place(range, head, rendered);
        true
    }

    /// A block scalar's range runs to the start of the next line and holds the comment behind its header.
    fn block_in_place(&mut self, span: &Span, leaf: &Leaf, mut setting: Setting, behind: &[NodeId]) -> bool {
        if let Some(inner) = self.block_column(span) {
            setting.inner = inner;
        }
        let rendered = text::value(leaf, setting, self.source);
        let (range, mut text) = self.without_tag(span, leaf);
        text.extend_from_slice(&rendered.head);
        let mut behind = behind.iter().filter_map(|id| self.new.node(*id).comment());
        if let Some(comment) = behind.next() {
            text.extend_from_slice(b" #");
            text.extend_from_slice(comment.text.expose());
        }
        if behind.next().is_some() {
            return false;
        }
        text.extend_from_slice(self.source.line_end);
        text.extend_from_slice(&rendered.body.unwrap_or_default());
        self.edits.replace(range, text);
        true
    }

    /// The column of the text of a block scalar.
    fn block_column(&self, span: &Span) -> Option<usize> {
        let text = self.source.slice(span.value.clone());
        let mut lines = text.split(|byte| *byte == b'\n');
        let header = lines.next()?;
        let digit = header.iter().skip(1).take(2).find(|byte| byte.is_ascii_digit());
        if let Some(digit) = digit {
            return Some(span.column as usize + usize::from(digit - b'0'));
        }
        lines
            .find(|line| !line.trim_ascii().is_empty())
            .map(|line| line.iter().take_while(|byte| **byte == b' ').count())
    }

    /// Writes the changed text of a comment that stays.
    pub(super) fn comment_in_place(&mut self, id: NodeId, span: &Span) {
        let (old, new) = (self.old.node(id).comment(), self.new.node(id).comment());
        if let (Some(old), Some(new)) = (old, new)
            && old.text != new.text
        {
            let mut text = b"#".to_vec();
            text.extend_from_slice(new.text.expose());
            self.edits.replace(span.value.clone(), text);
        }
    }

    /// Adds a comment behind a value that stays. Returns whether there is room for it.
    pub(super) fn comment_behind(&mut self, id: NodeId, span: &Span, comment: NodeId) -> bool {
        let Some(comment) = self.new.node(comment).comment() else {
            return false;
        };
        let end = match span.form {
            _ if span.flow > 0 => return false,
            Form::BlockMap | Form::BlockList | Form::Comment => return false,
            Form::Literal | Form::Folded => {
                let line = self.source.line_break(span.value.start);
                if self.source.slice(span.value.start..line).contains(&b'#') {
                    return false;
                }
                self.source.before_blanks(line)
            }
            _ => {
                let end = self.end(id);
                if !self.source.is_blank(end..self.source.line_break(end)) {
                    return false;
                }
                end
            }
        };
        let mut text = b" #".to_vec();
        text.extend_from_slice(comment.text.expose());
        self.edits.replace(end..end, text);
        true
    }
}
