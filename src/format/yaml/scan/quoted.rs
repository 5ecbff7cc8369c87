//! Single and double quoted scalars (§1.4).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::chars::Stops;
use crate::format::yaml::cursor::Mark;
use crate::format::yaml::layout::Form;
use crate::format::yaml::token::{Builder, Content, Sort};

impl<'a> Scanner<'a> {
    pub(super) fn quoted(&mut self) -> Result<(), LoadError> {
        self.save_candidate()?;
        self.key_ok = false;
        let depth = self.flow_depth();
        let start = self.cursor.mark;
        let quote = self.cursor.peek(0);
        self.cursor.skip(1);
        let mut text = Builder::new(self.cursor.text(), self.cursor.mark.at());
        loop {
            if self.cursor.is_marker() {
                return Err(self.cursor.mark.error("found unexpected document indicator"));
            }
            if self.cursor.is_end() {
                return Err(start.error("found unexpected end of stream in a quoted scalar"));
            }
            let joined = self.quoted_run(quote, &mut text)?;
            if self.cursor.peek(0) == quote {
                break;
            }
            self.quoted_space(joined, &mut text);
        }
        self.cursor.skip(1);
        let form = if quote == b'\'' {
            Form::Single
        } else {
            Form::Double
        };
        let content = Content::Scalar(text.finish(), form);
        self.push_candidate(Sort::Scalar, start, self.cursor.mark, content, depth);
        Ok(())
    }

    /// Reads up to white space or the closing quote. Tells whether it ended at an escaped line break.
    fn quoted_run(&mut self, quote: u8, text: &mut Builder<'a>) -> Result<bool, LoadError> {
        loop {
            let length = self.cursor.text_length(Stops::QUOTED, |_| true);
            if length > 0 {
                let from = self.cursor.mark.at();
                text.source(from, from + length);
                self.cursor.skip_text(length);
            }
            match (self.cursor.peek(0), self.cursor.peek(1)) {
                (b'\'', b'\'') if quote == b'\'' => {
                    text.character('\'');
                    self.cursor.skip(2);
                }
                (byte, _) if byte == quote => return Ok(false),
                (b'\\', _) if quote == b'"' => {
                    if self.cursor.break_at(1) > 0 {
                        self.cursor.skip(1);
                        self.cursor.skip_break();
                        return Ok(true);
                    }
                    text.character(self.escape()?);
                }
                (byte @ (b'\'' | b'"' | b'\\'), _) => {
                    text.character(char::from(byte));
                    self.cursor.skip(1);
                }
                _ => return Ok(false),
            }
        }
    }

    /// Reads white space; `joined` when an escaped line break is before it.
    fn quoted_space(&mut self, joined: bool, text: &mut Builder<'a>) {
        let from = self.cursor.mark.at();
        let mut first = joined.then_some("");
        let mut others = String::new();
        loop {
            if self.cursor.is_blank(0) {
                self.cursor.skip_blanks(1);
            } else if self.cursor.break_at(0) > 0 {
                let meaning = self.cursor.skip_break();
                match first {
                    None => first = Some(meaning),
                    Some(_) => others.push_str(meaning),
                }
            } else {
                break;
            }
        }
        match first {
            None => text.source(from, self.cursor.mark.at()),
            Some(first) => text.fold(first, &others),
        }
    }

    /// Reads a backslash and what belongs to it.
    fn escape(&mut self) -> Result<char, LoadError> {
        let start = self.cursor.mark;
        let digits = match self.cursor.peek(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            byte => {
                let character = simple_escape(byte).ok_or(start.error("found unknown escape character"))?;
                self.cursor.skip(2);
                return Ok(character);
            }
        };
        let code = self.hexadecimal(start, digits)?;
        self.cursor.skip(2 + digits);
        char::from_u32(code).ok_or(start.error("found invalid Unicode character escape code"))
    }

    fn hexadecimal(&self, start: Mark, digits: usize) -> Result<u32, LoadError> {
        (0..digits).try_fold(0u32, |code, place| {
            let digit = char::from(self.cursor.peek(2 + place)).to_digit(16);
            let digit = digit.ok_or(start.error("did not find expected hexadecimal number"))?;
            Ok(code.wrapping_mul(16) | digit)
        })
    }
}

const fn simple_escape(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0b',
        b'f' => '\x0c',
        b'r' => '\r',
        b'e' => '\x1b',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
