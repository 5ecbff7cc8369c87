//! Where the nodes of an INI tree stand in its text. Offsets are bytes of the source.

use crate::tree::NodeId;
use std::ops::Range;

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The first byte of its comment, or of its header.
    pub start: usize,
    /// The line of the header with its line break; empty for keys that stand before any header.
    pub header: Range<usize>,
    /// The name between the brackets.
    pub name: Range<usize>,
    /// The byte after the line of its last key, or of its header.
    pub end: usize,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The first byte of its comment, or of its line; where the key is repeated, of the first line that has it.
    pub start: usize,
    /// The lines that give the key its place: the first ones that have it.
    pub head: Range<usize>,
    /// All its lines, with the last line break.
    pub lines: Range<usize>,
    /// The key with its quotes.
    pub key: Range<usize>,
    /// The value with its quotes; blanks only where it is empty.
    pub value: Range<usize>,
    /// Lines of the same key that are overruled by this one.
    pub shadows: Vec<Range<usize>>,
}

/// A part of a comment: a line of its own, or the end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What goes when the comment goes: a whole line, or everything behind the value.
    pub extent: Range<usize>,
    /// From the mark to the end of the text.
    pub text: Range<usize>,
    /// Whether it stands behind a value or a header.
    pub inline: bool,
}

/// Where one node stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// A section.
    Section(Section),
    /// A key and its value.
    Entry(Entry),
    /// A comment, in order of its parts.
    Comment(Vec<Piece>),
}

impl Span {
    /// The byte at which the node itself begins, without the comment above it; `None` for a section that has no header.
    #[must_use]
    pub fn start(&self) -> Option<usize> {
        match self {
            Self::Section(section) => (!section.header.is_empty()).then_some(section.header.start),
            Self::Entry(entry) => Some(entry.key.start),
            Self::Comment(pieces) => pieces.first().map(|piece| piece.text.start),
        }
    }
}

/// The layout of a whole text.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By [`NodeId::index`]; the root has none.
    pub(super) spans: Vec<Option<Span>>,
    /// Text that no node stands for: comments at the end, overruled lines, words behind a header.
    pub(super) ignored: Vec<Range<usize>>,
    /// Where the text begins: behind a byte order mark.
    pub(super) start: usize,
}

impl Layout {
    /// Where a node stands.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Option<&Span> {
        self.spans.get(id.index())?.as_ref()
    }

    pub(super) fn section(&self, id: NodeId) -> Option<&Section> {
        match self.span(id)? {
            Span::Section(section) => Some(section),
            _ => None,
        }
    }

    pub(super) fn entry(&self, id: NodeId) -> Option<&Entry> {
        match self.span(id)? {
            Span::Entry(entry) => Some(entry),
            _ => None,
        }
    }

    pub(super) fn pieces(&self, id: NodeId) -> &[Piece] {
        match self.span(id) {
            Some(Span::Comment(pieces)) => pieces,
            _ => &[],
        }
    }
}
