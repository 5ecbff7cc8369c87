//! The habits of a JSON text: how its lines break, its indentation, what stands between keys, values and entries.

use super::{Layout, Span};
use crate::tree::{Body, NodeId, Tree};
use std::borrow::Cow;
use std::ops::Range;

/// A JSON text and the tree that was read from it.
#[derive(Clone, Copy)]
pub(super) struct Text<'s> {
    pub source: &'s [u8],
    pub tree: &'s Tree,
    pub layout: &'s Layout,
}

/// Habits of the whole text, seen at its root.
pub(super) struct House<'s> {
    newline: &'s [u8],
    unit: &'s [u8],
    colon: &'s [u8],
    /// The comma between entries on one line.
    comma: &'static [u8],
}

/// Habits of one map or list.
pub(super) struct Habits<'s> {
    /// Between the opening bracket and the first entry.
    pub lead: Cow<'s, [u8]>,
    /// Between two entries, with the comma.
    pub between: Cow<'s, [u8]>,
    /// Between the last entry and the closing bracket.
    pub tail: Cow<'s, [u8]>,
    /// Between a key and its value.
    pub colon: &'s [u8],
}

impl Habits<'_> {
    /// Whether every entry has a line of its own.
    pub(super) fn is_tall(&self) -> bool {
        self.lead.contains(&b'\n')
    }

    /// The indentation of the entries.
    pub(super) fn indentation(&self) -> &[u8] {
        last_line(&self.lead)
    }
}

impl<'s> Text<'s> {
    pub(super) fn span(&self, id: NodeId) -> Option<&'s Span> {
        self.layout.span(id)
    }

    fn slice(&self, range: Range<usize>) -> &'s [u8] {
        self.source.get(range).unwrap_or_default()
    }

    /// The habits of the whole text.
    pub(super) fn house(&self) -> House<'s> {
        let root = self.tree.documents().first().copied();
        let children = root.map_or(&[][..], |root| self.tree.children(root));
        let inside = root.and_then(|root| self.span(root)).map(Span::inside);
        let first = children.first().and_then(|id| self.span(*id));
        let last = children.last().and_then(|id| self.span(*id));
        let (Some(inside), Some(first), Some(last)) = (inside, first, last) else {
            return House {
                newline: b"\n",
                unit: b"\t",
                colon: b": ",
                comma: b", ",
            };
        };
        let lead = self.slice(inside.start..first.start());
        let tail = self.slice(last.end()..inside.end);
        let colon = self.slice(first.key.end..first.value.start);
        let newline: &[u8] = match lead.iter().position(|byte| *byte == b'\n') {
            Some(at) if at > 0 && lead.get(at - 1) == Some(&b'\r') => b"\r\n",
            Some(_) => b"\n",
            None => b"",
        };
        let indentation = last_line(lead);
        House {
            newline,
            unit: indentation.strip_prefix(last_line(tail)).unwrap_or(indentation),
            colon,
            comma: if newline.is_empty() && colon == b":" {
                b","
            } else {
                b", "
            },
        }
    }

    /// The habits of one map or list; an empty one follows what is around it.
    pub(super) fn habits(&self, id: NodeId, house: &House<'s>) -> Option<Habits<'s>> {
        let children = self.tree.children(id);
        let inside = self.span(id)?.inside();
        let (Some(first), Some(last)) = (children.first(), children.last()) else {
            return self.empty_habits(id, house);
        };
        let (first, last) = (self.span(*first)?, self.span(*last)?);
        let lead = self.slice(inside.start..first.start());
        let gaps = children.windows(2).filter_map(|pair| match pair {
            [left, right] => Some(self.slice(self.span(*left)?.end()..self.span(*right)?.start())),
            _ => None,
        });
        let between = match gaps.min_by_key(|gap| gap.len()) {
            Some(gap) => Cow::Borrowed(gap),
            None if lead.contains(&b'\n') => Cow::Owned([b",", lead].concat()),
            None => Cow::Borrowed(house.comma),
        };
        let is_map = matches!(self.tree.node(id).body, Body::Map(_));
        Some(Habits {
            lead: Cow::Borrowed(lead),
            between,
            tail: Cow::Borrowed(self.slice(last.end()..inside.end)),
            colon: if is_map {
                self.slice(first.key.end..first.value.start)
            } else {
                house.colon
            },
        })
    }

    fn empty_habits(&self, id: NodeId, house: &House<'s>) -> Option<Habits<'s>> {
        let start = self.span(id)?.start();
        let is_tall = match self.tree.node(id).parent {
            Some(parent) => {
                let first = self.span(*self.tree.children(parent).first()?)?;
                self.slice(self.span(parent)?.inside().start..first.start())
                    .contains(&b'\n')
            }
            None => !house.newline.is_empty(),
        };
        if !is_tall {
            return Some(Habits {
                lead: Cow::Borrowed(b""),
                between: Cow::Borrowed(house.comma),
                tail: Cow::Borrowed(b""),
                colon: house.colon,
            });
        }
        let newline: &[u8] = if house.newline.is_empty() {
            b"\n"
        } else {
            house.newline
        };
        let line = last_line(self.slice(0..start));
        let blanks = line
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let base = line.get(..blanks).unwrap_or_default();
        let lead = [newline, base, house.unit].concat();
        Some(Habits {
            between: Cow::Owned([b",", lead.as_slice()].concat()),
            lead: Cow::Owned(lead),
            tail: Cow::Owned([newline, base].concat()),
            colon: house.colon,
        })
    }
}

impl House<'_> {
    /// How a new value is laid out among entries with these habits.
    pub(super) fn shape<'a>(&'a self, habits: &'a Habits<'_>) -> super::emit::Shape<'a> {
        let newline: &[u8] = match (habits.is_tall(), self.newline.is_empty()) {
            (false, _) => b"",
            (true, true) => b"\n",
            (true, false) => self.newline,
        };
        super::emit::Shape {
            newline,
            base: habits.indentation(),
            unit: self.unit,
            colon: habits.colon,
            comma: if newline.is_empty() { self.comma } else { b"," },
            typed: true,
        }
    }
}

/// What follows the last line break.
fn last_line(text: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or_default()
}
