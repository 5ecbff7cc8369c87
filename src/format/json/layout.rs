//! Where the nodes of a JSON tree stand in its text.

use crate::tree::NodeId;
use std::ops::Range;

/// Where one node stands, in bytes of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The key with its quotes; empty, at the start of the value, for items and the root.
    pub key: Range<usize>,
    /// The value: with quotes, brackets or braces.
    pub value: Range<usize>,
}

impl Span {
    /// The first byte of the entry.
    #[must_use]
    pub const fn start(&self) -> usize {
        self.key.start
    }

    /// The byte after the last one of the entry.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.value.end
    }

    /// What is between the brackets of a map or list.
    #[must_use]
    pub const fn inside(&self) -> Range<usize> {
        self.value.start + 1..self.value.end.saturating_sub(1)
    }
}

/// The layout of a whole text.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By [`NodeId::index`].
    pub(super) spans: Vec<Span>,
}

impl Layout {
    /// Where a node stands; `None` for nodes that were not read from the text.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Option<&Span> {
        self.spans.get(id.index())
    }
}
