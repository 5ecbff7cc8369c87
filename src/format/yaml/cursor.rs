//! A place in the text and the steps over it: bytes, characters, lines, columns.

use super::chars::{Stops, length_before};
use crate::format::LoadError;

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Offset in bytes of the source.
    pub byte: u32,
    /// Offset in characters.
    pub index: u32,
    /// 0-based.
    pub line: u32,
    /// Characters before it on its line.
    pub column: u32,
}

impl Mark {
    /// The offset for slicing the source.
    pub const fn at(self) -> usize {
        self.byte as usize
    }

    /// A syntax error here.
    pub const fn error(self, problem: &'static str) -> LoadError {
        LoadError::Syntax {
            problem,
            line: Some(self.line as usize + 1),
        }
    }
}

/// The longest text that is read: offsets and counters are 32 bits wide, with room for looking beyond the end.
const LONGEST: usize = u32::MAX as usize - 4096;

/// Steps over the text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Where it stands.
    pub mark: Mark,
    /// Line breaks passed since the last character that is no blank (§3.2).
    pub breaks: u32,
}

impl<'a> Cursor<'a> {
    /// Begins at a byte offset, which counts as character 0 of line 0.
    pub fn new(text: &'a str, start: usize) -> Result<Self, LoadError> {
        if text.len() > LONGEST {
            return Err(LoadError::Limit {
                problem: "the text is longer than 4 GiB",
                line: None,
            });
        }
        let mark = Mark {
            byte: narrow(start),
            ..Mark::default()
        };
        Ok(Self {
            text,
            bytes: text.as_bytes(),
            mark,
            breaks: 0,
        })
    }

    /// The byte some bytes ahead; 0 behind the end (a text never holds a NUL).
    pub fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.mark.at() + ahead).copied().unwrap_or(0)
    }

    /// What is left of the text.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.mark.at()..).unwrap_or_default()
    }

    /// The whole text.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The text between two byte offsets.
    pub fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Whether the text ends here.
    pub fn is_end(&self) -> bool {
        self.mark.at() >= self.bytes.len()
    }

    /// Whether a space or tab stands some bytes ahead.
    pub fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\t')
    }

    /// How many bytes the line break some bytes ahead has; 0 when there is none. CR LF is one break.
    pub fn break_at(&self, ahead: usize) -> usize {
        break_length(self.bytes, self.mark.at() + ahead)
    }

    /// Whether a blank, a break or the end is some bytes ahead.
    pub fn is_edge(&self, ahead: usize) -> bool {
        self.peek(ahead) == 0 || self.is_blank(ahead) || self.break_at(ahead) > 0
    }

    /// Whether a document marker begins here: `---` or `...` in column 0, and an edge behind it.
    pub fn is_marker(&self) -> bool {
        self.mark.column == 0
            && matches!(self.rest(), [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..])
            && self.is_edge(3)
    }

    /// Steps over blanks.
    pub fn skip_blanks(&mut self, count: usize) {
        let count = narrow(count);
        self.mark.byte += count;
        self.mark.index += count;
        self.mark.column += count;
    }

    /// Steps over ASCII characters of which the last is no blank.
    pub fn skip(&mut self, count: usize) {
        self.skip_blanks(count);
        self.breaks = 0;
    }

    /// Steps over bytes of one line of which the last is no blank; any characters.
    pub fn skip_text(&mut self, length: usize) {
        self.skip_line(length);
        self.breaks = 0;
    }

    /// Steps over bytes of one line; does not touch the count of breaks.
    pub fn skip_line(&mut self, length: usize) {
        let passed = self.rest().get(..length).unwrap_or_default();
        let count = narrow(characters(passed));
        self.mark.byte += narrow(length);
        self.mark.index += count;
        self.mark.column += count;
    }

    /// Steps over the line break that is here, if any, and names what it means inside a scalar.
    pub fn skip_break(&mut self) -> &'static str {
        let length = self.break_at(0);
        if length == 0 {
            return "";
        }
        let (characters, meaning) = match self.rest() {
            [b'\r', b'\n', ..] => (2, "\n"),
            [0xe2, 0x80, 0xa8, ..] => (1, "\u{2028}"),
            [0xe2, ..] => (1, "\u{2029}"),
            _ => (1, "\n"),
        };
        self.mark.byte += narrow(length);
        self.mark.index += characters;
        self.mark.line += 1;
        self.mark.column = 0;
        self.breaks += 1;
        meaning
    }

    /// At the end of the text: behaves as if a line break had been there.
    pub fn end_line(&mut self) {
        if self.mark.column > 0 {
            self.mark.line += 1;
            self.mark.column = 0;
        }
    }

    /// How many bytes are left on this line.
    pub fn line_length(&self) -> usize {
        self.text_length(Stops::LINE, |_| true)
    }

    /// How many bytes follow on this line up to one of a set at which the text really ends. Line breaks always end it.
    pub fn text_length(&self, stops: Stops, ends: impl Fn(usize) -> bool) -> usize {
        let rest = self.rest();
        let mut at = 0;
        loop {
            at += length_before(rest.get(at..).unwrap_or_default(), stops);
            let ended = match rest.get(at) {
                None | Some(b'\n' | b'\r') => true,
                Some(0xc2 | 0xe2) => break_length(rest, at) > 0,
                Some(_) => ends(at),
            };
            if ended {
                return at;
            }
            at += 1;
        }
    }
}

/// How many bytes the line break at an offset has; 0 when there is none.
fn break_length(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
        Some(0xc2) => 2 * usize::from(bytes.get(at + 1) == Some(&0x85)),
        Some(0xe2) => {
            let rest = (bytes.get(at + 1), bytes.get(at + 2));
            3 * usize::from(matches!(rest, (Some(0x80), Some(0xa8 | 0xa9))))
        }
        _ => 0,
    }
}

fn characters(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        bytes.len()
    } else {
        bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
    }
}

/// The constructor refuses texts for which this would not be exact.
pub(super) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
