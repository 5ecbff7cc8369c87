//! White space as sops's library trims it: every Unicode blank, in bytes that need not be UTF-8.

use std::ops::Range;

/// The range without blanks at both ends.
pub(super) fn trim(source: &[u8], range: Range<usize>) -> Range<usize> {
    let range = trim_start(source, range);
    trim_end(source, range)
}

/// The range without blanks at its start.
pub(super) fn trim_start(source: &[u8], mut range: Range<usize>) -> Range<usize> {
    while let Some(text) = source.get(range.clone()).filter(|text| !text.is_empty()) {
        match leading(text) {
            0 => break,
            length => range.start += length,
        }
    }
    range
}

/// The range without blanks at its end.
pub(super) fn trim_end(source: &[u8], mut range: Range<usize>) -> Range<usize> {
    while let Some(text) = source.get(range.clone()).filter(|text| !text.is_empty()) {
        match trailing(text) {
            0 => break,
            length => range.end -= length,
        }
    }
    range
}

/// The bytes without blanks at both ends.
pub(super) fn trimmed(text: &[u8]) -> &[u8] {
    text.get(trim(text, 0..text.len())).unwrap_or_default()
}

fn leading(text: &[u8]) -> usize {
    match text.first() {
        Some(byte) if byte.is_ascii() => usize::from(is_ascii_blank(*byte)),
        _ => (2..=3)
            .find(|length| text.get(..*length).is_some_and(is_wide_blank))
            .unwrap_or(0),
    }
}

fn trailing(text: &[u8]) -> usize {
    match text.last() {
        Some(byte) if byte.is_ascii() => usize::from(is_ascii_blank(*byte)),
        _ => (2..=3)
            .find(|length| {
                let start = text.len().checked_sub(*length);
                start
                    .and_then(|start| text.get(start..))
                    .is_some_and(is_wide_blank)
            })
            .unwrap_or(0),
    }
}

const fn is_ascii_blank(byte: u8) -> bool {
    matches!(byte, b' ' | 9..=13)
}

/// Whether the bytes are exactly one blank beyond ASCII.
fn is_wide_blank(bytes: &[u8]) -> bool {
    let mut characters = std::str::from_utf8(bytes).unwrap_or_default().chars();
    characters.next().is_some_and(char::is_whitespace) && characters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::trimmed;

    #[test]
    fn unicode_blanks_are_trimmed_and_broken_bytes_are_kept() {
        assert_eq!(trimmed("\u{a0}\t k\u{2003}\u{85}\r\n".as_bytes()), b"k");
        assert_eq!(trimmed(b"\xff \x0b"), b"\xff");
        assert_eq!(trimmed(b" \x80"), b"\x80");
        assert_eq!(trimmed(b" \n"), b"");
    }
}
