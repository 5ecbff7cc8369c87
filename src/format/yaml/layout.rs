//! Where the nodes of a YAML tree stand in its text; made by the composer, used by the patch writer.

use crate::tree::NodeId;
use std::ops::Range;

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A plain scalar.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
    /// A value that has no text of its own: null, unless a tag makes it something else.
    Empty,
    /// `*name`; what is below it are copies without a place of their own.
    Alias,
    /// A map in block style.
    BlockMap,
    /// A list in block style.
    BlockList,
    /// `{…}`, or one pair without braces as an item of a `[…]`.
    FlowMap,
    /// `[…]`
    FlowList,
    /// A comment: from `#` to the end of its text.
    Comment,
}

/// Where one node stands. Offsets are bytes of the source as given (after removal of nothing, byte order mark
/// included); a UTF-16 source has no layout to patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The key's token with its quotes (and anchor, tag); empty at `start` for items, comments and roots.
    pub key: Range<usize>,
    /// Anchor and tag of the value, from the first to the last byte; empty where there are none.
    pub properties: Range<usize>,
    /// The value's own text: a scalar with its quotes, a block scalar from `|` to its last line break, a flow collection
    /// with its brackets, a block collection from the first byte of its first entry to the last byte of its last one
    /// (comments of the collection excluded), a comment from `#` to the end of its text.
    pub value: Range<usize>,
    /// The first byte of the entry: of its key, its `-`, its `?`, or of a comment.
    pub start: usize,
    /// Characters before `start` on its line: the column of the key or dash.
    pub column: u32,
    /// How many flow collections are around it.
    pub flow: u16,
    /// How the value is written.
    pub form: Form,
}

/// The layout of a whole stream.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By [`NodeId::index`]; `None` for nodes without a text of their own (copies below an alias).
    pub spans: Vec<Option<Span>>,
    /// For each document: from its first byte (its `---` or its first token or comment) to where the next one begins.
    pub documents: Vec<Range<usize>>,
    /// Whether the source cannot be patched at all (UTF-16).
    pub opaque: bool,
}

impl Layout {
    /// Where a node stands.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Option<&Span> {
        self.spans.get(id.index())?.as_ref()
    }
}
