//! From an INI text to a tree and its layout.

use super::blank::{trim_end, trim_start, trimmed};
use super::layout::{Entry, Layout, Piece, Section, Span};
use super::scan::{RawKey, RawValue, Reader};
use super::{DEFAULT, write};
use crate::format::LoadError;
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Tree};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Reads the sections of a text.
///
/// # Errors
/// When sops's library would refuse the text.
pub fn load(bytes: &[u8]) -> Result<(Tree, Layout), LoadError> {
    let start = match bytes {
        [0xef, 0xbb, 0xbf, ..] => 3,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => 2,
        _ => 0,
    };
    let mut tree = Tree::new();
    let root = tree.push_document();
    let layout = Layout {
        spans: vec![None],
        ignored: Vec::new(),
        start,
    };
    let mut loader = Loader {
        reader: Reader::new(bytes, start),
        tree,
        root,
        layout,
        comments: Vec::new(),
        section: Open::new(DEFAULT, start..start, start..start),
    };
    while let Some(line) = loader.reader.line() {
        loader.line(line)?;
    }
    loader.close_section();
    loader.ignore_comments();
    Ok((loader.tree, loader.layout))
}

/// A comment that belongs to a section or key.
struct Note {
    text: Secret,
    pieces: Vec<Piece>,
}

/// A key that was read.
struct Found<'s> {
    name: Cow<'s, [u8]>,
    value: Secret,
    comment: Option<Note>,
    span: Entry,
}

/// The section that is being read.
struct Open<'s> {
    name: &'s [u8],
    span: Section,
    comment: Option<Note>,
    entries: Vec<Found<'s>>,
    places: HashMap<Cow<'s, [u8]>, usize>,
    /// How many keys `-` were numbered.
    numbered: usize,
}

impl<'s> Open<'s> {
    fn new(text: &'s [u8], header: Range<usize>, name: Range<usize>) -> Self {
        Self {
            name: text,
            span: Section {
                start: header.start,
                end: header.end,
                header,
                name,
            },
            comment: None,
            entries: Vec::new(),
            places: HashMap::new(),
            numbered: 0,
        }
    }
}

struct Loader<'s> {
    reader: Reader<'s>,
    tree: Tree,
    root: NodeId,
    layout: Layout,
    /// Comment lines since the last key or header.
    comments: Vec<Piece>,
    section: Open<'s>,
}

impl<'s> Loader<'s> {
    fn line(&mut self, line: Range<usize>) -> Result<(), LoadError> {
        let text = trim_start(self.reader.source, line.clone());
        match self.reader.slice(text.clone()).first() {
            None => Ok(()),
            Some(b'#' | b';') => {
                let text = trim_end(self.reader.source, text);
                self.comments.push(Piece {
                    extent: line,
                    text,
                    inline: false,
                });
                Ok(())
            }
            Some(b'[') => self.header(line, text),
            Some(_) => self.entry(line, text),
        }
    }

    fn header(&mut self, line: Range<usize>, text: Range<usize>) -> Result<(), LoadError> {
        let Some(close) = memchr::memrchr(b']', self.reader.slice(text.clone())) else {
            return Err(self.reader.error("the name of a section does not end"));
        };
        let name = text.start + 1..text.start + close;
        if name.is_empty() {
            return Err(self.reader.error("the name of a section is empty"));
        }
        let behind = trim_end(self.reader.source, name.end + 1..line.end);
        let mark = self.reader.mark(behind.clone());
        let word = trim_end(self.reader.source, behind.start..mark.unwrap_or(behind.end));
        if !word.is_empty() {
            self.layout.ignored.push(word.clone());
        }
        if let Some(mark) = mark {
            self.comments.push(Piece {
                extent: word.end..behind.end,
                text: mark..behind.end,
                inline: true,
            });
        }
        let next = Open::new(self.reader.slice(name.clone()), line, name);
        let comment = self.take_note();
        self.close_section();
        self.section = next;
        if let Some(first) = comment.as_ref().and_then(|note| note.pieces.first()) {
            self.section.span.start = self.section.span.start.min(first.extent.start);
        }
        self.section.comment = comment;
        Ok(())
    }

    fn entry(&mut self, line: Range<usize>, text: Range<usize>) -> Result<(), LoadError> {
        let RawKey { token, name, rest } = self.reader.key(text)?;
        let RawValue {
            text,
            token: value,
            comment,
        } = self.reader.value(rest)?;
        if let Some(comment) = comment {
            let extent = value.end.min(comment.start)..comment.end;
            self.comments.push(Piece {
                extent,
                text: comment,
                inline: true,
            });
        }
        let lines = line.start..self.reader.offset();
        let start = self
            .comments
            .first()
            .map_or(lines.start, |first| first.extent.start.min(lines.start));
        let mut name = Cow::Borrowed(self.reader.slice(name));
        if *name == *b"-" {
            self.section.numbered += 1;
            name = Cow::Owned(format!("#{}", self.section.numbered).into_bytes());
        }
        let found = Found {
            name,
            value: text,
            comment: self.take_note(),
            span: Entry {
                start,
                head: lines.clone(),
                lines,
                key: token,
                value,
                shadows: Vec::new(),
            },
        };
        self.section.span.end = found.span.lines.end;
        self.put(found);
        Ok(())
    }

    /// A repeated key overrules the earlier one and takes its place; the earlier comment is lost.
    fn put(&mut self, mut found: Found<'s>) {
        let next = self.section.entries.len();
        let place = *self.section.places.entry(found.name.clone()).or_insert(next);
        let Some(earlier) = self.section.entries.get_mut(place) else {
            self.section.entries.push(found);
            return;
        };
        let pieces = earlier.comment.take().into_iter().flat_map(|note| note.pieces);
        let lines = pieces.filter(|piece| !piece.inline).map(|piece| piece.extent);
        found.span.shadows = std::mem::take(&mut earlier.span.shadows);
        found.span.shadows.extend(lines);
        found.span.shadows.push(earlier.span.lines.clone());
        found.span.start = earlier.span.start;
        found.span.head = earlier.span.head.clone();
        *earlier = found;
    }

    /// The comment that was gathered for the next header or key.
    fn take_note(&mut self) -> Option<Note> {
        let pieces = std::mem::take(&mut self.comments);
        let last = pieces.len().checked_sub(1)?;
        let mut raw = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let end = if index < last && !piece.inline {
                piece.extent.end
            } else {
                piece.text.end
            };
            raw.extend_from_slice(self.reader.slice(piece.text.start..end));
        }
        let text = trimmed(&raw);
        let text = text.get(write::mark_length(text)..).unwrap_or_default();
        let note = Note {
            text: Secret::from(text),
            pieces,
        };
        zeroize::Zeroize::zeroize(&mut raw);
        Some(note)
    }

    fn close_section(&mut self) {
        let section = std::mem::replace(&mut self.section, Open::new(DEFAULT, 0..0, 0..0));
        let key = Some(Key::from(section.name));
        let id = self.push(self.root, key, Body::Map(Vec::new()), Span::Section(section.span));
        if let Some(note) = section.comment {
            self.push_note(id, note);
        }
        for found in section.entries {
            let shadows = found.span.shadows.iter().cloned();
            self.layout.ignored.extend(shadows);
            let key = Some(Key::from(&*found.name));
            let leaf = Body::Leaf(Leaf::Text(found.value));
            self.push(id, key, leaf, Span::Entry(found.span));
            if let Some(note) = found.comment {
                self.push_note(id, note);
            }
        }
    }

    fn push_note(&mut self, parent: NodeId, note: Note) {
        let comment = Comment {
            text: note.text,
            inline: false,
        };
        self.push(parent, None, Body::Comment(comment), Span::Comment(note.pieces));
    }

    fn push(&mut self, parent: NodeId, key: Option<Key>, body: Body, span: Span) -> NodeId {
        self.layout.spans.push(Some(span));
        self.tree.push(parent, key, body)
    }

    fn ignore_comments(&mut self) {
        let lines = self.comments.drain(..).map(|piece| piece.extent);
        self.layout.ignored.extend(lines);
    }
}

#[cfg(test)]
mod tests;
