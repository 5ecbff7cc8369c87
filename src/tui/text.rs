//! Text from files on its way to the screen: what could move the cursor, reorder or hide text is shown as a visible
//! escape (security P13). Everything that is drawn and was not written by us goes through here.

pub use crate::host::is_dangerous;

use std::fmt::Write as _;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

fn push_escape(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = match c {
        '\n' => out.write_str("\\n"),
        '\t' => out.write_str("\\t"),
        '\r' => out.write_str("\\r"),
        c if u32::from(c) < 0x100 => write!(out, "\\x{:02x}", u32::from(c)),
        c => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

/// The text with every dangerous character as a visible escape.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_dangerous(c) {
            push_escape(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// The beginning of a value, escaped, in a buffer that is wiped; bytes that are no text come out as `\xNN`. Stops once
/// it fills `columns`, so that the cost is that of what can be seen.
#[must_use]
pub fn escape_value(bytes: &[u8], columns: usize) -> Zeroizing<String> {
    // The longest escape of one character has ten bytes; with this capacity the buffer never moves.
    let limit = columns.saturating_add(1);
    let mut out = Zeroizing::new(String::with_capacity(limit.saturating_mul(10).saturating_add(16)));
    let mut count = 0;
    for chunk in bytes
        .get(..bytes.len().min(limit.saturating_mul(4)))
        .unwrap_or_default()
        .utf8_chunks()
    {
        for c in chunk.valid().chars() {
            if count > limit {
                return out;
            }
            if is_dangerous(c) {
                push_escape(&mut out, c);
            } else {
                out.push(c);
            }
            count += 1;
        }
        for byte in chunk.invalid() {
            if count > limit {
                return out;
            }
            let _ = write!(out, "\\x{byte:02x}");
            count += 1;
        }
    }
    out
}

/// How many cells a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The longest beginning of whole graphemes that fits into `columns` cells.
#[must_use]
pub fn prefix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > columns {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The text, or as much of its end as fits into `columns` cells behind `cut`: what paths say is said at their end.
#[must_use]
pub fn suffix(text: &str, columns: usize, cut: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(cut));
    let mut used = 0;
    let mut from = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme.width();
        if used > room {
            break;
        }
        from = at;
    }
    let kept = text.get(from..).unwrap_or_default();
    prefix(&format!("{cut}{kept}"), columns).to_owned()
}

/// A path of the file system, escaped for the screen.
#[must_use]
pub fn path(path: &std::path::Path) -> String {
    escape(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_value, is_dangerous, prefix, suffix};

    #[test]
    fn no_control_bidi_or_zero_width_character_survives() {
        let c0 = (0..0x20).chain(0x7f..0xa0);
        let hidden = (0x200b..0x2010).chain(0x2028..0x202f).chain(0x2060..0x2070);
        let others = [0xad, 0x61c, 0x180e, 0xfeff, 0xfe0f, 0xe0041, 0x3164];
        for code in c0.chain(hidden).chain(others) {
            let c = char::from_u32(code).unwrap();
            assert!(is_dangerous(c), "{code:x}");
            let shown = escape(&format!("a{c}b"));
            assert!(
                shown.starts_with("a\\") && shown.chars().all(|c| !is_dangerous(c)),
                "{shown}"
            );
        }
        assert_eq!(escape("grün 日本 e\u{301} #$%"), "grün 日本 e\u{301} #$%");
    }

    #[test]
    fn a_value_is_escaped_as_far_as_it_can_be_seen() {
        assert_eq!(escape_value(b"a\x1b[2J\xff", 80).as_str(), "a\\x1b[2J\\xff");
        let huge = vec![b'x'; 50_000_000];
        assert!(escape_value(&huge, 10).len() < 20);
    }

    #[test]
    fn the_end_of_a_path_stays() {
        assert_eq!(suffix("a/b/production/", 20, "…"), "a/b/production/");
        assert_eq!(suffix("a/b/production/", 12, "…"), "…production/");
        assert_eq!(suffix("日本語", 4, "…"), "…語");
        assert_eq!(suffix("abc", 1, "…"), "…");
        assert_eq!(suffix("abc", 0, "…"), "");
    }

    #[test]
    fn wide_characters_are_not_cut_in_half() {
        assert_eq!(prefix("日本語", 5), "日本");
        assert_eq!(prefix("e\u{301}x", 1), "e\u{301}");
    }
}
