//! What the scanner makes of the text.

use super::cursor::Mark;
use super::layout::Form;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    StreamStart,
    StreamEnd,
    Version,
    Handle,
    DocumentStart,
    DocumentEnd,
    BlockList,
    BlockMap,
    BlockEnd,
    FlowList,
    FlowListEnd,
    FlowMap,
    FlowMapEnd,
    Dash,
    Comma,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// The text of a scalar: a part of the source where it stands there as it is.
#[derive(Debug)]
pub(super) enum Text<'a> {
    Source(&'a str),
    Made(Zeroizing<String>),
}

impl Text<'_> {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Source(text) => text,
            Self::Made(text) => text,
        }
    }
}

/// What a token says besides its kind.
#[derive(Debug)]
pub(super) enum Content<'a> {
    Nothing,
    /// An anchor or alias.
    Name(&'a str),
    /// A tag: handle and suffix; a directive: handle and prefix. Verbatim tags have an empty handle.
    Tag(&'a str, Cow<'a, str>),
    Scalar(Text<'a>, Form),
}

/// A token and where it stands.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub sort: Sort,
    pub content: Content<'a>,
    pub start: Mark,
    pub end: Mark,
    /// The flow depth at which it may still turn out to be a key; `u32::MAX` when it never can.
    pub candidate: u32,
}

/// Builds the text of a scalar, borrowing from the source as long as nothing was folded or unescaped.
pub(super) struct Builder<'a> {
    source: &'a str,
    from: usize,
    to: usize,
    made: Option<Zeroizing<String>>,
}

impl<'a> Builder<'a> {
    /// Begins at a byte offset.
    pub fn new(source: &'a str, from: usize) -> Self {
        Self {
            source,
            from,
            to: from,
            made: None,
        }
    }

    /// Adds source text; it is borrowed if it follows what was added before.
    pub fn source(&mut self, from: usize, to: usize) {
        match &mut self.made {
            None if from == self.to => self.to = to,
            None if self.from == self.to => (self.from, self.to) = (from, to),
            None => {
                let part = self.source.get(from..to).unwrap_or_default();
                self.own().push_str(part);
            }
            Some(made) => made.push_str(self.source.get(from..to).unwrap_or_default()),
        }
    }

    /// Adds text that does not stand in the source.
    pub fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.own().push_str(text);
        }
    }

    /// Adds a character that does not stand in the source.
    pub fn character(&mut self, character: char) {
        self.own().push(character);
    }

    /// Adds what a group of line breaks means: the first one, and those behind it (§1.4).
    pub fn fold(&mut self, first: &str, others: &str) {
        match (first, others) {
            ("\n", "") => self.text(" "),
            ("\n", others) => self.text(others),
            (first, others) => {
                self.text(first);
                self.text(others);
            }
        }
    }

    fn own(&mut self) -> &mut String {
        let (source, from, to) = (self.source, self.from, self.to);
        self.made.get_or_insert_with(|| {
            let begun = source.get(from..to).unwrap_or_default();
            let mut made = String::with_capacity(begun.len() * 2 + 64);
            made.push_str(begun);
            Zeroizing::new(made)
        })
    }

    pub fn finish(self) -> Text<'a> {
        match self.made {
            Some(made) => Text::Made(made),
            None => Text::Source(self.source.get(self.from..self.to).unwrap_or_default()),
        }
    }
}
