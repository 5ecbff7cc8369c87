//! The pen: columns, indentation, comments and scalars on the page (`yaml-behaviour.md` §4.2, §4.5, §4.6).

mod quote;

use super::analysis::is_break;
use super::note::Note;
use super::scalar::{Scalar, Style};
use super::{Manner, Place};
pub(in crate::format::yaml) use quote::double;

/// Comments that wait to be written. An event fills the slots it has text for; they are emptied when written, which
/// may be later than the event: that is how sops lets some comments slip.
#[derive(Default)]
pub(super) struct Slots {
    pub(super) head: Note,
    pub(super) line: Note,
    pub(super) foot: Note,
    /// What stood behind the previous entry of a map.
    pub(super) tail: Note,
    pub(super) key_line: Note,
}

/// Writes tokens and keeps track of where it stands.
pub(super) struct Writer {
    out: Vec<u8>,
    /// Bytes since the line began; exact as long as there is only indentation.
    column: usize,
    /// The column of the innermost collection; `None` outside of all.
    indent: Option<usize>,
    outer: Vec<Option<usize>>,
    /// Only indentation, `-`, `?` and `:` on this line so far.
    fresh: bool,
    /// The last thing written was white space, a line start or an opening bracket.
    spaced: bool,
    /// Before the next line at this column comes an empty one.
    gap: Option<usize>,
    step: usize,
    flush_lists: bool,
    pub(super) manner: Manner,
    pub(super) slots: Slots,
}

impl Writer {
    pub(super) fn new(step: usize, manner: Manner) -> Self {
        let step = match step {
            0 => 4,
            2..=9 => step,
            _ => 2,
        };
        Self {
            out: Vec::new(),
            column: 0,
            indent: None,
            outer: Vec::new(),
            fresh: true,
            spaced: true,
            gap: None,
            step,
            flush_lists: false,
            manner,
            slots: Slots::default(),
        }
    }

    /// A writer of lines inside a collection that exists.
    pub(super) fn inside(place: Place) -> Self {
        Self {
            indent: Some(place.column),
            flush_lists: place.flush_lists,
            ..Self::new(place.step, Manner::Faithful)
        }
    }

    pub(super) fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// The text, ended by a line feed if there is any.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.column > 0 {
            self.line_break();
        }
        self.out
    }

    pub(super) fn start_document(&mut self, is_first: bool) {
        if !is_first {
            self.reach_indent();
            self.mark(b"---");
            self.reach_indent();
        }
    }

    pub(super) fn end_document(&mut self) {
        self.gap = Some(0);
        self.write_foot();
        self.gap = None;
        self.reach_indent();
    }

    /// The column of a collection or block scalar that begins here.
    fn deeper(&self, in_item: bool) -> Option<usize> {
        self.indent.map(|indent| match in_item {
            true => indent + 2,
            false => (indent + self.step) / self.step * self.step,
        })
    }

    pub(super) fn enter_block(&mut self, in_item: bool, is_list: bool) {
        let flush = is_list && !in_item && self.flush_lists;
        let inner = if flush { self.indent } else { self.deeper(in_item) };
        self.outer.push(self.indent);
        self.indent = Some(inner.unwrap_or(0));
    }

    fn enter_flow(&mut self, in_item: bool) {
        self.outer.push(self.indent);
        self.indent = Some(self.deeper(in_item).unwrap_or(self.step));
    }

    pub(super) fn leave(&mut self) {
        self.indent = self.outer.pop().flatten();
    }

    fn line_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        self.fresh = true;
    }

    pub(super) fn reach_indent(&mut self) {
        let target = self.indent.unwrap_or(0);
        if !self.fresh || self.column > target || (self.column == target && !self.spaced) {
            self.line_break();
        }
        if self.gap == Some(target) && self.manner != Manner::Faithful {
            self.line_break();
        }
        self.pad(target);
        self.spaced = true;
        self.gap = None;
    }

    fn pad(&mut self, target: usize) {
        let missing = target.saturating_sub(self.column);
        self.out.resize(self.out.len() + missing, b' ');
        self.column += missing;
    }

    fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.column += text.len();
        self.fresh = false;
        self.spaced = false;
    }

    fn space(&mut self) {
        if !self.spaced {
            self.out.push(b' ');
            self.column += 1;
        }
    }

    /// A mark that needs no space before it: `:` behind a simple key, `---`.
    pub(super) fn mark(&mut self, mark: &[u8]) {
        self.put(mark);
    }

    /// A mark after which a collection may begin on the same line: `-`, `?`, and `:` on a line of its own.
    pub(super) fn compact_mark(&mut self, mark: u8) {
        let fresh = self.fresh;
        self.space();
        self.put(&[mark]);
        self.fresh = fresh;
    }

    /// `{}` or `[]`, with the comments of an empty map between the braces; line and foot must be in their slots.
    pub(super) fn empty_collection(&mut self, is_list: bool, in_item: bool) {
        if self.manner != Manner::Sops
            && self.column == 0
            && let Some(column) = self.deeper(in_item)
        {
            self.pad(column);
            self.spaced = true;
        }
        self.space();
        if is_list {
            self.put(b"[]");
        } else {
            self.put(b"{");
            self.spaced = true;
            self.enter_flow(in_item);
            self.write_head();
            self.leave();
            self.put(b"}");
        }
        self.write_line();
        self.write_foot();
    }

    fn note(&mut self, note: &Note) {
        for (at, line) in note.lines().enumerate() {
            if at > 0 {
                self.line_break();
                self.reach_indent();
            }
            let spaced = self.spaced;
            self.put(line);
            self.spaced = spaced;
        }
        self.line_break();
        self.spaced = true;
    }

    /// Writes comments of a collection behind the dash it begins at, so that they stay inside of it.
    pub(super) fn write_behind_dash(&mut self, note: &Note) {
        if !note.is_empty() {
            self.space();
            self.indented(true, |writer| writer.note(note));
        }
    }

    pub(super) fn write_head(&mut self) {
        let tail = self.slots.tail.take();
        if !tail.is_empty() {
            self.reach_indent();
            self.note(&tail);
            self.gap = Some(self.indent.unwrap_or(0));
        }
        let head = self.slots.head.take();
        if !head.is_empty() {
            self.reach_indent();
            self.note(&head);
        }
    }

    pub(super) fn write_line(&mut self) {
        let line = self.slots.line.take();
        self.behind(&line);
    }

    /// Writes the comment that slipped from a collection to a key.
    pub(super) fn write_key_line(&mut self) {
        let line = self.slots.key_line.take();
        self.behind(&line);
    }

    fn behind(&mut self, line: &Note) {
        if !line.is_empty() {
            self.space();
            self.note(line);
        }
    }

    pub(super) fn write_foot(&mut self) {
        let foot = self.slots.foot.take();
        if !foot.is_empty() {
            self.reach_indent();
            self.note(&foot);
            self.gap = Some(self.indent.unwrap_or(0));
        }
    }

    pub(super) fn scalar(&mut self, scalar: &Scalar<'_>, in_item: bool) {
        if let Some(tag) = scalar.tag {
            self.space();
            self.put(tag.as_bytes());
        }
        self.space();
        match scalar.style {
            Style::Plain => self.put(scalar.text().as_bytes()),
            Style::Single => self.single(scalar.text(), in_item),
            Style::Literal if self.is_readable_literal(scalar, in_item) => self.literal(scalar, in_item),
            Style::Double | Style::Literal => {
                let mut quoted = Vec::with_capacity(scalar.text().len() + 2);
                double(scalar.text(), &mut quoted);
                self.put(&zeroize::Zeroizing::new(quoted));
            }
        }
    }

    /// sops writes its step into the header of a block, whatever the block's column is, and puts several comments
    /// behind the header into the block. Between other lines a block that keeps all its breaks would also keep
    /// empty lines that are not its own.
    fn is_readable_literal(&self, scalar: &Scalar<'_>, in_item: bool) -> bool {
        let column = self.deeper(in_item).unwrap_or(self.step);
        let is_regular = column == self.indent.unwrap_or(0) + self.step;
        let reads_back = (is_regular || !scalar.needs_digit()) && !self.slots.line.has_several_lines();
        match self.manner {
            Manner::Sops => true,
            Manner::Readable => reads_back,
            Manner::Faithful => reads_back && chomping(scalar.text()) != b"+",
        }
    }

    /// Runs with the indentation of what is inside a scalar.
    fn indented(&mut self, in_item: bool, run: impl FnOnce(&mut Self)) {
        let outer = self.indent;
        self.indent = Some(self.deeper(in_item).unwrap_or(self.step));
        run(self);
        self.indent = outer;
    }

    fn single(&mut self, text: &str, in_item: bool) {
        self.put(b"'");
        self.indented(in_item, |writer| {
            let mut run = text;
            while let Some(at) = run.find(|character| character == '\'' || is_break(character)) {
                let (before, rest) = run.split_at_checked(at).unwrap_or((run, ""));
                writer.text_run(before);
                let mut rest = rest.chars();
                match rest.next() {
                    Some('\'') => writer.text_run("''"),
                    Some(character) => writer.foreign_break(character),
                    None => {}
                }
                run = rest.as_str();
            }
            writer.text_run(run);
        });
        self.put(b"'");
    }

    /// Text after a possible line break, which is then indented.
    fn text_run(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.fresh {
            self.reach_indent();
        }
        self.put(text.as_bytes());
    }

    fn foreign_break(&mut self, character: char) {
        let mut bytes = [0; 4];
        self.put(character.encode_utf8(&mut bytes).as_bytes());
        self.column = 0;
        self.fresh = true;
    }

    fn literal(&mut self, scalar: &Scalar<'_>, in_item: bool) {
        self.put(b"|");
        if scalar.needs_digit() {
            self.put(self.step.to_string().as_bytes());
        }
        self.put(chomping(scalar.text()));
        self.indented(in_item, |writer| {
            if writer.slots.line.is_empty() {
                writer.line_break();
            } else {
                writer.write_line();
            }
            writer.spaced = true;
            for piece in scalar.text().split_inclusive(is_break) {
                let text = piece.trim_end_matches(is_break);
                writer.text_run(text);
                match piece.get(text.len()..).and_then(|end| end.chars().next()) {
                    Some('\n') => writer.line_break(),
                    Some(character) => writer.foreign_break(character),
                    None => {}
                }
            }
            writer.spaced = true;
        });
    }
}

/// `-` when the text does not end with a break, `+` when it ends with several or is only one.
fn chomping(text: &str) -> &'static [u8] {
    let mut from_end = text.chars().rev();
    match (from_end.next().map(is_break), from_end.next().map(is_break)) {
        (Some(true), Some(false)) => b"",
        (Some(true), _) => b"+",
        _ => b"-",
    }
}
