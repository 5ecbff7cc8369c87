//! The text that is patched, and its lines.

use std::ops::Range;

/// A text with its line breaks.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    bytes: &'a [u8],
    /// What ends the first line: new lines end the same way.
    pub(super) line_end: &'static [u8],
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let first = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let line_end: &[u8] = match first.and_then(|at| bytes.get(at..)) {
            Some([b'\r', b'\n', ..]) => b"\r\n",
            Some([b'\r', ..]) => b"\r",
            _ => b"\n",
        };
        Self { bytes, line_end }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn before(&self, at: usize) -> &'a [u8] {
        self.slice(0..at)
    }

    /// Where the blanks in front of a position begin.
    pub(super) fn before_blanks(&self, at: usize) -> usize {
        let text = self.before(at);
        text.len()
            - text
                .iter()
                .rev()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count()
    }

    /// Where the line of a position begins, if only blanks stand before it.
    pub(super) fn own_line(&self, at: usize) -> Option<usize> {
        let start = self.before_blanks(at);
        let before = self.before(start);
        (before.is_empty() || before == BYTE_ORDER_MARK || ends_with_break(before)).then_some(start)
    }

    /// The start of the line after the one a text ends in. A text that ends with its own break ends there.
    pub(super) fn after_line(&self, end: usize) -> usize {
        if end > 0 && ends_with_break(self.before(end)) {
            return end;
        }
        self.next_line(end)
    }

    /// The start of the line after the one a position is in.
    pub(super) fn next_line(&self, from: usize) -> usize {
        let at = self.line_break(from);
        at + self.break_length(at)
    }

    /// Where the line of a position ends, before its break.
    pub(super) fn line_break(&self, from: usize) -> usize {
        let rest = self.slice(from..self.len());
        let candidates = rest
            .iter()
            .enumerate()
            .filter(|(_, byte)| matches!(byte, b'\n' | b'\r' | 0xc2 | 0xe2));
        candidates
            .map(|(at, _)| from + at)
            .find(|at| self.break_length(*at) > 0)
            .unwrap_or(self.len())
    }

    fn break_length(&self, at: usize) -> usize {
        match self.slice(at..self.len()) {
            [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        }
    }

    pub(super) fn is_blank(&self, range: Range<usize>) -> bool {
        self.slice(range).iter().all(|byte| matches!(byte, b' ' | b'\t'))
    }

    /// Lines that end with line feeds, with the line ends of this text instead.
    pub(super) fn with_line_ends(&self, text: Vec<u8>) -> Vec<u8> {
        if self.line_end == b"\n" {
            return text;
        }
        let mut out = Vec::with_capacity(text.len() + text.len() / 16);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(line) => {
                    out.extend_from_slice(line);
                    out.extend_from_slice(self.line_end);
                }
                None => out.extend_from_slice(line),
            }
        }
        out
    }
}

pub(super) fn ends_with_break(text: &[u8]) -> bool {
    matches!(
        text,
        [.., b'\n' | b'\r'] | [.., 0xc2, 0x85] | [.., 0xe2, 0x80, 0xa8 | 0xa9]
    )
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn lines_end_at_every_break_yaml_knows() {
        let source = Source::new("a: 1\r\n  b\u{85}c\u{2028}d".as_bytes());
        assert_eq!(source.line_end, b"\r\n");
        assert_eq!(source.after_line(0), 6);
        assert_eq!(source.after_line(6), 6);
        assert_eq!(source.after_line(8), 11);
        assert_eq!(source.own_line(8), Some(6));
        assert_eq!(source.own_line(9), None);
        assert_eq!(source.after_line(15), 15);
        assert_eq!(source.after_line(16), source.len());
    }
}
