//! From the bytes of a file to checked text, and the classes of its bytes (`yaml-behaviour.md` §1.1).

use crate::format::LoadError;
use std::borrow::Cow;

/// The text of a source, checked: it holds only characters that YAML allows.
pub(super) struct Text<'a> {
    /// The text; for UTF-8 the source itself, its byte order mark included, so that offsets are those of the file.
    pub text: Cow<'a, str>,
    /// Where the first character stands, behind the byte order mark.
    pub start: usize,
}

impl Text<'_> {
    /// Whether the text is not the source but a translation of it, so that offsets mean nothing in the file.
    pub fn is_translated(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }
}

/// Decodes UTF-8 and UTF-16 (with a mark) and refuses characters that YAML does not allow.
pub(super) fn decode(bytes: &[u8]) -> Result<Text<'_>, LoadError> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        _ => Cow::Borrowed(std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            bad("the text is not valid UTF-8", Some(line_after(before)))
        })?),
    };
    if let Some(at) = find_forbidden(text.as_bytes()) {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        return Err(bad(
            "control characters are not allowed",
            Some(line_after(before)),
        ));
    }
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    Ok(Text { text, start })
}

fn bad(problem: &'static str, line: Option<usize>) -> LoadError {
    LoadError::Bytes { problem, line }
}

fn line_after(before: &[u8]) -> usize {
    1 + memchr::memchr_iter(b'\n', before).count()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, LoadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(bad("the text is not valid UTF-16", None));
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| bad("the text is not valid UTF-16", None))
}

/// The first byte of a character that may stand nowhere in a YAML text.
fn find_forbidden(text: &[u8]) -> Option<usize> {
    const PIECE: usize = 4096;
    let is_control = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f;
    // Folding a whole piece lets the compiler look at many bytes at once.
    let ascii = text.chunks(PIECE).enumerate().find_map(|(number, piece)| {
        let any = piece.iter().fold(false, |any, byte| any | is_control(*byte));
        any.then(|| piece.iter().position(|byte| is_control(*byte)))?
            .map(|at| number * PIECE + at)
    });
    let wide = memchr::memchr2_iter(0xc2, 0xef, text).find(|at| match text.get(*at..) {
        Some([0xc2, second, ..]) => *second < 0xa0 && *second != 0x85,
        Some([0xef, 0xbf, third, ..]) => *third >= 0xbe,
        _ => false,
    });
    match (ascii, wide) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Bytes that may end a stretch of text, as sets of which a byte can be in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stops(u8);

impl Stops {
    /// Those that end a line, or may: the first bytes of U+0085, U+2028 and U+2029 begin other characters too.
    pub const LINE: Self = Self(1);
    /// Those that may end a plain scalar in a block: blanks, breaks, `:`.
    pub const PLAIN: Self = Self(2);
    /// Those that may end a plain scalar inside flow collections: also `, ? [ ] { }`.
    pub const PLAIN_IN_FLOW: Self = Self(4);
    /// Those that matter inside quoted scalars: blanks, breaks, quotes, backslash.
    pub const QUOTED: Self = Self(8);
}

static STOPS: [u8; 256] = stops();

const fn stops() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)]
        // computed by the compiler; the index and the byte stay below 256
        {
            table[byte] = match byte as u8 {
                b' ' | b'\t' => Stops::PLAIN.0 | Stops::PLAIN_IN_FLOW.0 | Stops::QUOTED.0,
                b'\n' | b'\r' | 0xc2 | 0xe2 => 0xff,
                b':' => Stops::PLAIN.0 | Stops::PLAIN_IN_FLOW.0,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' => Stops::PLAIN_IN_FLOW.0,
                b'\'' | b'"' | b'\\' => Stops::QUOTED.0,
                _ => 0,
            };
        }
        byte += 1;
    }
    table
}

/// How many bytes stand before the first one of a set.
pub(super) fn length_before(bytes: &[u8], stops: Stops) -> usize {
    let is_in = |set: u8| set & stops.0 != 0;
    let sets = |byte: &u8| STOPS.get(usize::from(*byte)).copied().unwrap_or(0);
    // Most stretches are long, so eight bytes are looked at for each decision.
    let (eights, _) = bytes.as_chunks::<8>();
    let free = eights
        .iter()
        .take_while(|eight| !is_in(eight.iter().fold(0, |all, byte| all | sets(byte))))
        .count();
    let rest = bytes.get(free * 8..).unwrap_or_default();
    let tail = rest.iter().position(|byte| is_in(sets(byte)));
    free * 8 + tail.unwrap_or(rest.len())
}

/// Whether a byte can stand in the name of an anchor, a handle or a directive.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn characters_that_yaml_forbids_are_found_in_any_piece() {
        for bad in [
            "\u{0}", "\u{7f}", "\u{80}", "\u{9f}", "\u{fffe}", "\u{ffff}", "\u{1b}",
        ] {
            for padding in [0, 1, 4095, 4096, 9000] {
                let text = format!("{}{bad}", "a\n".repeat(padding));
                assert!(decode(text.as_bytes()).is_err(), "{bad:?} after {padding}");
            }
        }
        assert!(decode("\u{85}\u{a0}\u{2028}\u{fffd}\u{10ffff}\t\r\n".as_bytes()).is_ok());
    }

    #[test]
    fn a_text_with_a_byte_order_mark_keeps_the_offsets_of_the_file() {
        let text = decode("\u{feff}a: 1".as_bytes()).unwrap();
        assert_eq!((text.start, text.is_translated()), (3, false));
        let text = decode(&[0xff, 0xfe, b'a', 0]).unwrap();
        assert_eq!((&*text.text, text.start, text.is_translated()), ("a", 0, true));
        assert!(decode(&[0xff, 0xfe, b'a']).is_err());
        assert!(decode(&[0xff, 0xfe, 0, 0xd8]).is_err());
    }
}
