//! The habits of an INI text: line breaks, blank lines between sections, what stands between keys and values.

use crate::format::ini::layout::{Entry, Layout};
use crate::tree::Tree;

/// Habits of the whole text.
pub(super) struct Habits {
    pub newline: &'static [u8],
    /// Whether blank lines stand between sections.
    pub is_separated: bool,
    /// Whether `=` has blanks around it.
    pub is_spaced: bool,
}

impl Habits {
    pub(super) fn of(source: &[u8], tree: &Tree, layout: &Layout) -> Self {
        let break_at = memchr::memchr(b'\n', source);
        let before_break = break_at.and_then(|at| source.get(..at)).unwrap_or_default();
        let mut sections = tree
            .documents()
            .iter()
            .flat_map(|root| tree.children(*root))
            .filter_map(|id| layout.section(*id))
            .filter(|section| section.start > layout.start)
            .peekable();
        let is_blank_before = |start: usize| {
            let before = source.get(..start).unwrap_or_default();
            before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n")
        };
        let is_alone = sections.peek().is_none();
        let is_separated = is_alone || sections.any(|section| is_blank_before(section.start));
        let first_entry = tree.walk().find_map(|step| layout.entry(step.id()));
        let is_spaced = first_entry.is_none_or(|entry| source.get(entry.key.end).is_some_and(is_blank));
        Self {
            newline: if before_break.ends_with(b"\r") {
                b"\r\n"
            } else {
                b"\n"
            },
            is_separated,
            is_spaced,
        }
    }
}

/// How a line is laid out, to write another one beside it.
pub(super) struct LineHabits<'s> {
    pub indentation: &'s [u8],
    /// How far behind the start of the key the delimiter stands; 0 for directly behind the key.
    column: usize,
    delimiter: u8,
    /// Blanks behind the delimiter.
    after: &'s [u8],
}

impl<'s> LineHabits<'s> {
    /// Those of an existing line.
    pub(super) fn of(source: &'s [u8], entry: &Entry) -> Self {
        let between = source.get(entry.key.end..entry.value.start).unwrap_or_default();
        let blanks = between.iter().take_while(|byte| is_blank(byte)).count();
        let delimiter = between
            .iter()
            .position(|byte| matches!(byte, b'=' | b':'))
            .unwrap_or(blanks);
        let after = between.get(delimiter + 1..).unwrap_or_default();
        Self {
            indentation: source.get(entry.lines.start..entry.key.start).unwrap_or_default(),
            column: if blanks == 0 {
                0
            } else {
                entry.key.len() + delimiter
            },
            delimiter: between.get(delimiter).copied().unwrap_or(b'='),
            after: if after.is_empty() && blanks > 0 {
                b" "
            } else {
                after
            },
        }
    }

    /// Those of a text without lines.
    pub(super) fn default_for(is_spaced: bool) -> Self {
        Self {
            indentation: b"",
            column: usize::from(is_spaced),
            delimiter: b'=',
            after: if is_spaced { b" " } else { b"" },
        }
    }

    /// Writes what stands between a key of a width and its value.
    pub(super) fn write_gap(&self, out: &mut Vec<u8>, key_width: usize) {
        if self.column > 0 {
            let blanks = self.column.saturating_sub(key_width).max(1);
            out.resize(out.len() + blanks, b' ');
        }
        out.push(self.delimiter);
        out.extend_from_slice(self.after);
    }
}

pub(super) const fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
