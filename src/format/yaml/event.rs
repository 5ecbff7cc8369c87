//! What the parser tells the composer.

use super::comment::{Lines, Notes};
use super::cursor::Mark;
use super::layout::Form;
use super::token::Text;
use std::borrow::Cow;

/// Anchor and tag of a node.
#[derive(Debug, Default)]
pub(super) struct Properties<'a> {
    pub anchor: Option<&'a str>,
    /// With its handle expanded.
    pub tag: Option<Cow<'a, str>>,
    /// Where they stand; both zero where there are none.
    pub start: Mark,
    pub end: Mark,
}

impl Properties<'_> {
    pub const fn is_empty(&self) -> bool {
        self.anchor.is_none() && self.tag.is_none()
    }
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Alias(&'a str),
    Scalar(Text<'a>, Form),
    /// The beginning of a map or list; its end is an event of its own.
    Map {
        flow: bool,
    },
    List {
        flow: bool,
    },
}

/// A key, a value, an item or a root.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// The `-`, the `?` or the beginning of the simple key that leads to the node.
    pub lead: Option<Mark>,
    pub properties: Properties<'a>,
    /// Where it stands without its properties; for collections only the start means anything.
    pub start: Mark,
    pub end: Mark,
    pub notes: Notes,
    pub value: Value<'a>,
}

impl Node<'_> {
    /// Where it begins, properties included.
    pub const fn outer_start(&self) -> Mark {
        if self.properties.is_empty() {
            self.start
        } else {
            self.properties.start
        }
    }
}

/// A step of the parser.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A document begins at this byte, with a comment of its own.
    DocumentStart {
        start: u32,
        head: Lines,
    },
    Node(Node<'a>),
    /// The innermost map or list ends. Blocks end where their last text ends.
    Close {
        end: Mark,
        notes: Notes,
    },
    /// The document ends; the comment at its end.
    DocumentEnd {
        foot: Lines,
    },
    StreamEnd,
}
