//! Replacements of byte ranges, collected in any order and applied in one sweep.

use super::source::{Source, ends_with_break};
use crate::format::PatchError;
use std::ops::Range;

/// What comes in place of a range.
pub(super) enum Content {
    /// Bytes as they are.
    Text(Vec<u8>),
    /// Whole lines: they begin on a new line whatever stands before.
    Lines(Vec<Piece>),
    /// Whole lines that begin behind something else on the line and push what follows to a line of its own,
    /// at this column.
    Compact(Vec<Piece>, usize),
}

/// A part of inserted lines.
pub(super) enum Piece {
    /// New lines, indented.
    New(Vec<u8>),
    /// Lines that stand elsewhere.
    Moved {
        /// From the first byte of the entry to behind its last line.
        region: Range<usize>,
        /// The column it stands at.
        from: usize,
        /// The column it is to stand at.
        to: usize,
    },
}

struct Edit {
    range: Range<usize>,
    content: Content,
    /// Takes the place of a moved region away, so it does not move along.
    leaves: bool,
}

impl Edit {
    fn is_insertion(&self) -> bool {
        self.range.is_empty()
    }

    fn is_deletion(&self) -> bool {
        !self.range.is_empty() && matches!(&self.content, Content::Text(text) if text.is_empty())
    }
}

/// The replacements.
#[derive(Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
}

const TANGLED: PatchError = PatchError::NoPlace("these edits touch the same lines in too many ways");

impl Edits {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are, for [`Edits::rewind`].
    pub(super) fn mark(&self) -> usize {
        self.list.len()
    }

    /// Forgets what was added since a mark.
    pub(super) fn rewind(&mut self, mark: usize) {
        self.list.truncate(mark);
    }

    pub(super) fn replace(&mut self, range: Range<usize>, text: Vec<u8>) {
        self.add(range, Content::Text(text));
    }

    pub(super) fn delete(&mut self, range: Range<usize>) {
        self.replace(range, Vec::new());
    }

    /// Deletes where a moved region stood.
    pub(super) fn leave(&mut self, range: Range<usize>) {
        self.list.push(Edit {
            range,
            content: Content::Text(Vec::new()),
            leaves: true,
        });
    }

    pub(super) fn add(&mut self, range: Range<usize>, content: Content) {
        self.list.push(Edit {
            range,
            content,
            leaves: false,
        });
    }

    /// The text with all replacements made.
    pub(super) fn apply(mut self, source: Source<'_>) -> Result<Vec<u8>, PatchError> {
        self.list.sort_by_key(|edit| {
            (
                edit.range.start,
                !edit.is_insertion(),
                std::cmp::Reverse(edit.range.end),
            )
        });
        let regions = self.regions()?;
        let (inner, outer) = self.split(&regions);
        let moved = regions
            .iter()
            .zip(inner)
            .map(|(region, edits)| sweep(source, region.clone(), edits, &Moved::default()))
            .collect::<Result<Vec<_>, _>>()?;
        let moved = Moved {
            regions,
            texts: moved,
        };
        sweep(source, 0..source.len(), outer, &moved)
    }

    /// The moved regions in order.
    fn regions(&self) -> Result<Vec<Range<usize>>, PatchError> {
        let mut regions: Vec<_> = self
            .list
            .iter()
            .flat_map(|edit| match &edit.content {
                Content::Text(_) => [].iter(),
                Content::Lines(pieces) | Content::Compact(pieces, _) => pieces.iter(),
            })
            .filter_map(|piece| match piece {
                Piece::New(_) => None,
                Piece::Moved { region, .. } => Some(region.clone()),
            })
            .collect();
        regions.sort_by_key(|region| region.start);
        let is_nested = regions
            .iter()
            .zip(regions.iter().skip(1))
            .any(|(a, b)| b.start < a.end);
        if is_nested { Err(TANGLED) } else { Ok(regions) }
    }

    /// The edits inside of each moved region, and the others.
    fn split(self, regions: &[Range<usize>]) -> (Vec<Vec<Edit>>, Vec<Edit>) {
        let mut inner: Vec<Vec<Edit>> = regions.iter().map(|_| Vec::new()).collect();
        let mut outer = Vec::new();
        for edit in self.list {
            let at = regions.partition_point(|region| region.end <= edit.range.start);
            let holds = |region: &&Range<usize>| {
                !edit.leaves
                    && region.start <= edit.range.start
                    && edit.range.end <= region.end
                    && !(edit.is_insertion() && edit.range.start == region.start)
            };
            match (regions.get(at).filter(holds), inner.get_mut(at)) {
                (Some(_), Some(edits)) => edits.push(edit),
                _ => outer.push(edit),
            }
        }
        (inner, outer)
    }
}

/// Moved regions with the text they have after the edits inside of them.
#[derive(Default)]
struct Moved {
    regions: Vec<Range<usize>>,
    texts: Vec<Vec<u8>>,
}

impl Moved {
    fn text(&self, wanted: &Range<usize>) -> Option<&[u8]> {
        let at = self
            .regions
            .binary_search_by_key(&wanted.start, |region| region.start)
            .ok()?;
        self.texts.get(at).map(Vec::as_slice)
    }
}

/// One pass over a range of the source. Overlapping deletions become one; other overlaps are refused.
fn sweep(
    source: Source<'_>,
    range: Range<usize>,
    edits: Vec<Edit>,
    moved: &Moved,
) -> Result<Vec<u8>, PatchError> {
    let mut out = Vec::with_capacity(range.len() + range.len() / 8);
    let mut at = range.start;
    for edit in edits {
        if edit.range.start < at {
            if !edit.is_deletion() {
                return Err(TANGLED);
            }
            at = at.max(edit.range.end);
            continue;
        }
        out.extend_from_slice(source.slice(at..edit.range.start));
        at = edit.range.end;
        write(source, edit.content, moved, &mut out)?;
    }
    out.extend_from_slice(source.slice(at..range.end));
    Ok(out)
}

fn write(source: Source<'_>, content: Content, moved: &Moved, out: &mut Vec<u8>) -> Result<(), PatchError> {
    match content {
        Content::Text(text) => out.extend_from_slice(&text),
        Content::Lines(pieces) => {
            if !out.is_empty() && !ends_with_break(out) {
                out.extend_from_slice(source.line_end);
            }
            for piece in pieces {
                write_piece(source, piece, moved, out)?;
            }
        }
        Content::Compact(pieces, column) => {
            let mut lines = Vec::new();
            for piece in pieces {
                write_piece(source, piece, moved, &mut lines)?;
            }
            out.extend_from_slice(without_indentation(&lines, column));
            out.resize(out.len() + column, b' ');
        }
    }
    Ok(())
}

fn write_piece(source: Source<'_>, piece: Piece, moved: &Moved, out: &mut Vec<u8>) -> Result<(), PatchError> {
    match piece {
        Piece::New(text) => out.extend_from_slice(&text),
        Piece::Moved { region, from, to } => {
            let text = moved.text(&region).ok_or(TANGLED)?;
            shift(text, from, to, out);
            if !ends_with_break(text) {
                out.extend_from_slice(source.line_end);
            }
        }
    }
    Ok(())
}

/// Appends lines that stood at one column at another. The first line comes without its indentation.
fn shift(text: &[u8], from: usize, to: usize, out: &mut Vec<u8>) {
    for (number, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let is_empty = line.iter().all(|byte| byte.is_ascii_whitespace());
        if number == 0 {
            out.resize(out.len() + to, b' ');
            out.extend_from_slice(line);
        } else if is_empty || to == from {
            out.extend_from_slice(line);
        } else if to > from {
            out.resize(out.len() + to - from, b' ');
            out.extend_from_slice(line);
        } else {
            out.extend_from_slice(without_indentation(line, from - to));
        }
    }
}

/// A text without its first spaces, so many at most.
pub(super) fn without_indentation(text: &[u8], most: usize) -> &[u8] {
    let spaces = text.iter().take(most).take_while(|byte| **byte == b' ').count();
    text.get(spaces..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Content, Edits, Piece};
    use crate::format::yaml::patch::source::Source;

    const TEXT: &[u8] = b"a: 1\nb: 2\n  # c\nd: 3";

    fn applied(edits: Edits) -> String {
        String::from_utf8(edits.apply(Source::new(TEXT)).unwrap()).unwrap()
    }

    #[test]
    fn edits_in_any_order_leave_the_rest_alone() {
        let mut edits = Edits::default();
        edits.replace(8..9, b"two".to_vec());
        edits.replace(3..4, b"one".to_vec());
        assert_eq!(applied(edits), "a: one\nb: two\n  # c\nd: 3");
    }

    #[test]
    fn overlapping_deletions_become_one() {
        let mut edits = Edits::default();
        edits.delete(5..10);
        edits.delete(5..16);
        edits.delete(8..12);
        assert_eq!(applied(edits), "a: 1\nd: 3");
    }

    #[test]
    fn a_moved_region_takes_its_own_edits_along() {
        let mut edits = Edits::default();
        edits.replace(8..9, b"two".to_vec());
        edits.leave(5..16);
        edits.add(
            20..20,
            Content::Lines(vec![Piece::Moved {
                region: 5..16,
                from: 0,
                to: 2,
            }]),
        );
        assert_eq!(applied(edits), "a: 1\nd: 3\n  b: two\n    # c\n");
    }

    #[test]
    fn an_edit_of_deleted_text_is_refused() {
        let mut edits = Edits::default();
        edits.delete(5..10);
        edits.replace(8..9, b"x".to_vec());
        assert!(edits.apply(Source::new(TEXT)).is_err());
    }
}
