//! Replacements in a source text, collected in any order and applied at once. Shared by the patch writers.

use std::ops::Range;
use zeroize::Zeroize;

/// Replacements of byte ranges of one source text. Insertions at one place keep the order they were made in, and come
/// before a replacement that begins there.
#[derive(Default)]
pub(crate) struct Splices {
    edits: Vec<(Range<usize>, Vec<u8>)>,
}

impl Splices {
    /// Puts `text` in place of a range.
    pub(crate) fn replace(&mut self, range: Range<usize>, text: impl Into<Vec<u8>>) {
        self.edits.push((range, text.into()));
    }

    /// Takes a range out.
    pub(crate) fn delete(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.edits.push((range, Vec::new()));
        }
    }

    /// Puts text before the byte at `at`.
    pub(crate) fn insert(&mut self, at: usize, text: impl Into<Vec<u8>>) {
        self.edits.push((at..at, text.into()));
    }

    /// Puts whole lines, each ended by `newline`, at the start of a line or at the end of the text. Where the text does
    /// not end with a line break, neither does the new end.
    pub(crate) fn insert_lines(&mut self, source: &[u8], at: usize, mut lines: Vec<u8>, newline: &[u8]) {
        let open_end = at > 0 && source.get(at - 1) != Some(&b'\n');
        if open_end {
            if lines.ends_with(newline) {
                lines.truncate(lines.len() - newline.len());
            }
            let mut text = newline.to_vec();
            text.append(&mut lines);
            lines = text;
        }
        self.insert(at, lines);
    }

    /// The source with all replacements made; `None` when two of them overlap or leave the text. Deletions may overlap.
    pub(crate) fn apply(mut self, source: &[u8]) -> Option<Vec<u8>> {
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let added: usize = self.edits.iter().map(|(_, text)| text.len()).sum();
        let mut out = Vec::with_capacity(source.len() + added);
        let mut at = 0;
        for (range, text) in &self.edits {
            let mut range = range.clone();
            if text.is_empty() {
                range = range.start.max(at)..range.end.max(at);
            }
            out.extend_from_slice(source.get(at..range.start)?);
            out.extend_from_slice(text);
            at = range.end;
        }
        out.extend_from_slice(source.get(at..)?);
        Some(out)
    }
}

impl Drop for Splices {
    fn drop(&mut self) {
        for (_, text) in &mut self.edits {
            text.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Splices;

    #[test]
    fn replacements_are_made_in_the_order_of_the_text() {
        let mut splices = Splices::default();
        splices.replace(4..5, *b"E");
        splices.insert(0, *b"<");
        splices.delete(1..3);
        splices.insert(1, *b"1");
        splices.insert(1, *b"2");
        splices.insert(6, *b">");
        assert_eq!(splices.apply(b"abcdef").unwrap(), b"<a12dEf>");
    }

    #[test]
    fn overlapping_replacements_are_refused() {
        let mut splices = Splices::default();
        splices.replace(0..3, *b"x");
        splices.replace(2..4, *b"y");
        assert_eq!(splices.apply(b"abcdef"), None);
        let mut splices = Splices::default();
        splices.replace(5..9, *b"x");
        assert_eq!(splices.apply(b"abcdef"), None);
    }

    #[test]
    fn a_missing_final_line_break_stays_missing() {
        let mut splices = Splices::default();
        splices.insert_lines(b"a", 1, b"b\n".to_vec(), b"\n");
        assert_eq!(splices.apply(b"a").unwrap(), b"a\nb");
    }
}
