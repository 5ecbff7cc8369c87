//! Comments between the scanner, the parser and the composer (`yaml-behaviour.md` §3).

use super::cursor::Mark;

/// A line of a comment: from its `#` to the end of its text. An empty one stands for an empty line between comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub start: u32,
    pub end: u32,
    pub column: u32,
}

impl Line {
    /// An empty line.
    pub const EMPTY: Self = Self {
        start: 0,
        end: 0,
        column: 0,
    };

    /// Whether it is an empty line.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// The text of a comment by its lines.
pub(super) type Lines = Vec<Line>;

/// Which of a node's three comments a text will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Head,
    Line,
    Foot,
}

/// A comment that the scanner found and the parser has not collected yet (§3.2).
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub place: Place,
    pub lines: Lines,
    /// Where its first `#` stands.
    pub start: Mark,
    /// Index of the token it belongs to.
    pub anchor: u32,
    /// The stretch of white space it was found in, as indexes.
    pub from: u32,
    pub to: u32,
}

/// The three comments of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub head: Lines,
    pub line: Lines,
    pub foot: Lines,
}

impl Notes {
    /// Adds a record behind what is there.
    pub fn add(&mut self, record: Record) {
        let text = match record.place {
            Place::Head => &mut self.head,
            Place::Line => &mut self.line,
            Place::Foot => &mut self.foot,
        };
        if text.is_empty() {
            *text = record.lines;
        } else {
            text.extend(record.lines);
        }
    }

    /// The first byte of any of them.
    pub fn first_byte(&self) -> Option<u32> {
        let all = self.head.iter().chain(&self.line).chain(&self.foot);
        all.filter(|line| !line.is_empty()).map(|line| line.start).min()
    }
}

/// Takes from a head what stands before its last empty line (§3.5, document head). The empty line is dropped.
pub(super) fn split_document_head(head: &mut Lines) -> Lines {
    match head.iter().rposition(|line| line.is_empty()) {
        Some(at) if at > 0 => {
            let rest = head.split_off(at + 1);
            let mut before = std::mem::replace(head, rest);
            before.truncate(at);
            before
        }
        _ => Lines::new(),
    }
}
